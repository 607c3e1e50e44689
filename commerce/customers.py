"""Knows who may order with a PIN: enrolment, PIN change, unlocking. Does not know how a PIN is tried in a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commerce.challenges import hashes_of_parts
from commerce.commands import IdentifyCustomer
from commerce.database import Row
from commerce.errors import CustomerError
from commerce.money import Money
from commerce.outcomes import CustomerFound, CustomerUnknown, Member, MembersKnown
from commerce.payments import SavedCard
from commerce.pin import check_new_pin, random_pin
from commerce.second_factor import locked_away
from commerce.till import NUMBER_DIGITS, Till, is_past

PHONE_DIGITS = range(7, 16)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d-]+(\.[a-z\d-]+)+", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Customer:
    """`id` is the customer number; `locked_until` is None while the PIN is open or only the operator can open it.
    On a line of `household` the customer is asked for by name."""

    id: str
    name: str
    phone: str
    limit: str | None
    wrong_tries: int
    locked: bool
    locked_until: datetime | None
    household: str | None = None
    language: str | None = None
    second_factor: bool = False
    email: str | None = None
    invoice: bool = False
    """May pay later."""
    card: str | None = None
    """The saved card, as it may be told: "visa 4242"."""


def phone_digits(phone: str) -> str:
    """A telephone number as its digits: no spaces, dashes, brackets, no + or 00 before the country."""
    return re.sub(r"[^0-9]", "", phone).removeprefix("00")


def codes_of(customer: str) -> str:
    """The account that tries of a customer's codes are counted on."""
    return f"{customer}/codes"


def identify(till: Till, command: IdentifyCustomer) -> CustomerFound | CustomerUnknown:
    digits = phone_digits(command.digits)
    row = till.store.customer(digits) if len(digits) >= NUMBER_DIGITS else None
    return CustomerFound(row["id"]) if row else CustomerUnknown()


def find_members(till: Till, household: str) -> MembersKnown:
    return MembersKnown(tuple(Member(row["id"], row["name"]) for row in till.store.members(household)))


def add_customer(
    till: Till,
    name: str,
    phone: str,
    pin: str | None = None,
    limit: str | None = None,
    household: str | None = None,
    email: str | None = None,
) -> tuple[str, str]:
    """Customer number and PIN; without `pin` a random one. `limit`: the largest order total, "" or None = the shop's.

    Raises CustomerError, PinRefused or StoreError. The PIN is returned only here and never kept in the clear.
    """
    digits = phone_digits(phone)
    if len(digits) not in PHONE_DIGITS:
        raise CustomerError(
            f"{phone!r} is not a telephone number of {PHONE_DIGITS.start} to {PHONE_DIGITS[-1]} digits."
        )
    _check_name(name)
    _check_limit(till, limit)
    _check_email(email)
    if pin is None:
        pin = random_pin()
    check_new_pin(pin)
    pin_hash, parts = till.hasher.hash(pin), hashes_of_parts(till, pin)
    with till.store.transaction():
        if till.store.customer(digits):
            raise CustomerError(f"There is a customer with the telephone number {phone} already.")
        customer = till.new_number("customers")
        till.store.insert_customer(
            id=customer,
            phone=digits,
            name=name.strip(),
            pin_hash=pin_hash,
            order_limit=limit or None,
            household=household or None,
            email=email or None,
        )
        till.store.set_pin_parts(customer, parts)
    return customer, pin


def list_customers(till: Till) -> tuple[Customer, ...]:
    with till.store.transaction():
        rows = till.store.customers()
    return tuple(_customer(till, row) for row in rows)


def unlock_customer(till: Till, digits: str) -> None:
    """The operator opens a locked PIN, and locked codes. Raises CustomerError if there is no such customer."""
    with till.store.transaction():
        customer = _known(till, digits)["id"]
        for account in (customer, codes_of(customer)):
            till.store.set_pin_lock(account, 0, 0, None)


def known_customer(till: Till, digits: str) -> tuple[str, str]:
    """Customer number and the digits of the telephone number. Raises CustomerError if there is no such customer."""
    with till.store.transaction():
        row = _known(till, digits)
    return row["id"], row["phone"]


def change_customer(till: Till, digits: str, values: Mapping[str, str]) -> None:
    """`values`: columns by name, "" = none. Raises CustomerError if there is no such customer, or such a value."""
    if "name" in values:
        _check_name(values["name"])
    _check_limit(till, values.get("order_limit"))
    _check_email(values.get("email"))
    with till.store.transaction():
        till.store.change_customer(_known(till, digits)["id"], {key: value or None for key, value in values.items()})


def set_card(till: Till, digits: str, payer: str, method: str, saved: SavedCard) -> None:
    """A card that whoever moves the money has; here only its names are kept. Raises CustomerError if there is no such
    customer."""
    with till.store.transaction():
        till.store.set_card(_known(till, digits)["id"], payer, method, saved.brand, saved.last4)


def drop_card(till: Till, digits: str) -> None:
    """Raises CustomerError if there is no such customer, or no card."""
    with till.store.transaction():
        if not till.store.drop_card(_known(till, digits)["id"]):
            raise CustomerError(f"The customer {digits} has no saved card.")


def set_second_factor(till: Till, digits: str, secret: str | None) -> None:
    """None = none. Raises CustomerError if there is no such customer."""
    kept = locked_away(secret, till.hasher.pepper) if secret else None
    with till.store.transaction():
        till.store.set_second_factor(_known(till, digits)["id"], kept)


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable():
        raise CustomerError("A customer needs a name without control characters.")


def _check_email(email: str | None) -> None:
    """One plain address: it goes into a header."""
    if email and not _EMAIL.fullmatch(email):
        raise CustomerError(f"{email!r} is not an address for mail such as ada@example.com.")


def _check_limit(till: Till, limit: str | None) -> None:
    if not limit:
        return
    try:
        money = Money.parse(limit, till.catalog.currency)
    except ValueError as error:
        raise CustomerError(f"The limit: {error}.") from error
    if money.minor < 0:
        raise CustomerError("The limit must not be negative.")


def _known(till: Till, digits: str) -> Row:
    row = till.store.customer(phone_digits(digits))
    if row is None:
        raise CustomerError(f"There is no customer with the number {digits!r}.")
    return row


def _customer(till: Till, row: Row) -> Customer:
    tries, until = row["tries"] or 0, row["until"]
    locked = tries >= till.settings.pin_tries and (until is None or not is_past(until, till.clock()))
    return Customer(
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        limit=row["order_limit"],
        wrong_tries=tries,
        locked=locked,
        locked_until=datetime.fromisoformat(until) if locked and until else None,
        household=row["household"],
        language=row["language"],
        second_factor=bool(row["codes"]),
        email=row["email"],
        invoice=row["invoice"] is not None,
        card=f"{row['brand']} {row['last4']}" if row["last4"] else None,
    )
