"""How fast is the nearest of 100,000 names found, and is it the same that a full scan finds? (CHECKS.md row 17)"""

from __future__ import annotations

import argparse
import gzip
import random
from pathlib import Path
from time import perf_counter

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks import report
from nlu.lookup import NameIndex

SEED = 11


def misheard(name: str, rng: random.Random) -> str:
    """The name with one letter in eight dropped, doubled or replaced, as a bad line does."""
    letters: list[str] = []
    for letter in name:
        fate = rng.random()
        if fate < 1 / 24:
            continue
        letters.append(rng.choice("aeiourstln") if fate < 1 / 12 else letter)
        if fate > 23 / 24:
            letters.append(letter)
    return "".join(letters)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--queries", type=int, default=1000)
    options = parser.parse_args()
    with gzip.open(options.data / "catalogues" / "names-100k.txt.gz", "rt", encoding="utf-8") as file:
        names = list(dict.fromkeys(line.strip().lower() for line in file if line.strip()))
    rng = random.Random(SEED)
    queries = [misheard(name, rng) for name in rng.sample(names, options.queries)]
    began = perf_counter()
    index = NameIndex(names)
    built_s = perf_counter() - began
    times_ms, scans_ms, same = [], [], 0
    for query in queries:
        began = perf_counter()
        hits = index.nearest(query, limit=1)
        times_ms.append((perf_counter() - began) * 1000)
        began = perf_counter()
        full = process.extractOne(query, names, scorer=fuzz.ratio)
        scans_ms.append((perf_counter() - began) * 1000)
        same += bool(hits) and full is not None and hits[0][1] >= full[1]
    rows = [
        {
            "method": method,
            "p50_ms": round(float(np.percentile(times, 50)), 2),
            "p95_ms": round(float(np.percentile(times, 95)), 2),
        }
        for method, times in (("trigram index", times_ms), ("full scan", scans_ms))
    ]
    share = round(100 * same / len(queries), 2)
    report.write(
        "lookup",
        rows,
        names=len(names),
        queries=len(queries),
        seed=SEED,
        built_s=round(built_s, 2),
        same_best_percent=share,
    )


if __name__ == "__main__":
    main()
