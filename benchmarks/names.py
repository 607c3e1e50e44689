"""How many spoken names of a large catalogue are heard, and are numbers that sound alike told apart? (CHECKS.md row 12)

A synthetic voice says each name as callers do. `top1`: the product that was understood, or is asked about first, is the
one that was said; `top3`: it is among the first three; `silent`: another one is put into the cart without a question.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks import report
from benchmarks.catalogue import names_of
from commerce.shop_file import parse_shop, slug
from commerce.shop_import import import_csv
from nlu.grammar import Grammar
from nlu.intent import Add, Item, Meaning, Order
from nlu.numbers import number_words
from nlu.sampling import Sampler
from nlu.saying import Saying, sayings
from voice.reading_aloud import read_aloud
from voice.soundalike import open_table
from voice.sounds import apart
from voice.synthesizer import phonemes
from voxcart.build import Front, open_recognizer, open_shop
from voxcart.config import Config, load_config
from voxcart.hear import Ears
from voxcart.hearing_back import ORDER, Say, Spoken, hear_back
from voxcart.shop_check import mouth_and_ears

SEED = 12
PRODUCTS = 5000
NUMBERS = range(2, 100)
NEAR = 0.85
"""Numbers whose sounds are at most so far apart are close pairs."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence that asks for so many of a product."""

    sentence: str
    number: int
    product: str


def write_catalogue(data: Path, path: Path, products: int) -> set[str]:
    """The groceries, and names of packaged food until there are enough. Returns the ids of the groceries."""
    imported = import_csv(data / "catalogues" / "groceries-en.csv", "Catalogue").text
    lines = [line for line in imported.splitlines() if line.startswith("  {")]
    groceries = {product.id for product in parse_shop(imported, path).products}
    # The voice speaks English only: a name in another script is not spoken at all.
    more = (name for name in names_of(data, 2 * products) if _is_latin(name) and slug(name) not in groceries)
    lines += [f'  {{ name = "{next(more)}", price = 2 }},' for _ in range(products - len(lines))]
    head = imported.split("  {", 1)[0]
    path.write_text("\n".join([head, *lines[:products], "]", ""]), "utf-8")
    return groceries


def _is_latin(name: str) -> bool:
    return all(not letter.isalpha() or "LATIN" in unicodedata.name(letter, "") for letter in name)


def plain_names(grammar: Grammar, count: int) -> list[Saying]:
    """As many products as wanted by their plain names, drawn by chance."""
    first: dict[str, Saying] = {}
    for each in sayings(grammar.lexicon, SEED):
        first.setdefault(each.product, each)
    return random.Random(SEED).sample(list(first.values()), min(count, len(first)))


def close_numbers(front: Front) -> Iterator[tuple[int, int]]:
    """Every two numbers that sound nearly the same, in the language of the shop."""
    table, language = open_table(), front.grammar.language
    sounds = {number: table.encode(phonemes(" ".join(number_words(number, language)))) for number in NUMBERS}
    pairs = [(one, other) for one in NUMBERS for other in NUMBERS if one < other]
    costs = apart([sounds[one] for one, _ in pairs], [sounds[other] for _, other in pairs], table)
    return (pair for pair, cost in zip(pairs, costs.tolist(), strict=True) if cost <= NEAR)


def counted_names(front: Front, count: int) -> list[Counted]:
    """Each number of the close pairs, of so many products."""
    lexicon = front.grammar.lexicon
    sampler = Sampler(lexicon, SEED)
    numbers = sorted({number for pair in close_numbers(front) for number in pair})
    known = [product for product in lexicon.vocabulary.products if len(lexicon.said(product.spoken[0]).split()) == 2]
    products = random.Random(SEED).sample(known, min(count * len(numbers), len(known)))
    found = []
    for number, product in zip(count * numbers, products, strict=False):
        name = sampler.plural(lexicon.said(product.spoken[0]))
        words = " ".join(number_words(number, front.grammar.language))
        found.append(Counted(f"{sampler.frame('carriers')} {words} {name}", number, product.id))
    return found


async def count_back(said: Sequence[Counted], ears: Ears, say: Say, close: frozenset[Decimal]) -> Row:
    """How often the number was heard, asked about, or silently another one. A call asks about every `close` one."""
    heard: Counter[str] = Counter()
    rest = iter(said)
    async for pcm in read_aloud(say, (each.sentence for each in said)):
        each = next(rest)
        transcript, read = await ears.understand(pcm, ORDER)
        item = _only_item(read.meaning)
        if read.in_doubt or item is None or item.alternatives or item.quantity in close:
            heard["asked"] += 1
        elif item.quantity == each.number:
            heard["right"] += 1
        else:
            heard["silent"] += 1
            print(f"silent: {each.sentence} | {transcript.text}")
    return {"numbers": "close pairs", "n": len(said), **{what: heard[what] for what in ("right", "asked", "silent")}}


def _only_item(meaning: Meaning | None) -> Item | None:
    match meaning:
        case Order((Add(item),)):
            return item
        case _:
            return None


def row_of(what: str, spoken: Sequence[Spoken]) -> Row:
    def share(count: int) -> float:
        return round(100 * count / max(1, len(spoken)), 1)

    def within(most: int) -> float:
        return share(sum(one.saying.product in one.offered[:most] for one in spoken))

    by_verdict = {
        verdict: share(sum(one.verdict == verdict for one in spoken)) for verdict in ("right", "asked", "lost")
    }
    silent = sum(one.verdict == "wrong" for one in spoken)
    return {"names": what, "n": len(spoken), "top1_%": within(1), "top3_%": within(3), **by_verdict, "silent": silent}


def misses(spoken: Sequence[Spoken]) -> list[str]:
    return [
        f"{one.verdict}: {one.saying.sentence} | {one.text} ({one.engine}) | {', '.join(one.offered[:3])}"
        for one in spoken
        if one.offered[:1] != (one.saying.product,)
    ]


def hear(
    config: Config, front: Front, said: Sequence[Saying], numbers: Sequence[Counted]
) -> tuple[list[Spoken], Row, dict[str, str | None]]:
    recognizer = open_recognizer(config, front)
    with mouth_and_ears(config, front, recognizer) as (say, ears):
        spoken = asyncio.run(hear_back(said, ears, say))
        counted = asyncio.run(count_back(numbers, ears, say, front.grammar.language.close_numbers))
    words = sorted({word for each in said for word in each.sentence.split()})
    return spoken, counted, recognizer.spellings(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--names", type=int, default=300, help="how many are spoken")
    parser.add_argument("--each", type=int, default=2, help="how many products are asked for in each close number")
    parser.add_argument("--misses", action="store_true", help="print what was not heard first of all")
    options = parser.parse_args()
    config = load_config()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.toml"
        groceries = write_catalogue(options.data, path, options.products)
        front = open_shop(config, str(path), in_memory=True)
    said = plain_names(front.grammar, options.names)
    spoken, numbers, spellings = hear(config, front, said, counted_names(front, options.each))
    known = [one for one in spoken if spellings.keys().isdisjoint(one.saying.name.split())]
    rows = [
        row_of("all", spoken),
        row_of("groceries", [one for one in spoken if one.saying.product in groceries]),
        row_of("packaged food", [one for one in spoken if one.saying.product not in groceries]),
        row_of("of known words", known),
        row_of("with unknown words", [one for one in spoken if one not in known]),
    ]
    if options.misses:
        print(*misses(spoken), sep="\n")
    report.show("numbers", [numbers])
    report.write("names", rows, seed=SEED, products=len(front.catalog.products), numbers=numbers, missed=misses(spoken))


if __name__ == "__main__":
    main()
