"""Knows the orders one can give a shop. Commands may fail; what came of one is an outcome (`outcomes.py`). PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from commerce.after import AfterCommand
from commerce.choosing import ChoosingCommand
from commerce.contacts import ContactCommand
from commerce.coupons import CouponCommand
from commerce.delivery import HandoverCommand
from commerce.edits import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.outcomes import (
    AboveLimit,
    BelowMinimum,
    CartChanged,
    CartEmpty,
    CartOpened,
    Change,
    Confirmed,
    CustomerFound,
    CustomerUnknown,
    Discontinued,
    Failed,
    LineGone,
    ListChanged,
    ListKnown,
    ListMoved,
    Member,
    MembersKnown,
    NothingToUndo,
    OptionMissing,
    OptionRefused,
    OrderFound,
    OrderPlaced,
    OrderUnknown,
    Outcome,
    OutOfStock,
    PinAccepted,
    PinLocked,
    PinNeeded,
    PinRejected,
    PinUnclear,
    PriceChanged,
    QuantityDoubted,
    Quote,
    Quoted,
    QuoteVoid,
    Refusal,
    ShoppingList,
    StockChanged,
    StockKnown,
    TicketClosed,
    TicketOpened,
)
from commerce.payments import PaymentCommand
from commerce.preferences import PreferenceCommand
from commerce.pricing import CheckPrices
from commerce.proofs import ProofCommand
from commerce.redress import RedressCommand
from commerce.restrictions import StateAge
from commerce.spoken import Spoken

__all__ = [
    "AboveLimit",
    "AddLine",
    "BelowMinimum",
    "CartChanged",
    "CartEdit",
    "CartEmpty",
    "CartOpened",
    "Change",
    "ChangeCart",
    "ChangeList",
    "CheckPin",
    "CheckStock",
    "ClearCart",
    "ClearList",
    "CloseTicket",
    "Command",
    "ConfirmQuote",
    "Confirmed",
    "CountUnclearPin",
    "CustomerFound",
    "CustomerUnknown",
    "Discontinued",
    "Failed",
    "FindMembers",
    "FindOrder",
    "IdentifyCustomer",
    "LineGone",
    "ListChanged",
    "ListKnown",
    "ListMoved",
    "ListToCart",
    "Member",
    "MembersKnown",
    "NothingToUndo",
    "OpenCart",
    "OpenTicket",
    "OptionMissing",
    "OptionRefused",
    "OrderFound",
    "OrderPlaced",
    "OrderUnknown",
    "OutOfStock",
    "Outcome",
    "PinAccepted",
    "PinLocked",
    "PinNeeded",
    "PinRejected",
    "PinUnclear",
    "PlaceOrder",
    "PriceChanged",
    "QuantityDoubted",
    "Quote",
    "QuoteCart",
    "QuoteVoid",
    "Quoted",
    "ReadList",
    "RedoCart",
    "Refusal",
    "RemoveLine",
    "ReplaceLine",
    "ResumeCart",
    "SetLineOptions",
    "SetLineQuantity",
    "ShoppingList",
    "StockChanged",
    "StockKnown",
    "TicketClosed",
    "TicketOpened",
    "UndoCart",
]


@dataclass(frozen=True, slots=True)
class OpenCart:
    """Makes or reads the cart. `caller`: the number that calls, which is a hint and no proof."""

    cart: str
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class ResumeCart:
    """Takes what the same caller left behind in an earlier call into this cart, if it is empty."""

    cart: str


@dataclass(frozen=True, slots=True)
class ChangeCart:
    """All edits in one transaction; an edit that cannot be done is refused by itself, the others stand.

    `sure` passes the absurd-quantity guard: the caller was asked and said yes.
    """

    cart: str
    edits: tuple[CartEdit, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class ClearCart:
    cart: str


@dataclass(frozen=True, slots=True)
class UndoCart:
    cart: str


@dataclass(frozen=True, slots=True)
class RedoCart:
    cart: str


@dataclass(frozen=True, slots=True)
class CheckStock:
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuoteCart:
    """Freezes the cart with today's prices and stock under a quote id. `authorization`: of a PIN accepted in this call,
    used or not; `caller`: the number that calls. They tell which ways to pay are open."""

    cart: str
    customer: str | None = None
    authorization: str | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmQuote:
    """The caller has heard this quote's total to the end and said yes. `spoken`: where in the call, if it had sound."""

    quote: str
    spoken: Spoken | None = None


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Buys a confirmed quote. `authorization` is the id from `PinAccepted`, where the quote needs one."""

    quote: str
    customer: str | None = None
    authorization: str | None = None
    caller: str | None = None
    """Whom a link to pay can be sent to."""


@dataclass(frozen=True, slots=True)
class IdentifyCustomer:
    """Looks a customer up by telephone number or customer number (digits). Says nothing about them."""

    digits: str


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Counts an attempt, commits the count, then compares. Unknown customers take as long as known ones."""

    customer: str
    call: str
    pin: str = field(repr=False)
    positions: tuple[int, ...] = ()
    """Which digits these are, as `PinAsked` said; () = the whole PIN."""


@dataclass(frozen=True, slots=True)
class CountUnclearPin:
    """Unclear input while a PIN was asked: not an attempt, but limited per call."""

    customer: str
    call: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A human takes over: conversation and cart go into a ticket."""

    call: str
    reason: str
    summary: str = field(repr=False)
    """JSON: turns, cart, customer, what was tried. Never a PIN."""


@dataclass(frozen=True, slots=True)
class CloseTicket:
    """A human has taken the call over: nobody needs to call back."""

    number: str


@dataclass(frozen=True, slots=True)
class NotePhone:
    """At which number, in digits, the caller can be called back about the ticket."""

    ticket: str
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindOrder:
    """By order number; without proof to be its `customer`, or the placing `call`, only that it exists may be told."""

    number: str
    customer: str | None = None
    call: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class ReadList:
    """The shopping list of a household, which any plain string names."""

    household: str


@dataclass(frozen=True, slots=True)
class ChangeList:
    """As `ChangeCart`, of the list: needs neither a customer nor a PIN."""

    household: str
    edits: tuple[CartEdit, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class ClearList:
    household: str


@dataclass(frozen=True, slots=True)
class ListToCart:
    """Puts what the shop sells and has into the cart, at today's prices, and takes that off the list."""

    household: str
    cart: str


@dataclass(frozen=True, slots=True)
class FindMembers:
    """The customers of a household by name, which proves nothing."""

    household: str


Command: TypeAlias = (
    OpenCart
    | ResumeCart
    | ChangeCart
    | ClearCart
    | UndoCart
    | RedoCart
    | CheckStock
    | CheckPrices
    | QuoteCart
    | ConfirmQuote
    | PlaceOrder
    | IdentifyCustomer
    | CheckPin
    | CountUnclearPin
    | OpenTicket
    | CloseTicket
    | NotePhone
    | FindOrder
    | ReadList
    | ChangeList
    | ClearList
    | ListToCart
    | FindMembers
    | ProofCommand
    | AfterCommand
    | ContactCommand
    | ChoosingCommand
    | RedressCommand
    | StateAge
    | CouponCommand
    | HandoverCommand
    | PreferenceCommand
    | PaymentCommand
)
