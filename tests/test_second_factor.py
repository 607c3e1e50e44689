"""Above a total a code of the customer's app is needed beside the PIN: fresh, once, and counted by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from commerce.commands import CheckPin, OrderPlaced, PinAccepted, PinLocked, PinNeeded, PinRejected, PlaceOrder
from commerce.customers import add_customer, list_customers, set_second_factor, unlock_customer
from commerce.errors import CommerceError, CustomerError
from commerce.outcomes import CodeNeeded
from commerce.proofs import CheckCode, CodeAccepted
from commerce.second_factor import address_of, locked_away, new_secret, taken_out
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.small_shop import Caller, StandingClock, open_kiosk

PIN, PHONE = "8362", "5550100100"
SETTINGS = CommerceSettings(pin_free_limit="5.00", second_factor_above="20.00")
SECRET = new_secret()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock, settings=SETTINGS)


@pytest.fixture
def ann(shop: Shop) -> str:
    customer, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    set_second_factor(shop.till, customer, SECRET)
    return customer


class Buyer(Caller):
    """One who has said yes and given the PIN."""

    def __init__(self, shop: Shop, customer: str, call: str = "call-1", cakes: int = 1) -> None:
        super().__init__(shop, call)
        self.customer = customer
        self.add("latte", 5)
        self.add("cake", cakes)
        self.quoted = self.confirmed_quote()
        proved = self.say(CheckPin(customer, call, PIN))
        assert isinstance(proved, PinAccepted)
        self.authorization = proved.authorization

    def order(self) -> object:
        return self.say(PlaceOrder(self.quoted.id, self.customer, self.authorization))

    def code(self, code: str, authorization: str = "") -> object:
        return self.say(CheckCode(self.customer, self.call, authorization or self.authorization, code))


def code(clock: StandingClock, **ago: float) -> str:
    return pyotp.TOTP(SECRET).at(clock() - timedelta(**ago))


def test_a_large_order_needs_the_code_and_then_is_placed(shop: Shop, ann: str, clock: StandingClock) -> None:
    buyer = Buyer(shop, ann)
    assert buyer.order() == CodeNeeded(buyer.quoted)
    assert buyer.code(code(clock)) == CodeAccepted(buyer.authorization)
    assert isinstance(buyer.order(), OrderPlaced)


def test_who_has_no_second_factor_and_small_orders_need_none(clock: StandingClock) -> None:
    shop = open_kiosk(clock=clock, settings=SETTINGS)
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    assert isinstance(Buyer(shop, ann).order(), OrderPlaced)
    richer = open_kiosk(clock=clock, settings=replace(SETTINGS, second_factor_above="200.00"))
    bob, _ = add_customer(richer.till, "Bob", PHONE, PIN)
    set_second_factor(richer.till, bob, SECRET)
    assert isinstance(Buyer(richer, bob).order(), OrderPlaced)


def test_a_code_counts_once_and_not_long(shop: Shop, ann: str, clock: StandingClock) -> None:
    first = Buyer(shop, ann)
    used = code(clock)
    assert isinstance(first.code(used), CodeAccepted)
    assert isinstance(first.order(), OrderPlaced)
    second = Buyer(shop, ann, "call-2")
    assert second.code(used) == PinRejected(2), "overheard in the call before"
    clock.move(seconds=60)
    assert second.code(code(clock, seconds=61)) == PinRejected(1)
    assert isinstance(second.code(code(clock, seconds=30)), CodeAccepted), "half a minute old"


def test_wrong_codes_lock_and_a_right_pin_does_not_forgive_them(shop: Shop, ann: str, clock: StandingClock) -> None:
    for number, expected in enumerate((PinRejected(2), PinRejected(1)), start=1):
        assert Buyer(shop, ann, f"call-{number}", cakes=1).code("000000") == expected
    third = Buyer(shop, ann, "call-3")
    assert isinstance(third.code("000000"), PinLocked)
    assert isinstance(third.code(code(clock)), PinLocked)
    assert isinstance(third.order(), CodeNeeded)
    unlock_customer(shop.till, ann)
    assert isinstance(third.code(code(clock)), CodeAccepted)


def test_a_code_helps_nobody_without_the_pin_of_the_same_call(shop: Shop, ann: str, clock: StandingClock) -> None:
    buyer = Buyer(shop, ann)
    assert buyer.code(code(clock), "made-up") == PinRejected(2)
    stranger = Caller(shop, "call-2")
    stolen = CheckCode(ann, "call-2", buyer.authorization, code(clock))
    assert stranger.say(stolen) == PinRejected(1)
    assert isinstance(buyer.order(), CodeNeeded)
    unused = Caller(shop, "call-3")
    unused.add("latte", 9)
    assert isinstance(unused.say(PlaceOrder(unused.confirmed_quote().id, ann)), PinNeeded)


def test_who_has_none_is_refused_like_a_wrong_code(shop: Shop, clock: StandingClock) -> None:
    bob, _ = add_customer(shop.till, "Bob", PHONE, PIN)
    assert Buyer(shop, bob).code(code(clock)) == PinRejected(2)


def test_the_secret_is_kept_locked_and_shown_as_kept(shop: Shop, ann: str) -> None:
    assert [each.second_factor for each in list_customers(shop.till)] == [True]
    with shop.store.transaction():
        row = shop.store.second_factor(ann)
    assert row is not None
    assert SECRET not in str(row)
    assert taken_out(row["secret"], shop.till.hasher.pepper) == SECRET
    with pytest.raises(CommerceError, match="pepper"):
        taken_out(locked_away(SECRET, b"one"), b"other")
    set_second_factor(shop.till, ann, None)
    assert [each.second_factor for each in list_customers(shop.till)] == [False]
    with pytest.raises(CustomerError, match="999"):
        set_second_factor(shop.till, "999", SECRET)


def test_an_app_reads_the_address() -> None:
    read = pyotp.parse_uri(address_of(SECRET, "123456", "Kiosk & Co"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (SECRET, "123456", "Kiosk & Co")


def test_far_more_than_usual_needs_a_pin_however_cheap(clock: StandingClock) -> None:
    def outcome(quantity: int, **settings: object) -> object:
        shop = open_kiosk(clock=clock, settings=replace(SETTINGS, **{"pin_free_limit": "100.00", **settings}))
        caller = Caller(shop)
        caller.add("water", quantity, sure=True)
        quoted = caller.confirmed_quote()
        placed = caller.say(PlaceOrder(quoted.id))
        assert quoted.needs_pin == isinstance(placed, PinNeeded)
        return placed

    assert isinstance(outcome(20), OrderPlaced)
    assert isinstance(outcome(21), PinNeeded)
    assert isinstance(outcome(21, pin_on_odd_quantity=False), OrderPlaced)
    assert isinstance(outcome(21, pin_free_limit=""), OrderPlaced), "a shop that asks for no PINs has none to ask for"
