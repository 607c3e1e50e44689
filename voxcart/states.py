"""Knows where a conversation can stand and what can be decided there. Knows no wording and no outcome. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from commerce.cart import Cart, Line
from commerce.catalog import Catalog
from commerce.commands import CartEdit, Member, Quote
from commerce.proofs import Positions
from nlu import intent
from voxcart.callback_states import AwaitingPhone as AwaitingPhone
from voxcart.callback_states import CallingBack as CallingBack
from voxcart.callback_states import ConfirmingPhone as ConfirmingPhone
from voxcart.choosing_states import Guiding as Guiding
from voxcart.facts import Fact
from voxcart.handover_states import AwaitingAddress as AwaitingAddress
from voxcart.handover_states import ChoosingHandover as ChoosingHandover
from voxcart.handover_states import ChoosingSlot as ChoosingSlot
from voxcart.handover_states import ConfirmingAddress as ConfirmingAddress
from voxcart.handover_states import Handing as Handing
from voxcart.handover_states import OfferingAddress as OfferingAddress
from voxcart.patience import DialogueSettings
from voxcart.payment_states import ChoosingPayment as ChoosingPayment
from voxcart.redress_states import Redress

# ---- phases: each is one open question -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shopping:
    """What would you like, anything else."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which of these products; the picked one takes the item's place in `edit`. `rest` is offered on "more".

    `why`: the words fit several ("which"), the shop has not what was asked for ("instead"), "browse" or "compared".
    """

    options: tuple[str, ...]
    rest: tuple[str, ...]
    edit: intent.Add | intent.Replace
    why: Literal["which", "instead", "browse", "compared"]


@dataclass(frozen=True, slots=True)
class ChoosingCategory:
    """Which kind of goods to hear of, asked of who uses keys. `rest` is offered on "more"."""

    names: tuple[str, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChoosingLine:
    """Which line of the cart the edit means."""

    lines: tuple[int, ...]
    edit: intent.Edit


@dataclass(frozen=True, slots=True)
class ChoosingReading:
    """Which of these readings was meant."""

    readings: tuple[intent.Intent, ...]


@dataclass(frozen=True, slots=True)
class ConfirmingGuess:
    """Did you mean this product; the edit is made on "yes"."""

    edit: intent.Add | intent.Replace


@dataclass(frozen=True, slots=True)
class Confirming:
    """Shall I do that instead of what was asked for: less of it, without an option, by the pack."""

    edit: CartEdit
    question: Fact


@dataclass(frozen=True, slots=True)
class ConfirmingQuantity:
    """Did you really say that many; `edit` is repeated with `sure`."""

    edit: CartEdit
    product: str


@dataclass(frozen=True, slots=True)
class AskingQuantity:
    """How much of it; the answer takes the place of the quantity in `edit`."""

    edit: CartEdit
    product: str


@dataclass(frozen=True, slots=True)
class AskingOption:
    """Which value of the group; it completes `edit`. Where the group is not `needed`, none will do."""

    edit: CartEdit
    product: str
    group: str
    allowed: tuple[str, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class ConfirmingOrder:
    """Shall I place the order, for this quote and no other."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class ConfirmingAge:
    """Are you that old; asked before the total is."""

    age: int


@dataclass(frozen=True, slots=True)
class AwaitingCustomer:
    """Whose order is it, or whose errand: a telephone or customer number, or which of the `members` of the household,
    whom only a name is known of. `tries` numbers were not known."""

    quote: Quote | None
    tries: int = 0
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitingPin:
    """Whose PIN; without a `quote` it is asked for an errand, or for the cart that this customer left behind.

    `positions`: which of its digits, counted from 1; () = all.
    """

    quote: Quote | None
    customer: str
    positions: Positions = ()


@dataclass(frozen=True, slots=True)
class AwaitingCode:
    """The code of the customer's app, after the PIN."""

    quote: Quote
    customer: str


@dataclass(frozen=True, slots=True)
class AwaitingOrderNumber:
    """Or that of a complaint."""

    back: Phase
    complaint: bool = False


@dataclass(frozen=True, slots=True)
class AwaitingCoupon:
    """What is the code of the coupon."""

    back: Phase


@dataclass(frozen=True, slots=True)
class ReadingMore:
    """Shall I read the rest of the cart."""

    lines: tuple[int, ...]
    back: Phase


@dataclass(frozen=True, slots=True)
class OfferingHuman:
    back: Phase


@dataclass(frozen=True, slots=True)
class HandingOver:
    """A person is being called; ticket `number` stays open where nobody takes the caller over."""

    number: str
    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingCancel:
    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingLeave:
    """Nothing is ordered yet: order it before you go."""

    back: Phase


@dataclass(frozen=True, slots=True)
class AskingRating:
    """How was it, from one to five; the call is over afterwards, whatever is answered."""

    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingResume:
    """There is a cart of an earlier call that broke off: go on with it, or begin anew."""

    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingOrderCancel:
    """Shall I cancel this order, which is placed; `change`: its goods go into the cart."""

    number: str
    change: bool
    back: Phase


@dataclass(frozen=True, slots=True)
class OnList:
    """Questions about edits of the shopping list `cart`; the first of them is open."""

    asks: tuple[ItemQuestion, ...]
    cart: Cart
    back: Phase


@dataclass(frozen=True, slots=True)
class ReadingList:
    """Shall I read the rest of the shopping list."""

    lines: tuple[Line, ...]
    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingClear:
    """Shall I empty the shopping list."""

    back: Phase


@dataclass(frozen=True, slots=True)
class Paused:
    """ "One moment": no question until the caller speaks or the long wait is over."""

    back: Phase


@dataclass(frozen=True, slots=True)
class Closed:
    """The call is over."""


Aside: TypeAlias = (
    AwaitingOrderNumber
    | AwaitingCoupon
    | ReadingMore
    | OfferingHuman
    | HandingOver
    | ConfirmingCancel
    | ConfirmingLeave
    | ConfirmingResume
    | ConfirmingOrderCancel
    | AskingRating
    | OnList
    | ReadingList
    | ConfirmingClear
    | Redress
    | CallingBack
    | Paused
)
"""A question beside the one that stays open in `back`."""

Doubt: TypeAlias = Confirming | ConfirmingQuantity | AskingQuantity | AskingOption
"""A question about an edit that the shop could not do as it was said."""

ItemQuestion: TypeAlias = (
    Choosing | Guiding | ChoosingCategory | ChoosingLine | ChoosingReading | ConfirmingGuess | Doubt
)

Buying: TypeAlias = (
    ConfirmingAge | Handing | ChoosingPayment | ConfirmingOrder | AwaitingCustomer | AwaitingPin | AwaitingCode
)

Secret: TypeAlias = AwaitingPin | AwaitingCode
"""Questions whose answer nobody but the shop may learn."""

Phase: TypeAlias = Shopping | ItemQuestion | Buying | Aside | Closed

Errand: TypeAlias = Literal[
    "status",
    "last",
    "usual",
    "cancel",
    "change",
    "return",
    "exchange",
    "goodwill",
    "complaint",
    "address",
    "pay_card",
    "pay_invoice",
    "pay_link",
    "like",
]
"""What a customer may want of orders that were placed, of the address one went to, of a way to pay, or remembered."""

# ---- the state -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DialogueState:
    """`waiting`: questions to be asked after this one. `checking_out`: when they are answered, quote the cart again.

    `topic`: what was asked about last, if that is not yet a line of the cart. `unlisted`: what "more" goes on with.
    `said`: the last prompt, for "say that again". `checking`: why the stock is being looked up.
    """

    phase: Phase = field(default_factory=Shopping)
    waiting: tuple[Phase, ...] = ()
    checking_out: bool = False
    silences: int = 0
    misses: int = 0
    topic: intent.Item | None = None
    offered: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    said: tuple[Fact, ...] = ()
    checking: Literal["stock", "list", "compare", "beside", "guide"] = "stock"
    offered_beside: bool = False
    """Something was offered beside the cart: never again in this call."""
    listing: intent.Order | None = None
    """What is to become of the shopping list as soon as it is known."""
    customer: str | None = None
    authorization: str | None = None
    proof: str | None = None
    """Of the last PIN accepted in this call; unlike `authorization` it can be used more than once, but for no order."""
    errand: Errand | None = None
    """What is to be done as soon as the caller has proved to be the customer."""
    liked: tuple[tuple[str, str], ...] = ()
    """What is to be remembered of what the customer likes, as soon as they have proved to be it."""
    placed: str | None = None
    complaint: str | None = None
    """The number of the one that was made in this call."""
    rated: bool = False
    """Whether it was asked how the call was: it is asked once."""
    recording: bool = False
    by_keys: bool = False
    """The last answer was typed, so the keys are told with the questions."""
    notice: bool = False
    """The recording notice was the last thing said, so "no" is an answer to it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a decision may look at: the cart, the shop, who calls, and the shop's local time."""

    cart: Cart
    catalog: Catalog
    call: str
    now: datetime
    caller: str | None = None
    settings: DialogueSettings = field(default_factory=DialogueSettings)
    transfers: bool = False
    """Whether a person can take the call over; else a ticket is left for them."""
    close_numbers: frozenset[Decimal] = frozenset()
    """Quantities to be asked about, because they may have been misheard."""
    household: str = ""
    """Whose shopping list it is; empty = this line has none."""
    known: Cart | None = None
    """The cart as it was before the command just carried out, at the prices last told; None = the same."""


def without_aside(phase: Phase) -> Phase:
    """The question that stays open beneath the questions beside it."""
    while isinstance(phase, Aside):
        phase = phase.back
    return phase
