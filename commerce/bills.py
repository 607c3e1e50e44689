"""Knows what is to be paid for a cart with its terms today, and how terms are kept. Does not know how it is bought."""

from __future__ import annotations

from commerce.cart import Cart
from commerce.catalog import Coupon
from commerce.coupons import (
    CouponDropped,
    CouponRefused,
    CouponTaken,
    DropCoupon,
    Reason,
    UseCoupon,
    find,
    out_of_date,
    taken_off,
)
from commerce.handovers import handover_of
from commerce.paying import needs_customer, payment_of
from commerce.terms import Bill, Discount
from commerce.till import Till, open_cart


def bill_of(till: Till, cart: Cart) -> Bill:
    coupon = _coupon_of(till, cart.id)
    off = Discount(coupon.code, taken_off(coupon, cart.total)) if coupon else None
    return Bill(cart.total, off, handover_of(till, cart), payment_of(till, cart))


def use_coupon(till: Till, command: UseCoupon) -> CouponTaken | CouponRefused:
    cart = open_cart(till, command.cart).cart
    coupon = find(till.catalog.coupons, command.code)
    if coupon is None:
        return CouponRefused(command.code, "unknown")
    if reason := out_of_date(coupon, till.today()):
        return CouponRefused(coupon.code, reason)
    till.store.set_coupon(cart.id, coupon.code)
    bill = bill_of(till, cart)
    assert bill.discount is not None
    return CouponTaken(coupon.code, bill.discount.amount, bill.total, coupon.minimum)


def drop_coupon(till: Till, command: DropCoupon) -> CouponDropped:
    had = till.store.coupon_of(command.cart)
    if had is not None:
        till.store.set_coupon(command.cart, None)
    return CouponDropped(had)


def refuse_coupon(till: Till, cart: str, customer: str | None) -> CouponRefused | None:
    """A coupon that does not count any more leaves the cart, and what was quoted with it is void."""
    code = till.store.coupon_of(cart)
    if code is None or (reason := _why_not(till, code, customer)) is None:
        return None
    till.store.set_coupon(cart, None)
    return CouponRefused(code, reason)


def tells_customers_apart(till: Till, bill: Bill) -> bool:
    """Whether it must be known who buys: to a new address, paid in a way or with a coupon that only a customer has."""
    if (bill.handover and bill.handover.is_new) or needs_customer(bill.payment):
        return True
    coupon = find(till.catalog.coupons, bill.discount.code) if bill.discount else None
    return coupon is not None and coupon.once


def _why_not(till: Till, code: str, customer: str | None) -> Reason | None:
    coupon = find(till.catalog.coupons, code)
    if coupon is None:
        return "unknown"
    if coupon.once and customer and till.store.coupon_used(till.shop, customer, coupon.code):
        return "used"
    return out_of_date(coupon, till.today())


def _coupon_of(till: Till, cart: str) -> Coupon | None:
    code = till.store.coupon_of(cart)
    coupon = find(till.catalog.coupons, code) if code else None
    return None if coupon is None or out_of_date(coupon, till.today()) else coupon
