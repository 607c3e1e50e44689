"""How often is the wake phrase missed, and how often does other talk or noise wake the device? (docs/device.md)

The phrase is said by voices of Debian's flite and espeak-ng at three speeds, alone and with an order in the same
breath, in kitchen noise as the published benchmark mixes it. Recorded orders and digits must not wake it, the kitchen,
and any folder of speech that is given (`--talk`; Debian's asterisk-core-sounds-en-wav has 26 minutes of people).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import report
from voice.audio import RATE_HZ, Samples, frames_of, hiss, read_audio, to_pcm, to_samples
from voice.recognizer import Recognizer
from voice.spotter import Spotter
from voice.vad import voice_activity
from voxcart.build import open_recognizer, open_shop
from voxcart.config import Config, load_config

PHRASE = "hello market"
SAID = (PHRASE, f"{PHRASE}, two lattes please", f"{PHRASE} what do you have")
FLITE, ESPEAK = ("kal", "awb", "rms", "slt"), ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp")
STRETCHES, WORDS_PER_MINUTE = (0.85, 1.0, 1.2), (200, 165, 130)
SNRS_DB = (None, 18.0, 9.0)
ENERGY_SAMPLES = 2048
TALKS_S = 60.0
"""Recordings are heard one after another, in pieces of about this length."""


class Ear:
    def __init__(self, config: Config, recognizer: Recognizer, others: Sequence[str]) -> None:
        self._config, self._recognizer, self._others = config, recognizer, others

    def wakes(self, pcm: bytes) -> int:
        voice = self._config.voice
        spotter = Spotter(self._recognizer, voice_activity(voice.vad), voice, [PHRASE], self._others)
        around = hiss(RATE_HZ, -65, seed=1)
        return sum(spotter.feed(frame) is not None for frame in frames_of(around + pcm + around))


def spoken(folder: Path) -> Iterator[tuple[str, Path]]:
    """By which kind of voice, and where."""
    for number, text in enumerate(SAID):
        for voice in FLITE:
            for stretch in STRETCHES:
                path = folder / f"flite-{voice}-{stretch}-{number}.wav"
                made = ("flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-t", text, "-o", str(path))
                subprocess.run(made, check=True)
                yield "flite", path
        for voice in ESPEAK:
            for speed in WORDS_PER_MINUTE:
                path = folder / f"espeak-{voice}-{speed}-{number}.wav"
                subprocess.run(("espeak-ng", "-v", voice, "-s", str(speed), "-w", str(path), text), check=True)
                yield "espeak-ng", path


def in_noise(pcm: bytes, noise: Samples, snr_db: float | None, chance: random.Random) -> bytes:
    """Source of the mixing: the README of the shared data."""
    if snr_db is None:
        return pcm
    speech = to_samples(pcm)
    at = chance.randrange(len(noise) - len(speech))
    piece = noise[at : at + len(speech)]
    mixed = speech + piece * np.sqrt(_energy(speech) / (_energy(piece) * 10 ** (snr_db / 10)))
    return to_pcm(mixed * np.float32(0.5 / np.abs(mixed).max()))


def _energy(sound: Samples) -> float:
    frames = sound[: len(sound) // ENERGY_SAMPLES * ENERGY_SAMPLES].reshape(-1, ENERGY_SAMPLES)
    return float(np.max(np.sum(np.square(frames, dtype=np.float64), axis=1)))


def misses(ear: Ear, noise: Samples, seed: int) -> list[dict[str, object]]:
    chance, rows = random.Random(seed), []
    with tempfile.TemporaryDirectory() as folder:
        voices = [(kind, read_audio(path)) for kind, path in spoken(Path(folder))]
        for snr_db in SNRS_DB:
            for kind in ("flite", "espeak-ng"):
                said = [in_noise(pcm, noise, snr_db, chance) for each, pcm in voices if each == kind]
                missed = sum(ear.wakes(pcm) == 0 for pcm in said)
                rows.append(row(f"{kind}, {'clean' if snr_db is None else f'{snr_db:.0f} dB'}", len(said), missed))
    return rows


def row(what: str, said: int | None = None, missed: int | None = None, **more: object) -> dict[str, object]:
    percent = None if said is None or missed is None else round(100 * missed / said, 1)
    empty = {"minutes": None, "false_wakes": None, "false_per_h": None}
    return {"what": what, "said": said, "missed": missed, "missed_%": percent, **empty, **more}


def false_wakes(ear: Ear, what: str, sounds: Iterator[bytes]) -> dict[str, object]:
    heard, wakes, waiting = 0, 0, b""
    for sound in sounds:
        waiting += sound + hiss(RATE_HZ, -65, seed=2)
        if len(waiting) > 2 * RATE_HZ * TALKS_S:
            heard, wakes, waiting = heard + len(waiting), wakes + ear.wakes(waiting), b""
    heard, wakes = heard + len(waiting), wakes + ear.wakes(waiting)
    hours = heard / 2 / RATE_HZ / 3600
    return row(what, minutes=round(60 * hours, 1), false_wakes=wakes, false_per_h=round(wakes / hours, 1))


def sounds_in(folder: Path, *patterns: str) -> Iterator[bytes]:
    return (read_audio(path) for pattern in patterns for path in sorted(folder.rglob(pattern)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--talk", type=Path, help="a folder of speech that says nothing of the phrase")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    config = load_config()
    front = open_shop(config, "coffee", in_memory=True)
    ear = Ear(config, open_recognizer(config, front), front.grammar.phrases("order"))
    kitchen = read_audio(options.data / "kitchen-noise.flac")
    rows = misses(ear, to_samples(kitchen), options.seed)
    report.show("so far", rows)
    rows.append(false_wakes(ear, "recorded orders", sounds_in(options.data / "orders", "*.flac")))
    rows.append(false_wakes(ear, "recorded digits", sounds_in(options.data / "digits", "*.wav")))
    rows.append(false_wakes(ear, "kitchen noise", iter([kitchen])))
    if options.talk:
        rows.append(false_wakes(ear, options.talk.name, sounds_in(options.talk, "*.wav", "*.flac")))
    front.close()
    report.write("wake", rows, {}, seed=options.seed)


if __name__ == "__main__":
    main()
