"""Knows what a customer may ask of orders that were placed: commands and outcomes. Decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from commerce.cart import Cart, Line
from commerce.money import Money

Status: TypeAlias = Literal["placed", "packed", "sent", "delivered", "cancelled"]
NEXT: dict[Status, tuple[Status, ...]] = {
    "placed": ("packed", "sent", "delivered", "cancelled"),
    "packed": ("sent", "delivered", "cancelled"),
    "sent": ("delivered",),
    "delivered": (),
    "cancelled": (),
}
"""What an order may become."""
STATUSES: tuple[Status, ...] = tuple(NEXT)
OVER: tuple[Status, ...] = ("delivered", "cancelled")
CALLERS_MAY_CANCEL: tuple[Status, ...] = ("placed",)


@dataclass(frozen=True, slots=True)
class FindLatest:
    """The newest order of the customer. `authorization`: of a PIN accepted in this call, used or not.

    `under_way`: rather one that is neither delivered nor cancelled.
    """

    customer: str
    authorization: str
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class TakeBasket:
    """Puts what was ordered before into the cart, at today's prices: the last order, or the one made most often."""

    cart: str
    customer: str
    authorization: str
    which: Literal["last", "usual"]


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancels an order that is not packed yet; its goods go back to the stock, or `into` a cart if they are wanted."""

    number: str
    customer: str
    authorization: str
    into: str | None = None


@dataclass(frozen=True, slots=True)
class RateCall:
    """`rating`: 1 to 5."""

    call: str
    rating: int


@dataclass(frozen=True, slots=True)
class CommentCall:
    """`said`: what the caller wanted to tell, in their own words."""

    call: str
    said: str


@dataclass(frozen=True, slots=True)
class CallRated:
    rating: int


@dataclass(frozen=True, slots=True)
class CallCommented:
    pass


@dataclass(frozen=True, slots=True)
class ProofNeeded:
    """No PIN was accepted for this customer in this call, or too long ago."""


@dataclass(frozen=True, slots=True)
class NoOrders:
    """The customer has ordered nothing yet, or nothing that was not cancelled."""


@dataclass(frozen=True, slots=True)
class BasketTaken:
    """`taken` is in the cart now; `missing` could not be had as it was; `gone` are names of what is no longer sold."""

    cart: Cart
    taken: tuple[Line, ...]
    missing: tuple[Line, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """`cart`: the cart that its lines went into, at today's prices, if one was named."""

    number: str
    total: Money
    cart: Cart | None = None


@dataclass(frozen=True, slots=True)
class TooLate:
    number: str
    status: Status


AfterCommand: TypeAlias = FindLatest | TakeBasket | CancelOrder | RateCall | CommentCall
AfterOutcome: TypeAlias = ProofNeeded | NoOrders | BasketTaken | OrderCancelled | TooLate | CallRated | CallCommented
