"""Knows spellings, made of words the recogniser knows, for words it does not. Does not know what words mean."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import platformdirs

from voice.recognizer import Hearing, Recognizer, Transcript, VoskRecognizer
from voice.sounds import Sounds, SoundTable, distances, sound_table
from voice.synthesizer import phonemes
from voice.vosk_words import words_of

Phonemize: TypeAlias = Callable[[str], str]

BATCH = 2000
LONGEST = 8
"""Sounds of the longest word that spellings are made of."""
BEST = 6
SEAM, SINGLE = 0.35, 0.5
"""Cost of each word after the first, and of a word of one sound: they are easily misheard."""
WORST_PER_SOUND = 0.28
"""Beyond this cost per sound a spelling sounds like something else."""


@dataclass(frozen=True, slots=True)
class Spelling:
    words: tuple[str, ...]
    cost: float


class SoundAlikes:
    """Finds and remembers spellings. `known` are the words of the recogniser's model; found spellings are kept in
    `memory`, a file, as finding one takes a fifth of a second."""

    def __init__(
        self,
        recognizer: Recognizer,
        known: Sequence[str],
        memory: Path | None = None,
        phonemize: Phonemize = phonemes,
    ) -> None:
        self._recognizer = recognizer
        self._known = known
        self._phonemize = phonemize
        self._table = _table()
        self._memory = memory
        self._remembered: dict[str, list[str]] = _read_memory(memory, self._fingerprint())
        self._lexicon: list[tuple[list[str], Sounds]] | None = None
        self._spellings: dict[str, str | None] = {}
        self._originals: dict[str, str] = {}
        self._out, self._back = _never(), _never()

    def spell(self, words: Iterable[str]) -> dict[str, str | None]:
        """A spelling for each of the words that the model lacks, None where nothing sounds alike.

        Give it every word that may be said: no spelling is given twice, nor is it one of `words`, so that what is
        heard leads back to one word.
        """
        asked = list(dict.fromkeys(words))
        for clash in self._originals.keys() & set(asked):
            del self._spellings[self._originals.pop(clash)]
        unknown = [word for word in self._recognizer.unknown_words(asked) if word not in self._spellings]
        taken = {*asked, *self._originals}
        found_before = len(self._remembered)
        for word in unknown:
            spelling = next((each for each in self._candidates(word) if each not in taken), None)
            self._spellings[word] = spelling
            if spelling is not None:
                self._originals[spelling] = word
                taken.add(spelling)
        if len(self._remembered) != found_before:
            self._remember()
        spelled = {word: spelling for word, spelling in self._spellings.items() if spelling is not None}
        self._out, self._back = _any_of(spelled), _any_of(self._originals)
        return {word: self._spellings[word] for word in asked if word in self._spellings}

    def respell(self, text: str) -> str:
        """The text as the recogniser can hear it."""
        return self._out.sub(lambda found: self._spellings[found[0]] or found[0], text)

    def translate(self, heard: str) -> str:
        """What was heard, with the words that were meant."""
        return self._back.sub(lambda found: self._originals[found[0]], heard)

    def _candidates(self, word: str) -> list[str]:
        if word not in self._remembered:
            self._remembered[word] = [" ".join(found.words) for found in self._search(word)]
        return self._remembered[word]

    def _search(self, word: str) -> list[Spelling]:
        """The best spellings of the word, best first."""
        sounds = self._table.encode(self._phonemize(word))
        pieces = self._pieces(sounds)
        reached: list[list[Spelling]] = [[Spelling((), 0.0)]] + [[] for _ in sounds]
        for start in range(len(sounds)):
            for end in range(start + 1, len(sounds) + 1):
                longer = [_joined(before, piece) for before in reached[start] for piece in pieces.get((start, end), [])]
                reached[end] = _best([*reached[end], *longer])
        worst = WORST_PER_SOUND * len(sounds)
        return [found for found in reached[-1] if found.words and found.cost <= worst]

    def _pieces(self, sounds: bytes) -> dict[tuple[int, int], list[Spelling]]:
        """For each stretch of the sounds, by start and end: the words that sound most like it."""
        pieces: dict[tuple[int, int], list[Spelling]] = {}
        for words, codes in self._words_by_length():
            length = len(codes)
            for start, by_stretch in distances(sounds, codes, self._table):
                for stretch in range(max(1, length - 1), len(by_stretch)):
                    costs = by_stretch[stretch]
                    found = pieces.setdefault((start, start + stretch), [])
                    for at in np.argpartition(costs, min(BEST, len(costs) - 1))[:BEST]:
                        found.append(Spelling((words[at],), float(costs[at]) + (SINGLE if length == 1 else 0.0)))
        return {stretch: _best(found) for stretch, found in pieces.items()}

    def _words_by_length(self) -> list[tuple[list[str], Sounds]]:
        if self._lexicon is None:
            usable = [word for word in self._known if word.isalpha() and word.islower()]
            by_length: dict[int, tuple[list[str], list[bytes]]] = {}
            alike: set[bytes] = set()
            for word, sounds in zip(usable, self._sounds_of(usable), strict=True):
                if 1 <= len(sounds) <= LONGEST and sounds not in alike:
                    alike.add(sounds)
                    words, codes = by_length.setdefault(len(sounds), ([], []))
                    words.append(word)
                    codes.append(sounds)
            self._lexicon = [
                (words, np.ascontiguousarray(np.frombuffer(b"".join(codes), np.uint8).reshape(-1, length).T))
                for length, (words, codes) in sorted(by_length.items())
            ]
        return self._lexicon

    def _sounds_of(self, words: Sequence[str]) -> list[bytes]:
        sounds: list[bytes] = []
        for at in range(0, len(words), BATCH):
            batch = words[at : at + BATCH]
            spoken = self._phonemize(", ".join(batch)).split(",")
            if len(spoken) != len(batch):  # a word that espeak splits: one by one, so that none is shifted
                spoken = [self._phonemize(word) for word in batch]
            sounds += [self._table.encode(each) for each in spoken]
        return sounds

    def _fingerprint(self) -> str:
        parts = (len(self._known), *self._known[:: max(1, len(self._known) // 100)], SEAM, SINGLE, WORST_PER_SOUND)
        table = (Path(__file__).with_name("sounds.toml")).read_bytes()
        return hashlib.sha256(repr(parts).encode() + table).hexdigest()

    def _remember(self) -> None:
        if self._memory is None:
            return
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._memory.with_suffix(".unfinished")
            kept = {"made_for": self._fingerprint(), "spellings": self._remembered}
            unfinished.write_text(json.dumps(kept, indent=0, sort_keys=True), "utf-8")
            unfinished.replace(self._memory)
        except OSError:  # it is found again next time
            return


class SoundAlikeRecognizer:
    """A recogniser that hears the unknown words as well, by their spellings."""

    def __init__(self, recognizer: Recognizer, alikes: SoundAlikes) -> None:
        self._recognizer = recognizer
        self._alikes = alikes

    def listen(self, phrases: Sequence[str]) -> Hearing:
        respelled = [self._alikes.respell(phrase) for phrase in phrases]
        return _Translated(self._recognizer.listen(respelled), self._alikes)

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that can be heard neither as they are nor by a spelling."""
        spellings = self._alikes.spell(words)
        return tuple(word for word in self._recognizer.unknown_words(words) if spellings[word] is None)


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


def _table() -> SoundTable:
    return sound_table(tomllib.loads(Path(__file__).with_name("sounds.toml").read_text("utf-8")))


def _joined(before: Spelling, piece: Spelling) -> Spelling:
    seam = SEAM if before.words else 0.0
    return Spelling((*before.words, *piece.words), before.cost + piece.cost + seam)


def _best(spellings: list[Spelling]) -> list[Spelling]:
    return sorted(spellings, key=lambda each: (each.cost, each.words))[:BEST]


def _never() -> re.Pattern[str]:
    return re.compile(r"(?!)")


def _any_of(texts: Collection[str]) -> re.Pattern[str]:
    """Any of the texts as whole words, the longest first."""
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    if not longest_first:
        return _never()
    return re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\S)")


def _read_memory(memory: Path | None, made_for: str) -> dict[str, list[str]]:
    try:
        kept = json.loads(memory.read_text("utf-8")) if memory else {}
    except (OSError, ValueError):
        return {}
    return dict(kept["spellings"]) if kept.get("made_for") == made_for else {}
