"""Postcodes, zones, fees and slots: what the total holds, and what is checked again when the order is placed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commerce.cart import Cart
from commerce.commands import BelowMinimum, ConfirmQuote, OrderPlaced, PlaceOrder, QuoteCart, Quoted, QuoteVoid
from commerce.delivery import (
    HandoverKept,
    HandoverNeeded,
    ReceiveAtShop,
    ReceiveByDelivery,
    fee_of,
    postcode,
    shape,
    zone_of,
)
from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.shop_file import parse_shop
from commerce.slots import offered
from commerce.terms import Address, Bill, Discount, Handover, Slot, terms_hash
from tests.pizzeria import PIZZERIA, open_pizzeria
from tests.small_shop import Caller, StandingClock, open_kiosk

HOME, RIVER = Address("10001", "Oak Street", "12"), Address("11201", "Pine Street", "3")
TERMS = PIZZERIA.delivers
assert TERMS is not None


def clock_at(hour: int, minute: int = 0) -> StandingClock:
    clock = StandingClock()
    clock.time = datetime(2026, 5, 1, hour, minute, tzinfo=ZoneInfo(PIZZERIA.time_zone)).astimezone(UTC)
    return clock


def slots(clock: StandingClock) -> tuple[Slot, ...]:
    assert TERMS is not None
    return offered(TERMS, clock().astimezone(ZoneInfo(PIZZERIA.time_zone)))


def caller_at(hour: int, minute: int = 0) -> tuple[Caller, StandingClock]:
    clock = clock_at(hour, minute)
    return Caller(open_pizzeria(clock, pin_free_limit="")), clock


@pytest.mark.parametrize(
    ("said", "code"),
    [("10001", "10001"), ("1O0O1", "10001"), ("10 001", "10001"), ("1234", None), ("ABCDE", None), ("", None)],
)
def test_an_invalid_postcode_is_refused(said: str, code: str | None) -> None:
    """Row 35 of the features."""
    assert TERMS is not None
    assert postcode(said, TERMS) == code


def test_a_format_of_letters_and_digits() -> None:
    assert shape("SW1A 1AA") == "AA9A9AA"


@pytest.mark.parametrize(
    ("code", "name"),
    [("10001", "the neighborhood"), ("10015", "the neighborhood"), ("11201", "over the river"), ("10301", None)],
)
def test_zones(code: str, name: str | None) -> None:
    assert TERMS is not None
    zone = zone_of(code, TERMS)
    assert (zone.name if zone else None) == name


def test_the_fee_is_nothing_from_an_amount_on() -> None:
    assert TERMS is not None
    assert [fee_of(TERMS.zones[0], Money(goods, "USD")).minor for goods in (0, 2999, 3000)] == [300, 300, 0]


def test_a_shop_that_delivers_asks_and_another_does_not() -> None:
    caller, _ = caller_at(16)
    caller.add("margherita", 2)
    assert caller.say(QuoteCart(caller.call)) == HandoverNeeded("unasked")
    kiosk = Caller(open_kiosk())
    kiosk.add("latte")
    assert isinstance(kiosk.say(QuoteCart(kiosk.call)), Quoted)
    assert kiosk.say(ReceiveAtShop(kiosk.call)) == HandoverNeeded("unasked")


def test_the_total_holds_the_fee_and_the_order_the_address_and_slot() -> None:
    caller, clock = caller_at(16)
    caller.add("margherita", 2)
    kept = caller.say(ReceiveByDelivery(caller.call, HOME, slots(clock)[0]))
    assert isinstance(kept, HandoverKept)
    quote = caller.confirmed_quote()
    assert quote.total.minor == 1800 + 300
    placed = caller.say(PlaceOrder(quote.id))
    assert isinstance(placed, OrderPlaced)
    [order] = caller.shop.orders()
    assert order.total.minor == 2100
    assert order.handover is not None
    assert (order.handover.address, order.handover.slot) == (HOME, slots(clock)[0])
    assert caller.shop.books()[placed.number]["fee"] == 300
    assert "Oak" not in str(caller.shop.receipts()), "receipts outlive the customer"


def test_a_large_order_is_brought_for_nothing() -> None:
    caller, clock = caller_at(16)
    caller.add("margherita", 4)
    caller.say(ReceiveByDelivery(caller.call, HOME, slots(clock)[0]))
    assert caller.quote().total.minor == 3600


def test_each_zone_has_its_minimum() -> None:
    caller, clock = caller_at(16)
    caller.add("margherita", 2)
    caller.say(ReceiveByDelivery(caller.call, RIVER, slots(clock)[0]))
    assert caller.say(QuoteCart(caller.call)) == BelowMinimum(Money(1800, "USD"), Money(2000, "USD"))
    caller.say(ReceiveAtShop(caller.call))
    assert caller.quote().total.minor == 1800


def test_nothing_goes_where_the_shop_does_not_deliver() -> None:
    caller, clock = caller_at(16)
    caller.add("margherita", 2)
    for code in ("99999", "1234", ""):
        address = Address(code, "Oak Street", "12")
        assert caller.say(ReceiveByDelivery(caller.call, address, slots(clock)[0])) == HandoverNeeded("outside")


def test_another_address_after_the_total_voids_it() -> None:
    caller, clock = caller_at(16)
    caller.add("margherita", 2)
    caller.say(ReceiveByDelivery(caller.call, HOME, slots(clock)[0]))
    quote = caller.confirmed_quote()
    caller.say(ReceiveByDelivery(caller.call, Address("10001", "Oak Street", "13"), slots(clock)[0]))
    assert caller.say(PlaceOrder(quote.id)) == QuoteVoid("cart_changed")


def test_a_slot_that_passes_between_total_and_yes_is_not_sold() -> None:
    caller, clock = caller_at(21, 59)
    caller.add("margherita", 2)
    slot = slots(clock)[0]
    caller.say(ReceiveByDelivery(caller.call, HOME, slot))
    quote = caller.quote()
    clock.move(seconds=50)
    caller.say(ConfirmQuote(quote.id))
    clock.move(seconds=9)
    late = Caller(caller.shop, "call-2")
    late.add("margherita", 2)
    clock.move(seconds=2)
    outcome = late.say(ReceiveByDelivery("call-2", HOME, slot))
    assert isinstance(outcome, HandoverNeeded)
    assert outcome.why == "late"
    assert caller.shop.orders() == ()


def test_a_slot_that_was_quoted_and_is_over_is_told() -> None:
    caller, clock = caller_at(21, 59)
    caller.add("margherita", 2)
    caller.say(ReceiveByDelivery(caller.call, HOME, slots(clock)[0]))
    clock.move(seconds=40)
    quote = caller.confirmed_quote()
    clock.move(seconds=40)
    outcome = caller.say(PlaceOrder(quote.id))
    assert isinstance(outcome, HandoverNeeded)
    assert outcome.why == "late"
    assert caller.shop.orders() == ()


def test_a_fingerprint_holds_every_term() -> None:
    cart, slot = Cart("c", "USD"), slots(clock_at(16))[0]
    usd = Money(100, "USD")
    bills = [
        Bill(usd),
        Bill(usd, Discount("X", usd)),
        Bill(usd, Discount("Y", usd)),
        *(
            Bill(usd, None, each)
            for each in (
                Handover("pickup", usd),
                Handover("delivery", usd, HOME, slot),
                Handover("delivery", usd, RIVER, slot),
                Handover("delivery", usd, HOME, slots(clock_at(16))[1]),
                Handover("delivery", usd, HOME, slot, is_new=True),
                Handover("delivery", Money(0, "USD"), HOME, slot),
            )
        ),
    ]
    assert len({terms_hash(cart, each) for each in bills}) == len(bills)


SHOP = """
name = "Shop"
currency = "USD"
time_zone = "Europe/Paris"

[[products]]
name = "loaf"
price = 4.00

[delivery]
"""


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        ("pickup = true", "[[delivery.zones]]"),
        ('zones = [{ postcodes = ["1"] }]', "[delivery.slots]"),
        ('zones = [{ postcodes = [] }]\nslots = { daily = "10:00-12:00" }', "'postcodes'"),
        ('zones = [{ postcode = ["1"] }]\nslots = { daily = "10:00-12:00" }', "did you mean 'postcodes'"),
        ('zones = [{ postcodes = ["1"], fee = -1 }]\nslots = { daily = "10:00-12:00" }', "below 0"),
        ('lead_minutes = -1\nzones = [{ postcodes = ["1"] }]\nslots = { daily = "10:00-12:00" }', "lead_minutes"),
        ('zones = [{ postcodes = ["1"] }]\nslots = { daily = "10-12" }', "[delivery.slots]"),
    ],
)
def test_a_wrong_table_is_named(delivery: str, said: str) -> None:
    with pytest.raises(ShopFileError) as raised:
        parse_shop(f"{SHOP}{delivery}\n", Path("shop.toml"))
    assert said in str(raised.value)


def test_slots_need_a_time_zone_and_a_note_alone_asks_nothing() -> None:
    zones = 'zones = [{ postcodes = ["1*"] }]\nslots = { daily = "10:00-12:00" }\n'
    with pytest.raises(ShopFileError, match="time_zone"):
        parse_shop(SHOP.replace("time_zone", "# time_zone") + zones, Path("shop.toml"))
    assert parse_shop(f'{SHOP}note = "Yes."\n', Path("shop.toml")).delivers is None
    delivers = parse_shop(SHOP + zones, Path("shop.toml")).delivers
    assert delivers is not None
    assert delivers.postcode_formats == ()
    assert postcode("1 a", delivers) == "1A"
