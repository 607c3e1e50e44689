"""In place of what is sold out the nearest thing is offered, with the price difference, and added only on "yes"."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from commerce.edits import AddLine
from commerce.outcomes import Instead
from commerce.shelf import Shelf
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from commerce.substitutes import nearest
from nlu.intent import Simple
from tests.small_shop import StandingClock
from tests.talk import CHECKOUT, NO, YES, Talk, add
from voxcart.states import Confirming, Shopping

DAIRY = parse_shop(
    """
name = "Dairy"
currency = "USD"

[options.size]
values = ["small", { name = "large", price = 0.50 }]

[[products]]
name = "whole milk"
price = 2.00
category = "milk"
brand = "Meadow"
options = ["size"]

[[products]]
name = "skim milk"
price = 1.60
category = "milk"
brand = "Meadow"
options = ["size"]

[[products]]
name = "oat milk"
price = 2.10
category = "milk"
brand = "Field"

[[products]]
name = "barn milk"
price = 2.00
category = "milk"
brand = "Barn"
options = ["size"]

[[products]]
name = "milk powder"
price = 2.00
category = "milk"
unit = "kg"

[[products]]
name = "candle"
price = 2.00
""",
    Path("dairy.toml"),
)


def offer(product: str = "whole_milk", levels: dict[str, int] | None = None, **more: object) -> Instead | None:
    stock = {each: Decimal(level) for each, level in (levels or {}).items()}
    shelf = Shelf(DAIRY, {each.id: each.price for each in DAIRY.products}, {**stock, product: Decimal(0)})
    quantity = Decimal(str(more.get("quantity", 1)))
    options = more.get("options", ())
    assert isinstance(options, tuple)
    in_cart = more.get("in_cart", ())
    assert isinstance(in_cart, tuple)
    return nearest(AddLine(product, quantity, options), in_cart, shelf)


def test_the_same_brand_comes_before_the_same_price() -> None:
    found = offer()
    assert found is not None
    assert (found.product, found.price, found.difference.minor) == ("skim_milk", "cheaper", 40)


@pytest.mark.parametrize(
    ("levels", "in_cart", "expected"),
    [
        ({}, (), "skim_milk"),
        ({"skim_milk": 0}, (), "barn_milk"),
        ({}, ("skim_milk",), "barn_milk"),
        ({"skim_milk": 0, "barn_milk": 0}, (), "oat_milk"),
        ({"skim_milk": 0, "barn_milk": 0, "oat_milk": 0}, (), None),
    ],
)
def test_the_nearest_that_is_there(levels: dict[str, int], in_cart: tuple[str, ...], expected: str | None) -> None:
    found = offer(levels=levels, in_cart=in_cart)
    assert (found and found.product) == expected


def test_as_much_as_is_wanted_must_be_there() -> None:
    found = offer(levels={"skim_milk": 2}, quantity=3)
    assert found is not None
    assert found.product == "barn_milk"


def test_what_is_of_no_category_has_no_kin() -> None:
    assert offer("candle") is None


@pytest.fixture
def talk() -> Talk:
    shop = Shop(DAIRY, Store(None, StandingClock()))
    shop.set_stock("whole_milk", Decimal(0))
    return Talk(shop=shop)


async def test_it_is_offered_with_what_it_costs_less_and_added_on_yes(talk: Talk) -> None:
    said = await talk.says(add("whole_milk", 2))
    assert "out of whole milk" in said
    assert "two skim milks instead? That's forty cents less for each" in said
    assert talk.cart == []
    await talk.says(YES)
    assert talk.cart == ["two skim milks"]


async def test_after_a_no_nothing_is_added_and_nothing_else_offered(talk: Talk) -> None:
    await talk.says(add("whole_milk"))
    assert isinstance(talk.phase, Confirming)
    await talk.says(NO)
    assert isinstance(talk.phase, Shopping)
    assert talk.cart == []
    assert "nothing in your order" in await talk.says(CHECKOUT)


async def test_what_costs_more_or_as_much_is_said_so(talk: Talk) -> None:
    talk.shop.set_stock("skim_milk", Decimal(0))
    assert "at the same price" in await talk.says(add("whole_milk"), Simple("none"), add("whole_milk"))
    talk.shop.set_stock("barn_milk", Decimal(0))
    assert "ten cents more" in await talk.says(NO, add("whole_milk"))


async def test_the_offer_is_at_todays_price(talk: Talk) -> None:
    talk.shop.set_price("skim_milk", talk.shop.till.money(500))
    assert "three dollars more" in await talk.says(add("whole_milk"))


async def test_options_that_were_asked_for_are_kept(talk: Talk) -> None:
    said = await talk.says(add("whole_milk", 1, ("size", "large")))
    assert "a large skim milk instead" in said
    await talk.says(YES)
    assert talk.cart == ["a large skim milk"]


async def test_the_rest_of_the_order_is_taken_meanwhile(talk: Talk) -> None:
    said = await talk.says(add("candle"), add("whole_milk"))
    assert "skim milk instead" in said
    assert talk.cart == ["a candle"]


async def test_a_shop_without_a_greeting_begins_with_what_must_be_said(talk: Talk) -> None:
    assert (await talk.greet()).startswith("I'm the shop's automated assistant. What would you like?")
