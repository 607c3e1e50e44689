"""Knows how frames become heard utterances, each with a fresh hearing. Does not know prompts or turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice.audio import RATE_HZ, Frame, Utterance, audible_end
from voice.endpointer import Endpointer, VoiceContinues, VoiceStarted
from voice.prompt import Listening
from voice.recognizer import Hearing, Recognizer
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
    """The ear of one call. `complete` tells whether a partial transcript already is an answer."""

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
        self._hearing: Hearing | None = None
        self._fed = 0
        self._partial = ""
        self._stable_ms = 0.0
        self.voiced_ms = 0.0
        """Voice in the open utterance so far; 0 when the caller is silent."""

    @property
    def is_open(self) -> bool:
        return self._hearing is not None

    @property
    def is_at_work(self) -> bool:
        """Whether the next frame may need decoding, which takes too long for an event loop."""
        return self.is_open or self._endpointer.is_stirring

    def expect(self, listening: Listening) -> None:
        """Listen for this from the next frame on; an utterance that has begun keeps the words it was begun with. May be
        called while `feed` runs in another thread."""
        self._expected = listening

    def feed(self, frame: Frame) -> Heard | None:
        """Take the next frame; returns what was heard when the caller has finished."""
        if self._expected is not None:
            self._listening, self._expected = self._expected, None
            self._turn = self._settings.turn(self._listening.kind)
            self._endpointer.expect(self._turn)
        match self._endpointer.feed(frame, self._activity.is_speech(frame)):
            case VoiceStarted(_, _, pcm):
                self._hearing = self._recognizer.listen(self._listening.phrases)
                self._fed, self._partial, self._stable_ms = 0, "", 0.0
                self.voiced_ms = self._settings.vad.start_voiced_ms
                self._accept(pcm)
            case VoiceContinues(pcm, voiced, silence):
                self.voiced_ms = _ms(voiced)
                self._accept(pcm)
                if self._is_complete(_ms(silence), _ms(len(pcm) // 2)) and (closed := self._endpointer.close()):
                    return self._finish(closed)
            case Utterance() as utterance:
                return self._finish(utterance)
            case None:
                pass
        return None

    def _accept(self, pcm: bytes) -> None:
        if self._hearing is not None:
            self._hearing.accept(pcm)
            self._fed += len(pcm)

    def _is_complete(self, silence_ms: float, frame_ms: float) -> bool:
        if not self._turn.complete_silence_ms or not silence_ms or self._hearing is None:
            self._stable_ms = 0.0
            return False
        partial = self._hearing.partial()
        self._stable_ms = self._stable_ms + frame_ms if partial == self._partial else 0.0
        self._partial = partial
        is_time = silence_ms >= self._turn.complete_silence_ms and self._stable_ms >= STABLE_MS
        return is_time and bool(partial) and self._complete(partial)

    def _finish(self, utterance: Utterance) -> Heard | None:
        hearing, self._hearing = self._hearing, None
        voiced_ms, self.voiced_ms = self.voiced_ms, 0.0
        if hearing is None:
            return None
        hearing.accept(utterance.pcm[self._fed :])
        return Heard(utterance, hearing, voiced_ms)


def _ms(samples: int) -> float:
    return samples * 1000 / RATE_HZ
