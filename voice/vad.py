"""Knows whether a frame holds speech. Does not know when a caller has finished."""

from __future__ import annotations

from collections import deque
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import webrtcvad

from voice.audio import FRAME_BYTES, RATE_HZ, Frame, Samples, dbfs, frames_of, to_samples
from voice.errors import ModelMissing
from voice.networks import InferenceSession, open_network
from voice.settings import Vad

SILERO_SAMPLES, SILERO_CONTEXT = 512, 64
SMOOTHING = 0.3
FLOOR_RISE_DB = 0.04
"""Per frame: a lasting noise is learned at 2 dB a second, so that long speech is not taken for it."""
SLEEP_KEEPS, STAYS_AWAKE = 25, 25
"""Frames: what the network is woken with, and how long it listens after the last that stood out."""

MAYBE = Vad(speech_probability=0.2, silence_probability=0.2)
MARGIN_FRAMES = 25
"""Half a second left around the speech: faint beginnings and ends are missed in noise."""


class VoiceActivity(Protocol):
    """Judges the frames of one call in order. One per call."""

    is_sure: bool
    """Whether the last frame was a voice beyond doubt, no cough or clatter: worth falling silent for."""

    def is_speech(self, frame: Frame) -> bool: ...


class WebRtcVoiceActivity:
    """The detector of WebRTC: sharp and cheap on a quiet line, fooled by noise, deaf to soft voices."""

    def __init__(self, settings: Vad) -> None:
        self._detector = webrtcvad.Vad(settings.mode)
        self._floor_dbfs = settings.floor_dbfs
        self.is_sure = False

    def is_speech(self, frame: Frame) -> bool:
        self.is_sure = self.is_speech_at(frame, dbfs(frame.pcm))
        return self.is_sure

    def is_speech_at(self, frame: Frame, level_dbfs: float) -> bool:
        return level_dbfs > self._floor_dbfs and bool(self._detector.is_speech(frame.pcm, RATE_HZ))


class SileroVoiceActivity:
    """The Silero network: holds in noise. It judges 32 ms at a time, so a frame may carry the verdict before it."""

    def __init__(self, settings: Vad) -> None:
        self._on, self._off = settings.speech_probability, settings.silence_probability
        self._session = _silero()
        self._state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        self._context: Samples = np.zeros(SILERO_CONTEXT, np.float32)
        self._waiting: Samples = np.zeros(0, np.float32)
        self.is_sure = False

    def is_speech(self, frame: Frame) -> bool:
        self._waiting = np.concatenate((self._waiting, to_samples(frame.pcm)))
        while len(self._waiting) >= SILERO_SAMPLES:
            block, self._waiting = self._waiting[:SILERO_SAMPLES], self._waiting[SILERO_SAMPLES:]
            self.is_sure = self._probability(block) > (self._off if self.is_sure else self._on)
        return self.is_sure

    def _probability(self, block: Samples) -> float:
        fed: npt.NDArray[np.float32] = np.concatenate((self._context, block))[np.newaxis]
        hidden, cell = self._state
        probability, hidden, cell = self._session.run(None, {"input": fed, "h": hidden, "c": cell})
        self._state = hidden, cell
        self._context = block[-SILERO_CONTEXT:]
        return float(probability.item())


class AdaptiveVoiceActivity:
    """Silero, joined by WebRTC's detector while the line is quiet: each misses what the other hears there, and in noise
    WebRTC's hears speech everywhere (benchmarks/endpointing.py).

    While nothing stands out of the line's noise Silero sleeps; it is woken with what came just before.
    """

    def __init__(self, settings: Vad) -> None:
        self._quiet_dbfs, self._stands_out_db = settings.quiet_dbfs, settings.stands_out_db
        self._webrtc, self._silero = WebRtcVoiceActivity(settings), SileroVoiceActivity(settings)
        self._noise = NoiseFloor()
        self._asleep: deque[Frame] = deque(maxlen=SLEEP_KEEPS)
        self._awake = 0
        self.is_sure = False

    def is_speech(self, frame: Frame) -> bool:
        self.is_sure = False
        level = dbfs(frame.pcm)
        noise = self._noise.follow(level)
        in_quiet = noise < self._quiet_dbfs and self._webrtc.is_speech_at(frame, level)
        if level > noise + self._stands_out_db or in_quiet:
            self._awake = STAYS_AWAKE
        if not self._awake:
            self._asleep.append(frame)
            return False
        while self._asleep:
            self._silero.is_speech(self._asleep.popleft())
        in_noise = self._silero.is_speech(frame)
        self._awake = STAYS_AWAKE if in_noise else self._awake - 1
        self.is_sure = in_noise
        return in_noise or in_quiet


class NoiseFloor:
    """The level that the line does not fall below: follows falling levels at once, rising ones slowly."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._floor = 0.0

    def follow(self, level_dbfs: float) -> float:
        """Take the level of the next frame; returns the floor in dBFS."""
        smooth = level_dbfs if self._smooth is None else self._smooth + SMOOTHING * (level_dbfs - self._smooth)
        self._smooth = smooth
        self._floor = min(smooth, self._floor + FLOOR_RISE_DB)
        return self._floor


def voice_activity(settings: Vad) -> VoiceActivity:
    """A fresh detector for one call, of the kind that the settings name."""
    match settings.detector:
        case "adaptive":
            return AdaptiveVoiceActivity(settings)
        case "silero":
            return SileroVoiceActivity(settings)
        case "webrtc":
            return WebRtcVoiceActivity(settings)


def spoken_part(pcm: bytes) -> bytes:
    """A recording without what comes before and after its speech, where a recogniser hears words that nobody said; all
    of it where there may be no speech at all."""
    detector = SileroVoiceActivity(MAYBE)
    spoken = [at for at, frame in enumerate(frames_of(pcm)) if detector.is_speech(frame)]
    if not spoken:
        return pcm
    first, last = max(0, spoken[0] - MARGIN_FRAMES), spoken[-1] + 1 + MARGIN_FRAMES
    return pcm[first * FRAME_BYTES : last * FRAME_BYTES]


@cache
def _silero() -> InferenceSession:
    """The network that faster-whisper carries as a data file; shared by all calls."""
    found = find_spec("faster_whisper")
    places = found.submodule_search_locations if found else None
    path = Path(next(iter(places or ()), "")) / "assets" / "silero_vad_v6.onnx"
    if not path.is_file():
        raise ModelMissing("The Silero network is missing from faster-whisper. Install it again: make setup")
    return open_network(path)
