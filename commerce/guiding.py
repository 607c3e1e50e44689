"""Knows which question divides goods best, from what they are. Knows no wording and no stock. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from commerce.catalog import Product

Kind: TypeAlias = Literal["category", "brand", "trait"]
COMMON, SOME = 0.5, 0.3
"""What is told of fewer of the goods than this share divides them by chance; whether it should be so, of fewer yet."""


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about; `label`: which trait, as the shop file names it."""

    kind: Kind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A question and its answers, those of most goods first. One answer alone is a question of yes or no."""

    about: About
    values: tuple[str, ...]


def values_of(product: Product, about: About) -> tuple[str, ...]:
    match about.kind:
        case "category":
            return (product.category,) if product.category else ()
        case "brand":
            return (product.brand,) if product.brand else ()
        case "trait":
            return dict(product.traits).get(about.label, ())


def division(goods: Sequence[Product], passed: Collection[About]) -> Division | None:
    """What leaves fewest after its answer; the category before all else. None: nothing more tells them apart."""
    found = [each for about in _abouts(goods) if about not in passed and (each := _judged(goods, about))]
    if not found:
        return None
    return min(found, key=lambda each: (each[1].about.kind != "category", each[0]))[1]


def _abouts(goods: Sequence[Product]) -> Iterator[About]:
    yield About("category")
    yield About("brand")
    yield from dict.fromkeys(About("trait", label) for each in goods for label, _ in each.traits)


def _judged(goods: Sequence[Product], about: About) -> tuple[float, Division] | None:
    """How many goods its answer is likely to leave; None where it tells nothing apart."""
    counts = Counter(value for each in goods for value in values_of(each, about))
    dividing = [(value, n) for value, n in counts.most_common() if n < len(goods)]
    told = sum(bool(values_of(each, about)) for each in goods)
    match dividing:
        case []:
            return None
        case [(_, n)] if n < len(goods) * SOME:
            return None
        case [(value, n)]:
            left = (n * n + (len(goods) - n) * len(goods)) / len(goods)
            return left, Division(about, (value,))
        case _ if told < len(goods) * COMMON:
            return None
        case _:
            left = sum(n * n for _, n in dividing) / sum(n for _, n in dividing)
            return left, Division(about, tuple(value for value, _ in dividing))
