"""Knows the ways to pay, and what is asked of whoever moves the money. Moves none itself, and decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from commerce.money import Money
from commerce.terms import Way

FOR_CUSTOMERS: tuple[Way, ...] = ("invoice", "card")
"""Open to some customers only, who must have proved to be one."""
CHARGED: frozenset[Way] = frozenset({"card", "link"})
"""What somebody must move money for."""

# ---- what callers do -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PayBy:
    """The order of this cart will be paid so. `customer` and `authorization`: of a PIN accepted in this call, where it
    was; `caller`: the number that calls, to which a link can be sent."""

    cart: str
    way: Way
    customer: str | None = None
    authorization: str | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class WayKept:
    """How it is paid is with the cart now; what was quoted before is void."""

    way: Way


@dataclass(frozen=True, slots=True)
class WayClosed:
    """It cannot be paid so, in this shop or by this caller, who has proved who they are if that tells of them."""

    way: Way


@dataclass(frozen=True, slots=True)
class WayUnproved:
    """Whether it can be paid so is told after the PIN only."""

    way: Way


@dataclass(frozen=True, slots=True)
class WayNeeded:
    """It must be known how the order is paid: in one of these `ways`. `hidden`: there may be more after the PIN."""

    ways: tuple[Way, ...]
    hidden: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """Nothing is ordered, no money is kept, and the cart has no way to be paid any more; `ways`: those that are left.

    "declined": by the bank. "unavailable": nobody knows, so what may have been held is let go.
    """

    why: Literal["declined", "unavailable"]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """How an order is paid, and how far that has come; `state` is "" where nobody here moves the money."""

    way: Way
    state: str = ""
    captured: Money | None = None
    refunded: Money | None = None
    url: str | None = None


PaymentCommand: TypeAlias = PayBy
PaymentOutcome: TypeAlias = WayKept | WayClosed | WayUnproved | WayNeeded | PaymentRefused

# ---- who moves the money -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hold:
    """What is to be held on a saved card. `id` is the idempotency key; `payer` and `method` are names that the other
    side has for the customer and the card."""

    id: str
    amount: Money
    payer: str
    method: str


@dataclass(frozen=True, slots=True)
class Held:
    """Nobody has paid yet; the amount is set aside under this name."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """No, for good; nothing is held. `code` is the other side's word for why."""

    code: str


@dataclass(frozen=True, slots=True)
class PayLink:
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class SavedCard:
    brand: str
    last4: str


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """Something that happened to a link, told by who moves the money. `id` names the event, `payment` is ours.

    "other" is of no concern here.
    """

    id: str
    kind: Literal["paid", "expired", "other"]
    payment: str = ""
    reference: str = ""
    amount: Money | None = None


class Payments(Protocol):
    """Each method may be called again with the same key, with the effect of once. Each raises BackEndUnavailable: it
    may have happened or not; and BackEndRefused, a "no" for good: nothing happened."""

    def authorize(self, hold: Hold) -> Held | Declined:
        """Set the amount aside. Nothing is charged."""

    def capture(self, reference: str, key: str) -> None:
        """Charge all of what is held."""

    def release(self, hold: Hold | None, reference: str, key: str) -> None:
        """Afterwards nothing is held and nothing was paid: what was charged by then is paid back.

        Without a `reference`, what came of the `hold` is not known: it is found by its id. `hold` None = of a link,
        which nobody can pay any more.
        """

    def refund(self, reference: str, amount: Money, key: str) -> None:
        """Pay back a part of what was charged."""

    def link(self, payment: str, amount: Money, what: str) -> PayLink:
        """Where `what` can be paid, once; `payment` is the idempotency key, and comes back with the event."""

    def saved_card(self, payer: str, method: str) -> SavedCard:
        """What there is to tell of a card. Raises BackEndRefused where it is not this payer's."""
