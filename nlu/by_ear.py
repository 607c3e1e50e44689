"""Knows the name that a whole request sounds like, where its words are no name. Does not know how words sound. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from nlu.clauses import Clause
from nlu.intent import Add, Item, Order
from nlu.lexicon import Product, Quantity, Value
from nlu.segments import Segment

SAME = 0.02
"""Up to this cost it is the same sound, written otherwise: "yellow i" for "yelloweye"."""
AS_NEAR = 0.3
"""Names that are hardly further away are asked about together."""
MOST = 3
ASKING = ("actions.add", "actions.also")


class Ear(Protocol):
    """Compares texts with the names of a shop by how they sound."""

    def nearest(self, text: str) -> Sequence[tuple[str, float]]:
        """(product id, how far apart they sound), nearest first; no names that are too far to be meant."""
        ...

    def twins(self) -> Sequence[Sequence[str]]:
        """Names, as they are said, that are written differently and sound the same."""
        ...


def by_ear(clauses: Sequence[Clause], ear: Ear) -> Order | None:
    """An order of one product; None where the words are names as they are, or sound like none."""
    said = [clause for clause in clauses if clause.body]
    if len(said) != 1 or not all(cue.startswith(ASKING) for clause in clauses for cue in clause.cues):
        return None
    if not _is_scattered(said[0].body):
        return None
    quantity, ways = _named(said[0].pieces)
    found = [(cost, product, counted) for counted, text in ways for product, cost in ear.nearest(text)]
    if not found:
        return None
    cost, product, counted = min(found)
    others = dict.fromkeys(other for apart, other, _ in sorted(found) if apart <= cost + AS_NEAR and other != product)
    alike = [other for apart, other, _ in found if apart <= SAME and other != product]
    if cost <= SAME:
        return _order(product, quantity if counted else None, tuple(dict.fromkeys(alike)), guessed=False)
    return _order(product, quantity if counted else None, tuple(others)[: MOST - 1], guessed=not others)


def _order(product: str, quantity: Decimal | None, alternatives: tuple[str, ...], *, guessed: bool) -> Order:
    return Order((Add(Item(product, quantity, guessed=guessed, alternatives=alternatives)),))


def _is_scattered(body: Sequence[Segment]) -> bool:
    """Whether words are in no name or nearly in one, or parts of several stand side by side; and no option is named."""
    products = [found for piece in body if isinstance(found := piece.find(Product), Product)]
    values = [found for piece in body if isinstance(found := piece.find(Value), Value)]
    lost = any(not piece.readings for piece in body) or any(product.guessed for product in products)
    parts = len(body) > 1 and any(not product.whole for product in products)
    return (lost or parts) and not any(value.whole for value in values)


def _named(pieces: Sequence[Segment]) -> tuple[Decimal | None, list[tuple[bool, str]]]:
    """The number that leads, and what may be the name: with the number, which no article is, and without it."""
    rest = list(pieces)
    while rest and rest[0].is_light and not rest[0].find(Quantity):
        rest.pop(0)
    while rest and rest[-1].is_light:
        rest.pop()
    quantity = rest[0].find(Quantity) if rest else None
    is_article = isinstance(quantity, Quantity) and quantity.article
    ways = [] if is_article else [(False, _text(rest))]
    if isinstance(quantity, Quantity):
        after = rest[1:]
        while after and after[0].is_light:
            after.pop(0)
        ways.append((True, _text(after)))
    return (quantity.value if isinstance(quantity, Quantity) else None), [way for way in ways if way[1]]


def _text(pieces: Sequence[Segment]) -> str:
    return " ".join(word for piece in pieces for word in piece.words)
