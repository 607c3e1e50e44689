"""Knows spellings, made of words the recogniser knows, for words it does not. Does not know what words mean."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import platformdirs

from voice.pronunciations import Phonemize, Pronunciations
from voice.recognizer import GRAMMARS, Hearing, Recognizer, Transcript, VoskRecognizer
from voice.sound_index import SoundIndex
from voice.sounds import SoundTable, sound_table
from voice.synthesizer import phonemes
from voice.vosk_words import words_of

LONGEST = 8
"""Sounds of the longest word that spellings are made of."""
BEST = 6
SPELLINGS = 3
"""So many spellings of a word are listened for: which one a voice comes nearest to is its own affair."""
SEAM, SINGLE = 0.35, 0.5
"""Cost of each word after the first, and of a word of one sound: they are easily misheard."""
WORST_PER_SOUND = 0.28
"""Beyond this cost per sound a spelling sounds like something else."""
WORST_PIECE_PER_SOUND = 0.18
"""The same for one word of a spelling. Twice as much finds no better spellings and takes five times as long."""


@dataclass(frozen=True, slots=True)
class Spelling:
    words: tuple[str, ...]
    cost: float


class SoundAlikes:
    """Finds and remembers spellings. `known` are the words of the recogniser's model. Found spellings are kept in
    `memory`, a file, and how the known words sound in another beside it."""

    def __init__(
        self,
        recognizer: Recognizer,
        known: Sequence[str],
        memory: Path | None = None,
        phonemize: Phonemize = phonemes,
    ) -> None:
        self._recognizer = recognizer
        self._table = open_table()
        usable = [word for word in known if word.isalpha() and word.islower()]
        sounds_kept = memory and memory.with_name(f"{memory.stem}-sounds.json")
        self._known = Pronunciations(usable, self._table, phonemize, sounds_kept)
        self._memory = memory
        self._made_for = self._fingerprint()
        self._remembered: dict[str, list[str]] = _read_memory(memory, self._made_for)
        self._spellings: dict[str, list[str]] = {}
        self._originals: dict[str, str] = {}
        self._starts: dict[str, list[tuple[str, ...]]] = {}
        """The spellings given, by their first word, the longest first."""

    def spell(self, words: Iterable[str]) -> dict[str, str | None]:
        """The best spelling for each of the words that the model lacks, None where nothing sounds alike.

        Give it every word that may be said: no spelling is given twice, nor is it one of `words`, so that what is
        heard leads back to one word.
        """
        asked = list(dict.fromkeys(words))
        for clash in self._originals.keys() & set(asked):
            if clash in self._originals:  # it may have gone with another spelling of the same word
                self._forget(self._originals[clash])
        unknown = [word for word in self._recognizer.unknown_words(asked) if word not in self._spellings]
        taken = {*asked, *self._originals}
        found_before = len(self._remembered)
        for _ in range(SPELLINGS):
            for word in unknown:
                given = self._spellings.setdefault(word, [])
                spelling = next((each for each in self._candidates(word) if each not in taken), None)
                if spelling is not None:
                    given.append(spelling)
                    self._originals[spelling] = word
                    taken.add(spelling)
        if len(self._remembered) != found_before:
            self._remember()
        self._starts = _by_first_word(self._originals)
        return {word: next(iter(self._spellings[word]), None) for word in asked if word in self._spellings}

    def respell(self, text: str) -> list[str]:
        """The text as the recogniser can hear it: with the best spellings, with the next best ones, and so on."""
        given = [self._spellings.get(word) or [word] for word in text.split(" ")]
        ways = max(map(len, given))
        return [" ".join(each[min(way, len(each) - 1)] for each in given) for way in range(ways)]

    def translate(self, heard: str) -> str:
        """What was heard, with the words that were meant."""
        words, meant, at = heard.split(), [], 0
        while at < len(words):
            spellings = self._starts.get(words[at], ())
            found = next((each for each in spellings if tuple(words[at : at + len(each)]) == each), None)
            meant.append(self._originals[" ".join(found)] if found else words[at])
            at += len(found) if found else 1
        return " ".join(meant)

    def _forget(self, word: str) -> None:
        for spelling in self._spellings.pop(word, ()):
            del self._originals[spelling]

    def _candidates(self, word: str) -> list[str]:
        if word not in self._remembered:
            self._remembered[word] = [" ".join(found.words) for found in self._search(word)]
        return self._remembered[word]

    def _search(self, word: str) -> list[Spelling]:
        """The best spellings of the word, best first."""
        [sounds] = self._known.find([word])
        pieces = self._pieces(sounds)
        reached: list[list[Spelling]] = [[Spelling((), 0.0)]] + [[] for _ in sounds]
        for end in range(1, len(sounds) + 1):
            reached[end] = _best(
                _joined(before, piece)
                for start in range(end)
                for before in reached[start]
                for piece in pieces.get((start, end), ())
            )
        worst = WORST_PER_SOUND * len(sounds)
        return [found for found in reached[-1] if found.words and found.cost <= worst]

    def _pieces(self, sounds: bytes) -> dict[tuple[int, int], list[Spelling]]:
        """For each stretch of the sounds, by start and end: the words that sound most like it."""
        words, lengths = self._known.words, self._lengths
        pieces: dict[tuple[int, int], list[Spelling]] = {}
        for piece in self._index.pieces(sounds, WORST_PIECE_PER_SOUND, BEST):
            single = SINGLE if lengths[piece.word] == 1 else 0.0
            pieces.setdefault((piece.start, piece.end), []).append(Spelling((words[piece.word],), piece.cost + single))
        return pieces

    @cached_property
    def _sounds(self) -> list[bytes]:
        return [sounds if len(sounds) <= LONGEST else b"" for sounds in self._known.of_all()]

    @cached_property
    def _lengths(self) -> list[int]:
        return list(map(len, self._sounds))

    @cached_property
    def _index(self) -> SoundIndex:
        return SoundIndex(self._sounds, self._table)

    def _fingerprint(self) -> str:
        parts = (self._known.made_for, SEAM, SINGLE, WORST_PER_SOUND, WORST_PIECE_PER_SOUND)
        table = (Path(__file__).with_name("sounds.toml")).read_bytes()
        return hashlib.sha256(repr(parts).encode() + table).hexdigest()

    def _remember(self) -> None:
        if self._memory is None:
            return
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._memory.with_suffix(".unfinished")
            kept = {"made_for": self._made_for, "spellings": self._remembered}
            unfinished.write_text(json.dumps(kept, indent=0, sort_keys=True), "utf-8")
            unfinished.replace(self._memory)
        except OSError:  # it is found again next time
            return


class SoundAlikeRecognizer:
    """A recogniser that hears the unknown words as well, by their spellings."""

    def __init__(self, recognizer: Recognizer, alikes: SoundAlikes) -> None:
        self._recognizer = recognizer
        self._alikes = alikes
        self._respelled = lru_cache(GRAMMARS)(self._respell)

    def listen(self, phrases: Sequence[str]) -> Hearing:
        return _Translated(self._recognizer.listen(self._respelled(tuple(phrases))), self._alikes)

    def spellings(self, words: Iterable[str]) -> dict[str, str | None]:
        """How the words that the model lacks are heard, None where they are not."""
        self._respelled.cache_clear()
        return self._alikes.spell(words)

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that can be heard neither as they are nor by a spelling."""
        spellings = self.spellings(words)
        return tuple(word for word in self._recognizer.unknown_words(words) if spellings[word] is None)

    def _respell(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for phrase in phrases for each in self._alikes.respell(phrase))


class _Translated:
    def __init__(self, hearing: Hearing, alikes: SoundAlikes) -> None:
        self._hearing = hearing
        self._alikes = alikes

    def accept(self, pcm: bytes) -> None:
        self._hearing.accept(pcm)

    def partial(self) -> str:
        return self._alikes.translate(self._hearing.partial())

    def finish(self) -> Transcript:
        heard = self._hearing.finish()
        return replace(self._meant(heard), alternatives=tuple(map(self._meant, heard.alternatives)))

    def _meant(self, heard: Transcript) -> Transcript:
        return replace(heard, text=self._alikes.translate(heard.text))


def open_alikes(recognizer: VoskRecognizer) -> SoundAlikes:
    """The sound-alikes of a Vosk model, remembered in the user's cache."""
    memory = Path(platformdirs.user_cache_dir("voxcart", appauthor=False)) / "sound-alikes.json"
    return SoundAlikes(recognizer, words_of(recognizer.folder), memory)


def open_table() -> SoundTable:
    """What speech sounds there are, and how alike they are."""
    return sound_table(tomllib.loads(Path(__file__).with_name("sounds.toml").read_text("utf-8")))


def _joined(before: Spelling, piece: Spelling) -> Spelling:
    seam = SEAM if before.words else 0.0
    return Spelling((*before.words, *piece.words), before.cost + piece.cost + seam)


def _best(spellings: Iterable[Spelling]) -> list[Spelling]:
    return sorted(spellings, key=lambda each: (each.cost, each.words))[:BEST]


def _by_first_word(spellings: Collection[str]) -> dict[str, list[tuple[str, ...]]]:
    starts: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted((tuple(each.split()) for each in spellings), key=lambda words: (-len(words), words)):
        starts.setdefault(words[0], []).append(words)
    return starts


def _read_memory(memory: Path | None, made_for: str) -> dict[str, list[str]]:
    try:
        kept = json.loads(memory.read_text("utf-8")) if memory else {}
    except (OSError, ValueError):
        return {}
    return dict(kept["spellings"]) if kept.get("made_for") == made_for else {}
