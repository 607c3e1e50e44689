"""Knows whom the shop may call or write to, why and when: what is permitted, and no more. Knows no wording. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, TypeAlias

ContactPurpose: TypeAlias = Literal["reminders", "offers"]
"""Why a customer may be contacted: to be reminded of a cart that was left, to hear of offers."""
Purpose: TypeAlias = ContactPurpose | Literal["preferences"]
"""What a customer can agree to: being contacted, or that it is remembered what they like."""
Reason: TypeAlias = Literal["cart", "back_in_stock"]


@dataclass(frozen=True, slots=True)
class ContactSettings:
    """`[contacts]`: so long after a call somebody may be reminded of what they left in their cart, one after the other,
    and at which hours of the shop's day nobody is ever contacted."""

    remind_after_minutes: tuple[int, ...] = (5, 60, 1440)
    quiet_from: str = "20:00"
    quiet_until: str = "09:00"
    alert_days: int = 90
    """So long somebody waits for goods to be in stock again."""


@dataclass(frozen=True, slots=True)
class KeepAlert:
    """The caller wants to be told when the goods are in stock again, and said so."""

    products: tuple[str, ...]
    phone: str
    call: str


@dataclass(frozen=True, slots=True)
class AlertKept:
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoNumber:
    """Nobody can be told: the line does not say who calls."""


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Nobody of this number is contacted any more. Says nothing about who they are."""

    phone: str
    call: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Whether or not there was any."""


ContactCommand: TypeAlias = KeepAlert | WithdrawConsent
ContactOutcome: TypeAlias = AlertKept | NoNumber | ConsentWithdrawn


@dataclass(frozen=True, slots=True)
class Contact:
    """One permitted contact. `id` stays the same until it is done; `due` is aware and outside the quiet hours."""

    id: str
    reason: Reason
    phone: str
    due: datetime
    customer: str | None = None
    product: str | None = None
    tier: int = 0


@dataclass(frozen=True, slots=True)
class LeftCart:
    """A cart of somebody who agreed to be reminded. `left`: when the last was heard of the call."""

    call: str
    customer: str
    phone: str
    left: datetime
    told: frozenset[int] = frozenset()
    """Tiers that were done."""


def reminder(cart: LeftCart, now: datetime, settings: ContactSettings) -> Contact | None:
    """The reminder that is due for the cart; of several whose time has come only the last, and none twice.

    `now` is the shop's local time, aware. Who was reminded in a later tier is not reminded in an earlier one.
    """
    for tier in range(len(settings.remind_after_minutes) - 1, -1, -1):
        due = permitted(cart.left + timedelta(minutes=settings.remind_after_minutes[tier]), now, settings)
        if due <= now:
            if any(told >= tier for told in cart.told):
                return None
            return Contact(f"cart-{cart.call}-{tier}", "cart", cart.phone, due, cart.customer, tier=tier)
    return None


def permitted(moment: datetime, now: datetime, settings: ContactSettings) -> datetime:
    """The moment in the time zone of `now`, put off to the end of the quiet hours if it lies in them."""
    local = moment.astimezone(now.tzinfo)
    quiet_from, quiet_until = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    if not is_quiet(local.time(), quiet_from, quiet_until):
        return local
    ends = local.replace(hour=quiet_until.hour, minute=quiet_until.minute, second=0, microsecond=0, fold=0)
    return ends if local.time() < quiet_until else ends + timedelta(days=1)


def is_quiet(at: time, quiet_from: time, quiet_until: time) -> bool:
    """The quiet hours may go over midnight; from a time to the same time is never."""
    if quiet_from <= quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


def due_contacts(
    carts: Sequence[LeftCart], restocked: Sequence[Contact], now: datetime, settings: ContactSettings
) -> list[Contact]:
    """Everything that is permitted now, the oldest first; nothing in the quiet hours."""
    if permitted(now, now, settings) != now:
        return []
    reminders = (reminder(cart, now, settings) for cart in carts)
    return sorted([*(each for each in reminders if each), *restocked], key=lambda each: (each.due, each.id))
