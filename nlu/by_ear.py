"""Knows the name that a whole request sounds like, where its words are no name. Does not know how words sound. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from nlu.clauses import Clause
from nlu.intent import Add, Edit, Item, Meaning, NotSold, Order
from nlu.lexicon import Product, Quantity, Value
from nlu.segments import Segment

SAME = 0.02
"""Up to this cost it is the same sound, written otherwise: "yellow i" for "yelloweye"."""
AS_NEAR = 0.3
"""Names that are hardly further away are asked about together."""
MOST = 3
ASKING = ("actions.add", "actions.also")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A product one of whose names sounds like a text: how far apart they are, and whether it may well be meant."""

    product: str
    apart: float
    near: bool


class Ear(Protocol):
    """Compares texts with the names of a shop by how they sound."""

    def nearest(self, text: str) -> Sequence[Likeness]:
        """The nearest first; no names that are too far to be offered."""
        ...

    def twins(self) -> Sequence[Sequence[str]]:
        """Names, as they are said, that are written differently and sound the same."""
        ...


def by_ear(clauses: Sequence[Clause], ear: Ear) -> Order | None:
    """An order of one product; None where the words are names as they are, or sound like none."""
    quantity, _, likely = _heard(clauses, ear)
    found = [each for each in likely if each.near]
    if not found:
        return None
    first = found[0]
    others = [each.product for each in found[1:MOST] if each.apart <= first.apart + AS_NEAR]
    if first.apart <= SAME:
        others = [each.product for each in found[1:] if each.apart <= SAME]
    guessed = first.apart > SAME and not others
    return Order((Add(Item(first.product, quantity, guessed=guessed, alternatives=tuple(others))),))


def offered(meaning: Meaning | None, clauses: Sequence[Clause], ear: Ear) -> Meaning | None:
    """The meaning, or where nothing in it is certain, the names that come nearest to it by ear."""
    if not isinstance(meaning, Order) or not all(map(_is_doubtful, meaning.edits)):
        return meaning
    _, text, likely = _heard(clauses, ear)
    if not likely:
        return meaning
    known = [product for lost in meaning.not_sold for product in lost.nearest]
    nearest = tuple(dict.fromkeys((*(each.product for each in likely), *known)))
    return Order((), meaning.correction, (NotSold(text, nearest[:MOST]),))


def _is_doubtful(edit: Edit) -> bool:
    return isinstance(edit, Add) and (edit.item.guessed or bool(edit.item.alternatives))


def _heard(clauses: Sequence[Clause], ear: Ear) -> tuple[Decimal | None, str, Sequence[Likeness]]:
    """What the one request sounds like, with the number before it, and the text that sounds so."""
    said = [clause for clause in clauses if clause.body]
    asking = all(cue.startswith(ASKING) for clause in clauses for cue in clause.cues)
    if len(said) != 1 or not asking or not _is_scattered(said[0].body):
        return None, "", ()
    quantity, ways = _named(said[0].pieces)
    heard = [(quantity if counted else None, text, ear.nearest(text)) for counted, text in ways]
    heard = [each for each in heard if each[2]]
    return min(heard, key=lambda each: each[2][0].apart, default=(None, "", ()))


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
