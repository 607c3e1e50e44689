"""A second chance for names only, with a cut-off, a margin and a flag that it was a guess."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, Number, Order
from nlu.lexicon import Product
from nlu.parse import parse
from nlu.settings import NluSettings
from nlu.vocabulary import Name, OptionGroup, Vocabulary
from nlu.vocabulary import Product as Sold

SIZES = OptionGroup("size", ("size",), "one", (Name("large", ("large",)), Name("small", ("small",))))
SHOP = Vocabulary(
    "en",
    tuple(
        Sold(name.replace(" ", "_"), (name,), options=("size",))
        for name in (
            "cappuccino",
            "espresso",
            "raspberry muffin",
            "chamomile tea",
            "apple pie",
            "apple pies box",
            "croissant",
        )
    ),
    (SIZES,),
)
GRAMMAR = Grammar.load("en", SHOP)


def guessed(text: str, grammar: Grammar = GRAMMAR) -> str | None:
    """The product that was guessed, if nothing else was understood."""
    meaning = parse(text, grammar)
    if not isinstance(meaning, Order) or len(meaning.edits) != 1 or meaning.not_sold:
        return None
    edit = meaning.edits[0]
    return edit.item.product if isinstance(edit, Add) and edit.item.guessed else None


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("a capuchino", "cappuccino"),
        ("two expressos please", "espresso"),
        ("a rasberry muffin", "raspberry_muffin"),
        ("large camomile tea", "chamomile_tea"),
        ("one croisant", "croissant"),
    ],
)
def test_what_is_nearly_a_name_is_guessed(text: str, product: str) -> None:
    assert guessed(text) == product


@pytest.mark.parametrize("text", ["a sandwich", "a coke", "an omelette", "a banana muffin", "fried chicken", "a pizza"])
def test_what_is_no_name_is_not_guessed(text: str) -> None:
    assert guessed(text) is None
    meaning = parse(text, GRAMMAR)
    assert isinstance(meaning, Order)
    assert not meaning.edits
    assert meaning.not_sold


def test_between_two_near_names_none_is_guessed() -> None:
    shop = Vocabulary("en", (Sold("a", ("marlberry jam",)), Sold("b", ("marlbarry jam",))))
    assert guessed("marlbirry jam", Grammar.load("en", shop)) is None


def test_the_cut_off_is_a_setting() -> None:
    strict = Grammar.load("en", SHOP, NluSettings(fuzzy_cutoff=99.0))
    assert guessed("a capuchino", strict) is None


@pytest.mark.parametrize("text", ["too", "fore", "ate", "for", "won", "tree", "yess", "noo", "yeh"])
def test_numbers_and_answers_get_no_second_chance(text: str) -> None:
    meaning = parse(text, GRAMMAR, "yes_no")
    assert not isinstance(meaning, Number)
    assert meaning is None or isinstance(meaning, Order)


def test_other_spaces_are_no_guess() -> None:
    found = GRAMMAR.second_chance.match("cham omile tea")
    assert found is not None
    assert found[1] == Product(("chamomile_tea",))


def test_the_nearest_are_offered_best_first() -> None:
    assert GRAMMAR.second_chance.nearest("banana muffin")[0] == "raspberry_muffin"
    assert GRAMMAR.second_chance.nearest("green tea")[0] == "chamomile_tea"


@pytest.mark.parametrize(("one", "other"), [("capuccino", "kapputschino"), ("phish", "fish"), ("knight", "nite")])
def test_what_sounds_alike_has_nearly_one_key(one: str, other: str) -> None:
    sound = GRAMMAR.second_chance.sound
    assert abs(len(sound(one)) - len(sound(other))) <= 2
    assert sound(one)[:1] == sound(other)[:1]


@pytest.mark.parametrize(("text", "offers"), [("cross", False), ("rasberry", True), ("raspberri mufin", True)])
def test_a_short_word_must_be_nearer_than_a_long_one_to_be_offered_something(text: str, offers: bool) -> None:
    assert bool(GRAMMAR.second_chance.nearest(text)) == offers
