"""Knows when a caller begins and has finished, counted in samples. Does not know what voice sounds like. PURE."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from voice.audio import RATE_HZ, Frame, Utterance
from voice.settings import Turn, Vad


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The caller has begun to speak. `at` is the first voiced sample; `pcm` all audio of the utterance so far,
    pre-roll included, `start` its first sample."""

    at: int
    start: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class VoiceContinues:
    """One more frame of the open utterance. `voiced` and `silence` count samples: voice in all, silence since then."""

    pcm: bytes
    voiced: int
    silence: int


Event: TypeAlias = VoiceStarted | VoiceContinues | Utterance


def samples_of(ms: float) -> int:
    return int(ms * RATE_HZ / 1000)


class Endpointer:
    """Turns frames and voice flags into utterances.

    An utterance opens when `start_voiced_ms` of the last `start_window_ms` were voiced, and ends after `silence_ms`
    without voice or at `max_utterance_ms`. `silence_ms` may be changed at any time, also while one is open.
    The frame that ends an utterance is part of its `pcm`; it is not announced as `VoiceContinues` as well.
    """

    def __init__(self, vad: Vad, turn: Turn) -> None:
        self._vad = vad
        self.silence_ms = turn.silence_ms
        self.max_utterance_ms = turn.max_utterance_ms
        self._recent: deque[tuple[Frame, bool]] = deque()
        self._open: list[Frame] = []
        self._speech_start = 0
        self._speech_end = 0
        self._voiced = 0

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def expect(self, turn: Turn) -> None:
        """Listen for another kind of answer from now on."""
        self.silence_ms = turn.silence_ms
        self.max_utterance_ms = turn.max_utterance_ms

    def feed(self, frame: Frame, is_speech: bool) -> Event | None:
        """Take the next frame of the call; at most one thing happens per frame."""
        return self._continue(frame, is_speech) if self._open else self._wait(frame, is_speech)

    def close(self) -> Utterance | None:
        """End the open utterance now (the line is gone, or the answer is known to be complete)."""
        return self._end() if self._open else None

    def reset(self) -> None:
        """Forget the open utterance and the pre-roll."""
        self._recent.clear()
        self._open = []

    def _wait(self, frame: Frame, is_speech: bool) -> VoiceStarted | None:
        self._recent.append((frame, is_speech))
        kept = max(samples_of(self._vad.pre_roll_ms + self._vad.start_window_ms), len(frame.pcm) // 2)
        while frame.end - self._recent[0][0].start > kept:
            self._recent.popleft()
        window = frame.end - samples_of(self._vad.start_window_ms)
        voiced = [each for each, is_voiced in self._recent if is_voiced and each.start >= window]
        self._voiced = sum(len(each.pcm) // 2 for each in voiced)
        if not voiced or self._voiced < samples_of(self._vad.start_voiced_ms):
            return None
        self._speech_start, self._speech_end = voiced[0].start, voiced[-1].end
        first = self._speech_start - samples_of(self._vad.pre_roll_ms)
        self._open = [each for each, _ in self._recent if each.start >= first]
        self._recent.clear()
        return VoiceStarted(self._speech_start, self._open[0].start, b"".join(each.pcm for each in self._open))

    def _continue(self, frame: Frame, is_speech: bool) -> VoiceContinues | Utterance:
        self._open.append(frame)
        if is_speech:
            self._speech_end = frame.end
            self._voiced += len(frame.pcm) // 2
        silence = frame.end - self._speech_end
        if silence >= samples_of(self.silence_ms) or self._length() >= samples_of(self.max_utterance_ms):
            return self._end()
        return VoiceContinues(frame.pcm, self._voiced, silence)

    def _length(self) -> int:
        return self._open[-1].end - self._open[0].start

    def _end(self) -> Utterance:
        frames, self._open = self._open, []
        pcm = b"".join(frame.pcm for frame in frames)
        return Utterance(frames[0].start, frames[-1].end, self._speech_start, self._speech_end, pcm)
