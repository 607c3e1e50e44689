"""Knows how strings of recorded single digits are joined into spoken numbers. Does not know who hears them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from voice import audio

GAP_S = (0.05, 0.35)
"""Shortest and longest pause between two digits."""


def speakers(data: Path) -> tuple[str, ...]:
    return tuple(sorted({path.stem.split("_")[1] for path in (data / "digits").glob("*.wav")}))


def numbers(data: Path, speaker: str, count: int, length: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(digits, 16 kHz audio) of random numbers, each digit one of the speaker's recordings at the level of a voice."""
    rng = np.random.default_rng([seed, len(speaker), *speaker.encode()])
    said = {digit: sorted((data / "digits").glob(f"{digit}_{speaker}_*.wav")) for digit in "0123456789"}
    for _ in range(count):
        digits = "".join(str(each) for each in rng.integers(0, 10, length))
        parts = [audio.silence(audio.RATE_HZ // 4)]
        for digit in digits:
            recording = said[digit][int(rng.integers(len(said[digit])))]
            parts += [audio.read_audio(recording), audio.silence(int(rng.uniform(*GAP_S) * audio.RATE_HZ))]
        yield digits, audio.normalise(b"".join([*parts, audio.silence(audio.RATE_HZ // 4)]), peak_dbfs=-6.0)
