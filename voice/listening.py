"""Knows how frames become heard utterances, each with a fresh hearing. Does not know prompts or turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice.audio import RATE_HZ, Frame, Utterance, audible_end
from voice.endpointer import Endpointer, VoiceContinues, VoiceStarted
from voice.prompt import Listening
from voice.recognizer import BLOCK_BYTES, Hearing, Recognizer
from voice.settings import VoiceSettings
from voice.vad import VoiceActivity

STABLE_MS = 100
"""A partial transcript that did not change for this long is taken for what was said."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished utterance and its hearing, all of it accepted; `voiced_ms` is how much of it was voice."""

    utterance: Utterance
    hearing: Hearing
    voiced_ms: float

    @property
    def endpoint_ms(self) -> float:
        """From the last of the voice that can be heard to the end: detectors hold on for some frames after it."""
        audible = self.utterance.start + audible_end(self.utterance.pcm)
        return _ms(self.utterance.end - min(self.utterance.speech_end, max(audible, self.utterance.speech_start)))


class Listener:
    """The ear of one call. `complete` tells whether a partial transcript already is an answer.

    Each frame is first judged by `notice`, which is quick. Where that says so, `decode` follows before the next frame;
    it takes milliseconds and may run in another thread. `feed` is both.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        activity: VoiceActivity,
        settings: VoiceSettings,
        complete: Callable[[str], bool] = lambda _partial: False,
    ) -> None:
        self._recognizer = recognizer
        self._activity = activity
        self._settings = settings
        self._complete = complete
        self._listening = Listening("order")
        self._expected: Listening | None = None
        self._turn = settings.turn("order")
        self._endpointer = Endpointer(settings.vad, self._turn)
        self._open: _Open | None = None
        self.voiced_ms = 0.0
        """Voice in the open utterance so far; 0 when the caller is silent."""

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def expect(self, listening: Listening) -> None:
        """Listen for this from the next frame on; an utterance that has begun keeps the words it was begun with. May be
        called while `decode` runs in another thread."""
        self._expected = listening

    def feed(self, frame: Frame) -> Heard | None:
        """Take the next frame; returns what was heard when the caller has finished."""
        return self.decode() if self.notice(frame) else None

    def notice(self, frame: Frame) -> bool:
        """Judge the next frame; returns whether there is anything to decode."""
        if self._expected is not None:
            self._listening, self._expected = self._expected, None
            self._turn = self._settings.turn(self._listening.kind)
            self._endpointer.expect(self._turn)
        match self._endpointer.feed(frame, self._activity.is_speech(frame)):
            case VoiceStarted(_, _, pcm):
                self._open = _Open(pcm)
                self.voiced_ms = self._settings.vad.start_voiced_ms
                return True
            case VoiceContinues(pcm, voiced, silence) if self._open is not None:
                self.voiced_ms = _ms(voiced)
                self._open.take(pcm)
                if self._is_complete(self._open, _ms(silence), _ms(len(pcm) // 2)):
                    self._open.closed = self._endpointer.close()
                return self._open.is_due
            case Utterance() as utterance if self._open is not None:
                self._open.closed = utterance
                return True
        return False

    def decode(self) -> Heard | None:
        """Decode what has come in; returns what was heard when the caller has finished."""
        if self._open is None:
            return None
        if self._open.hearing is None:
            self._open.hearing = self._recognizer.listen(self._listening.phrases)
        hearing, closed = self._open.hearing, self._open.closed
        if closed is None:
            hearing.accept(self._open.taken())
            self._open.partial = hearing.partial() if self._turn.complete_silence_ms else ""
            return None
        hearing.accept(closed.pcm[self._open.fed :])
        heard = Heard(closed, hearing, self.voiced_ms)
        self._open, self.voiced_ms = None, 0.0
        return heard

    def _is_complete(self, utterance: _Open, silence_ms: float, frame_ms: float) -> bool:
        if not self._turn.complete_silence_ms or not silence_ms:
            utterance.stable_ms = 0.0
            return False
        utterance.stable_ms = utterance.stable_ms + frame_ms if utterance.partial == utterance.last_partial else 0.0
        utterance.last_partial = utterance.partial
        is_time = silence_ms >= self._turn.complete_silence_ms and utterance.stable_ms >= STABLE_MS
        return is_time and bool(utterance.partial) and self._complete(utterance.partial)


@dataclass(slots=True)
class _Open:
    """An utterance that goes on. `waiting` is not decoded yet; `fed` bytes are."""

    waiting: bytes
    hearing: Hearing | None = None
    fed: int = 0
    partial: str = ""
    last_partial: str = ""
    stable_ms: float = 0.0
    closed: Utterance | None = None

    @property
    def is_due(self) -> bool:
        """Whether another block is full, or the end has come."""
        whole = (self.fed + len(self.waiting)) // BLOCK_BYTES > self.fed // BLOCK_BYTES
        return whole or self.closed is not None or self.hearing is None

    def take(self, pcm: bytes) -> None:
        self.waiting += pcm

    def taken(self) -> bytes:
        pcm, self.waiting = self.waiting, b""
        self.fed += len(pcm)
        return pcm


def _ms(samples: int) -> float:
    return samples * 1000 / RATE_HZ
