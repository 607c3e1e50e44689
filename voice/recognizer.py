"""Knows how speech becomes words while it is spoken. Does not know what the words mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import product
from math import inf
from pathlib import Path
from typing import Any, Protocol

import vosk

from voice.audio import RATE_HZ, hiss, mixed
from voice.errors import ModelCorrupt
from voice.settings import Decoding
from voice.spares import Spares
from voice.tuning import tuned

UNKNOWN = "[unk]"
BLOCK_BYTES = RATE_HZ * 2 // 10
GRAMMARS = 12
"""Kept ready: most calls ask the same few questions, and to write a grammar down takes as long as to compile it."""
SPARE_DECODERS = 8
"""Each holds about 2 MiB; on two cores hardly more decode at once."""
TIME_DIGITS = 3
LONGEST_USE_S = 120.0
"""A decoder keeps what it has worked out of its grammar, and counts time through all it hears, ever less exactly."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the start of the utterance."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. Finished text in lower case; `""` means nothing intelligible. `engine` names who heard it.

    `over_prompt` is true when the speech began before the assistant's prompt had ended: a "yes" in it
    answers nothing that the caller can have heard to the end. Speech that fits no expected phrase stands as
    `[unk]` among the words, never in the text.

    `alternatives` are other ways to hear the same sound, likelier first and none of them likelier than this one.
    `log_likelihood` (natural logarithm) compares them with each other, and with nothing else.
    """

    text: str
    engine: str
    words: tuple[Word, ...] = ()
    over_prompt: bool = False
    log_likelihood: float = 0.0
    alternatives: tuple[Transcript, ...] = ()

    @property
    def unknown_share(self) -> float:
        """The share of the speech, by time, that was none of the known words; 0 when no times are known."""
        spoken = sum(word.end_s - word.start_s for word in self.words)
        unknown = sum(word.end_s - word.start_s for word in self.words if word.text == UNKNOWN)
        return unknown / spoken if spoken > 0 else 0.0

    @property
    def log_likelihood_per_s(self) -> float:
        """Of the words' own time: how well the sound fits them, whatever their number; infinite without words."""
        spoken = sum(word.end_s - word.start_s for word in self.words)
        return self.log_likelihood / spoken if spoken > 0 else inf


class Hearing(Protocol):
    """One utterance being heard. Not thread-safe; feed blocks of about 100 ms."""

    def accept(self, pcm: bytes) -> None: ...

    def partial(self) -> str: ...

    def finish(self) -> Transcript: ...


class Recognizer(Protocol):
    """Opens a fresh hearing, biased towards `phrases` (lower-case, single spaces). Empty = unbiased."""

    def listen(self, phrases: Sequence[str]) -> Hearing: ...

    def unknown_words(self, words: Sequence[str], /) -> tuple[str, ...]:
        """The words that the model can never output."""
        ...


class VoskRecognizer:
    """Vosk on one model in memory. Hearings are independent and freed with their last reference.

    Raises ModelCorrupt if the folder cannot be loaded.
    """

    engine = "vosk"

    def __init__(self, folder: Path, settings: Decoding | None = None) -> None:
        vosk.SetLogLevel(-1)
        self.folder = folder
        self._settings = settings or Decoding()
        self._hiss = Hiss(self._settings.hiss_dbfs)
        try:
            with tuned(folder, _overrides(self._settings)) as stand_in:
                self._model = vosk.Model(str(stand_in))
        except Exception as error:  # the binding raises nothing more specific
            raise ModelCorrupt(f"{folder} cannot be loaded as a Vosk model. Mend it: voxcart models fetch") from error
        self._known: dict[str, bool] = {}
        self._grammar = lru_cache(GRAMMARS)(self._grammar_of)
        self._spares = Spares[Decoder](SPARE_DECODERS)

    def listen(self, phrases: Sequence[str]) -> Hearing:
        grammar = self._grammar(tuple(phrases)) if phrases else ""
        decoder = self._spares.take(grammar) or Decoder(self._made(grammar))
        least = self._settings.least_likelihood_per_s if phrases else -inf
        margin = max(self._settings.likelihood_margin, self._settings.unheard_likelihood)
        return VoskHearing(decoder, self.engine, self._hiss, margin, least, partial(self._spares.put, grammar))

    def _made(self, grammar: str) -> Any:
        made = vosk.KaldiRecognizer(self._model, RATE_HZ, *([grammar] if grammar else []))
        made.SetWords(True)
        made.SetMaxAlternatives(self._settings.alternatives)
        return made

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in words if not self._knows(word)))

    def _knows(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = bool(word) and self._model.vosk_model_find_word(word) >= 0
        return self._known[word]

    def _grammar_of(self, phrases: tuple[str, ...]) -> str:
        """The grammar as Vosk takes it, made of phrases that the model can hear whole: it drops unknown words silently,
        and half a phrase would be a different one."""
        heard = [phrase for phrase in phrases if phrase and all(map(self._knows, phrase.split()))]
        return json.dumps([*heard, UNKNOWN], ensure_ascii=False)


class Hiss:
    """A whisper of white noise under everything that is heard, the same every time.

    A telephone line has nothing above 4 kHz, which the acoustic model has never met: with this much noise there it
    understands three times as many orders through a noisy line (benchmarks/orders.py).
    """

    def __init__(self, level_dbfs: float) -> None:
        self._noise = hiss(RATE_HZ, level_dbfs, seed=0)

    def under(self, block: bytes) -> bytes:
        """The block, of one second at most, with the noise."""
        return mixed(block, self._noise[: len(block)])


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the decoder made of the sound between two of its own pauses: words and how likely, best first."""

    readings: tuple[tuple[tuple[Word, ...], float], ...]


@dataclass(slots=True)
class Decoder:
    """Vosk's, with its grammar. After a final result it begins anew, but for its clock, which goes on.

    Source: `Recognizer::CleanUp` of vosk-api.
    """

    vosk: Any
    began_s: float = 0.0
    _samples: int = 0
    _at_pause: bool = False

    @property
    def is_fresh(self) -> bool:
        """After `finish`: whether the next utterance is heard as by a new one. A pause that it found itself is no end
        to it, so what it has learned of the voice would stay."""
        return not self._at_pause and self.began_s < LONGEST_USE_S

    def accept(self, block: bytes) -> Stretch | None:
        """What was said up to a pause, where it has found one."""
        self._samples += len(block) // 2
        self._at_pause = bool(self.vosk.AcceptWaveform(block))
        return _stretch(self.vosk.Result(), self.began_s) if self._at_pause else None

    def partial(self) -> str:
        return str(json.loads(self.vosk.PartialResult()).get("partial", ""))

    def finish(self) -> Stretch:
        found = _stretch(self.vosk.FinalResult(), self.began_s)
        self.began_s, self._samples = self.began_s + self._samples / RATE_HZ, 0
        return found


@dataclass(slots=True)
class VoskHearing:
    """One utterance in a Vosk decoder, fed in blocks of 100 ms whatever comes in. `finish` is its end."""

    decoder: Decoder
    engine: str
    hiss: Hiss
    margin: float
    least_per_s: float = -inf
    give_back: Callable[[Decoder], None] = lambda _decoder: None
    _waiting: bytearray = field(default_factory=bytearray)
    _stretches: list[Stretch] = field(default_factory=list)

    def accept(self, pcm: bytes) -> None:
        self._waiting += pcm
        while len(self._waiting) >= BLOCK_BYTES:
            self._decode(bytes(self._waiting[:BLOCK_BYTES]))
            del self._waiting[:BLOCK_BYTES]

    def partial(self) -> str:
        """The text so far, as of the last full block."""
        before = [_text(stretch.readings[0][0]) for stretch in self._stretches]
        return " ".join(word for text in (*before, self.decoder.partial()) for word in text.split() if word != UNKNOWN)

    def finish(self) -> Transcript:
        if self._waiting:
            self._decode(bytes(self._waiting))
            self._waiting.clear()
        self._stretches.append(self.decoder.finish())
        if self.decoder.is_fresh:
            self.give_back(self.decoder)
        found = joined([[self._transcript(*each) for each in stretch.readings] for stretch in self._stretches])
        if found.log_likelihood_per_s < self.least_per_s:
            return replace(found, text="", alternatives=())
        worst = found.log_likelihood - self.margin
        return replace(found, alternatives=tuple(each for each in found.alternatives if each.log_likelihood >= worst))

    def _decode(self, block: bytes) -> None:
        if (stretch := self.decoder.accept(self.hiss.under(block))) is not None:
            self._stretches.append(stretch)

    def _transcript(self, words: tuple[Word, ...], log_likelihood: float) -> Transcript:
        return Transcript(_text(words), self.engine, words, log_likelihood=log_likelihood)


def joined(stretches: Sequence[Sequence[Transcript]]) -> Transcript:
    """One transcript of several stretches of speech, each with all its readings; no text stands in it twice."""
    whole = [stretches[0][0]] if stretches else []
    for at, readings in enumerate(stretches):
        if at == 0:
            whole = list(readings)
            continue
        both = sorted((_followed(*pair) for pair in product(whole, readings)), key=lambda each: -each.log_likelihood)
        whole = both[: max(len(whole), len(readings))]
    unique = list({each.text: each for each in reversed(whole)}.values())[::-1]
    return replace(unique[0], alternatives=tuple(unique[1:]))


def _followed(first: Transcript, then: Transcript) -> Transcript:
    return replace(
        first,
        text=" ".join(filter(None, (first.text, then.text))),
        words=first.words + then.words,
        log_likelihood=first.log_likelihood + then.log_likelihood,
    )


def _stretch(result: str, began_s: float) -> Stretch:
    """Source: `Recognizer::NbestResult` of vosk-api; without speech there is one alternative, or none."""
    found = json.loads(result).get("alternatives") or [{"confidence": 0.0}]
    return Stretch(
        tuple(
            (tuple(_word(word, began_s) for word in each.get("result", ())), float(each["confidence"]))
            for each in found
        )
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words if word.text != UNKNOWN)


def _word(entry: dict[str, Any], began_s: float) -> Word:
    start_s, end_s = (round(float(entry[each]) - began_s, TIME_DIGITS) for each in ("start", "end"))
    return Word(str(entry["word"]), start_s, end_s)


def _overrides(settings: Decoding) -> dict[str, dict[str, float]]:
    """Wider beams than a small device wants. The hiss takes the place of Kaldi's random dither, so that the same sound
    is heard the same way every time."""
    beams = {"beam": settings.beam, "lattice-beam": settings.lattice_beam, "max-active": settings.max_active}
    return {"model.conf": beams, "mfcc.conf": {"dither": 0.0}}
