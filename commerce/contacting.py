"""Knows how consent is kept and withdrawn, and how the queue of contacts follows from it. Knows no wording."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from commerce.cart import Cart
from commerce.codec import from_json
from commerce.contacts import (
    AlertKept,
    ConsentWithdrawn,
    Contact,
    ContactPurpose,
    ContactSettings,
    KeepAlert,
    LeftCart,
    NoNumber,
    Purpose,
    WithdrawConsent,
    due_contacts,
    permitted,
)
from commerce.customers import phone_digits
from commerce.database import Row
from commerce.errors import CommerceError
from commerce.till import Till

CONTACTS: tuple[ContactPurpose, ...] = get_args(ContactPurpose)
PURPOSES: tuple[Purpose, ...] = (*CONTACTS, "preferences")


def keep_alert(till: Till, command: KeepAlert) -> AlertKept | NoNumber:
    phone = phone_digits(command.phone)
    if not phone:
        return NoNumber()
    for product in command.products:
        till.store.keep_alert(till.shop, product, phone, command.call)
    return AlertKept(command.products)


def withdraw(till: Till, command: WithdrawConsent) -> ConsentWithdrawn:
    """Of every contact, by whoever calls from the number: to be left alone needs no proof."""
    phone = phone_digits(command.phone)
    till.store.drop_alerts_of(phone)
    if phone and (row := till.store.customer(phone)):
        for purpose in CONTACTS:
            till.store.note_consent(row["id"], purpose, False, f"call {command.call}")
    return ConsentWithdrawn()


def set_consent(till: Till, digits: str, purpose: Purpose, given: bool, how: str) -> None:
    """By the merchant, who must be able to show it: `how` says when and where it was given. Raises CommerceError."""
    with till.store.transaction():
        customer = _customer(till, digits)["id"]
        till.store.note_consent(customer, purpose, given, how)
        if purpose == "preferences" and not given:
            till.store.drop_preferences(customer)


def consents(till: Till, digits: str) -> list[Row]:
    """The ledger of one customer, oldest first. Raises CommerceError."""
    with till.store.transaction():
        return till.store.consents(_customer(till, digits)["id"])


def queue(till: Till, settings: ContactSettings) -> list[Contact]:
    """Whom the shop may contact now. Computed from carts, stock and consents each time: nothing in it is stale."""
    now = till.clock().astimezone(ZoneInfo(till.catalog.time_zone))
    with till.store.transaction():
        found = (_left(till, row["id"], row["phone"]) for row in till.store.consented("reminders"))
        carts = [cart for cart in found if cart]
        return due_contacts(carts, _restocked(till, now, settings), now, settings)


def done(till: Till, contact: str, settings: ContactSettings) -> Contact:
    """The contact was made: it is not permitted a second time. Raises CommerceError if it is not in the queue."""
    with till.store.transaction():
        found = next((each for each in queue(till, settings) if each.id == contact), None)
        if found is None:
            raise CommerceError(f"There is no contact {contact!r} to be made now. List them: voxcart contacts list")
        call, number = contact.removeprefix("cart-").rsplit("-", 1)
        if found.reason == "cart":
            till.store.note_reminder(call, int(number))
        else:
            till.store.drop_alert(int(number))
        return found


def _left(till: Till, customer: str, phone: str) -> LeftCart | None:
    row = till.store.left_cart_of(till.shop, customer, phone)
    if row is None:
        return None
    cart: Cart = from_json(row["body"])
    left = datetime.fromisoformat(row["left"])
    return LeftCart(row["id"], customer, phone, left, till.store.reminded(row["id"])) if cart.lines else None


def _restocked(till: Till, now: datetime, settings: ContactSettings) -> list[Contact]:
    rows = till.store.restocked(till.shop, till.clock() - timedelta(days=settings.alert_days))
    return [
        Contact(
            f"stock-{row['number']}",
            "back_in_stock",
            row["phone"],
            permitted(datetime.fromisoformat(row["asked"]), now, settings),
            product=row["product"],
        )
        for row in rows
    ]


def _customer(till: Till, digits: str) -> Row:
    row = till.store.customer(phone_digits(digits))
    if row is None:
        raise CommerceError(f"There is no customer {digits!r}. List them: voxcart customer list")
    return row
