"""Knows the facts that come back from a shop; each has happened. Does not know which command asked for it. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from commerce.after import AfterOutcome
from commerce.cart import Cart, Chosen, Line
from commerce.choosing import ChoosingOutcome
from commerce.connectors import Unavailable
from commerce.contacts import ContactOutcome
from commerce.coupons import CouponOutcome
from commerce.delivery import HandoverOutcome
from commerce.edits import CartEdit
from commerce.money import Money
from commerce.payments import PaymentOutcome
from commerce.preferences import PreferenceOutcome
from commerce.pricing import PricesKnown
from commerce.proofs import ProofOutcome
from commerce.redress import RedressOutcome
from commerce.restrictions import NotByPhone, RestrictedOutcome
from commerce.terms import Discount, Handover, Payment


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit did to one line; `before` None = added, `after` None = removed."""

    before: Line | None
    after: Line | None


@dataclass(frozen=True, slots=True)
class Instead:
    """What comes nearest to something sold out, and how much dearer or cheaper one of it is."""

    product: str
    price: Literal["same", "dearer", "cheaper"]
    difference: Money


@dataclass(frozen=True, slots=True)
class OutOfStock:
    """`available` is what could be had in all, `wanted` what the cart would have needed."""

    product: str
    wanted: Decimal
    available: Decimal
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class OptionRefused:
    """The product does not take this value or group; `allowed`: value ids of the group, () if it is not taken."""

    product: str
    chosen: Chosen
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionMissing:
    """A required group without default was not chosen: ask, then add again."""

    product: str
    group: str
    edit: CartEdit


@dataclass(frozen=True, slots=True)
class QuantityDoubted:
    """Above the shop's limit, or not a whole number of pieces; ask, then repeat the edit with `sure`.

    `possible` is false when no "yes" can make it right (half a piece, more than any stock, not positive).
    """

    product: str
    quantity: Decimal
    edit: CartEdit
    possible: bool = True


@dataclass(frozen=True, slots=True)
class LineGone:
    """The edit pointed at a line that is not in the cart."""

    edit: CartEdit


Refusal: TypeAlias = NotByPhone | OutOfStock | OptionRefused | OptionMissing | QuantityDoubted | LineGone


@dataclass(frozen=True, slots=True)
class CartOpened:
    """`left`: so many lines has the cart that the same caller left behind a short while ago.

    `known`: a customer has the number that calls, which proves nothing.
    """

    cart: Cart
    left: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class CartChanged:
    cart: Cart
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    relisted: bool = False
    """What had come from a shopping list is on it again."""


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """Also for redo."""

    cart: Cart


@dataclass(frozen=True, slots=True)
class StockKnown:
    """Levels by product id, in the order asked; None = not counted, always there."""

    levels: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart frozen with its total. `cart_hash` binds the confirmation; only a quote can be bought."""

    id: str
    cart: Cart
    total: Money
    cart_hash: str
    needs_pin: bool
    """A known customer and their PIN are needed: the total is above the PIN-free limit, or the terms ask for it."""
    discount: Discount | None = None
    handover: Handover | None = None
    payment: Payment | None = None
    card: str = ""
    """The last digits of the card that is charged, where they may be told."""


@dataclass(frozen=True, slots=True)
class Quoted:
    quote: Quote


@dataclass(frozen=True, slots=True)
class CartEmpty:
    pass


@dataclass(frozen=True, slots=True)
class BelowMinimum:
    total: Money
    minimum: Money


@dataclass(frozen=True, slots=True)
class AboveLimit:
    """The total is above what may be bought by voice, or by this customer."""

    total: Money
    limit: Money


@dataclass(frozen=True, slots=True)
class Confirmed:
    quote: Quote
    expires: datetime


@dataclass(frozen=True, slots=True)
class QuoteVoid:
    """The quote cannot be bought; ask for a new one."""

    reason: Literal["unknown", "cart_changed", "expired", "not_confirmed", "used"]


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """Prices moved since the read-back; `quote` is new and unconfirmed."""

    old_total: Money
    quote: Quote


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Something was sold meanwhile; the cart is as before."""

    missing: tuple[OutOfStock, ...]


@dataclass(frozen=True, slots=True)
class PinNeeded:
    """The order needs an authorization that is missing, used, expired or of another customer."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The PIN was right; a total this high needs the code of the customer's app, too."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """`number` is digits only, sayable in groups."""

    number: str
    total: Money
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CustomerFound:
    customer: str


@dataclass(frozen=True, slots=True)
class CustomerUnknown:
    pass


@dataclass(frozen=True, slots=True)
class PinAccepted:
    """`authorization` is single use and bound to customer and call."""

    authorization: str
    customer: str


@dataclass(frozen=True, slots=True)
class PinRejected:
    """`remaining` tries before the account locks."""

    remaining: int


@dataclass(frozen=True, slots=True)
class PinLocked:
    """`until` None = until the operator unlocks it."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class PinUnclear:
    """Not counted as an attempt; `remaining` unclear inputs are still listened to in this call."""

    remaining: int


@dataclass(frozen=True, slots=True)
class TicketOpened:
    number: str


@dataclass(frozen=True, slots=True)
class PhoneNoted:
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketClosed:
    number: str


@dataclass(frozen=True, slots=True)
class OrderFound:
    """Lines and total are None where the asker has not proved to be the customer."""

    number: str
    status: str
    placed: datetime
    lines: tuple[Line, ...] | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class OrderUnknown:
    number: str


@dataclass(frozen=True, slots=True)
class Discontinued:
    """A line of a list that the shop file does not have any more, product or option, and what it was called."""

    line: Line
    name: str


@dataclass(frozen=True, slots=True)
class ShoppingList:
    """What a household means to buy. `cart` holds the lines that the shop knows; their prices say nothing."""

    household: str
    cart: Cart
    discontinued: tuple[Discontinued, ...] = ()


@dataclass(frozen=True, slots=True)
class ListKnown:
    list: ShoppingList


@dataclass(frozen=True, slots=True)
class ListChanged:
    """The stock is not asked: a list may hold what is sold out today."""

    list: ShoppingList
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ListMoved:
    """`moved` went into the cart and left the list; what was refused is still on it."""

    cart: Cart
    moved: tuple[Line, ...]
    refusals: tuple[Refusal, ...]
    list: ShoppingList


@dataclass(frozen=True, slots=True)
class Member:
    """A customer of a household, and the name to be called by."""

    customer: str
    name: str


@dataclass(frozen=True, slots=True)
class MembersKnown:
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The store could not do it (disk full, busy, damaged): nothing has changed. To be said aloud, honestly."""

    reason: str


Outcome: TypeAlias = (
    CartOpened
    | CartChanged
    | NothingToUndo
    | StockKnown
    | PricesKnown
    | Quoted
    | CartEmpty
    | BelowMinimum
    | AboveLimit
    | Confirmed
    | QuoteVoid
    | PriceChanged
    | StockChanged
    | PinNeeded
    | CodeNeeded
    | ProofOutcome
    | AfterOutcome
    | ContactOutcome
    | ChoosingOutcome
    | RedressOutcome
    | RestrictedOutcome
    | CouponOutcome
    | HandoverOutcome
    | PreferenceOutcome
    | PaymentOutcome
    | OrderPlaced
    | CustomerFound
    | CustomerUnknown
    | PinAccepted
    | PinRejected
    | PinLocked
    | PinUnclear
    | TicketOpened
    | TicketClosed
    | PhoneNoted
    | OrderFound
    | OrderUnknown
    | ListKnown
    | ListChanged
    | ListMoved
    | MembersKnown
    | Unavailable
    | Failed
)
