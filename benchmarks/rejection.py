"""How often is sound that is no order taken for one? Talk of other things, digits, noise. (CHECKS.md row 10)

`intents` counts whatever was understood, an honest "we do not have that" included; `taken` what would reach a cart,
`items` what would put something into it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.spoken_digits import numbers, speakers
from voice import audio, models
from voice.synthesizer import PiperSynthesizer
from voxcart.build import open_ears, open_shop
from voxcart.config import Config, load_config

FOREIGN = Path(__file__).parent.parent / "tests" / "typed_orders" / "elsewhere.txt"
NOISES, MELODIES, NOISE_S = 60, 40, 3.0
SHORTEST_S, LONGEST_S = 1.0, 8.0


def talk(config: Config) -> Iterator[bytes]:
    """Sentences about other things, by a voice that is not the assistant's."""
    voice = PiperSynthesizer(models.locate("piper-kristin", config.voice.models), config.voice.speech)
    lines = [line for line in FOREIGN.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines:
        yield audio.silence(audio.RATE_HZ // 4) + asyncio.run(voice.say(line)) + audio.silence(audio.RATE_HZ // 4)
    voice.close()


def noise(data: Path, seed: int) -> Iterator[bytes]:
    kitchen = audio.to_samples(audio.read_audio(data / "kitchen-noise.flac"))
    rng, length = np.random.default_rng(seed), int(NOISE_S * audio.RATE_HZ)
    for at in rng.integers(0, len(kitchen) - length, NOISES):
        yield audio.normalise(audio.to_pcm(kitchen[at : at + length]), peak_dbfs=-6.0)


def music(seed: int) -> Iterator[bytes]:
    """Chords with a beat and a melody of plucked, decaying tones."""
    rng, length = np.random.default_rng(seed), int(NOISE_S * audio.RATE_HZ)
    at = np.arange(length) / audio.RATE_HZ
    for _ in range(MELODIES):
        root, beat_s = 110 * 2 ** (rng.integers(0, 12) / 12), rng.uniform(0.25, 0.5)
        tune = np.zeros(length)
        for number, start_s in enumerate(np.arange(0, NOISE_S, beat_s)):
            chord = (0, 4, 7) if number % 4 == 0 else (int(rng.choice([0, 2, 4, 7, 9, 12, 14, 16])) + 12,)
            since = np.maximum(at - start_s, 0.0)
            envelope = np.where(at >= start_s, np.exp(-since / rng.uniform(0.2, 0.6)), 0.0)
            for tone in chord:
                hz = root * 2 ** (tone / 12)
                tune += envelope * sum(np.sin(2 * np.pi * hz * harmonic * since) / harmonic for harmonic in range(1, 7))
        yield audio.normalise(audio.to_pcm((0.2 * tune / np.max(np.abs(tune))).astype(np.float32)), peak_dbfs=-6.0)


def digits(data: Path, seed: int) -> Iterator[bytes]:
    for speaker in speakers(data):
        for length in (3, 4, 6):
            yield from (pcm for _, pcm in numbers(data, speaker, 10, length, seed))


def recordings(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*.wav")):
        pcm = audio.read_audio(path)
        if SHORTEST_S <= len(pcm) / (2 * audio.RATE_HZ) <= LONGEST_S:
            yield pcm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--shop", default="coffee")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--talk", type=Path, help="a folder of recorded talk, such as Debian's asterisk-core-sounds")
    parser.add_argument("--misses", action="store_true", help="print what was taken for something")
    options = parser.parse_args()
    config = load_config()
    ears = open_ears(config, open_shop(config, options.shop, in_memory=True))
    sounds = {"talk (synthetic)": talk(config), "kitchen noise": noise(options.data, options.seed)}
    sounds |= {"music (synthetic)": music(options.seed), "digits": digits(options.data, options.seed)}
    if options.talk is not None:
        sounds["talk (recorded)"] = recordings(options.talk)
    rows, raw = [], {}
    for kind, clips in sounds.items():
        heard = [asyncio.run(ears.hear(pcm, "order")) for pcm in clips]
        understood = [each for each in heard if each["intent"] is not None]
        taken = [each for each in heard if each["items"] or each.get("edits")]
        if options.misses:
            for each in understood:
                print(kind, each["intent"], [item["product"] for item in each["items"]], "|", each["transcript"])
        bought = [each for each in heard if each["items"]]
        raw[kind] = [each["transcript"] for each in understood]
        share = {"intents_%": understood, "taken_%": taken, "items_%": bought}
        rows.append(
            {"sound": kind, **{k: round(100 * len(v) / len(heard), 1) for k, v in share.items()}, "n": len(heard)}
        )
    decoding = config.voice.decoding
    limits = {"least": decoding.least_likelihood_per_s, "sure": decoding.sure_likelihood_per_s}
    report.write("rejection", rows, raw, seed=options.seed, shop=options.shop, likelihood_per_s=limits)


if __name__ == "__main__":
    main()
