"""Understands what people say to menus that share nothing but the language."""

from __future__ import annotations

import pytest

from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.store import Store
from nlu.grammar import Grammar
from nlu.parse import parse
from tests.menus import MENUS, SPOKEN_TO_SHOPS, Said, elsewhere, expected, load_menu, load_talks, outcome, written_line
from tests.small_shop import StandingClock
from tests.talk import Talk
from voxcart.chat import input_of
from voxcart.vocabulary import vocabulary_of

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


@pytest.mark.parametrize("name", MENUS)
def test_what_is_said_elsewhere_orders_nothing(name: str) -> None:
    """Small talk, and orders for shops of other trades."""
    menu, _ = load_menu(name)
    grammar = Grammar.load("en", menu)
    taken = [text for text in elsewhere() if outcome(parse(text, grammar), menu) != ASKED]
    assert len(elsewhere()) >= 90
    assert len(taken) <= 1, taken


@pytest.mark.parametrize("name", SPOKEN_TO_SHOPS)
async def test_most_conversations_end_with_the_cart_that_was_meant(name: str) -> None:
    catalog, talks = load_talks(name)
    grammar = Grammar.load(catalog.language, vocabulary_of(catalog))
    failed = []
    for talk in talks:
        shop = Shop(catalog, Store(None, StandingClock()), CommerceSettings(pin_free_limit=""))
        conversation = Talk(shop=shop, parse=lambda text, kind, focus: parse(text, grammar, kind, focus))
        await conversation.greet()
        for text in talk.turns:
            await conversation.hear(input_of(text))
        cart = sorted(written_line(line, catalog) for line in conversation.mind.snapshot()[1].lines)
        if cart != sorted(expected(talk.cart)):
            failed.append((talk.turns, cart))
    assert len(talks) >= 8
    assert not failed
