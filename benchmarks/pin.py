"""How often is a PIN of four digits heard right, asked for again, or silently misheard? (CHECKS.md row 11)

Joined from recorded single digits, and said in one breath by a synthetic voice in every way of the language: digits,
pairs, "double five", "oh", with words around them.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks import report
from benchmarks.spoken_digits import numbers, speakers
from nlu.intent import Digits
from nlu.parse import parse
from nlu.sampling import Sampler
from voice import audio, models
from voice.synthesizer import PiperSynthesizer
from voxcart.build import Front, open_ears, open_shop
from voxcart.config import Config, load_config

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
    front = open_shop(config, "coffee", in_memory=True)
    ears = open_ears(config, front)
    rows: list[dict[str, object]] = []
    raw: dict[str, str] = {}
    heard_from = {
        each: list(numbers(options.data, each, options.count, LENGTH, options.seed)) for each in speakers(options.data)
    }
    heard_from["one breath (synthetic)"] = list(spoken(config, front, options.count, options.seed))
    for line in LINES:
        for speaker, said_numbers in heard_from.items():
            found: Counter[str] = Counter()
            for said, pcm in said_numbers:
                sound = audio.through_telephone(pcm) if line == "G.711" else pcm
                heard = asyncio.run(ears.hear(sound, "digits"))
                verdict = judged(said, heard["digits"])
                found[verdict] += 1
                raw[f"{line} {speaker}"] = raw.get(f"{line} {speaker}", "") + verdict[0]
                if options.misses and verdict != "right":
                    print(line, speaker, said, heard["digits"], "|", heard["transcript"])
            share = {f"{each}_%": round(100 * found[each] / options.count, 1) for each in ("right", "again", "wrong")}
            rows.append({"line": line, "speaker": speaker, **share, "n": options.count})
    worst = min(rows, key=lambda row: float(str(row["right_%"])))
    report.write("pin", rows, raw, seed=options.seed, worst_speaker=f"{worst['speaker']} ({worst['line']})")


def spoken(config: Config, front: Front, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(digits, 16 kHz audio) of numbers as callers say them, by a voice that is not the assistant's."""
    voice = PiperSynthesizer(models.locate("piper-kristin", config.voice.models), config.voice.speech)
    sampler, left = Sampler(front.grammar.lexicon, seed + 1000), count
    pause = audio.silence(audio.RATE_HZ // 4)
    while left:
        match parse(text := sampler.digits(), front.grammar, "digits"):
            case Digits(digits, True) if len(digits) == LENGTH:
                left -= 1
                yield digits, pause + asyncio.run(voice.say(text)) + pause
    voice.close()


def judged(said: str, heard: str | None) -> str:
    """A number of another length is asked for again: it can be no PIN."""
    if heard == said:
        return "right"
    return "wrong" if heard is not None and len(heard) == len(said) else "again"


if __name__ == "__main__":
    main()
