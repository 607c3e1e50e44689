"""Understands what is said when digits, a choice or an option was asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, Choice, Digits, Item, Meaning, Number, Order, Pick, Simple
from nlu.parse import parse
from tests.menus import load_menu

GRAMMAR = Grammar.load("en", load_menu("coffee")[0])
LARGE = Choice("size", "large")


@pytest.mark.parametrize(
    ("text", "digits", "clear"),
    [
        ("one two three four", "1234", True),
        ("my pin is four seven one nine", "4719", True),
        ("twelve thirty four", "1234", True),
        ("double five oh one", "5501", True),
        ("zero zero seven", "007", True),
        ("5 5 5 0 1 0 0", "5550100", True),
        ("1234", "1234", True),
        ("it's 4 7 1 9 please", "4719", True),
        ("four seven uh one nine", "4719", True),
        ("triple zero one", "0001", True),
        ("nineteen eighty", "1980", True),
        ("four banana one nine", "419", False),
    ],
)
def test_digits(text: str, digits: str, clear: bool) -> None:
    assert parse(text, GRAMMAR, "digits") == Digits(digits, clear)


@pytest.mark.parametrize("text", ["i forgot it", "what pin", "hmm let me see"])
def test_words_are_no_digits(text: str) -> None:
    assert not isinstance(parse(text, GRAMMAR, "digits"), Digits)


OFFERED = ("latte", "iced_mocha", "house_coffee")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("the second one", Pick(position=2)),
        ("second", Pick(position=2)),
        ("the last one please", Pick(position=-1)),
        ("number two", Pick(position=2)),
        ("the latte", Pick(product="latte")),
        ("a latte please", Pick(product="latte")),
        ("the iced one", Pick(product="iced_mocha")),
        ("i'll have the house coffee", Pick(product="house_coffee")),
        ("the cheaper one", Pick(by="cheapest")),
        ("the cheapest", Pick(by="cheapest")),
        ("the most expensive one", Pick(by="dearest")),
        ("the one with soy milk", Pick(options=(Choice("milk", "soy_milk"),))),
        ("the large one", Pick(options=(LARGE,))),
        ("none of those", Simple("none")),
        ("more", Simple("more")),
        ("what else do you have", Simple("more")),
        ("yes", Simple("yes")),
        ("no", Simple("no")),
        ("two espressos", Order((Add(Item("espresso", Decimal(2))),))),
    ],
)
def test_picking(text: str, meaning: Meaning) -> None:
    assert parse(text, GRAMMAR, "choice", OFFERED) == meaning


@pytest.mark.parametrize("text", ["large", "large please", "the large one", "i'd like large"])
def test_picking_an_option(text: str) -> None:
    assert parse(text, GRAMMAR, "choice", ("size", "latte")) == Pick(options=(LARGE,))


def test_one_of_three_words_is_a_number_where_a_quantity_was_asked() -> None:
    assert parse("three", GRAMMAR, "order", ("latte",)) == Number(Decimal(3))


@pytest.mark.parametrize("expecting", ["order", "yes_no", "choice"])
@pytest.mark.parametrize("text", ["actually", "um actually", "i mean", "or rather"])
def test_who_only_begins_has_answered_nothing(text: str, expecting: str) -> None:
    assert parse(text, GRAMMAR, expecting) == Simple("backchannel")


@pytest.mark.parametrize("text", ["no actually", "no wait", "actually no"])
def test_a_no_among_it_is_one(text: str) -> None:
    assert parse(text, GRAMMAR, "yes_no") == Simple("no")
