"""Doubts a reading that leaves out, invents or misplaces something; keeps what only sounds doubtful."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, AskStock, Choice, Item, Order
from nlu.ledger import is_complete
from nlu.lexicon import Product as Named
from nlu.lexicon import Value
from nlu.parse import parse
from nlu.phrases import Phrase, Said
from nlu.vocabulary import Name, OptionGroup, Product, Vocabulary

EXTRAS = OptionGroup(
    "extras",
    ("extras",),
    "many",
    tuple(Name(each, (each,)) for each in ("onions", "pickles", "relish")),
    (Name("light", ("light",)),),
)
BUN = OptionGroup("bun", ("bun",), "one", (Name("sesame", ("sesame bun",)), Name("pretzel", ("pretzel bun",))))
TAKES = ("extras", "bun")
GRAMMAR = Grammar.load(
    "en",
    Vocabulary(
        "en",
        (
            Product("chili_dog", ("chili dog",), "dog", options=TAKES),
            Product("corn_dog", ("corn dog",), "dog", options=TAKES),
            Product("punch", ("three hole punch",), "office"),
            Product("pots", ("clay pots",), "garden", pack="3 pack"),
            Product("balls", ("tennis balls",), "toys", pack="3 balls"),
            Product("dog_collar", ("dog collar",), "pets", options=("extras",)),
            Product("cat_collar", ("cat collar",), "pets"),
            Product("cocoa", ("hot chocolate",), "drink"),
            Product("cookie", ("chocolate cookie",), "sweet"),
        ),
        (EXTRAS, BUN),
    ),
)
ONIONS, PICKLES, RELISH = (Choice("extras", each) for each in ("onions", "pickles", "relish"))
NO_ONIONS = Choice("extras", "onions", wanted=False)
SESAME, PRETZEL = Choice("bun", "sesame"), Choice("bun", "pretzel")
ONE, TWO = Decimal(1), Decimal(2)


def item(product: str, quantity: Decimal | None, *options: Choice) -> Item:
    return Item(product, quantity, None, options)


def dog(*options: Choice, quantity: Decimal | None = ONE) -> Item:
    return item("chili_dog", quantity, *options)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        # "Without" says again what was said just before.
        ("two chili dogs one with onions and one without", [dog(ONIONS), dog(NO_ONIONS)]),
        ("a chili dog with onions and another without", [dog(ONIONS), dog(NO_ONIONS)]),
        ("a chili dog and another with a pretzel bun", [dog(), dog(PRETZEL)]),
        # A correction takes the place of what it corrects.
        ("a chili dog with onions sorry i mean pickles", [dog(PICKLES)]),
        ("a chili dog instead of onions can i get pickles", [dog(NO_ONIONS, PICKLES)]),
        ("a chili dog with relish instead of an onions a pickles", [dog(RELISH, PICKLES, NO_ONIONS)]),
        ("a chili dog not a sesame bun a pretzel bun", [dog(PRETZEL)]),
        # What is said of both goes to both.
        ("a chili dog and a corn dog with onions both of them", [dog(ONIONS), item("corn_dog", ONE, ONIONS)]),
        (
            "two chili dogs with onions and three with pickles",
            [dog(ONIONS, quantity=TWO), dog(PICKLES, quantity=Decimal(3))],
        ),
        (
            "ten sesame bun chili dogs and two pretzel bun ones",
            [dog(SESAME, quantity=Decimal(10)), dog(PRETZEL, quantity=TWO)],
        ),
        ("chili dog light on the onions", [dog(Choice("extras", "onions", "light"), quantity=None)]),
        ("three chili dogs one with onions the rest with relish", [dog(ONIONS), dog(RELISH, quantity=TWO)]),
        ("a sesame bun chili dog with onions and the same with relish", [dog(SESAME, ONIONS), dog(SESAME, RELISH)]),
        ("a pretzel bun with a chili dog", [dog(PRETZEL)]),
        ("a chili dog with onions no relish", [dog(ONIONS, Choice("extras", "relish", wanted=False))]),
        # For whom and what for.
        ("a chili dog and for my wife a corn dog", [dog(), item("corn_dog", ONE)]),
        ("a collar for my dog", [item("dog_collar", ONE)]),
        ("this is anna can i have a chili dog for pickup at six", [dog()]),
        # Packs and numbers that are clear.
        ("two packs of tennis balls", [Item("balls", TWO, "pack")]),
        ("three three hole punches", [item("punch", Decimal(3))]),
        ("a hole punch", [item("punch", ONE)]),
        ("a set of tennis balls", [item("balls", ONE)]),
        ("a side of clay pots", [item("pots", ONE)]),
        ("chili dog onions only", [dog(ONIONS, quantity=None)]),
    ],
)
def test_what_is_clear_is_taken(text: str, items: list[Item]) -> None:
    found = parse(text, GRAMMAR)
    assert isinstance(found, Order), found
    assert [edit.item for edit in found.edits if isinstance(edit, Add)] == items
    assert len(found.edits) == len(items)


@pytest.mark.parametrize(
    "text",
    [
        "some chili dogs please",
        "a two hole punch",
        "three clay pots",
        "six tennis balls",
        "two chili dogs and one with onions",
        "add onions to two chili dogs with a sesame bun",
        "a chili dog with onions and pickles sorry i mean relish",
        "onions instead of a corn dog with the chili dog",
        "corn dogs instead of tennis balls with the chili dog",
        "a chili dog for saturday",
        "a chili dog with a pretzel bun instead of chocolate",
        "a chili dog extra sesame",
        "a chili dog in aspic",
        "a chili dog please frobnicated",
        "a chili dog i'll pick it up tomorrow",
        "a chili dog onions no relish",
        "with dog",
        "onions and pickles with the chili dog",
        "a chili dog a corn dog one",
        "a chili dog instead of onions pickles",
    ],
)
def test_what_is_left_over_makes_it_doubtful(text: str) -> None:
    found = parse(text, GRAMMAR)
    taken = [edit.item for edit in found.edits if isinstance(edit, Add)] if isinstance(found, Order) else []
    lost = isinstance(found, Order) and found.not_sold
    assert lost or all(each.guessed for each in taken), found


@pytest.mark.parametrize(("said", "packs"), [("three clay pots", 1), ("six tennis balls", 2), ("two tennis balls", 2)])
def test_pieces_of_a_pack_are_offered_as_packs_where_they_fill_them(said: str, packs: int) -> None:
    found = parse(said, GRAMMAR)
    assert isinstance(found, Order)
    [edit] = found.edits
    assert isinstance(edit, Add)
    assert edit.item.quantity == packs
    assert edit.item.guessed


def test_anything_with_a_word_is_everything_named_so() -> None:
    found = parse("do you have anything with chocolate", GRAMMAR)
    assert isinstance(found, AskStock)
    assert found.item is not None
    assert {found.item.product, *found.item.alternatives} == {"cocoa", "cookie"}


ONION_SAID = Said(Value((("extras", "onions"),)), None, True, True, 1, False)


@pytest.mark.parametrize(
    ("phrase", "complete"),
    [
        (Phrase(product=Named(("chili_dog",))), True),
        (Phrase(product=Named(("corn_dog",))), False),
        (Phrase(after=[ONION_SAID]), True),
        (Phrase(after=[Said(Value((("bun", "sesame"),)), None, True, True, 1, False)]), False),
        (Phrase(lost_options=["bacon"]), False),
        (Phrase(quantity=ONE * 3, product=Named(("chili_dog",))), False),
    ],
)
def test_every_thing_said_must_have_a_place(phrase: Phrase, complete: bool) -> None:
    assert is_complete([phrase], [Add(dog(ONIONS))], not_sold=()) == complete
