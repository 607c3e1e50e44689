"""Doubles of the engines and of the mind, for tests of the call without models.

A fake voice turns text into audio whose samples say which text it is, so that the fake recogniser hears exactly what
was spoken, in whatever pieces and order it arrives. 60 ms a letter; the assistant's voice is fainter than a caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from voice.audio import FRAME_SAMPLES, RATE_HZ, Frame
from voice.call import CallInput, HungUp, Silence, StageTimes
from voice.channels import Keys
from voice.channels.caller import AfterPrompt, Cue, Sound, When
from voice.channels.file import FileChannel, Tap
from voice.channels.pace import PaceName
from voice.errors import TransferRefused
from voice.prompt import Listening, Prompt
from voice.recognizer import UNKNOWN, Transcript, Word
from voice.settings import Vad

LETTER_SAMPLES = 3 * FRAME_SAMPLES
VOICED_FROM = 1000


class FakeVoice:
    """A shared dictionary of spoken texts: `speak` is the caller's mouth, `texts_in` the recogniser's ear."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def speak(self, text: str, ms: int | None = None) -> bytes:
        """The caller says the text; `ms` sets its length. Text "" is a cough."""
        if text not in self._texts:
            self._texts.append(text)
        samples = ms * RATE_HZ // 1000 if ms else max(len(text) * LETTER_SAMPLES, 8 * FRAME_SAMPLES)
        return np.full(samples, VOICED_FROM + self._texts.index(text), "<i2").tobytes()

    def texts_in(self, pcm: bytes) -> str:
        samples = np.frombuffer(pcm, "<i2")
        changes = samples[np.flatnonzero(np.diff(samples, prepend=0))]
        spoken = [self._texts[value - VOICED_FROM] for value in changes if value >= VOICED_FROM]
        return " ".join(text for text in spoken if text)


def silent(ms: int) -> bytes:
    return bytes(2 * RATE_HZ * ms // 1000)


def says(voice: FakeVoice, text: str, when: When | None = None, ms: int | None = None) -> Cue:
    return Cue(Sound(voice.speak(text, ms)), when or AfterPrompt())


class FakeChannel(FileChannel):
    """A frozen line: the clock stands still while anybody thinks. Counts what was done to it."""

    def __init__(
        self, *cues: Cue, silence_s: float = 20.0, on_frame: Tap | None = None, pace: PaceName = "frozen"
    ) -> None:
        super().__init__(cues, caller="+15550100", pace=pace, silence_s=silence_s, on_frame=self._keep)
        self._tap = on_frame
        self.assistant = bytearray()
        self.hung_up = False
        self.takes_over: bool | None = None
        """Whether somebody takes callers over; None = the line cannot do that."""
        self.handed_to: list[str] = []

    @property
    def can_transfer(self) -> bool:
        return self.takes_over is not None

    async def transfer(self, uri: str, ring_s: float) -> None:
        assert ring_s > 0
        self.handed_to.append(uri)
        await asyncio.sleep(0)
        if not self.takes_over:
            raise TransferRefused("busy")

    async def hang_up(self) -> None:
        self.hung_up = True
        await super().hang_up()

    def _keep(self, caller: bytes, assistant: bytes, start: int) -> None:
        self.assistant += assistant
        if self._tap:
            self._tap(caller, assistant, start)


class FakeActivity:
    """Whatever is louder than the line's hiss and the assistant's fake voice is the caller's voice."""

    def __init__(self, _settings: Vad) -> None:
        pass

    is_sure = False

    def is_speech(self, frame: Frame) -> bool:
        self.is_sure = bool(np.frombuffer(frame.pcm, "<i2").max() >= VOICED_FROM)
        return self.is_sure


class FakeHearing:
    def __init__(self, voice: FakeVoice) -> None:
        self._voice = voice
        self.pcm = b""

    def accept(self, pcm: bytes) -> None:
        self.pcm += pcm

    def partial(self) -> str:
        return self._voice.texts_in(self.pcm)

    def finish(self) -> Transcript:
        words = self.partial().split()
        timed = tuple(Word(word, at, at + 1) for at, word in enumerate(words))
        return Transcript(" ".join(word for word in words if word != UNKNOWN), "fake", timed)


class FakeRecognizer:
    """Hears every fake text exactly. `biased` keeps the phrases of every hearing opened."""

    def __init__(self, voice: FakeVoice) -> None:
        self._voice = voice
        self.biased: list[tuple[str, ...]] = []

    def listen(self, phrases: Sequence[str]) -> FakeHearing:
        self.biased.append(tuple(phrases))
        return FakeHearing(self._voice)

    def unknown_words(self, _words: Sequence[str], /) -> tuple[str, ...]:
        return ()


@dataclass
class FakeSecondPass:
    """Answers with the same text whatever it hears."""

    text: str
    hints: list[str] = field(default_factory=list)
    waiting: int = 0

    async def transcribe(self, pcm: bytes, prompt: str = "") -> Transcript:
        assert pcm
        self.hints.append(prompt)
        await asyncio.sleep(0)
        return Transcript(self.text, "second")


class FakeSynthesizer:
    """Audio as long as the text; sentence number n of the call has the sample value n."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.prepared: list[str] = []

    async def say(self, sentence: str, rate: float = 1.0) -> bytes:
        await asyncio.sleep(0)
        self.said.append(sentence)
        samples = round(len(sentence) * LETTER_SAMPLES / rate)
        return np.full(samples, self.said.index(sentence) + 1, "<i2").tobytes()

    def prepare_now(self, first: Sequence[str], later: Sequence[str] = ()) -> None:
        self.prepared = [*first, *later]

    def heard_in(self, pcm: bytes | bytearray) -> list[str]:
        """The sentences in played audio, in order, whole or in part; one said twice is there twice."""
        samples = np.frombuffer(bytes(pcm), "<i2")
        starts = samples[np.flatnonzero(np.diff(samples, prepend=0))]
        return [self.said[value - 1] for value in starts if value]


@dataclass(frozen=True, slots=True)
class FakeMeaning:
    heard: CallInput
    understood: bool
    ignorable: bool = False
    unheard: bool = False


class FakeMind:
    """Answers by a table from what is heard to a Prompt (or its text); "*" answers everything else but silence.

    Heard are a transcript's text, `keys 12`, `silence` and `hung up`. Texts not in `known` are not understood, unless
    `known` is None. `inbox` keeps all that was acted upon.
    """

    def __init__(
        self,
        answers: dict[str, Prompt | str] | None = None,
        *,
        greeting: Prompt | str = "Hello there.",
        known: Sequence[str] | None = None,
        ignorable: Sequence[str] = ("uh huh",),
        acting: Callable[[FakeMeaning], object] | None = None,
    ) -> None:
        self._answers = answers or {}
        self._greeting = greeting
        self._known = known
        self._ignorable = ignorable
        self._acting = acting
        self.unheard: set[str] = set()
        """What must not be kept."""
        self.inbox: list[str] = []
        self.meanings: list[FakeMeaning] = []
        self.finished: list[str] = []
        self.times: list[StageTimes] = []

    async def greet(self) -> Prompt:
        return prompt(self._greeting)

    def understand(self, heard: CallInput) -> FakeMeaning:
        match heard:
            case Transcript(text):
                known = bool(text) and (self._known is None or text in self._known or text in self._ignorable)
                return FakeMeaning(heard, known, text in self._ignorable, text in self.unheard)
            case _:
                return FakeMeaning(heard, True)

    async def act(self, meaning: FakeMeaning) -> Prompt:
        name = name_of(meaning.heard)
        self.inbox.append(name)
        self.meanings.append(meaning)
        if self._acting is not None:
            waited = self._acting(meaning)
            if asyncio.iscoroutine(waited):
                await waited
        self.finished.append(name)
        if name == "silence":
            return prompt(self._answers.get(name) or farewell())
        return prompt(self._answers.get(name) or self._answers.get("*") or "Okay.")

    def note(self, times: StageTimes) -> None:
        self.times.append(times)


def name_of(heard: CallInput) -> str:
    match heard:
        case Transcript(text):
            return text
        case Keys(digits):
            return f"keys {digits}"
        case Silence():
            return "silence"
        case HungUp():
            return "hung up"


def prompt(text: Prompt | str, kind: str = "order", **more: bool | float) -> Prompt:
    if isinstance(text, Prompt):
        return text
    return replace(Prompt(text, Listening(kind, ("a phrase",))), **more)  # type: ignore[arg-type]


def farewell(text: str = "Goodbye then.") -> Prompt:
    return prompt(text, hang_up=True)
