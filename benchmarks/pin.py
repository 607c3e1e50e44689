"""How often is a PIN of four recorded digits heard right, asked for again, or silently misheard? (CHECKS.md row 11)"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from pathlib import Path

from benchmarks import report
from benchmarks.spoken_digits import numbers, speakers
from voice import audio
from voxcart.build import open_ears, open_shop
from voxcart.config import load_config

LENGTH = 4
LINES = ("16 kHz", "G.711")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=100, help="numbers per speaker and line")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--misses", action="store_true", help="print what was not heard right")
    options = parser.parse_args()
    config = load_config()
    ears = open_ears(config, open_shop(config, "coffee", in_memory=True))
    rows = []
    for line in LINES:
        for speaker in speakers(options.data):
            found: Counter[str] = Counter()
            for said, pcm in numbers(options.data, speaker, options.count, LENGTH, options.seed):
                sound = audio.through_telephone(pcm) if line == "G.711" else pcm
                heard = asyncio.run(ears.hear(sound, "digits"))
                verdict = judged(said, heard["digits"])
                found[verdict] += 1
                if options.misses and verdict != "right":
                    print(line, speaker, said, heard["digits"], "|", heard["transcript"])
            share = {f"{each}_%": round(100 * found[each] / options.count, 1) for each in ("right", "again", "wrong")}
            rows.append({"line": line, "speaker": speaker, **share, "n": options.count})
    worst = min(rows, key=lambda row: float(str(row["right_%"])))
    report.write("pin", rows, seed=options.seed, worst_speaker=f"{worst['speaker']} ({worst['line']})")


def judged(said: str, heard: str | None) -> str:
    """A number of another length is asked for again: it can be no PIN."""
    if heard == said:
        return "right"
    return "wrong" if heard is not None and len(heard) == len(said) else "again"


if __name__ == "__main__":
    main()
