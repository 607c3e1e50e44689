"""Knows what can be said, as data: a key and what it is about. Knows no word of any language. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal, TypeAlias

from commerce.cart import Chosen, Line
from commerce.money import Money

PROTECTED = frozenset(
    {
        "order-placed",
        "ticket",
        "ticket-only",
        "recording-notice",
        "price-changed",
        "return-accepted",
        "complaint-opened",
        "goodwill",
    }
)
"""What must be heard to the end."""
MUTED = frozenset({"card-refused"})
"""What is said after these is not recorded: it may be the rest of a number."""
MUST_BE_SAID = PROTECTED | MUTED | {"disclosure"}
"""Messages that nobody tries other wordings of."""


@dataclass(frozen=True, slots=True)
class Goods:
    """So much of a product with these options; `quantity` None names it without a number, "a" included."""

    product: str
    quantity: Decimal | None = None
    options: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a product, option group or category, by id; "products" is said as of several of it, "some" as of one,
    or as of some where it is weighed."""

    kind: Literal["product", "products", "some", "group", "category"]
    id: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A weight or volume ("half a kilo")."""

    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things in one breath, joined by "and" or "or"."""

    items: tuple[Arg, ...]
    joined: Literal["and", "or"] = "and"


@dataclass(frozen=True, slots=True)
class DigitGroups:
    """A number that is said digit by digit, in groups of three."""

    digits: str


@dataclass(frozen=True, slots=True)
class Spelled:
    """A word or code that is said letter by letter, in groups of three."""

    text: str


@dataclass(frozen=True, slots=True)
class Ordinal:
    """The first, the second."""

    place: int


@dataclass(frozen=True, slots=True)
class Span:
    opens: time
    closes: time


Arg: TypeAlias = (
    "str | int | Decimal | time | Money | Goods | Named | Measure | Chosen | Listed | DigitGroups | Spelled | Ordinal"
    " | Span | Fact"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to say: `key` names the message, `variant` which of its wordings (counted from 0, wraps around)."""

    key: str
    args: tuple[tuple[str, Arg], ...] = ()
    variant: int = 0


def fact(key: str, **args: Arg) -> Fact:
    return Fact(key, tuple(args.items()))


def goods(line: Line) -> Goods:
    return Goods(line.product, line.quantity, line.options)


def every(lines: tuple[Line, ...]) -> Listed:
    return Listed(tuple(goods(line) for line in lines))


def all_of(lines: tuple[Line, ...]) -> Fact:
    """Each of the lines of a list, one after the other."""
    return fact("list-rest", items=every(lines))


def products(ids: tuple[str, ...], joined: Literal["and", "or"] = "and") -> Listed:
    return Listed(tuple(Named("product", each) for each in ids), joined)


def one_of(ids: tuple[str, ...]) -> Listed:
    """ "a latte, a mocha or a tea"."""
    return Listed(tuple(Named("some", each) for each in ids), "or")
