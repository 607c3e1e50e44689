"""Conversations of tests/dialogues spoken by a voice and heard by the real recogniser: the same carts and orders."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.spoken import Line, says
from tests.talk import Talk
from tests.test_dialogues import DIALOGUES, grammar_of, opened
from tests.test_dialogues_in_calls import ordered, typed
from voice.channels.script import Say
from voxcart.build import Engines, Front
from voxcart.chat import KEYS, OVER
from voxcart.config import load_config

pytestmark = pytest.mark.audio

SPOKEN = (
    "pin_pairs",
    "compound",
    "correction_names_product",
    "change_while_confirming",
    "digression",
    "replace",
    "references",
    "options",
    "keys",
    "help",
    "human",
    "order_and_pin",
    "below_pin_limit",
    "prices",
    "several_items",
    "goodbye",
    "above_limit",
    "correction_next_turn",
    "correction_in_turn",
    "undo_redo",
    "not_sold",
    "parts_of_a_line",
    "two_of_those",
    "household",
    "complaint",
    "help_choose",
    "coupon",
    "payment_by_voice",
)


def steps_of(turns: list[dict[str, Any]]) -> str:
    return "".join(step_of(turn["hear"].strip()) for turn in turns)


def step_of(hear: str) -> str:
    directive, _, rest = hear.partition(" ")
    if directive == OVER:
        return says(rest, over_ms=600)
    return says(f"#{rest}" if directive == KEYS else f"{hear}.")


async def spoken(script: dict[str, Any], engines: Engines, say: Say, folder: Path) -> tuple[Talk, list[str]]:
    """The shop after the spoken call, and the cart that was left."""
    talk = opened(script)
    front = Front(load_config(), talk.shop.catalog, grammar_of(script.get("shop", "coffee")), talk.replies, talk.shop)
    line = Line(front, engines, say, folder, script.get("household", ""))
    call = await line.take(steps_of(script["turn"]), caller=script.get("caller"))
    print(*call.heard, call.said, sep="\n")
    return talk, line.cart(call)


@pytest.mark.parametrize("name", SPOKEN)
async def test_a_spoken_conversation_ends_as_the_typed_one(
    name: str, engines: Engines, kristin: Say, tmp_path: Path
) -> None:
    path = next(each for each in DIALOGUES if each.stem == name)
    script = tomllib.loads(path.read_text("utf-8"))
    expected, _, carts = await typed(script)
    found, cart = await spoken(script, engines, kristin, tmp_path)
    assert cart == carts[-1]
    assert ordered(found) == ordered(expected)
