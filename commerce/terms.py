"""Knows what an order has beside its goods, and what it costs with that. Decides nothing of it. PURE."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from commerce.cart import Cart, cart_hash
from commerce.money import Money

Way: TypeAlias = Literal["delivery", "invoice", "card", "link"]
"""How an order is paid: where it is handed over, later, by a saved card, by a link that is sent."""
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off; nothing as long as the goods are below its minimum."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Address:
    postcode: str
    street: str
    house: str


@dataclass(frozen=True, slots=True)
class Slot:
    """In the shop's time zone."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """How the order is received. `is_new`: nothing of this customer ever went to the address.

    Of an order whose customer was erased, the address is gone.
    """

    way: Literal["delivery", "pickup"]
    fee: Money
    address: Address | None = None
    slot: Slot | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """How an order is paid. `card`: a fingerprint of the saved card; `to`: whom a link is sent to, the "number" that
    calls or the "customer", who must have proved to be one then."""

    way: Way
    card: str = ""
    to: Literal["", "number", "customer"] = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid: the goods, less the discount, and the fee for the delivery; and how."""

    goods: Money
    discount: Discount | None = None
    handover: Handover | None = None
    payment: Payment | None = None

    @property
    def total(self) -> Money:
        total = self.goods - self.discount.amount if self.discount else self.goods
        return total + self.handover.fee if self.handover else total


def terms_hash(cart: Cart, bill: Bill) -> str:
    """A fingerprint of everything that a "yes" agrees to: the cart alone where there are no terms."""
    goods, off, handover, payment = cart_hash(cart), bill.discount, bill.handover, bill.payment
    if off is None and handover is None and payment is None:
        return goods
    terms: list[object] = [goods, [off.code, off.amount.minor] if off else None]
    if handover:
        where, when = handover.address, handover.slot
        place = [where.postcode, where.street, where.house] if where else None
        hours = [when.starts.timestamp(), when.ends.timestamp()] if when else None
        terms.append([handover.way, handover.fee.minor, place, hours, handover.is_new])
    if payment:
        terms.append({"payment": [payment.way, payment.card, payment.to]})
    return hashlib.sha256(json.dumps(terms).encode()).hexdigest()
