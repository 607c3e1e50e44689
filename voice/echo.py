"""Knows whether a line brings the assistant's own voice back, and takes it out. Does not know what is a voice."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Literal, Protocol, TypeAlias

import numpy as np
from livekit.rtc import AudioFrame
from livekit.rtc.apm import AudioProcessingModule

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, Frame, Samples, amplify, dbfs, hiss, power, to_samples
from voice.vad import NoiseFloor

BLOCK_SAMPLES = RATE_HZ // 100
"""The canceller takes 10 ms at a time."""
SAID_DBFS, STANDS_OUT_DB = -45.0, 6.0
TAIL_FRAMES = 40
"""So long after the assistant's last sound its echo may still come."""
QUIET_FRAMES, FOREIGN_FRAMES = 25, 25
"""The assistant speaks and nothing is heard, or what is heard is not what it says: there is no echo."""
LOOK_FRAMES = 5
"""Where there was no echo so far, sounds are compared every 100 ms."""

KEPT_FRAMES = 50
MOST_LAG = RATE_HZ * 4 // 5
EARLY_SAMPLES = RATE_HZ // 50
"""The canceller wants to know a little before it is heard what was said."""
BAND_HZ = (300.0, 3400.0)
NEAR_LAG = 24
SAME_LAG = 8
PEAK, STRONG_PEAK = 9.0, 14.0
"""How far a lag must stand out of all others, in standard deviations: at first, and where there was no echo so far."""
AGREEING = 3

LOOK_BACK_FRAMES, OWN_DB = 25, -7.0
"""Of whom half a second lost so much in the canceller, that was mostly the assistant (benchmarks/own_voice.py)."""
STILL_DBFS = -75.0

Verdict: TypeAlias = Literal["unknown", "echo", "none"]


class EchoRemedy(Protocol):
    """What becomes of the assistant's own voice in what is heard. One per line."""

    def cleaned(self, frame: Frame) -> Frame:
        """The frame without it. Frames come in order."""
        ...

    @property
    def is_own_voice(self) -> bool:
        """Whether what was heard last was mostly the assistant itself, whatever is left of it."""
        ...


class Unechoed:
    """A line without echo."""

    is_own_voice = False

    def cleaned(self, frame: Frame) -> Frame:
        return frame


class HalfDuplex:
    """While the assistant speaks, and until the room is silent again, nothing is heard."""

    def __init__(self) -> None:
        self._tail = 0
        self._noise = NoiseFloor()
        self._level_dbfs = STILL_DBFS
        self._still = hiss(FRAME_SAMPLES, STILL_DBFS, seed=4)

    @property
    def is_own_voice(self) -> bool:
        return self._tail > 0

    def cleaned(self, frame: Frame) -> Frame:
        is_said = bool(frame.said) and dbfs(frame.said) > SAID_DBFS
        self._tail = TAIL_FRAMES if is_said else max(0, self._tail - 1)
        if self._tail:
            return replace(frame, pcm=amplify(self._still, self._level_dbfs - STILL_DBFS))
        self._level_dbfs = self._noise.follow(dbfs(frame.pcm))
        return frame


class EchoCanceller:
    """One per line; costs nothing on a line without echo once that is known.

    The canceller of WebRTC takes away much of a caller's voice as long as it has not learnt that there is no echo. So
    it is believed only on lines where what is heard is what was said a moment before: by `lag` samples, where that is
    known beforehand.
    """

    def __init__(self, lag: int | None = None) -> None:
        self.verdict: Verdict = "unknown" if lag is None else "echo"
        self._module: AudioProcessingModule | None = None
        self._noise = NoiseFloor()
        self._kept: deque[Frame] = deque(maxlen=KEPT_FRAMES + MOST_LAG // FRAME_SAMPLES)
        self._delay = 0 if lag is None else _frames_early(lag)
        self._tail = self._quiet = self._foreign = self._unlooked = 0
        self._lags: deque[int] = deque(maxlen=AGREEING)
        self._powers: deque[tuple[float, float]] = deque(maxlen=LOOK_BACK_FRAMES)

    @property
    def is_own_voice(self) -> bool:
        heard, left = (sum(powers) for powers in zip(*self._powers, strict=True)) if self._powers else (0.0, 0.0)
        return left < heard * 10 ** (OWN_DB / 10)

    def cleaned(self, frame: Frame) -> Frame:
        found = self._cleaned(frame)
        if self.verdict == "echo":
            heard = power(to_samples(frame.pcm))
            self._powers.append((heard, heard if found is frame else power(to_samples(found.pcm))))
        return found

    def _cleaned(self, frame: Frame) -> Frame:
        self._kept.append(frame)
        is_said = bool(frame.said) and dbfs(frame.said) > SAID_DBFS
        self._tail = TAIL_FRAMES if is_said else max(0, self._tail - 1)
        if not self._tail:
            return frame
        level = dbfs(frame.pcm)
        stands_out = level > self._noise.follow(level) + STANDS_OUT_DB
        if self.verdict != "echo":
            self._judge(stands_out, is_said)
        if self.verdict == "none":
            return frame
        if self._module is None:
            return self._woken() if stands_out else frame
        return self._without_echo(self._module, len(self._kept) - 1)

    def _judge(self, stands_out: bool, is_said: bool) -> None:
        if not stands_out:
            self._quiet += is_said
            self._unlooked = 0
        elif self.verdict == "unknown" or self._unlooked == 0:
            self._compare(PEAK if self.verdict == "unknown" else STRONG_PEAK)
            self._unlooked = LOOK_FRAMES - 1
            self._foreign += 1
        else:
            self._unlooked -= 1
        if self.verdict == "unknown" and (self._quiet >= QUIET_FRAMES or self._foreign >= FOREIGN_FRAMES):
            self.verdict, self._module = "none", None

    def _compare(self, peak: float) -> None:
        recent = list(self._kept)[-KEPT_FRAMES:]
        heard = to_samples(b"".join(each.pcm for each in recent))
        said = to_samples(b"".join(each.said.ljust(FRAME_BYTES, b"\0") for each in recent))
        lag, stands_out = echo_lag(heard, said)
        if stands_out < peak:
            self._lags.clear()
            return
        self._lags.append(lag)
        if len(self._lags) == AGREEING and max(self._lags) - min(self._lags) <= SAME_LAG:
            self.verdict = "echo"
            self._delay = _frames_early(lag)
            self._module = None

    def _woken(self) -> Frame:
        """The last frame, cleaned with what those before it have told."""
        self._module = module = AudioProcessingModule(echo_cancellation=True)
        for at in range(max(0, len(self._kept) - KEPT_FRAMES), len(self._kept)):
            cleaned = self._without_echo(module, at)
        return cleaned

    def _without_echo(self, module: AudioProcessingModule, place: int) -> Frame:
        """The frame at this place of those that are kept."""
        frame = self._kept[place]
        said = self._kept[place - self._delay].said if place >= self._delay else b""
        said = said.ljust(FRAME_BYTES, b"\0")
        cleaned = bytearray()
        for at in range(0, FRAME_BYTES, 2 * BLOCK_SAMPLES):
            module.process_reverse_stream(_block(said, at))
            heard = _block(frame.pcm, at)
            module.process_stream(heard)
            cleaned += bytes(heard.data)
        return replace(frame, pcm=bytes(cleaned))


def _frames_early(lag: int) -> int:
    return max(0, lag - EARLY_SAMPLES) // FRAME_SAMPLES


def warm_up() -> None:
    """Load the canceller before a call needs it."""
    AudioProcessingModule(echo_cancellation=True)


def echo_lag(heard: Samples, said: Samples) -> tuple[int, float]:
    """By how many samples `heard` is likeliest to come after `said`, and how far that stands out of all other lags.

    Generalised cross-correlation with phase transform: Knapp and Carter, "The generalized correlation method for
    estimation of time delay", 1976. It does not take two voices for each other as plain correlation does.
    """
    size = 1 << (2 * len(heard) - 1).bit_length()
    together = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    together /= np.abs(together) + 1e-9
    hz = np.arange(len(together)) * RATE_HZ / size
    together[(hz < BAND_HZ[0]) | (hz > BAND_HZ[1])] = 0
    found = np.fft.irfft(together)
    after, before = found[:MOST_LAG], found[-MOST_LAG:]
    lag = int(after.argmax())
    others = np.concatenate((after[: max(0, lag - NEAR_LAG)], after[lag + NEAR_LAG :]))
    spread = max(float(np.std(others)), float(np.std(before)), 1e-12)
    return lag, float(after[lag]) / spread


def _block(pcm: bytes, at: int) -> AudioFrame:
    return AudioFrame(bytearray(pcm[at : at + 2 * BLOCK_SAMPLES]), RATE_HZ, 1, BLOCK_SAMPLES)
