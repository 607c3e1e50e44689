"""How many spoken orders are understood completely, clean and in kitchen noise, wideband and through a telephone line?

Recordings, labels and mixing are those of Picovoice's Speech-to-Intent Benchmark (a fifth of its recordings);
`loose` is its published scoring (intent and every labelled slot right), `strict` also forbids slots nobody asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from voice import audio
from voxcart.build import open_ears, open_shop
from voxcart.config import load_config

SNRS_DB = (6, 9, 12, 15, 18, 21, 24)
SLOTS = {"size": "size", "roast": "roast", "numberOfShots": "shots", "milkAmount": "milk", "sugarAmount": "sugar"}
PUBLISHED = {"Rhino": 98.1, "LUIS": 90.6, "Watson": 89.1, "Lex": 85.4, "Dialogflow": 78.9}


@dataclass(frozen=True, slots=True)
class Spoken:
    name: str
    samples: audio.Samples
    product: str
    options: dict[str, str]


def recordings(data: Path) -> list[Spoken]:
    labels = json.loads((data / "orders" / "labels.json").read_text("utf-8"))
    return [
        Spoken(
            name,
            audio.to_samples(audio.read_audio(data / "orders" / name)),
            label["slots"]["coffeeDrink"],
            {SLOTS[slot]: value for slot, value in label["slots"].items() if slot in SLOTS},
        )
        for name, label in sorted(labels.items())
    ]


def scored(line: dict[str, Any], spoken: Spoken) -> tuple[bool, bool]:
    """(loose, strict)."""
    items = line["items"]
    if line["intent"] != "order" or len(items) != 1 or items[0]["product"] != spoken.product:
        return False, False
    said: dict[str, Any] = items[0]["options"]
    loose = all(said.get(group) == value for group, value in spoken.options.items())
    return loose, loose and set(said) == set(spoken.options) and items[0]["quantity"] == 1


def conditions(seeds: int) -> Iterator[tuple[str, float | None, int]]:
    """(line, snr in dB or None, seed)."""
    for line in ("16 kHz", "G.711"):
        yield line, None, 0
        for snr_db in SNRS_DB:
            for seed in range(seeds):
                yield line, snr_db, seed


def heard(spoken: Spoken, noise: audio.Samples, line: str, snr_db: float | None, rng: np.random.Generator) -> bytes:
    samples = spoken.samples
    if snr_db is not None:
        place = int(rng.integers(0, len(noise) - len(samples)))
        samples = audio.mix_at_snr(samples, noise[place : place + len(samples)], snr_db)
    pcm = audio.to_pcm(samples)
    return audio.through_telephone(pcm) if line == "G.711" else pcm


@dataclass(frozen=True, slots=True)
class Heard:
    loose: bool
    strict: bool
    engine: str
    ms: float
    miss: str


class Listener:
    """Listens to every recording under one condition after another; one a process."""

    def __init__(self, data: Path) -> None:
        config = load_config()
        self.ears = open_ears(config, open_shop(config, "coffee", in_memory=True))
        self.spoken = recordings(data)
        self.noise = audio.to_samples(audio.read_audio(data / "kitchen-noise.flac"))

    def listen(self, line: str, snr_db: float | None, seed: int) -> list[Heard]:
        rng = np.random.default_rng(seed)
        return [self._hear(each, line, snr_db, rng) for each in self.spoken]

    def _hear(self, spoken: Spoken, line: str, snr_db: float | None, rng: np.random.Generator) -> Heard:
        result = asyncio.run(self.ears.hear(heard(spoken, self.noise, line, snr_db, rng), "order"))
        loose, strict = scored(result, spoken)
        told = f"{line} {snr_db} {spoken.name[:8]} {spoken.product} {spoken.options} | {result['transcript']}"
        return Heard(loose, strict, result["engine"], result["ms"], "" if loose else f"{told} ({result['engine']})")


_listener: list[Listener] = []


def _open(data: Path) -> None:
    _listener.append(Listener(data))


def _listen(condition: tuple[str, float | None, int]) -> list[Heard]:
    return _listener[0].listen(*condition)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="processes that listen side by side")
    parser.add_argument("--wideband", action="store_true", help="leave the telephone line out")
    parser.add_argument("--misses", action="store_true", help="print what was not understood")
    options = parser.parse_args()
    tried = [each for each in conditions(options.seeds) if not options.wideband or each[0] == "16 kHz"]
    found: dict[tuple[str, float | None], list[Heard]] = {}
    spawned = get_context("spawn")
    with ProcessPoolExecutor(options.jobs, spawned, initializer=_open, initargs=(options.data,)) as listeners:
        for (line, snr_db, seed), results in zip(tried, listeners.map(_listen, tried), strict=True):
            found.setdefault((line, snr_db), []).extend(results)
            right = sum(each.loose for each in results)
            print(f"{line} {'clean' if snr_db is None else snr_db} seed {seed}: {right} of {len(results)}", flush=True)
            if options.misses:
                print(*filter(None, (each.miss for each in results)), sep="\n")
    rows = [
        {
            "line": line,
            "snr_db": "clean" if snr_db is None else snr_db,
            "loose_%": round(100 * float(np.mean([row.loose for row in results])), 1),
            "strict_%": round(100 * float(np.mean([row.strict for row in results])), 1),
            "second_pass_%": round(100 * float(np.mean([row.engine == "whisper" for row in results])), 1),
            "ms_p50": round(float(np.median([row.ms for row in results]))),
            "n": len(results),
        }
        for (line, snr_db), results in found.items()
    ]
    means = {
        f"{line} mean 6-24 dB {kind}": round(
            float(np.mean([row[f"{kind}_%"] for row in rows if row["line"] == line and row["snr_db"] != "clean"])), 2
        )
        for line in {row["line"] for row in rows}
        for kind in ("loose", "strict")
    }
    report.write(
        "orders", rows, seeds=options.seeds, recordings=len(found[tried[0][:2]]), **means, published_mean=PUBLISHED
    )


if __name__ == "__main__":
    main()
