"""Which meanings are in doubt, and which may stand in for another way to hear the same speech."""

from __future__ import annotations

import pytest

from nlu import intent
from nlu.intent import Add, Item, NotSold, Order, Remove, Simple
from tests.talk import COFFEE
from voice.recognizer import Transcript
from voxcart.decisions import Silent, Unclear
from voxcart.hearing import Heard, Reading, is_in_doubt

SURE = Order((Add(Item("latte")),))
GUESSED = Order((Add(Item("latte", guessed=True)),))
SIZED_AS = (intent.Choice("size", "large"),)
SIZED = Order((Add(Item("latte", options=SIZED_AS)),))
IMPOSSIBLE = Order((Add(Item("latte", options=(intent.Choice("topping", "butter"),))),))
WITHOUT = Order((Add(Item("latte", options=(intent.Choice("topping", "butter", wanted=False),))),))
OF_SEVERAL = Order((Add(Item("latte", alternatives=("mocha",))),))


def read_as(meaning: Heard, *, has_lines: bool = True) -> Reading:
    return Reading(Transcript("...", "fake"), meaning, in_doubt=is_in_doubt(meaning, COFFEE, has_lines))


@pytest.mark.parametrize(
    ("meaning", "replaceable", "can_replace"),
    [
        (SURE, False, True),
        (SIZED, False, True),
        (IMPOSSIBLE, True, False),
        (WITHOUT, False, True),
        (GUESSED, True, False),
        (OF_SEVERAL, False, True),
        (Order((Remove(intent.Ref("latte")),)), False, True),
        (Order((Add(Item("latte")),), not_sold=(NotSold("beer"),)), True, False),
        (intent.AskUnknown(NotSold("beer")), True, False),
        (intent.AskPrice(Item("latte")), False, True),
        (intent.AskPrice(Item("latte", guessed=True)), True, False),
        (Simple("yes"), False, False),
        (Simple("checkout"), False, False),
        (intent.Digits("4739"), False, False),
        (intent.Several((SURE, Simple("checkout"))), False, False),
        (intent.Several((SURE, intent.AskPrice(Item("latte")))), False, True),
        (intent.Several((Simple("yes"), GUESSED)), True, False),
        (intent.Ambiguous((SURE, Simple("no"))), False, False),
        (Unclear(), True, False),
        (Silent(), False, False),
    ],
)
def test_only_doubt_gives_way_and_only_what_is_harmless_replaces_it(
    meaning: Heard, replaceable: bool, can_replace: bool
) -> None:
    reading = read_as(meaning)
    assert (reading.replaceable, reading.can_replace) == (replaceable, can_replace)


@pytest.mark.parametrize(
    ("meaning", "in_doubt"),
    [
        (Order((Remove(intent.Ref("latte")),)), True),
        (Order((Remove(intent.Ref("latte")), Add(Item("mocha")))), False),
        (SURE, False),
        (intent.AskPrice(Item("latte")), False),
    ],
)
def test_a_change_of_an_empty_cart_is_in_doubt(meaning: Heard, in_doubt: bool) -> None:
    reading = read_as(meaning, has_lines=False)
    assert (reading.replaceable, reading.can_replace) == (in_doubt, not in_doubt)


@pytest.mark.parametrize(
    ("meaning", "topics"),
    [
        (SIZED, {"latte", ("size", "large")}),
        (OF_SEVERAL, {"latte", "mocha"}),
        (Order((Remove(intent.Ref("latte")),)), {"latte"}),
        (
            Order((intent.Replace(intent.Ref("latte"), Item("mocha")), intent.SetOptions(intent.Ref(), SIZED_AS))),
            {"latte", "mocha", ("size", "large")},
        ),
        (intent.Several((SURE, intent.AskPrice(Item("mocha")))), {"latte", "mocha"}),
        (Simple("yes"), set()),
        (Unclear(), set()),
    ],
)
def test_what_is_spoken_of(meaning: Heard, topics: set[object]) -> None:
    assert read_as(meaning).topics == topics
