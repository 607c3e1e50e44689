"""Knows PCM: the frame and the utterance, and all arithmetic on samples. Does not know where audio comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import samplerate
import soundfile
import soxr

from voice.errors import AudioFileError

RATE_HZ = 16_000
FRAME_SAMPLES = 320
FRAME_BYTES = 2 * FRAME_SAMPLES
FULL_SCALE = 32_768.0
SILENCE_DBFS = -120.0
AUDIBLE_DBFS = -50.0
LOUD_PERCENTILE, QUIET_PERCENTILE = 95, 10
NARROW_HZ, NARROW_DB = 4300.0, -60.0

Samples: TypeAlias = npt.NDArray[np.float32]
"""Mono samples between -1 and 1."""


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of 16 kHz mono s16le audio; `start` is its first sample's place in the call. Never mutated.

    `said` is what the assistant's side played meanwhile, as long or empty.
    """

    start: int
    pcm: bytes
    said: bytes = b""

    @property
    def end(self) -> int:
        return self.start + len(self.pcm) // 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """The caller's audio between two boundaries, pre-roll included.

    `start` and `end` are sample positions in the call; `speech_start` and `speech_end` those of the first and
    last voiced sample, so `end - speech_end` is the silence that the endpointer waited for.
    """

    start: int
    end: int
    speech_start: int
    speech_end: int
    pcm: bytes


def to_samples(pcm: bytes) -> Samples:
    """s16le bytes as samples."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(samples: Samples) -> bytes:
    """Samples as s16le bytes; what is beyond full scale is clipped."""
    scaled = np.rint(np.asarray(samples, np.float64) * FULL_SCALE)
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype("<i2").tobytes()


def estimated_snr_db(pcm: bytes) -> float:
    """How far the loud frames of an utterance are above the quiet ones, which hold the noise of the line."""
    samples = to_samples(pcm)
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    if not len(whole):
        return 0.0
    levels = 10 * np.log10(np.mean(whole**2, axis=1) + 10 ** (SILENCE_DBFS / 10))
    return float(np.percentile(levels, LOUD_PERCENTILE) - np.percentile(levels, QUIET_PERCENTILE))


def is_narrow(pcm: bytes) -> bool:
    """Whether there is next to nothing above 4.3 kHz: it came over a telephone line of 8 kHz."""
    power = np.square(np.abs(np.fft.rfft(to_samples(pcm))), dtype=np.float64)
    above = float(np.sum(power[round(len(power) * NARROW_HZ * 2 / RATE_HZ) :]))
    return above < float(np.sum(power)) * 10 ** (NARROW_DB / 10)


def silence(samples: int) -> bytes:
    return bytes(2 * samples)


def hiss(samples: int, level_dbfs: float, seed: int) -> bytes:
    """White noise, the same for the same seed: a quiet line is never digitally silent."""
    noise = np.random.default_rng(seed).standard_normal(samples).astype(np.float32)
    return to_pcm(noise * np.float32(10 ** (level_dbfs / 20)))


def mixed(pcm: bytes, other: bytes) -> bytes:
    """The sum of two sounds of the same length; what is beyond full scale is clipped."""
    return to_pcm(to_samples(pcm) + to_samples(other))


def frames_of(pcm: bytes, start: int = 0) -> Iterator[Frame]:
    """Cut audio into 20 ms frames; the last one is filled up with silence."""
    for at in range(0, len(pcm), FRAME_BYTES):
        yield Frame(start + at // 2, pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))


def read_audio(path: Path) -> bytes:
    """A sound file of any common format and rate, mono or stereo (mixed), as 16 kHz mono s16le.

    Raises AudioFileError that names the file.
    """
    try:
        read, rate_hz = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        why = "there is no such file" if not path.exists() else str(error).rstrip(".")
        raise AudioFileError(f"{path} cannot be read as audio: {why}. Give a WAV or FLAC file.") from error
    if not np.isfinite(read).all():
        raise AudioFileError(f"{path} holds values that are no samples. Export it again as 16-bit WAV.")
    samples = resample(read.mean(axis=1, dtype=np.float32), rate_hz)
    if not len(samples):
        raise AudioFileError(f"{path} holds no sound: it is empty. Record it again.")
    return to_pcm(samples)


def write_wav(path: Path, pcm: bytes, rate_hz: int = RATE_HZ) -> None:
    """Write mono s16le audio as a WAV file."""
    soundfile.write(str(path), np.frombuffer(pcm, "<i2"), rate_hz, subtype="PCM_16", format="WAV")


def resample(samples: Samples, rate_hz: int, to_hz: int = RATE_HZ) -> Samples:
    """Change the rate of a whole sound."""
    if rate_hz == to_hz or not len(samples):
        return samples
    resampled: Samples = soxr.resample(samples, rate_hz, to_hz).astype(np.float32)
    return resampled


class StreamResampler:
    """Changes the rate of a stream of s16le chunks of any size, holding back less than 3 ms. One per direction."""

    def __init__(self, rate_hz: int, to_hz: int) -> None:
        self._ratio = to_hz / rate_hz
        # sinc_medium glitches and soxr's stream holds audio back (PARTS.md part 4).
        self._resampler = samplerate.Resampler("sinc_fastest", channels=1)

    def feed(self, pcm: bytes) -> bytes:
        if self._ratio == 1:
            return pcm
        return to_pcm(self._resampler.process(to_samples(pcm), self._ratio))


def mono(pcm: bytes, channels: int) -> bytes:
    """One channel that is the mean of all."""
    return pcm if channels == 1 else to_pcm(to_samples(pcm).reshape(-1, channels).mean(axis=1))


def spread(pcm: bytes, channels: int) -> bytes:
    """The same sound on every channel."""
    return pcm if channels == 1 else np.repeat(np.frombuffer(pcm, "<i2"), channels).tobytes()


def dbfs(pcm: bytes) -> float:
    """The level of the audio in dB below full scale (a full-scale square wave is 0)."""
    return dbfs_of(to_samples(pcm))


def dbfs_of(samples: Samples) -> float:
    found = power(samples)
    return max(SILENCE_DBFS, 10 * float(np.log10(found))) if found > 0 else SILENCE_DBFS


def power(samples: Samples) -> float:
    """The mean square."""
    return float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0


def audible_end(pcm: bytes, above_dbfs: float = AUDIBLE_DBFS) -> int:
    """How many samples there are up to the end of the last 20 ms that can be heard; 0 if none can."""
    ends = [frame.end for frame in frames_of(pcm) if dbfs(frame.pcm) > above_dbfs]
    return min(ends[-1], len(pcm) // 2) if ends else 0


def amplify(pcm: bytes, gain_db: float) -> bytes:
    """Louder or softer by `gain_db`; what is beyond full scale is clipped."""
    return pcm if gain_db == 0 else to_pcm(to_samples(pcm) * np.float32(10 ** (gain_db / 20)))


def normalise(pcm: bytes, peak_dbfs: float = -3.0, most_gain_db: float = 30.0) -> bytes:
    """Bring the loudest sample to `peak_dbfs`, amplifying by no more than `most_gain_db`."""
    samples = to_samples(pcm)
    peak = float(np.max(np.abs(samples))) if len(samples) else 0.0
    if peak == 0:
        return pcm
    gain = min(10 ** (peak_dbfs / 20) / peak, 10 ** (most_gain_db / 20))
    return to_pcm(samples * np.float32(gain))


def trim(samples: Samples, rate_hz: int, keep_ms: float, below_dbfs: float = -50.0) -> Samples:
    """Cut silence off both ends, leaving `keep_ms` of it before the first and after the last louder sample."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (below_dbfs / 20))
    if not len(loud):
        return samples[:0]
    keep = int(rate_hz * keep_ms / 1000)
    return samples[max(0, loud[0] - keep) : loud[-1] + 1 + keep]


def mix_at_snr(speech: Samples, noise: Samples, snr_db: float, peak: float = 0.5, window: int = 2048) -> Samples:
    """Speech in noise as the published Speech-to-Intent benchmark mixes it.

    The ratio is that of the loudest 2,048-sample windows; the sum is scaled to `peak`. `noise` is as long as `speech`.
    """
    scale = np.sqrt(_loudest(speech, window) / (_loudest(noise, window) * 10 ** (snr_db / 10)))
    mixed: Samples = (speech + noise * np.float32(scale)).astype(np.float32)
    return mixed * np.float32(peak / max(float(np.max(np.abs(mixed))), 1e-9))


def _loudest(samples: Samples, window: int) -> float:
    """The largest energy of any window of consecutive samples."""
    energy = np.concatenate(([0.0], np.cumsum(np.square(samples, dtype=np.float64))))
    return float(np.max(energy[window:] - energy[:-window])) if len(samples) >= window else float(energy[-1])


def through_telephone(pcm: bytes) -> bytes:
    """16 kHz audio after a G.711 line: 8 kHz, mu-law and back."""
    narrow = to_pcm(resample(to_samples(pcm), RATE_HZ, 8_000))
    return to_pcm(resample(to_samples(mulaw_to_pcm(pcm_to_mulaw(narrow))), 8_000, RATE_HZ))


MULAW_BIAS, MULAW_CLIP = 0x84, 32_635


def pcm_to_mulaw(pcm: bytes) -> bytes:
    """s16le to G.711 mu-law, one byte a sample."""
    linear = np.frombuffer(pcm, "<i2").astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), MULAW_CLIP) + MULAW_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    encoded: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return encoded.tobytes()


def mulaw_to_pcm(encoded: bytes) -> bytes:
    """G.711 mu-law to s16le."""
    code = ~np.frombuffer(encoded, np.uint8).astype(np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + MULAW_BIAS) << ((code & 0x70) >> 4)) - MULAW_BIAS
    linear: npt.NDArray[np.int16] = np.where(code & 0x80, -magnitude, magnitude).astype("<i2")
    return linear.tobytes()
