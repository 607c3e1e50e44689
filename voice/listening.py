"""Knows how frames become heard utterances, each with a fresh hearing. Does not know prompts or turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice.audio import RATE_HZ, Frame, Utterance, audible_end
from voice.endpointer import Endpointer, VoiceContinues, VoiceStarted
from voice.prompt import Foresight, Listening
from voice.recognizer import BLOCK_BYTES, Hearing, Recognizer
from voice.settings import VoiceSettings
from voice.vad import VoiceActivity

MOST_SURE_MS = 200.0
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
    """The ear of one call. `foresee` tells whether a partial transcript already is an answer.

    Each frame is judged by `notice`, which is quick. What there is to decode then waits for `decode`, which takes
    milliseconds: it may run in another thread while frames go on coming in, and has caught up when `is_due` is false.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        activity: VoiceActivity,
        settings: VoiceSettings,
        foresee: Callable[[str], Foresight] = lambda _partial: "open",
    ) -> None:
        self._recognizer = recognizer
        self._activity = activity
        self._settings = settings
        self._foresee = foresee
        self._listening = Listening("order")
        self._turn = settings.turn("order")
        self._endpointer = Endpointer(settings.vad, self._turn)
        self._utterances: deque[_Spoken] = deque()
        self._sure_ms = 0.0

    @property
    def breaks_in(self) -> bool:
        """Whether what is heard is speech, and enough of it to fall silent for."""
        vad = self._settings.vad
        return self.voiced_ms >= vad.barge_in_voiced_ms and self._sure_ms >= vad.barge_in_sure_ms

    @property
    def is_open(self) -> bool:
        """Whether there is an utterance that was not returned yet."""
        return bool(self._utterances)

    @property
    def is_due(self) -> bool:
        """Whether there is anything to decode."""
        return bool(self._utterances) and self._utterances[0].is_due

    @property
    def partial(self) -> str:
        """What the utterance that is decoded now is so far."""
        return self._utterances[0].partial if self._utterances else ""

    @property
    def voiced_ms(self) -> float:
        """Voice in the open utterance so far; 0 when the caller is silent."""
        return self._utterances[-1].voiced_ms if self._endpointer.is_open else 0.0

    def expect(self, listening: Listening) -> None:
        """Listen for this from the next frame on; an utterance that has begun keeps the words it was begun with."""
        self._listening = listening
        self._turn = self._settings.turn(listening.kind)
        self._endpointer.expect(self._turn)

    def feed(self, frame: Frame) -> Heard | None:
        """Take the next frame; returns what was heard when the caller has finished."""
        self.notice(frame)
        return self.decode() if self.is_due else None

    def notice(self, frame: Frame) -> None:
        """Judge the next frame."""
        is_speech = self._activity.is_speech(frame)
        frame_ms = _ms(len(frame.pcm) // 2)
        if self._activity.is_sure:
            self._sure_ms = min(MOST_SURE_MS, self._sure_ms + frame_ms)
        elif not is_speech:
            self._sure_ms = max(0.0, self._sure_ms - frame_ms)
        match self._endpointer.feed(frame, is_speech):
            case VoiceStarted(_, _, pcm):
                voiced_ms = self._settings.vad.start_voiced_ms
                self._utterances.append(_Spoken(self._listening.phrases, voiced_ms, deque([pcm]), len(pcm)))
            case VoiceContinues(pcm, voiced, silence):
                utterance = self._utterances[-1]
                utterance.voiced_ms = _ms(voiced)
                utterance.take(pcm)
                if self._is_complete(utterance, _ms(silence), _ms(len(pcm) // 2)):
                    utterance.closed = self._endpointer.close()
            case Utterance() as closed:
                self._utterances[-1].closed = closed
        if not self._endpointer.is_open:
            self._endpointer.silence_ms = self._turn.silence_ms

    def decode(self) -> Heard | None:
        """Decode what waits; returns what was heard when the caller has finished."""
        utterance = self._utterances[0]
        closed = utterance.closed
        if utterance.hearing is None:
            utterance.hearing = self._recognizer.listen(utterance.phrases)
        if closed is None:
            utterance.feed()
            return None
        utterance.hearing.accept(closed.pcm[utterance.fed :])
        self._utterances.popleft()
        return Heard(closed, utterance.hearing, utterance.voiced_ms)

    def _is_complete(self, utterance: _Spoken, silence_ms: float, frame_ms: float) -> bool:
        turn = self._turn
        waits = {"sensible": turn.sensible_silence_ms, "complete": turn.complete_silence_ms}
        looks = (*waits.values(), turn.silence_ms // 2 if turn.unfinished_silence_ms else 0)
        soonest = min((ms for ms in looks if ms), default=0)
        if not soonest or not silence_ms:
            utterance.stable_ms = 0.0
            return False
        if utterance.partial != utterance.last_partial:
            utterance.last_partial, utterance.foresight, utterance.stable_ms = utterance.partial, None, 0.0
            self._endpointer.silence_ms = turn.silence_ms
        else:
            utterance.stable_ms += frame_ms
        if silence_ms < soonest or utterance.stable_ms < STABLE_MS or not utterance.partial:
            return False
        utterance.foresight = utterance.foresight or self._foresee(utterance.partial)
        if utterance.foresight == "unfinished":
            self._endpointer.silence_ms = turn.unfinished_silence_ms or turn.silence_ms
        wait_ms = waits.get(utterance.foresight) or turn.sensible_silence_ms
        return utterance.foresight not in ("open", "unfinished") and bool(wait_ms) and silence_ms >= wait_ms


@dataclass(slots=True)
class _Spoken:
    """An utterance on its way. Of its bytes `taken` have come in and `fed` are decoded; the rest is in `waiting`.

    Only the thread that decodes touches `hearing`, `fed` and `partial`, and takes from `waiting`.
    """

    phrases: Sequence[str]
    voiced_ms: float
    waiting: deque[bytes]
    taken: int
    closed: Utterance | None = None
    hearing: Hearing | None = None
    fed: int = 0
    partial: str = ""
    last_partial: str = ""
    foresight: Foresight | None = None
    stable_ms: float = 0.0

    @property
    def is_due(self) -> bool:
        """Whether another block is full, or the beginning or the end has come."""
        is_full = self.taken // BLOCK_BYTES > self.fed // BLOCK_BYTES
        return is_full or self.closed is not None or self.hearing is None

    def take(self, pcm: bytes) -> None:
        self.waiting.append(pcm)
        self.taken += len(pcm)

    def feed(self) -> None:
        assert self.hearing is not None
        pcm = b"".join(self.waiting.popleft() for _ in range(len(self.waiting)))
        self.hearing.accept(pcm)
        self.partial = self.hearing.partial()
        self.fed += len(pcm)


def _ms(samples: int) -> float:
    return samples * 1000 / RATE_HZ
