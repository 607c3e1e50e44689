"""Commands are carried out once per key; orders, customers and tickets are found; totals are exact."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.money import SHOPS, buy, uncounted
from commerce.cart import Chosen
from commerce.commands import (
    AddLine,
    CartChanged,
    CartOpened,
    ChangeCart,
    CheckStock,
    CustomerFound,
    CustomerUnknown,
    FindOrder,
    IdentifyCustomer,
    NothingToUndo,
    OpenCart,
    OpenTicket,
    OrderPlaced,
    OrderUnknown,
    OutOfStock,
    PlaceOrder,
    StockKnown,
    TicketOpened,
)
from commerce.customers import add_customer
from commerce.errors import KeyReused
from commerce.settings import CommerceSettings
from commerce.shop import Shop, open_shop
from commerce.shop_file import load_shop
from commerce.store import Store
from tests.small_shop import Caller, StandingClock, kiosk, open_kiosk

BUTTER = (Chosen("bread", "brown"), Chosen("extras", "butter"))


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock)


@pytest.fixture
def caller(shop: Shop) -> Caller:
    return Caller(shop)


def lines_of(outcome: object) -> list[tuple[str, int]]:
    assert isinstance(outcome, CartOpened | CartChanged | NothingToUndo)
    return [(line.product, int(line.quantity)) for line in outcome.cart.lines]


def test_a_command_is_carried_out_once_per_key(shop: Shop) -> None:
    add = ChangeCart("c", (AddLine("cake", Decimal(1)),))
    first = shop.execute(add, "c/1")
    assert shop.execute(add, "c/1") == first
    assert lines_of(shop.execute(OpenCart("c"), "c/2")) == [("cake", 1)]


def test_a_key_does_not_serve_two_commands(shop: Shop) -> None:
    shop.execute(ChangeCart("c", (AddLine("cake", Decimal(1)),)), "c/1")
    with pytest.raises(KeyReused):
        shop.execute(ChangeCart("c", (AddLine("cake", Decimal(2)),)), "c/1")
    with pytest.raises(KeyReused):
        shop.execute(OpenCart("c"), "c/1")
    assert lines_of(shop.execute(OpenCart("c"), "c/2")) == [("cake", 1)]


# ---- finding ------------------------------------------------------------------------------------------------


NASTY = [
    "' OR '1'='1",
    "%",
    "_",
    "*",
    '"',
    "a' --",
    "NEAR(",
    "\x00",
    "\r\n",
    "\x1b[31m",
    "；",
    "",
    "?",
    "1; DROP TABLE orders",
]


@pytest.mark.parametrize("text", NASTY)
def test_metacharacters_find_and_break_nothing(shop: Shop, caller: Caller, text: str) -> None:
    add_customer(shop.till, "Ann", "5550100100")
    caller.add("cake")
    caller.say(PlaceOrder(caller.confirmed_quote().id))
    assert caller.say(FindOrder(text)) == OrderUnknown(text)
    assert caller.say(IdentifyCustomer(text)) == CustomerUnknown()
    assert caller.say(CheckStock((text,))) == StockKnown(((text, Decimal(0)),))
    assert caller.add(text).refusals == (OutOfStock(text, Decimal(1), Decimal(0)),)
    assert isinstance(caller.say(OpenCart(text)), CartOpened)
    assert isinstance(caller.say(OpenTicket(text, text, text)), TicketOpened)
    assert len(shop.orders()) == 1
    assert lines_of(caller.say(OpenCart("call-1"))) == []


def test_a_customer_is_found_by_telephone_or_number(shop: Shop, caller: Caller) -> None:
    ann, _ = add_customer(shop.till, "Ann", "+1 (555) 010-0100")
    for digits in ("15550100100", "001 555 0100100", ann):
        assert caller.say(IdentifyCustomer(digits)) == CustomerFound(ann)
    for digits in ("5550100100", "1555010010", ann[:-1], ""):
        assert caller.say(IdentifyCustomer(digits)) == CustomerUnknown()


def test_a_ticket_keeps_the_conversation(shop: Shop, caller: Caller) -> None:
    outcome = caller.say(OpenTicket("call-1", "asked for a human", '{"turns": []}'))
    assert isinstance(outcome, TicketOpened)
    with shop.store.transaction():
        [ticket] = shop.store.tickets()
    assert (ticket["number"], ticket["call"], ticket["reason"]) == (outcome.number, "call-1", "asked for a human")
    assert ticket["summary"] == '{"turns": []}'


def test_order_numbers_do_not_collide_when_the_dice_fall_alike() -> None:
    falls = iter([7, 7, 7, 8])
    shop = Shop(kiosk(), Store(None, StandingClock()), CommerceSettings(pin_free_limit=""), draw=lambda _: next(falls))
    for number in ("100007", "100008"):
        caller = Caller(shop, number)
        caller.add("latte")
        placed = caller.say(PlaceOrder(caller.confirmed_quote().id))
        assert isinstance(placed, OrderPlaced)
        assert placed.number == number


def test_numbers_grow_when_six_digits_are_used_up() -> None:
    shop = Shop(kiosk(), Store(None, StandingClock()), draw=lambda _: 7)
    opened = [shop.execute(OpenTicket("c", "asked", "{}"), f"c/{turn}") for turn in range(3)]
    assert opened == [TicketOpened("100007"), TicketOpened("1000007"), TicketOpened("10000007")]


# ---- money --------------------------------------------------------------------------------------------------

GOODS = st.tuples(
    st.sampled_from(["latte", "toast", "cake", "water", "cheese"]),
    st.integers(1, 4),
    st.sampled_from([(), (Chosen("size", "large"),), (Chosen("milk", "oat_milk"),), BUTTER]),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(GOODS, min_size=1, max_size=6))
def test_the_total_read_aloud_is_the_total_stored(goods: list[tuple[str, int, tuple[Chosen, ...]]]) -> None:
    shop = MONEY_SHOP
    for product in ("toast", "cake", "water", "cheese"):
        shop.set_stock(product, None)
    caller = Caller(shop, f"money-{next(NUMBERS)}")
    for product, quantity, options in goods:
        caller.add(product, f"{quantity}.125" if product == "cheese" else quantity, *options)
    if not lines_of(caller.say(OpenCart(caller.call))):
        return
    quote = caller.confirmed_quote()
    placed = caller.say(PlaceOrder(quote.id))
    assert isinstance(placed, OrderPlaced)
    [stored] = [order for order in shop.orders() if order.number == placed.number]
    assert quote.total == placed.total == stored.total
    assert stored.total.minor == sum(line.total.minor for line in stored.lines)
    assert [type(line.unit_price.minor) for line in stored.lines] == [int] * len(stored.lines)


MONEY_SHOP = open_kiosk(settings=CommerceSettings(pin_free_limit="", voice_limit=""))
NUMBERS = iter(range(10**6))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coffee", "grocery", "pizzeria"])
def test_ten_thousand_carts_cost_what_their_lines_cost(name: str) -> None:
    dice = random.Random(51)
    shop = open_shop(uncounted(load_shop(SHOPS / f"{name}.toml")), None, MONEY_SHOP.till.settings)
    results = Counter(buy(shop, f"call-{number}", dice) for number in range(5000))
    assert set(results) == {True}
