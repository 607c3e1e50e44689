"""Understands what people say to five menus that share nothing but the language."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.parse import parse
from tests.menus import MENUS, Said, expected, load_menu, outcome

EXACT = 0.95
ASKED = ("?",)


@pytest.mark.parametrize("name", MENUS)
def test_most_orders_are_understood_exactly_and_hardly_any_wrongly(name: str) -> None:
    menu, orders = load_menu(name)
    grammar = Grammar.load("en", menu)
    failed: list[tuple[Said, tuple[str, ...]]] = []
    for said in orders:
        got = outcome(parse(said.text, grammar), menu)
        if got != expected(said.items):
            failed.append((said, got))
    wrong = [failure for failure in failed if failure[1] != ASKED]
    assert len(orders) >= 60
    assert len(failed) <= (1 - EXACT) * len(orders), failed
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("name", MENUS)
def test_an_order_never_takes_longer_than_a_phone_call_allows(name: str) -> None:
    """Counted in chart cells, not in time: the pieces an utterance can fall into stay few."""
    menu, orders = load_menu(name)
    lexicon = Grammar.load("en", menu).lexicon
    for said in orders:
        words = said.text.split()
        stems = lexicon.key(words)
        cells = sum(len(list(lexicon.readings(words, stems, at))) for at in range(len(words)))
        assert cells <= 12 * len(words)
