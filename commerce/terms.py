"""Knows what an order has beside its goods, and what it costs with that. Decides nothing of it. PURE."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from commerce.cart import Cart, cart_hash
from commerce.money import Money


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off; nothing as long as the goods are below its minimum."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid: the goods, less the discount."""

    goods: Money
    discount: Discount | None = None

    @property
    def total(self) -> Money:
        return self.goods - self.discount.amount if self.discount else self.goods


def terms_hash(cart: Cart, bill: Bill) -> str:
    """A fingerprint of everything that a "yes" agrees to: the cart alone where there are no terms."""
    goods = cart_hash(cart)
    if bill == Bill(bill.goods):
        return goods
    return hashlib.sha256(f"{goods}\n{bill!r}".encode()).hexdigest()
