"""Knows how speech becomes words while it is spoken. Does not know what the words mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import vosk

from voice.audio import RATE_HZ
from voice.errors import ModelCorrupt

UNKNOWN = "[unk]"
BLOCK_BYTES = RATE_HZ * 2 // 10


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the start of the utterance, confidence 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. Finished text in lower case; `""` means nothing intelligible. `engine` names who heard it.

    `over_prompt` is true when the speech began before the assistant's prompt had ended: a "yes" in it
    answers nothing that the caller can have heard to the end. Speech that fits no expected phrase stands as
    `[unk]` among the words, never in the text.
    """

    text: str
    engine: str
    words: tuple[Word, ...] = ()
    over_prompt: bool = False

    @property
    def unknown_share(self) -> float:
        """The share of the speech, by time, that was none of the known words; 0 when no times are known."""
        spoken = sum(word.end_s - word.start_s for word in self.words)
        unknown = sum(word.end_s - word.start_s for word in self.words if word.text == UNKNOWN)
        return unknown / spoken if spoken > 0 else 0.0

    @property
    def confidence(self) -> float | None:
        """The mean confidence of the known words; None when the engine gives none."""
        known = [word.confidence for word in self.words if word.text != UNKNOWN]
        return sum(known) / len(known) if known else None


class Hearing(Protocol):
    """One utterance being heard. Not thread-safe; feed blocks of about 100 ms."""

    def accept(self, pcm: bytes) -> None: ...

    def partial(self) -> str: ...

    def finish(self) -> Transcript: ...


class Recognizer(Protocol):
    """Opens a fresh hearing, biased towards `phrases` (lower-case, single spaces). Empty = unbiased."""

    def listen(self, phrases: Sequence[str]) -> Hearing: ...

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that the model can never output."""
        ...


class VoskRecognizer:
    """Vosk on one model in memory. Hearings are independent and freed with their last reference.

    Raises ModelCorrupt if the folder cannot be loaded.
    """

    engine = "vosk"

    def __init__(self, folder: Path) -> None:
        vosk.SetLogLevel(-1)
        self.folder = folder
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # the binding raises nothing more specific
            raise ModelCorrupt(f"{folder} cannot be loaded as a Vosk model. Mend it: voxcart models fetch") from error
        self._known: dict[str, bool] = {}
        self._grammars: dict[tuple[str, ...], str] = {}

    def listen(self, phrases: Sequence[str]) -> Hearing:
        if not phrases:
            return VoskHearing(vosk.KaldiRecognizer(self._model, RATE_HZ), self.engine)
        return VoskHearing(vosk.KaldiRecognizer(self._model, RATE_HZ, self._grammar(tuple(phrases))), self.engine)

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in words if not self._knows(word)))

    def _knows(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = bool(word) and self._model.vosk_model_find_word(word) >= 0
        return self._known[word]

    def _grammar(self, phrases: tuple[str, ...]) -> str:
        """The grammar as Vosk takes it, made of phrases that the model can hear whole: it drops unknown words silently,
        and half a phrase would be a different one."""
        if phrases not in self._grammars:
            heard = [phrase for phrase in phrases if phrase and all(map(self._knows, phrase.split()))]
            self._grammars.clear()  # one at a time: what is listened for again is most often the same
            self._grammars[phrases] = json.dumps([*heard, UNKNOWN])
        return self._grammars[phrases]


class VoskHearing:
    """One utterance in a Vosk decoder, fed in blocks of 100 ms whatever comes in."""

    def __init__(self, decoder: vosk.KaldiRecognizer, engine: str) -> None:
        decoder.SetWords(True)
        self._decoder = decoder
        self._engine = engine
        self._waiting = bytearray()
        self._results: list[dict[str, object]] = []

    def accept(self, pcm: bytes) -> None:
        self._waiting += pcm
        while len(self._waiting) >= BLOCK_BYTES:
            self._decode(bytes(self._waiting[:BLOCK_BYTES]))
            del self._waiting[:BLOCK_BYTES]

    def partial(self) -> str:
        """The text so far, as of the last full block."""
        going_on = json.loads(self._decoder.PartialResult()).get("partial", "")
        return _known_text([*(str(result.get("text", "")) for result in self._results), going_on])

    def finish(self) -> Transcript:
        if self._waiting:
            self._decode(bytes(self._waiting))
            self._waiting.clear()
        self._results.append(json.loads(self._decoder.FinalResult()))
        words = tuple(_word(each) for result in self._results for each in _entries(result))
        return Transcript(_known_text([str(result.get("text", "")) for result in self._results]), self._engine, words)

    def _decode(self, block: bytes) -> None:
        if self._decoder.AcceptWaveform(block):
            self._results.append(json.loads(self._decoder.Result()))


def _known_text(texts: Sequence[str]) -> str:
    return " ".join(word for text in texts for word in text.split() if word != UNKNOWN)


def _entries(result: dict[str, object]) -> list[dict[str, object]]:
    entries = result.get("result", [])
    return entries if isinstance(entries, list) else []


def _word(entry: dict[str, object]) -> Word:
    start, end, confidence = (float(str(entry[key])) for key in ("start", "end", "conf"))
    return Word(str(entry["word"]), start, end, confidence)
