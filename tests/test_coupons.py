"""Coupons: what they take off, when they do not, and that the total spoken is the total charged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalog import Coupon
from commerce.commands import CheckPin, ConfirmQuote, OrderPlaced, PinAccepted, PlaceOrder, QuoteVoid
from commerce.coupons import (
    CouponDropped,
    CouponRefused,
    CouponTaken,
    DropCoupon,
    UseCoupon,
    find,
    out_of_date,
    taken_off,
)
from commerce.customers import add_customer
from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from tests.small_shop import Caller, StandingClock

SHOP = """
name = "Bakery"
currency = "USD"
time_zone = "America/New_York"

[[products]]
name = "loaf"
price = 4.00
stock = 100

[[coupons]]
code = "SUMMER10"
percent = 10
minimum = "8.00"
starts = 2030-05-01
ends = 2030-05-31

[[coupons]]
code = "TWO"
amount = 2.00
once = false
"""
CATALOG = parse_shop(SHOP, Path("bakery.toml"))
PIN = "8362"


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


def bakery(clock: StandingClock | None = None, pin_free_limit: str = "50.00") -> Shop:
    settings = CommerceSettings(pin_free_limit=pin_free_limit)
    return Shop(CATALOG, Store(None, clock or StandingClock()), settings)


def buys(caller: Caller, customer: str) -> object:
    quote = caller.quote()
    caller.say(ConfirmQuote(quote.id))
    accepted = caller.say(CheckPin(customer, caller.call, PIN))
    assert isinstance(accepted, PinAccepted)
    return caller.say(PlaceOrder(quote.id, customer, accepted.authorization))


@given(st.integers(0, 10**7), st.integers(0, 100), st.none() | st.integers(1, 10**6), st.none() | st.integers(0, 10**6))
def test_nothing_is_dearer_and_nobody_is_paid(
    goods: int, percent: int, amount: int | None, minimum: int | None
) -> None:
    coupon = Coupon(
        "X",
        percent,
        None if amount is None else Money(amount, "USD"),
        None if minimum is None else Money(minimum, "USD"),
    )
    off = taken_off(coupon, Money(goods, "USD"))
    assert 0 <= off.minor <= goods
    assert off.minor == 0 or minimum is None or goods >= minimum


def test_both_days_are_included() -> None:
    coupon = CATALOG.coupons[0]
    days = (date(2030, 4, 30), date(2030, 5, 1), date(2030, 5, 31), date(2030, 6, 1))
    assert [out_of_date(coupon, day) for day in days] == ["early", None, None, "over"]


def test_a_code_is_found_however_it_is_written() -> None:
    assert find(CATALOG.coupons, "summer-10") == CATALOG.coupons[0]
    assert find(CATALOG.coupons, "SUMMER1") is None


def test_the_quote_carries_the_discount_and_the_order_is_charged_with_it() -> None:
    caller = Caller(bakery(pin_free_limit=""))
    caller.add("loaf", 3)
    taken = caller.say(UseCoupon(caller.call, "SUMMER10"))
    assert taken == CouponTaken("SUMMER10", Money(120, "USD"), Money(1080, "USD"), Money(800, "USD"))
    quote = caller.confirmed_quote()
    assert (quote.total.minor, quote.discount and quote.discount.amount.minor) == (1080, 120)
    placed = caller.say(PlaceOrder(quote.id))
    assert isinstance(placed, OrderPlaced)
    assert placed.total.minor == 1080
    [order] = caller.shop.orders()
    assert order.total.minor == 1080
    assert order.discount is not None
    assert order.discount.code == "SUMMER10"
    assert caller.shop.books()[placed.number]["discount"] == 120, "the receipt tells it"
    caller.add("loaf", 3)
    assert caller.quote().discount is None, "one coupon for one order"


def test_below_its_minimum_it_waits() -> None:
    caller = Caller(bakery(pin_free_limit=""))
    caller.add("loaf")
    assert caller.say(UseCoupon(caller.call, "SUMMER10")) == CouponTaken(
        "SUMMER10", Money(0, "USD"), Money(400, "USD"), Money(800, "USD")
    )
    assert caller.quote().total.minor == 400
    caller.add("loaf")
    assert caller.quote().total.minor == 720


def test_another_takes_its_place_and_it_can_be_taken_off() -> None:
    caller = Caller(bakery(pin_free_limit=""))
    caller.add("loaf", 3)
    caller.say(UseCoupon(caller.call, "SUMMER10"))
    caller.say(UseCoupon(caller.call, "TWO"))
    assert caller.quote().total.minor == 1000
    assert caller.say(DropCoupon(caller.call)) == CouponDropped("TWO")
    assert caller.say(DropCoupon(caller.call)) == CouponDropped(None)
    assert caller.quote().total.minor == 1200


def test_a_coupon_after_the_total_voids_it() -> None:
    caller = Caller(bakery(pin_free_limit=""))
    caller.add("loaf", 3)
    quote = caller.confirmed_quote()
    caller.say(UseCoupon(caller.call, "TWO"))
    assert caller.say(PlaceOrder(quote.id)) == QuoteVoid("cart_changed")
    assert caller.shop.orders() == ()


@pytest.mark.parametrize(("code", "reason"), [("WINTER5", "unknown"), ("", "unknown"), ("SUMMER10", "over")])
def test_what_does_not_count_is_refused(code: str, reason: str) -> None:
    clock = StandingClock()
    clock.move(days=40)
    caller = Caller(bakery(clock))
    caller.add("loaf", 3)
    assert caller.say(UseCoupon(caller.call, code)) == CouponRefused(code, reason)
    assert caller.quote().total.minor == 1200


def test_one_that_runs_out_before_the_yes_is_taken_off_and_nothing_is_bought() -> None:
    clock = StandingClock()
    clock.time = clock.time.replace(month=6, day=1, hour=3, minute=59, second=50)
    caller = Caller(bakery(clock, pin_free_limit=""))
    caller.add("loaf", 3)
    caller.say(UseCoupon(caller.call, "SUMMER10"))
    quote = caller.confirmed_quote()
    clock.move(seconds=20)
    assert caller.say(PlaceOrder(quote.id)) == CouponRefused("SUMMER10", "over")
    assert caller.shop.orders() == ()
    assert caller.quote().total.minor == 1200


def test_each_customer_uses_it_once_and_must_say_who_they_are() -> None:
    shop = bakery()
    ann, bob = (add_customer(shop.till, name, f"555010010{n}", PIN)[0] for n, name in enumerate(("Ann", "Bob")))
    calls = [Caller(shop, f"call-{n}") for n in range(4)]
    for caller in calls:
        caller.add("loaf", 3)
        caller.say(UseCoupon(caller.call, "SUMMER10"))
        assert caller.quote().needs_pin, "though the total is below the limit"
    assert isinstance(buys(calls[0], ann), OrderPlaced)
    assert buys(calls[1], ann) == CouponRefused("SUMMER10", "used")
    assert calls[1].quote(ann).total.minor == 1200
    assert isinstance(buys(calls[2], bob), OrderPlaced)
    assert [each.total.minor for each in shop.orders()] == [1080, 1080]


def test_for_everybody_needs_no_pin() -> None:
    caller = Caller(bakery())
    caller.add("loaf", 3)
    caller.say(UseCoupon(caller.call, "TWO"))
    assert not caller.quote().needs_pin


def test_a_cancelled_order_gives_it_back() -> None:
    shop = bakery()
    ann = add_customer(shop.till, "Ann", "5550100100", PIN)[0]
    for call in ("call-1", "call-2"):
        caller = Caller(shop, call)
        caller.add("loaf", 3)
        caller.say(UseCoupon(call, "SUMMER10"))
        placed = buys(caller, ann)
        assert isinstance(placed, OrderPlaced)
        shop.set_status(placed.number, "cancelled")


@pytest.mark.parametrize(
    ("coupon", "said"),
    [
        ('code = "X"', "either an 'amount' or 'percent'"),
        ('code = "X"\npercent = 5\namount = 1', "either an 'amount' or 'percent'"),
        ('code = "X"\npercent = 101', "from 1 to 100"),
        ('code = "X"\namount = 0', "below 1"),
        ('code = "--"\namount = 1', "cannot be said"),
        ('code = "two"\namount = 1', "there 2 times"),
        ('code = "X"\namount = 1\nstarts = 2030-05-02\nends = 2030-05-01', "before it starts"),
        ('code = "X"\namount = 1\nuntil = 2030-05-01', "'until'"),
    ],
)
def test_a_wrong_coupon_is_named(coupon: str, said: str) -> None:
    with pytest.raises(ShopFileError) as raised:
        parse_shop(f"{SHOP}\n[[coupons]]\n{coupon}\n", Path("bakery.toml"))
    assert said in str(raised.value)
    assert "[[coupons]]" in str(raised.value)
