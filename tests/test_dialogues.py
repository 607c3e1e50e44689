"""The conversations of tests/dialogues, typed, through the real parser, mind and shop."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commerce.catalog import Catalog
from commerce.charging import ChargingShop
from commerce.commands import AddLine, ChangeCart, OpenCart
from commerce.customers import add_customer, change_customer, set_card
from commerce.money import Money
from commerce.payments import CHARGED, SavedCard
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import load_shop
from commerce.store import Store
from nlu.grammar import Grammar
from nlu.parse import parse
from nlu.settings import NluSettings
from tests.bank import GOOD, Bank
from tests.small_shop import StandingClock
from tests.talk import PHONE, SHOPS, Talk
from voxcart.chat import input_of
from voxcart.hear import described
from voxcart.vocabulary import vocabulary_of

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.toml"))
DIALOGUE_KEYS = {
    *("about", "turn", "shop", "caller", "customer", "pin_free_limit", "voice_limit", "stock"),
    *("recording", "greeting", "left", "minutes_ago", "household", "members", "pays"),
}
TURN_KEYS = {
    *("hear", "intent", "understood", "say", "not_say", "cart", "orders", "private", "protected", "hang_up", "rate"),
    *("listening", "stops_recording", "then_stock", "then_prices", "then_status"),
}


@cache
def catalog_of(shop: str) -> Catalog:
    return load_shop(SHOPS / f"{shop}.toml")


@cache
def grammar_of(shop: str) -> Grammar:
    catalog = catalog_of(shop)
    return Grammar.load(catalog.language, vocabulary_of(catalog), NluSettings())


def opened(script: dict[str, Any], before: Talk | None = None) -> Talk:
    """`before`: a call on the same shop, at the same clock."""
    shop_name = script.get("shop", "coffee")
    limits = CommerceSettings(script.get("pin_free_limit", ""), script.get("voice_limit", ""))
    clock = before.clock if before else StandingClock()
    charges = CHARGED if script.get("pays") else frozenset()
    shop = before.shop if before else Shop(catalog_of(shop_name), Store(None, clock), limits, charges=charges)
    for product, level in script.get("stock", {}).items():
        shop.set_stock(product, Decimal(level))
    if script.get("left"):
        leave_behind(shop, script["left"], script["caller"])
    clock.move(minutes=script.get("minutes_ago", 0))
    talk = Talk(
        caller=script.get("caller"),
        recording=script.get("recording", False),
        shop=shop,
        clock=clock,
        parse=lambda text, kind, focus: parse(text, grammar_of(shop_name), kind, focus),
        call="call-2" if before else "call-1",
        household=script.get("household", ""),
        through=ChargingShop(shop, shop.till, Bank()),
    )
    for place, (name, pin) in enumerate(script.get("members", {}).items()):
        add_customer(shop.till, name, f"1555020{place}", pin, household=script["household"])
    if script.get("customer"):
        talk.enrol()
    if script.get("pays"):
        set_card(shop.till, PHONE, *GOOD, SavedCard("visa", "4242"))
        change_customer(shop.till, PHONE, {"invoice": "yes"})
    return talk


def leave_behind(shop: Shop, goods: dict[str, int], caller: str) -> None:
    """The call before broke off with these in its cart."""
    shop.execute(OpenCart("call-0", caller), "call-0/0")
    edits = tuple(AddLine(product, Decimal(quantity)) for product, quantity in goods.items())
    shop.execute(ChangeCart("call-0", edits), "call-0/1")


@pytest.mark.parametrize(
    "script", [tomllib.loads(path.read_text("utf-8")) for path in DIALOGUES], ids=[path.stem for path in DIALOGUES]
)
async def test_dialogue(script: dict[str, Any]) -> None:
    assert set(script) <= DIALOGUE_KEYS
    talk = opened(script)
    said = await talk.greet()
    for pattern in script.get("greeting", []):
        assert re.search(pattern, said)
    for turn in script["turn"]:
        assert set(turn) <= TURN_KEYS
        await check_turn(talk, turn)


async def check_turn(talk: Talk, turn: dict[str, Any]) -> None:
    reading = talk.mind.understand(input_of(turn["hear"]))
    said = await talk.hear(input_of(turn["hear"]))
    print(f">> {turn['hear']}\n<< {said}")
    assert reading.understood == turn.get("understood", True), turn["hear"]
    if "intent" in turn:
        assert described(reading.meaning, talk.shop.catalog)["intent"] == turn["intent"]
    for pattern in turn.get("say", []):
        assert re.search(pattern, said), pattern
    for pattern in turn.get("not_say", []):
        assert not re.search(pattern, said), pattern
    facts = {
        "cart": talk.cart,
        "orders": len(talk.shop.orders()),
        "private": talk.last.private,
        "protected": not talk.last.interruptible,
        "hang_up": talk.last.hang_up,
        "rate": talk.last.rate,
        "listening": talk.last.listening.kind,
        "stops_recording": bool(talk.stopped_recording),
    }
    for name in facts.keys() & turn.keys():
        assert facts[name] == turn[name], name
    for product, level in turn.get("then_stock", {}).items():
        talk.shop.set_stock(product, Decimal(level))
    if status := turn.get("then_status"):
        talk.shop.set_status(talk.shop.orders()[0].number, status)
    for product, price in turn.get("then_prices", {}).items():
        talk.shop.set_price(product, Money.parse(price, talk.shop.catalog.currency))


def test_there_are_enough_conversations() -> None:
    assert len(DIALOGUES) >= 25
