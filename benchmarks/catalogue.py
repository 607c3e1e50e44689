"""How long does a shop of thousands of products take to open, be listened for and understood? (CHECKS.md row 17)"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np

from benchmarks import report
from commerce.shop import open_shop
from commerce.shop_file import load_shop, slug
from nlu.grammar import Grammar
from nlu.parse import parse
from voice import models
from voice.recognizer import VoskRecognizer
from voxcart.config import Config
from voxcart.vocabulary import vocabulary_of

SEED = 17
QUERIES = 300
HEAD = 'name = "Catalogue"\ncurrency = "USD"\n'
T = TypeVar("T")


def names_of(data: Path, count: int) -> list[str]:
    with gzip.open(data / "catalogues" / "names-100k.txt.gz", "rt", encoding="utf-8") as file:
        said = (line.strip().replace("\\", "").replace('"', "") for line in file)
        names = {slug(name): name for name in said if name.isprintable() and any(map(str.isalpha, name))}
    kept = [name for each, name in sorted(names.items()) if each]
    random.Random(SEED).shuffle(kept)
    return kept[:count]


def write_shop(path: Path, names: list[str]) -> None:
    tables = (f'[[products]]\nname = "{name}"\nprice = {1 + at % 20}.50\n' for at, name in enumerate(names))
    path.write_text(HEAD + "".join(tables), "utf-8")


def steps(names: list[str], folder: Path) -> Iterator[dict[str, object]]:
    def timed(step: str, work: Callable[[], T]) -> tuple[T, dict[str, object]]:
        began = perf_counter()
        done = work()
        took_ms = round((perf_counter() - began) * 1000, 1)
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return done, {"products": len(names), "step": step, "ms": took_ms, "most_memory_mb": memory_mb}

    path = folder / f"{len(names)}.toml"
    write_shop(path, names)
    catalog, row = timed("load", lambda: load_shop(path))
    yield row
    grammar, row = timed("grammar", lambda: Grammar.load("en", vocabulary_of(catalog)))
    yield row
    shop, row = timed("database", lambda: open_shop(catalog, folder / f"{len(names)}.db"))
    yield row
    shop.close()
    phrases, row = timed("phrases, first time", lambda: grammar.phrases("order"))
    yield {**row, "phrases": len(phrases)}
    took = []
    for name in random.Random(SEED).sample(names, min(QUERIES, len(names))):
        began = perf_counter()
        parse(f"two {name.lower()}", grammar, "order", ())
        took.append((perf_counter() - began) * 1000)
    yield {**row, "step": "parse, p95", "ms": round(float(np.percentile(took, 95)), 1)}
    vosk = VoskRecognizer(models.locate("vosk-en", Config().voice.models), Config().voice.decoding)
    vosk.listen(["yes"])  # loads the model
    _, row = timed("recogniser's grammar", lambda: vosk.listen(phrases))
    yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5000, 100_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for size in options.sizes for row in steps(names_of(options.data, size), Path(folder))]
    report.write("catalogue", rows, seed=SEED)


if __name__ == "__main__":
    main()
