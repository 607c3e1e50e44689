"""Knows what a merchant may keep elsewhere, and what is asked of it there. Knows no way there and no answer. PURE."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from commerce.after import Status
from commerce.cart import Line
from commerce.money import Money
from commerce.terms import Way

Kind: TypeAlias = Literal["catalogue", "stock", "orders", "customers"]
KINDS: tuple[Kind, ...] = ("catalogue", "stock", "orders", "customers")


@dataclass(frozen=True, slots=True)
class Listing:
    """A product as the merchant's catalogue has it; what it does not tell comes from the shop file."""

    id: str
    name: str
    price: Money
    category: str = ""
    unit: str = "each"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patron:
    """A customer. `limit`: the largest total of an order, in the shop's currency; "" = the shop's own."""

    number: str
    phone: str
    name: str
    limit: str = ""


@dataclass(frozen=True, slots=True)
class OrderCopy:
    """An order that was placed. `customer` is None where nobody had to prove who they are, or was erased since;
    `payment` where the shop does not ask how it is paid."""

    number: str
    placed: datetime
    total: Money
    lines: tuple[Line, ...]
    customer: Patron | None = None
    payment: Way | None = None


class Catalogue(Protocol):
    """Each method raises BackEndUnavailable."""

    def listings(self) -> tuple[Listing, ...]:
        """Everything that is sold."""

    def prices(self, products: Collection[str]) -> dict[str, Money]:
        """Of one, without options and deals. What is not sold is left out."""


class Stock(Protocol):
    def levels(self, products: Collection[str]) -> dict[str, Decimal | None]:
        """None = not counted, always there; what is not known is left out. Raises BackEndUnavailable."""


class Orders(Protocol):
    """Each method may be called again, with the same effect as once, and raises BackEndUnavailable: it may have
    happened or not. BackEndRefused is a "no" for good, and nothing happened."""

    def take(self, order: OrderCopy) -> str:
        """The order is theirs now, and its goods are taken from the stock; returns their name for it.

        An order number that they have already is that order. Raises BackEndRefused where the goods are not there.
        """

    def cancel(self, number: str) -> None:
        """Its goods are there again. Raises BackEndRefused for an unknown order, or one that is packed or gone."""

    def status(self, number: str) -> Status | None:
        """None = they have no such order."""


class Customers(Protocol):
    def find(self, digits: str) -> Patron | None:
        """By customer number or by the digits of a telephone number. Raises BackEndUnavailable."""


@dataclass(frozen=True, slots=True)
class Connectors:
    """What is kept elsewhere; None = in this shop's own database."""

    catalogue: Catalogue | None = None
    stock: Stock | None = None
    orders: Orders | None = None
    customers: Customers | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """What must be asked elsewhere was asked in vain: nothing is known of it, and nothing has changed."""

    what: Kind
