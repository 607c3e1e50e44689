"""What people tell in their own words: kept as it was said, with the reason it names; asides are still asides."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, Digits, Item, Meaning, Order, Pick, Reason, Repeat, Said, Simple, SimpleName
from nlu.parse import parse
from tests.menus import load_menu

GRAMMAR = Grammar.load("en", load_menu("coffee")[0])


def told(text: str) -> Meaning | None:
    return parse(text, GRAMMAR, "told")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("it took so long", "late"),
        ("my order never arrived", "late"),
        ("the bagel was missing", "missing"),
        ("you forgot half of it", "missing"),
        ("it's not what i ordered", "wrong"),
        ("i got something else", "wrong"),
        ("the cup was broken", "damaged"),
        ("it doesn't work", "damaged"),
        ("the coffee was cold", "quality"),
        ("it tasted awful", "quality"),
        ("the driver was very rude", "unfriendly"),
        ("she was not friendly at all", "unfriendly"),
        ("you charged me twice", "price"),
        ("i was given the wrong change", "price"),
        ("i don't need it anymore", "unwanted"),
        ("i changed my mind", "unwanted"),
        ("no reason", "unwanted"),
        ("the music is not to my taste", None),
        ("what is it with you people", None),
    ],
)
def test_a_reason_is_heard_in_what_is_told(text: str, reason: Reason | None) -> None:
    assert told(text) == Said(text, reason)


def test_it_is_kept_as_it_was_written() -> None:
    assert told("  It was COLD,\n and Ann's lid leaked! ") == Said("It was COLD, and Ann's lid leaked!", "quality")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("no", "no"), ("no thank you", "no"), ("nope", "no"), ("yes", "yes"), ("goodbye", "goodbye")),
        *(("help", "help"), ("can i talk to a person", "human"), ("one moment please", "pause"), ("stop", "stop")),
        *(("um no", "no"), ("that's all", "checkout"), ("don't record me", "no_recording")),
    ],
)
def test_what_is_meant_for_the_assistant_is_no_story(text: str, name: SimpleName) -> None:
    assert told(text) == Simple(name)


def test_what_was_said_is_repeated_and_fillers_tell_nothing() -> None:
    assert told("what did you say") == Repeat()
    assert told("um") is None
    assert told("") is None


@pytest.mark.parametrize("text", ["all of it", "everything", "all of them please", "both", "the whole order"])
def test_all_of_it_is_an_answer_where_parts_were_named(text: str) -> None:
    assert parse(text, GRAMMAR, "order", ("latte", "bagel")) == Simple("all")
    assert parse(text, GRAMMAR, "order") != Simple("all")


def test_parts_are_named_as_goods_are() -> None:
    assert parse("one of the lattes", GRAMMAR, "order", ("latte",)) == Order((Add(Item("latte", 1)),))
    assert parse("the first one", GRAMMAR, "order", ("latte", "bagel")) == Pick(1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("i want to return my order", "return_order"),
        ("i'd like to send something back", "return_order"),
        ("can i return the latte", "return_order"),
        ("i want my money back", "return_order"),
        ("i'd like to exchange something", "exchange_order"),
        ("i need a replacement", "exchange_order"),
        ("i have a complaint", "complain"),
        ("i want to complain about the driver", "complain"),
        ("my order was late", "complain"),
        ("what about my complaint", "ask_complaint"),
        ("has my complaint been answered", "ask_complaint"),
    ],
)
def test_what_a_caller_wants_after_the_purchase(text: str, name: SimpleName) -> None:
    assert parse(text, GRAMMAR) == Simple(name)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("cancel my order", Simple("cancel_order")),
        ("change my order", Simple("change_order")),
        ("i want to cancel the order", Simple("cancel_order")),
        ("take that back", Simple("undo")),
        ("everything on my order please", None),
    ],
)
def test_their_neighbours_keep_their_meaning(text: str, meaning: Meaning | None) -> None:
    assert parse(text, GRAMMAR) == meaning


def test_where_a_number_is_asked_for_it_counts_first() -> None:
    assert parse("four one two", GRAMMAR, "digits") == Digits("412")
    assert GRAMMAR.phrases("told") == [], "anything may be heard"
