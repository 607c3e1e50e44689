"""Understands commands, references, corrections, questions and picks of a coffee bar's callers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from nlu.grammar import Grammar
from nlu.intent import (
    Add,
    AddSame,
    Ambiguous,
    AskDelivery,
    AskHours,
    AskOptions,
    AskOrder,
    AskPayment,
    AskPrice,
    AskProducts,
    AskStock,
    AskUnknown,
    Choice,
    Edit,
    Item,
    Meaning,
    Number,
    Order,
    Ref,
    Remove,
    Repeat,
    Replace,
    SetOptions,
    SetQuantity,
    Several,
    Simple,
)
from nlu.parse import parse
from tests.menus import load_menu

GRAMMAR = Grammar.load("en", load_menu("coffee")[0])
IT = Ref()
LATTE, MOCHA, TEA, MUFFIN = Ref("latte"), Ref("mocha"), Ref("black_tea"), Ref("blueberry_muffin")
LARGE, SMALL = Choice("size", "large"), Choice("size", "small")
SOY, OAT, ALMOND = Choice("milk", "soy_milk"), Choice("milk", "oat_milk"), Choice("milk", "almond_milk")
NO_SUGAR = Choice("sugar", "sugar", None, False)
NO_CREAM = Choice("milk", "cream", None, False)


def n(number: int | str) -> Decimal:
    return Decimal(number)


def item(product: str, quantity: int | None = None, *options: Choice) -> Item:
    return Item(product, None if quantity is None else n(quantity), None, options)


def order(*edits: Edit, **more: Any) -> Order:
    return Order(edits, **more)


def again(*edits: Edit) -> Order:
    return Order(edits, correction=True)


Table = list[tuple[str, Meaning]]

REMOVING: Table = [
    ("remove the latte", order(Remove(LATTE))),
    ("take off the mocha please", order(Remove(MOCHA))),
    ("take the muffin off", order(Remove(MUFFIN))),
    ("i don't want the latte anymore", order(Remove(LATTE))),
    ("can you remove the last one", order(Remove(Ref(position=-1)))),
    ("remove the second one", order(Remove(Ref(position=2)))),
    ("delete the first item", order(Remove(Ref(position=1)))),
    ("remove it", order(Remove(IT))),
    ("remove that", order(Remove(IT))),
    ("remove one latte", order(Remove(LATTE, n(1)))),
    ("remove two of the lattes", order(Remove(LATTE, n(2)))),
    ("remove one", order(Remove(IT, n(1)))),
    ("drop the large latte", order(Remove(Ref("latte", (LARGE,))))),
    ("remove the large one", order(Remove(Ref(None, (LARGE,))))),
    ("remove the latte and the mocha", order(Remove(LATTE), Remove(MOCHA))),
    ("remove the sugar", order(SetOptions(IT, (NO_SUGAR,)))),
    ("take the sugar out of the latte", order(SetOptions(LATTE, (NO_SUGAR,)))),
    ("remove everything", Simple("cancel")),
]

CHANGING: Table = [
    ("make it large", order(SetOptions(IT, (LARGE,)))),
    ("can you make it large please", order(SetOptions(IT, (LARGE,)))),
    ("make it two", order(SetQuantity(IT, n(2)))),
    ("change that to three", order(SetQuantity(IT, n(3)))),
    ("make the latte large", order(SetOptions(LATTE, (LARGE,)))),
    ("change the latte to large", order(SetOptions(LATTE, (LARGE,)))),
    ("make the second one large", order(SetOptions(Ref(position=2), (LARGE,)))),
    ("change the latte to a mocha", order(Replace(LATTE, item("mocha")))),
    ("make the latte a mocha", order(Replace(LATTE, item("mocha")))),
    ("replace the latte with a mocha", order(Replace(LATTE, item("mocha")))),
    ("swap the latte for two mochas", order(Replace(LATTE, item("mocha", 2)))),
    ("change the latte to three", order(SetQuantity(LATTE, n(3)))),
    ("change it to a mocha", order(Replace(IT, item("mocha")))),
    ("with soy milk", order(SetOptions(IT, (SOY,)))),
    ("no sugar", order(SetOptions(IT, (NO_SUGAR,)))),
    ("no sugar please", order(SetOptions(IT, (NO_SUGAR,)))),
    ("without cream", order(SetOptions(IT, (NO_CREAM,)))),
    ("add oat milk to the latte", order(SetOptions(LATTE, (OAT,)))),
    ("change the milk to soy", order(SetOptions(IT, (SOY,)))),
    ("change almond milk to soy milk", order(SetOptions(IT, (SOY,)))),
    (
        "make the latte large and the mocha small",
        order(SetOptions(LATTE, (LARGE,)), SetOptions(MOCHA, (SMALL,))),
    ),
    ("make it large and a mocha", order(SetOptions(IT, (LARGE,)), Add(item("mocha", 1)))),
    ("make it large with oat milk", order(SetOptions(IT, (LARGE, OAT)))),
]

MORE: Table = [
    ("another one", order(AddSame(IT, n(1)))),
    ("another one please", order(AddSame(IT, n(1)))),
    ("one more", order(AddSame(IT, n(1)))),
    ("two more", order(AddSame(IT, n(2)))),
    ("two more of those", order(AddSame(IT, n(2)))),
    ("the same again", order(AddSame(IT, n(1)))),
    ("same again please", order(AddSame(IT, n(1)))),
    ("another latte", order(Add(item("latte", 1)))),
    ("two more lattes", order(Add(item("latte", 2)))),
    ("one more large latte", order(Add(item("latte", 1, LARGE)))),
    ("another one with soy milk", order(AddSame(IT, n(1)), SetOptions(IT, (SOY,)))),
    ("three", Number(n(3))),
    ("just two please", Number(n(2))),
    ("two pounds", Number(n(2), "lb")),
]

CORRECTING: Table = [
    ("no i said two", again(SetQuantity(IT, n(2)))),
    ("no two", again(SetQuantity(IT, n(2)))),
    ("i meant three", again(SetQuantity(IT, n(3)))),
    ("make that three", again(SetQuantity(IT, n(3)))),
    ("no i said a mocha", again(Replace(IT, item("mocha")))),
    ("no a mocha", again(Replace(IT, item("mocha")))),
    ("sorry i meant soy milk", again(SetOptions(IT, (SOY,)))),
    ("no soy milk instead", again(SetOptions(IT, (SOY,), instead=True))),
    ("with soy milk instead", again(SetOptions(IT, (SOY,)))),
    ("actually make it a cappuccino", again(Replace(IT, item("cappuccino")))),
    ("not a latte a mocha", again(Replace(LATTE, item("mocha")))),
    ("no not a latte a mocha", again(Replace(LATTE, item("mocha")))),
    ("a mocha not a latte", again(Replace(LATTE, item("mocha")))),
    ("a mocha instead of the latte", again(Replace(LATTE, item("mocha")))),
    ("two not three", again(SetQuantity(IT, n(2)))),
    ("no remove the latte", again(Remove(LATTE))),
    ("two lattes no three lattes", order(Add(item("latte", 3)))),
    ("two lattes no three", order(Add(item("latte", 3)))),
    ("two lattes no three no four", order(Add(item("latte", 4)))),
    ("a latte sorry a mocha", order(Add(item("mocha", 1)))),
    ("two lattes no mochas", order(Add(item("mocha", 2)))),
    ("a large latte no a small one", order(Add(item("latte", 1, SMALL)))),
    ("a large latte sorry a mocha", order(Add(item("mocha", 1, LARGE)))),
    ("two lattes and a muffin no three lattes", order(Add(item("latte", 3)), Add(item("blueberry_muffin", 1)))),
    ("a latte with soy milk no oat milk", order(Add(item("latte", 1, OAT)))),
    ("remove the latte no the mocha", order(Remove(MOCHA))),
    ("make it large no small", order(SetOptions(IT, (SMALL,)))),
    ("a latte actually make it two", order(Add(item("latte", 2)))),
    ("a latte actually make that large", order(Add(item("latte", 1, LARGE)))),
]

COMPOUND: Table = [
    ("add a muffin and remove the black tea", order(Add(item("blueberry_muffin", 1)), Remove(TEA))),
    ("remove the black tea and add two lattes", order(Remove(TEA), Add(item("latte", 2)))),
    ("make the latte large and add a muffin", order(SetOptions(LATTE, (LARGE,)), Add(item("blueberry_muffin", 1)))),
    ("undo that and read my cart", Several((Simple("undo"), Simple("read_cart")))),
    ("a latte and that's all", Several((order(Add(item("latte", 1))), Simple("checkout")))),
    ("a latte and how much is a muffin", Several((order(Add(item("latte", 1))), AskPrice(item("blueberry_muffin"))))),
    ("hello can i get a latte please thank you", order(Add(item("latte", 1)))),
    (
        "remove the last one and make the first one large",
        order(Remove(Ref(position=-1)), SetOptions(Ref(position=1), (LARGE,))),
    ),
    (
        "a latte then a mocha then an espresso",
        order(Add(item("latte", 1)), Add(item("mocha", 1)), Add(item("espresso", 1))),
    ),
]

ASKING: Table = [
    ("how much is a latte", AskPrice(item("latte"))),
    ("how much are two lattes", AskPrice(item("latte", 2))),
    ("what does a large latte cost", AskPrice(item("latte", None, LARGE))),
    ("what's the price of the muffin", AskPrice(item("blueberry_muffin"))),
    ("how much is the mocha with soy milk", AskPrice(item("mocha", None, SOY))),
    ("how much does it cost", AskPrice()),
    ("do you have croissants", AskStock(item("croissant"))),
    ("do you have any muffins left", AskStock(item("blueberry_muffin"))),
    ("is the croissant available", AskStock(item("croissant"))),
    ("have you got bagels", AskStock(item("bagel"))),
    ("what teas do you have", AskProducts("tea")),
    ("what kind of coffees do you have", AskProducts("coffee")),
    ("what do you have", AskProducts()),
    ("what's on the menu", AskProducts()),
    ("what kinds of milk do you have", AskOptions(None, "milk")),
    ("which sizes are there", AskOptions(None, "size")),
    ("do you have oat milk", AskOptions(None, "milk")),
    ("what can i have with the latte", AskOptions("latte")),
    ("when are you open", AskHours()),
    ("are you open on sunday", AskHours("sunday")),
    ("what time do you close today", AskHours("today")),
    ("are you open right now", AskHours("now")),
    ("when do you open tomorrow", AskHours("tomorrow")),
    ("do you deliver", AskDelivery()),
    ("how much is delivery", AskDelivery()),
    ("can i pay by card", AskPayment()),
    ("do you take cash", AskPayment()),
    ("where is my order 123456", AskOrder("123456")),
    ("where is my order one two three four five six", AskOrder("123456")),
    ("what's the status of my order", AskOrder()),
    ("where's my order number 12 34 56", AskOrder("123456")),
]

PLAIN = {
    "help": ["help", "can you help me", "what can i say", "help please"],
    "human": [
        "i want to talk to a human",
        "agent please",
        "can i speak to a person",
        "transfer me to someone",
        "operator",
    ],
    "cancel": ["cancel", "cancel this order", "cancel everything", "start over", "forget it"],
    "goodbye": ["goodbye", "bye bye", "okay bye", "thanks bye", "have a nice day"],
    "undo": ["undo", "undo that", "go back", "take that back"],
    "redo": ["redo", "redo that"],
    "read_cart": ["read my cart", "what's in my cart", "what do i have", "what's my total", "read back my order"],
    "checkout": [
        "that's all",
        "that's it",
        "check out",
        "i'd like to pay",
        "nothing else",
        "no that's all",
        "i'm done",
    ],
    "more": ["more options", "what else", "anything else", "tell me more"],
    "none": ["none of those", "neither", "none of them"],
    "pause": ["one moment please", "hold on a second", "give me a minute", "just a second"],
    "thanks": ["thank you", "thanks a lot"],
    "greet": ["hello", "hi there", "good morning"],
    "backchannel": ["uh huh", "okay", "i see", "mm hmm"],
    "alert": ["tell me when it's back", "please let me know when you have it again", "call me once it's available"],
    "no_contact": ["don't call me again", "no more reminders please", "stop contacting me", "unsubscribe"],
    "no_recording": ["do not record me", "please stop recording", "don't record this call"],
}

SAYING_AGAIN: Table = [
    ("repeat that", Repeat()),
    ("say that again please", Repeat()),
    ("pardon", Repeat()),
    ("i didn't get that", Repeat()),
    ("slower please", Repeat("slower")),
    ("can you speak louder", Repeat("louder")),
    ("too long", Repeat("shorter")),
]


@pytest.mark.parametrize(
    ("text", "meaning"), REMOVING + CHANGING + MORE + CORRECTING + COMPOUND + ASKING + SAYING_AGAIN
)
def test_meaning(text: str, meaning: Meaning) -> None:
    assert parse(text, GRAMMAR, "order") == meaning


@pytest.mark.parametrize(("text", "name"), [(text, name) for name, texts in PLAIN.items() for text in texts])
def test_simple(text: str, name: str) -> None:
    meaning = parse(text, GRAMMAR, "order")
    assert isinstance(meaning, Simple)
    assert meaning.name == name


@pytest.mark.parametrize("expecting", ["order", "yes_no", "digits", "choice"])
@pytest.mark.parametrize("name", ["help", "human", "cancel", "goodbye", "read_cart", "undo"])
def test_what_may_be_said_anywhere(name: str, expecting: str) -> None:
    assert parse(PLAIN[name][0], GRAMMAR, expecting) == Simple(name)  # type: ignore[arg-type]


# ---- what is not sold, not certain or not said ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lost", "nearest"),
    [
        ("can i get a pumpkin latte", "pumpkin latte", "latte"),
        ("a flat white please", "flat white", None),
        ("give me a smoothie", "smoothie", None),
    ],
)
def test_what_is_not_sold_is_said_to_be(text: str, lost: str, nearest: str | None) -> None:
    meaning = parse(text, GRAMMAR)
    assert isinstance(meaning, Order)
    assert meaning.edits == ()
    assert meaning.not_sold[0].text == lost
    if nearest:
        assert meaning.not_sold[0].nearest[0] == nearest


def test_what_is_sold_is_taken_beside_what_is_not() -> None:
    meaning = parse("two lattes and a dragonfruit smoothie", GRAMMAR)
    assert isinstance(meaning, Order)
    assert meaning.edits == (Add(item("latte", 2)),)
    assert [lost.text for lost in meaning.not_sold] == ["dragonfruit smoothie"]


def test_asking_for_what_is_not_sold() -> None:
    meaning = parse("do you have sushi", GRAMMAR)
    assert isinstance(meaning, AskUnknown)
    assert meaning.not_sold.text == "sushi"


def test_a_misheard_name_is_a_guess() -> None:
    meaning = parse("a capuchino", GRAMMAR)
    assert isinstance(meaning, Order)
    assert meaning.edits == (Add(Item("cappuccino", n(1), guessed=True)),)


def test_several_products_that_fit_are_alternatives() -> None:
    meaning = parse("a tea please", GRAMMAR)
    assert isinstance(meaning, Order)
    (edit,) = meaning.edits
    assert isinstance(edit, Add)
    assert {edit.item.product, *edit.item.alternatives} == {"black_tea", "green_tea"}


def test_two_sizes_of_one_thing_are_asked_about() -> None:
    meaning = parse("a large latte small", GRAMMAR)
    assert isinstance(meaning, Ambiguous)
    assert len(meaning.readings) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the train to boston was late again yesterday",
        "i was talking to my cousin about his new house in the mountains",
        "a latte with",
        "give me a",
        "ounce",
        "that",
        "that now can you",
        "these today",
    ],
)
def test_what_makes_no_sense_is_not_understood(text: str) -> None:
    meaning = parse(text, GRAMMAR)
    assert meaning is None or (isinstance(meaning, Order) and not meaning.edits)
