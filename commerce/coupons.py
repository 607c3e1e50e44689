"""Knows what a coupon takes off, and why it does not: commands, outcomes and rules. Knows no clock. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

from commerce.catalog import Coupon
from commerce.money import Money

Reason: TypeAlias = Literal["unknown", "early", "over", "used"]


@dataclass(frozen=True, slots=True)
class UseCoupon:
    """One coupon for each order: another takes its place. `code`: as it was said, letters and digits."""

    cart: str
    code: str


@dataclass(frozen=True, slots=True)
class DropCoupon:
    cart: str


@dataclass(frozen=True, slots=True)
class CouponTaken:
    """It is kept with the cart. `off` is nothing while the goods are below `minimum`; `total`: what is left to pay."""

    code: str
    off: Money
    total: Money
    minimum: Money | None = None


@dataclass(frozen=True, slots=True)
class CouponRefused:
    """It is not, or no longer, with the cart."""

    code: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class CouponDropped:
    """`code` None = there was none."""

    code: str | None


CouponCommand: TypeAlias = UseCoupon | DropCoupon
CouponOutcome: TypeAlias = CouponTaken | CouponRefused | CouponDropped


def plain(code: str) -> str:
    """Letters and digits alone, in capitals."""
    return "".join(each for each in code.upper() if each.isalnum())


def find(coupons: Iterable[Coupon], code: str) -> Coupon | None:
    return next((each for each in coupons if plain(each.code) == plain(code)), None)


def out_of_date(coupon: Coupon, today: date) -> Reason | None:
    """Both its days are included, in the shop's time zone."""
    if coupon.starts and today < coupon.starts:
        return "early"
    return "over" if coupon.ends and today > coupon.ends else None


def taken_off(coupon: Coupon, goods: Money) -> Money:
    """Never more than the goods cost, and nothing below the minimum."""
    if coupon.minimum and goods < coupon.minimum:
        return Money(0, goods.currency)
    if coupon.amount is not None:
        return min(coupon.amount, goods)
    part = (Decimal(goods.minor) * coupon.percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(part), goods.currency)
