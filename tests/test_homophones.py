"""Small words that sound like numbers, as the recogniser has been heard to write them."""

from __future__ import annotations

import pytest

from nlu.homophones import reheard
from nlu.language import load_language


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("to latte is", "two latte"),
        ("three latte is", "three latte"),
        ("to large latte", "two large latte"),
        ("to iced mocha is please", "two iced mocha please"),
        ("can i get to croissants", "can i get two croissants"),
        ("no i said to", "no i said to"),
        ("make that for", "make that four"),
        ("for espressos", "four espressos"),
        ("i want two latte is and a tea", "i want two latte and a tea"),
        # Where the words mean themselves they stay.
        ("change the latte to a mocha", "change the latte to a mocha"),
        ("i'd like to order a latte", "i'd like to order a latte"),
        ("i want to talk to a person", "i want to talk to a person"),
        ("for me a latte", "for me a latte"),
        ("a latte to go", "a latte to go"),
        ("how much is a latte", "how much is a latte"),
        ("how much more is that", "how much more is that"),
        ("what is the total", "what is the total"),
        ("change it to large", "change it to large"),
    ],
)
def test_what_was_heard_is_what_was_meant(heard: str, meant: str) -> None:
    assert " ".join(reheard(heard.split(), load_language("en"))) == meant
