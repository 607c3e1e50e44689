"""Knows what may be asked of an order that has arrived, or went wrong: commands and outcomes. Decides nothing. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from commerce.cart import Cart, Line
from commerce.money import Money
from commerce.terms import Reason, Way

Obstacle: TypeAlias = Literal["never", "placed", "packed", "sent", "late", "returned"]
"""Why an order cannot be returned: the shop takes nothing back, it is not delivered yet, it was delivered too long ago,
or all of it was returned already."""


@dataclass(frozen=True, slots=True)
class FindReturn:
    """The newest order of the customer that can be returned. `authorization`: of a PIN accepted in this call."""

    customer: str
    authorization: str


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """`lines`: those of `ReturnOffered`, each with so much of it as comes back; `refund` is what the caller was told.

    `into`: the cart that the same goods go into, where they are wanted again. `said`: the reason in the caller's words.
    """

    number: str
    customer: str
    authorization: str
    lines: tuple[Line, ...]
    refund: Money
    reason: Reason
    said: str
    into: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnOffered:
    """`lines`: what the customer still has of it; `refund`: for all of that. `way`: how it comes back."""

    number: str
    placed: datetime
    lines: tuple[Line, ...]
    refund: Money
    way: Way


@dataclass(frozen=True, slots=True)
class NotReturnable:
    number: str
    why: Obstacle


@dataclass(frozen=True, slots=True)
class OrderReturned:
    """`number` is the one on the parcel. `cart` holds the same goods again, if a cart was named, but `missing`."""

    number: str
    order: str
    lines: tuple[Line, ...]
    refund: Money
    way: Way
    cart: Cart | None = None
    missing: tuple[Line, ...] = ()


def refund_for(offered: ReturnOffered, lines: Iterable[Line]) -> Money:
    """What is paid back for these of its lines; never more than what was paid and not paid back yet."""
    chosen = tuple(lines)
    if set(chosen) == set(offered.lines):
        return offered.refund
    total = sum((line.total for line in chosen), Money(0, offered.refund.currency))
    return min(total, offered.refund)


RedressCommand: TypeAlias = FindReturn | ReturnOrder
RedressOutcome: TypeAlias = ReturnOffered | NotReturnable | OrderReturned
