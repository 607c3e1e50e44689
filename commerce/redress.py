"""Knows what may be asked of an order that has arrived, or went wrong: commands and outcomes. Decides nothing. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from commerce.cart import Cart, Line
from commerce.money import Money
from commerce.pledges import Reason, Way

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


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    """By anybody. `said`: in the caller's words; `caller`: the number that calls, which proves nothing."""

    call: str
    reason: Reason
    said: str
    caller: str | None = None
    customer: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class FindComplaint:
    """By its number, or (None) the newest of the customer, who must have proved to be that.

    `caller`: the number that calls. With the number of the complaint it does for one that no customer has made.
    """

    number: str | None = None
    caller: str | None = None
    customer: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimGoodwill:
    """The apology for a complaint that the same customer has made, or that was made in the same call."""

    complaint: str
    customer: str
    authorization: str


@dataclass(frozen=True, slots=True)
class ComplaintOpened:
    """`apology`: what a customer may have for it, once they have proved to be one."""

    number: str
    promised: datetime
    apology: Money | None = None


@dataclass(frozen=True, slots=True)
class ComplaintFound:
    """`answer` is None as long as there is none, and for who has not proved to be its customer.

    `of_customer`: the answer can be heard after the PIN.
    """

    number: str
    opened: datetime
    promised: datetime
    answered: bool
    answer: str | None = None
    of_customer: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintUnknown:
    number: str


@dataclass(frozen=True, slots=True)
class NoComplaints:
    """The customer has made none."""


@dataclass(frozen=True, slots=True)
class GoodwillGranted:
    """`code` is digits only, sayable in groups."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class NoGoodwill:
    """There is no fresh order of theirs, or they had an apology not long ago."""


def refund_for(offered: ReturnOffered, lines: Iterable[Line]) -> Money:
    """What is paid back for these of its lines; never more than what was paid and not paid back yet."""
    chosen = tuple(lines)
    if set(chosen) == set(offered.lines):
        return offered.refund
    total = sum((line.total for line in chosen), Money(0, offered.refund.currency))
    return min(total, offered.refund)


ReturnOutcome: TypeAlias = ReturnOffered | NotReturnable | OrderReturned
ComplaintOutcome: TypeAlias = (
    ComplaintOpened | ComplaintFound | ComplaintUnknown | NoComplaints | GoodwillGranted | NoGoodwill
)
RedressCommand: TypeAlias = FindReturn | ReturnOrder | OpenComplaint | FindComplaint | ClaimGoodwill
RedressOutcome: TypeAlias = ReturnOutcome | ComplaintOutcome
