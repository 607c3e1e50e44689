"""Quantities that are taken for each other by ear are asked about, however well they were heard."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from nlu import intent
from nlu.intent import Add, Digits, Item, Order, Ref, SetQuantity
from nlu.language import load_language
from tests.talk import CHECKOUT, NO, YES, Talk, add
from voxcart.build import open_mind, open_shop
from voxcart.config import Config, StoreChoice
from voxcart.states import AskingQuantity, ConfirmingQuantity, Shopping

CLOSE = load_language("en").close_numbers


@pytest.fixture
def talk() -> Talk:
    return Talk(close_numbers=CLOSE)


@pytest.mark.parametrize("number", sorted(each for each in CLOSE if each < 20))
async def test_a_close_number_is_asked_about(talk: Talk, number: Decimal) -> None:
    answer = await talk.says(add("latte", int(number)))
    assert isinstance(talk.phase, ConfirmingQuantity)
    assert "Did you really say" in answer
    assert talk.cart == []
    await talk.says(YES)
    assert talk.phase == Shopping()
    [line] = talk.mind.snapshot()[1].lines
    assert line.quantity == number


async def test_other_numbers_are_not(talk: Talk) -> None:
    await talk.says(add("latte", 12))
    assert talk.cart == ["twelve medium lattes"]


async def test_no_asks_for_the_number(talk: Talk) -> None:
    await talk.says(add("latte", 16), NO)
    assert isinstance(talk.phase, AskingQuantity)
    await talk.says(intent.Number(Decimal(6)))
    assert talk.cart == ["six medium lattes"]


async def test_the_right_number_at_once_is_taken(talk: Talk) -> None:
    await talk.says(add("latte", 16), Digits("6"))
    assert talk.cart == ["six medium lattes"]


async def test_the_rest_of_the_order_does_not_wait(talk: Talk) -> None:
    await talk.says(Order((*add("mocha", 2).edits, Add(Item("latte", Decimal(16))))))
    assert talk.cart == ["two medium mochas"]
    await talk.says(YES)
    assert talk.cart == ["two medium mochas", "sixteen medium lattes"]


async def test_a_change_of_a_line_is_asked_about_too(talk: Talk) -> None:
    await talk.says(add("latte", 2), Order((SetQuantity(Ref("latte"), Decimal(15)),)))
    assert talk.cart == ["two medium lattes"]
    await talk.says(YES)
    assert talk.cart == ["fifteen medium lattes"]


async def test_nothing_is_bought_before_it_is_answered(talk: Talk) -> None:
    await talk.says(add("mocha"), add("latte", 14), CHECKOUT, CHECKOUT)
    assert isinstance(talk.phase, ConfirmingQuantity)
    assert talk.shop.orders() == ()


@pytest.mark.parametrize("typed", [True, False])
async def test_only_what_is_spoken_can_be_misheard(typed: bool, tmp_path: Path) -> None:
    front = open_shop(Config(base=tmp_path, store=StoreChoice("shop.db")), "coffee")
    try:
        tools = open_mind(front, "call-1", typed=typed)._tools
        assert tools.close_numbers == (frozenset() if typed else CLOSE)
    finally:
        front.close()
