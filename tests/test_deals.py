"""Deals of the shop file: for some days, in the shop's time zone; the price charged is the price spoken."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalog import Deal
from commerce.commands import ConfirmQuote, PlaceOrder, PriceChanged
from commerce.deals import price_today, running
from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from nlu.intent import AskPrice, Item, Simple
from tests.small_shop import Caller, StandingClock
from tests.talk import CHECKOUT, YES, Talk, add

BAKERY = """
name = "Bakery"
currency = "USD"
time_zone = "America/New_York"

[options.size]
values = ["small", { name = "large", price = 1.00 }]

[[products]]
name = "loaf"
price = 4.00
category = "bread"
options = ["size"]

[[products]]
name = "roll"
price = 0.55
category = "bread"

[[products]]
name = "cheese"
price = 8.00
unit = "kg"

[[deals]]
product = "loaf"
price = 3.00
starts = 2030-05-01
ends = 2030-05-02

[[deals]]
category = "bread"
percent = 10
ends = 2030-05-03

[[deals]]
product = "cheese"
price = 7.00
starts = 2030-06-01
"""
CATALOG = parse_shop(BAKERY, Path("bakery.toml"))
DEALS = Simple("deals")


def talk(month: int, day: int, hour: int = 12) -> Talk:
    clock = StandingClock()
    clock.time = datetime(2030, month, day, hour, tzinfo=UTC)
    return Talk(shop=Shop(CATALOG, Store(None, clock), CommerceSettings(pin_free_limit="")), clock=clock)


def cents(product: str, day: date) -> int:
    found = CATALOG.by_id[product]
    return price_today(found, found.price, CATALOG, day).minor


def test_the_lowest_running_deal_counts_and_they_do_not_add_up() -> None:
    assert [cents("loaf", date(2030, 5, day)) for day in (1, 2, 3, 4)] == [300, 300, 360, 400]
    assert cents("loaf", date(2030, 4, 30)) == 360
    assert cents("roll", date(2030, 5, 3)) == 50, "0.495 is rounded half up"
    assert cents("cheese", date(2030, 5, 31)) == 800
    assert cents("cheese", date(2040, 1, 1)) == 700


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 100), st.booleans()), max_size=4),
)
def test_no_deal_makes_anything_dearer_or_pays_the_customer(price: int, made: list[tuple[int, int, bool]]) -> None:
    deals = tuple(
        Deal("roll", price=Money(at, "USD")) if fixed else Deal("roll", percent=off) for at, off, fixed in made
    )
    catalog = parse_shop(BAKERY.split("[[deals]]")[0], Path("bakery.toml"))
    object.__setattr__(catalog, "deals", deals)
    now = price_today(catalog.by_id["roll"], Money(price, "USD"), catalog, date(2030, 5, 1))
    assert 0 <= now.minor <= price


async def test_the_price_spoken_is_the_price_charged() -> None:
    line = talk(5, 1)
    assert "three dollars" in await line.says(AskPrice(Item("loaf")))
    await line.says(add("loaf", 2), add("loaf", 1, ("size", "large")), add("roll", 2))
    assert "eleven dollars altogether" in await line.says(CHECKOUT)
    await line.says(YES)
    [order] = line.shop.orders()
    assert order.total.minor == 2 * 300 + 400 + 2 * 50 == sum(each.total.minor for each in order.lines)


async def test_what_runs_today_is_told_and_what_is_over_is_not() -> None:
    told = await talk(5, 1).says(DEALS)
    assert "a loaf for three dollars" in told
    assert "ten percent off bread" in told
    assert "cheese" not in told
    told = await talk(5, 3).says(DEALS)
    assert "loaf" not in told
    assert "bread" in told
    assert "nothing special" in await talk(5, 5).says(DEALS)
    assert "cheese for seven dollars per kilo" in await talk(6, 1).says(DEALS)


async def test_the_day_is_that_of_the_shop() -> None:
    """At two in the morning in London it is still the evening before in New York."""
    assert cents("loaf", talk(5, 3, 2).shop.till.today()) == 300
    assert cents("loaf", talk(5, 3, 5).shop.till.today()) == 360


def test_a_deal_that_ends_before_the_yes_is_a_changed_price() -> None:
    clock = StandingClock()
    clock.time = datetime(2030, 5, 3, 3, 59, 50, tzinfo=UTC)
    caller = Caller(Shop(CATALOG, Store(None, clock), CommerceSettings(pin_free_limit="")))
    caller.add("loaf")
    quote = caller.quote()
    assert quote.total.minor == 300
    caller.say(ConfirmQuote(quote.id))
    clock.move(seconds=20)
    changed = caller.say(PlaceOrder(quote.id))
    assert isinstance(changed, PriceChanged)
    assert (changed.old_total.minor, changed.quote.total.minor) == (300, 360)


def test_days_are_included() -> None:
    deal = Deal("roll", percent=1, starts=date(2030, 1, 2), ends=date(2030, 1, 3))
    assert [bool(running([deal], date(2030, 1, day))) for day in (1, 2, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("deal", "said"),
    [
        ('product = "lofa"\npercent = 5', "did you mean 'loaf'"),
        ("percent = 5", "either a 'product' or a 'category'"),
        ('product = "loaf"\ncategory = "bread"\npercent = 5', "either a 'product' or a 'category'"),
        ('product = "loaf"', "either a 'price' or 'percent'"),
        ('product = "loaf"\npercent = 0', "from 1 to 100"),
        ('product = "loaf"\npercent = 101', "from 1 to 100"),
        ('product = "loaf"\nprice = -1', "below 0"),
        ('product = "loaf"\npercent = 5\nstarts = 2030-05-02\nends = 2030-05-01', "before it starts"),
        ('product = "loaf"\npercent = 5\nstarts = "soon"', "starts"),
        ('product = "loaf"\npercent = 5\nuntil = 2030-05-01', "'until'"),
    ],
)
def test_a_wrong_deal_is_named(deal: str, said: str) -> None:
    with pytest.raises(ShopFileError) as raised:
        parse_shop(f"{BAKERY}\n[[deals]]\n{deal}\n", Path("bakery.toml"))
    assert said in str(raised.value)
    assert "[[deals]] number 4" in str(raised.value)
