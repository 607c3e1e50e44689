"""Knows the meanings an utterance can have. Digits stay strings; nothing here is a price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from nlu.choosing_intent import Compare as Compare
from nlu.choosing_intent import FindProducts as FindProducts
from nlu.choosing_intent import HelpChoose as HelpChoose
from nlu.choosing_intent import Indifferent as Indifferent
from nlu.choosing_intent import Prefer as Prefer
from nlu.terms_intent import AskPayment as AskPayment
from nlu.terms_intent import Coupon as Coupon
from nlu.terms_intent import Spelled as Spelled
from nlu.terms_intent import Text as Text
from nlu.terms_intent import When as When

# ---- slots -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One option value: ids of the option group and the value; `amount` is an amount id ("a little bit of").

    `wanted` is false for "without", "no".
    """

    group: str
    value: str
    amount: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """Something to buy. `quantity` None = not said; `unit` is a unit id ("kg", "g", "pack", "dozen") or None.

    `guessed`: the product was found by the fuzzy second chance and must be asked about before it is bought.
    `alternatives`: other products that fit the same words equally well ("milk" of four milks), to be asked about.
    `only`: no more of it, and where no number is said nothing else: "just two lattes", "only the latte".
    """

    product: str
    quantity: Decimal | None = None
    unit: str | None = None
    options: tuple[Choice, ...] = ()
    guessed: bool = False
    alternatives: tuple[str, ...] = ()
    only: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """A line of the cart as the caller points at it. All fields empty = "it", the line touched last.

    `position` counts from 1; -1 is the last line. `every` is "everything", "all of them". `alternatives`: other
    products that the same words name; the one that is in the cart is meant.
    """

    product: str | None = None
    options: tuple[Choice, ...] = ()
    position: int | None = None
    every: bool = False
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSold:
    """Words in a product's place that name nothing in the shop, and the ids of the nearest products, best first."""

    text: str
    nearest: tuple[str, ...] = ()


# ---- edits of the cart -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Add:
    item: Item


@dataclass(frozen=True, slots=True)
class AddSame:
    """ "another one", "two more of those", "the same again"."""

    ref: Ref
    quantity: Decimal = Decimal(1)
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the line, or only `quantity` of it."""

    ref: Ref
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SetQuantity:
    ref: Ref
    quantity: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SetOptions:
    """`quantity`: only so many of the line; None = all of it. `instead`: in the place of another that was chosen."""

    ref: Ref
    options: tuple[Choice, ...]
    quantity: Decimal | None = None
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """ "keep the latte": do not remove it, or put back what was just removed."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Replace:
    """ "a mocha instead of the latte"; quantity and options not said are kept where they fit."""

    ref: Ref
    item: Item


Edit: TypeAlias = Add | AddSame | Remove | Keep | SetQuantity | SetOptions | Replace

# ---- intents -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """One or more edits of the cart, in the order spoken.

    `correction`: the utterance takes back something said before ("no, I said two"); the edits then already
    say what to change. `not_sold`: parts of the utterance that named nothing in the shop.
    """

    edits: tuple[Edit, ...]
    correction: bool = False
    not_sold: tuple[NotSold, ...] = ()


@dataclass(frozen=True, slots=True)
class OnList:
    """Edits of the shopping list instead of the cart."""

    order: Order


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, as one of the names that were asked for."""

    name: str


@dataclass(frozen=True, slots=True)
class Pick:
    """One of what was just offered, or so many: by position (1-based, -1 last), product, options or `by` price."""

    position: int | None = None
    product: str | None = None
    options: tuple[Choice, ...] = ()
    by: Literal["cheapest", "dearest"] | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AskPrice:
    """What does it cost; `item` None = what was talked about last."""

    item: Item | None = None


@dataclass(frozen=True, slots=True)
class AskStock:
    """Do you have it; `item` None = what was talked about last."""

    item: Item | None = None


@dataclass(frozen=True, slots=True)
class AskProducts:
    """What is there: of a category id, or in all (None)."""

    category: str | None = None


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What can be chosen: for a product, of a group, or both."""

    product: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class AskHours:
    """When is the shop open; `day` is "monday" ... "sunday", "today", "tomorrow", "now" or None."""

    day: str | None = None


@dataclass(frozen=True, slots=True)
class AskFaq:
    """A question of the merchant's FAQ, by its id."""

    faq: str


@dataclass(frozen=True, slots=True)
class AskDelivery:
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class AskOrder:
    """Where is my order; `number` as spoken, digits only, or None."""

    number: str | None = None


@dataclass(frozen=True, slots=True)
class AskUnknown:
    """A question about something that the shop does not have."""

    not_sold: NotSold


@dataclass(frozen=True, slots=True)
class Digits:
    """A digit string, leading zeros kept. `clear` is false when parts of it were unintelligible."""

    digits: str
    clear: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A bare quantity ("three") where a number was asked for."""

    quantity: Decimal
    unit: str | None = None


Reason: TypeAlias = Literal[
    "late", "missing", "wrong", "damaged", "quality", "unfriendly", "price", "unwanted", "other"
]


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked to be told in one's own words; `reason`: what it is about, None = nothing of the list."""

    text: str
    reason: Reason | None = None


Manner: TypeAlias = Literal["same", "slower", "louder", "shorter"]


@dataclass(frozen=True, slots=True)
class Repeat:
    """ "say that again"; `manner` says how."""

    manner: Manner = "same"


SimpleName: TypeAlias = Literal[
    "yes",
    "no",
    "help",
    "human",
    "cancel",
    "stop",
    "goodbye",
    "undo",
    "redo",
    "read_cart",
    "checkout",
    "more",
    "none",
    "pause",
    "thanks",
    "greet",
    "backchannel",
    "no_recording",
    "upset",
    "read_list",
    "clear_list",
    "order_list",
    "usual",
    "last_order",
    "cancel_order",
    "change_order",
    "no_number",
    "deals",
    "alert",
    "no_contact",
    "card",
    "recommend",
    "all",
    "return_order",
    "exchange_order",
    "complain",
    "ask_complaint",
    "ask_returns",
    "order_number",
    "take_it",
    "deliver",
    "pickup",
    "my_address",
    "pay_delivery",
    "pay_invoice",
    "pay_card",
    "pay_link",
]


@dataclass(frozen=True, slots=True)
class Simple:
    """An intent that is complete with its name.

    yes, no, help, human, cancel (drop the whole order), stop (be quiet), goodbye, undo, redo, read_cart, checkout, more
    (further options), none (none of those), pause ("one moment"), thanks, greet, backchannel ("uh huh"),
    no_recording ("do not record me"), upset ("this is ridiculous"); read_list, clear_list and order_list are about
    the shopping list. usual and last_order want again what was ordered before; cancel_order and change_order are about
    an order that was placed; no_number ("I don't have it") answers the question for one; deals asks what is on offer;
    alert ("tell me when it's back") is about what was just said to be sold out; no_contact takes back every consent to
    be contacted; card is the number of a payment card; recommend asks what to take. return_order and exchange_order are
    about an order that has arrived, all answers which part, ask_returns asks how that goes; complain begins a
    complaint, ask_complaint asks of one; order_number wants that of the last order again, take_it what was just asked
    about. deliver and pickup say how the order is to be received, my_address that it goes where one went before;
    pay_delivery, pay_invoice, pay_card (a saved one) and pay_link say how it is paid.
    """

    name: SimpleName


Answer: TypeAlias = Number | Digits | Spelled | Text | When | Pick | Person | Said | Indifferent
"""What means nothing but as an answer to a question."""

Intent: TypeAlias = (
    Order
    | OnList
    | Person
    | Pick
    | AskPrice
    | AskStock
    | AskProducts
    | AskOptions
    | FindProducts
    | Compare
    | HelpChoose
    | Prefer
    | Indifferent
    | AskHours
    | AskFaq
    | AskDelivery
    | AskPayment
    | AskOrder
    | AskUnknown
    | Coupon
    | Spelled
    | Text
    | When
    | Digits
    | Number
    | Said
    | Repeat
    | Simple
)


@dataclass(frozen=True, slots=True)
class Several:
    """More than one intent in one utterance, in the order spoken ("yes, and add a latte")."""

    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Two or three readings that fit equally well, to be asked about."""

    readings: tuple[Intent, ...]


Meaning: TypeAlias = Intent | Several | Ambiguous
