"""Understands what is said of a part of what was ordered, of several things at once, and of packs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, Choice, Edit, Item, Keep, Meaning, Order, Ref, Remove, Replace, SetOptions, SetQuantity
from nlu.parse import parse
from nlu.vocabulary import Name, OptionGroup, Product, Vocabulary

MILK = OptionGroup("milk", ("milk",), "one", (Name("soy", ("soy milk",)), Name("oat", ("oat milk",))))
ICE = OptionGroup("ice", ("ice",), "one", (Name("no_ice", ("no ice",)), Name("less_ice", ("light ice",))))
SIDE = OptionGroup("side", ("side dish",), "one", (Name("fries", ("fries",)), Name("salad", ("salad",))))
DRINK = OptionGroup("drink", ("beverage",), "one", (Name("cola", ("cola",)), Name("tea", ("iced tea",))))
MENU = Vocabulary(
    "en",
    (
        Product("latte", ("latte",), "coffee", options=("milk", "ice")),
        Product("mocha", ("mocha",), "coffee", options=("milk", "ice")),
        Product("menu", ("lunch menu",), "meal", options=("side", "drink")),
        Product("cola", ("cola",), "cold"),
        Product("fries", ("fries",), "meal"),
        Product("eggs", ("eggs",), "food", pack="dozen"),
        Product("rolls", ("paper towels",), "house", pack="6 rolls"),
        Product("ham", ("smoked ham",), "food", unit="lb"),
        Product("cheese", ("swiss cheese",), "food", unit="lb"),
        Product("salad_ham", ("ham salad",), "meal"),
        Product("cats", ("the three cats",), "book"),
        Product("cream", ("spf 50 cream",), "house"),
        Product("oolong", ("peach oolong",), "tea"),
    ),
    (MILK, ICE, SIDE, DRINK),
    (Name("tea", ("fruit tea",)),),
)
GRAMMAR = Grammar.load("en", MENU)
SOY, OAT = Choice("milk", "soy"), Choice("milk", "oat")
NO_ICE, LESS_ICE = Choice("ice", "no_ice"), Choice("ice", "less_ice")
FRIES, COLA = Choice("side", "fries"), Choice("drink", "cola")
ONE = Decimal(1)


def item(product: str, quantity: str | None = None, *options: Choice, unit: str | None = None) -> Item:
    return Item(product, None if quantity is None else Decimal(quantity), unit, options)


def pounds(ham: str, cheese: str) -> tuple[Item, Item]:
    return item("ham", ham, unit="lb"), item("cheese", cheese, unit="lb")


def adds(*items: Item) -> tuple[Edit, ...]:
    return tuple(Add(each) for each in items)


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        # Parts of what was ordered.
        ("two lattes one with soy and one with oat", adds(item("latte", "1", SOY), item("latte", "1", OAT))),
        ("two lattes make one of them light ice", adds(item("latte", "1", LESS_ICE), item("latte", "1"))),
        ("one with soy and one with oat", (SetOptions(Ref(), (SOY,), ONE), SetOptions(Ref(), (OAT,), ONE))),
        ("make one of them light ice", (SetOptions(Ref(), (LESS_ICE,), ONE),)),
        ("swap one latte for a mocha", (Remove(Ref("latte"), ONE), Add(item("mocha", "1")))),
        ("a latte and a mocha both with soy milk", adds(item("latte", "1", SOY), item("mocha", "1", SOY))),
        # What is there already.
        ("remove the last two", (Remove(Ref(position=-1)), Remove(Ref(position=-2)))),
        ("remove the first two", (Remove(Ref(position=1)), Remove(Ref(position=2)))),
        ("take out the first one", (Remove(Ref(position=1)),)),
        ("change the last one to light ice", (SetOptions(Ref(position=-1), (LESS_ICE,)),)),
        ("keep the latte", (Keep(Ref("latte")),)),
        ("remove the latte no wait keep it", (Keep(Ref("latte")),)),
        ("remove the mocha and keep the latte", (Remove(Ref("mocha")), Keep(Ref("latte")))),
        ("soy milk in that", (SetOptions(Ref(), (SOY,)),)),
        ("add soy milk to that", (SetOptions(Ref(), (SOY,)),)),
        ("make it a dozen", (SetQuantity(Ref(), ONE, "dozen"),)),
        ("instead of the latte give me a mocha", (Replace(Ref("latte"), item("mocha")),)),
        # The other choice of a menu, or one more thing.
        (
            "a lunch menu with fries and a cola",
            adds(item("menu", "1", FRIES, COLA)),
        ),
        ("a latte with soy milk and a cola", adds(item("latte", "1", SOY), item("cola", "1"))),
        # Every way to decline.
        ("a latte without ice", adds(item("latte", "1", NO_ICE))),
        ("a latte with no ice", adds(item("latte", "1", NO_ICE))),
        # Packs and weights.
        ("a dozen eggs", adds(item("eggs", "1"))),
        ("two dozen eggs", adds(item("eggs", "2"))),
        ("a couple dozen lattes", adds(item("latte", "24"))),
        ("twelve rolls of paper towels", adds(item("rolls", "2"))),
        ("two packs of paper towels", adds(item("rolls", "2", unit="pack"))),
        ("half a pound each of ham and cheese", adds(*pounds("0.5", "0.5"))),
        ("a pound and a half of ham", adds(item("ham", "1.5", unit="lb"))),
        (
            "a pound of ham and a quarter pound of cheese",
            adds(item("ham", "1", unit="lb"), item("cheese", ".25", unit="lb")),
        ),
        ("a pair of lattes", adds(item("latte", "2"))),
        ("two pairs of eggs", adds(item("eggs", "2"))),
        ("five pound bag of ham", adds(item("ham", "5", unit="lb"))),
        # Names.
        ("three cats", adds(item("cats"))),
        ("two of the three cats", adds(item("cats", "2"))),
        ("cream spf 50", adds(item("cream"))),
        ("a peach oolong tea", adds(item("oolong", "1"))),
        ("two copies of the three cats", adds(item("cats", "2"))),
        ("the three cats twice", adds(item("cats", "2"))),
    ],
)
def test_what_becomes_of_the_cart(text: str, edits: tuple[Edit, ...]) -> None:
    found = parse(text, GRAMMAR)
    assert isinstance(found, Order), found
    assert (found.edits, found.not_sold) == (edits, ()), text


@pytest.mark.parametrize(
    "text",
    [
        "half a dozen eggs",
        "two rolls of paper towels",
        "a pair of eggs",
        "a five pound bag of lattes",
        "a dozen lattes half soy half oat",
    ],
)
def test_parts_of_things_are_no_certain_order(text: str) -> None:
    found = parse(text, GRAMMAR)
    certain = isinstance(found, Order) and any(isinstance(edit, Add) and not edit.item.guessed for edit in found.edits)
    assert not certain, found


@pytest.mark.parametrize(
    "text",
    [
        "that's too expensive",
        "give me a minute to think about it",
        "set an alarm for six",
        "a bowl of ramen extra cheese",
        "instead of the latte",
        "paper towels for a mocha",
        "a salad of eggs",
        "two how lattes",
        "two have a latte",
        "to have lattes please",
        "keep",
    ],
)
def test_words_that_belong_to_nothing_make_no_order(text: str) -> None:
    found: Meaning | None = parse(text, GRAMMAR)
    assert not (isinstance(found, Order) and found.edits), found


@pytest.mark.parametrize(
    "talk",
    [
        "has joined the conference",
        "that",
        "your passwords have been changed",
        "they have been carried away by monkeys",
    ],
)
def test_talk_about_things_nobody_sells_is_no_order(talk: str) -> None:
    assert parse(talk, GRAMMAR) is None


@pytest.mark.parametrize("said", ["i'd like a pizza", "a pizza please", "two burgers", "pizza"])
def test_asking_for_what_is_not_sold_is_an_order_that_says_so(said: str) -> None:
    meaning = parse(said, GRAMMAR)
    assert isinstance(meaning, Order)
    assert meaning.not_sold
