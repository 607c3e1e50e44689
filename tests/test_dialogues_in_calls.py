"""The conversations of tests/dialogues through the call loop: fake engines, a frozen line, scripted barge-in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from commerce.money import Money
from tests.fakes import FakeActivity, FakeChannel, FakeRecognizer, FakeSynthesizer, FakeVoice, says
from tests.talk import Talk
from tests.test_dialogues import DIALOGUES, opened
from voice.channels.caller import AfterPrompt, Cue, OverPrompt, Press, Sound
from voice.prompt import Prompt
from voice.settings import Turn, VoiceSettings
from voice.turns import run_call
from voxcart import chat
from voxcart.chat import input_of
from voxcart.mind import ShopMind

SETTINGS = VoiceSettings(turns={"order": Turn(silence_ms=300, complete_silence_ms=0, no_input_ms=6000)})
NOTHING = Cue(Sound(b""), AfterPrompt(5000))
"""The caller lets a question pass: what comes next waits for the next one."""


class Overheard:
    """A mind that keeps its prompts, and changes the shop between turns as the file says."""

    def __init__(self, talk: Talk, turns: list[dict[str, Any]]) -> None:
        self._talk = talk
        self._turns = iter(turns)
        self.prompts: list[Prompt] = []
        self.carts: list[list[str]] = []

    @property
    def _mind(self) -> ShopMind:
        return self._talk.mind

    async def greet(self) -> Prompt:
        return await self._mind.greet()

    def understand(self, heard: Any) -> Any:
        return self._mind.understand(heard)

    async def act(self, meaning: Any) -> Prompt:
        self.prompts.append(await self._mind.act(meaning))
        self.carts.append(self._talk.cart)
        change(self._talk, next(self._turns, {}))
        return self.prompts[-1]

    def note(self, _times: Any) -> None:
        pass


def change(talk: Talk, turn: Mapping[str, Any]) -> None:
    for product, level in turn.get("then_stock", {}).items():
        talk.shop.set_stock(product, Decimal(level))
    if status := turn.get("then_status"):
        talk.shop.set_status(talk.shop.orders()[0].number, status)
    for product, price in turn.get("then_prices", {}).items():
        talk.shop.set_price(product, Money.parse(price, talk.shop.catalog.currency))


def cues_of(voice: FakeVoice, turns: list[dict[str, Any]]) -> list[Cue]:
    return [cue_of(voice, turn["hear"].strip().lower()) for turn in turns]


def cue_of(voice: FakeVoice, hear: str) -> Cue:
    directive, _, rest = hear.partition(" ")
    match directive:
        case "" | chat.SILENCE:
            return NOTHING
        case chat.OVER:
            return says(voice, rest, OverPrompt(200))
        case chat.KEYS:
            return Cue(Press(rest.strip()), AfterPrompt())
        case _:
            return says(voice, hear)


def scripts() -> list[Any]:
    return [pytest.param(tomllib.loads(path.read_text("utf-8")), id=path.stem) for path in DIALOGUES]


async def typed(script: dict[str, Any]) -> tuple[Talk, list[str], list[list[str]]]:
    talk, texts, carts = opened(script), [], []
    await talk.greet()
    for turn in script["turn"]:
        texts.append(await talk.hear(input_of(turn["hear"])))
        carts.append(talk.cart)
        change(talk, turn)
    return talk, texts, carts


@pytest.mark.parametrize("script", scripts())
async def test_a_call_goes_as_the_typed_conversation(script: dict[str, Any]) -> None:
    talk, texts, carts = await typed(script)
    called = opened(script)
    voice, mind = FakeVoice(), Overheard(called, script["turn"])
    cues = cues_of(voice, script["turn"])
    channel = FakeChannel(*cues, silence_s=8.0 if cues[-1] is NOTHING else 1.0)
    await run_call(channel, mind, FakeRecognizer(voice), FakeSynthesizer(), None, SETTINGS, activity=FakeActivity)
    turns = len(script["turn"])
    assert [masked(prompt.text) for prompt in mind.prompts[:turns]] == [masked(text) for text in texts]
    assert mind.carts[:turns] == carts
    assert readings(called)[: turns + 1] == readings(talk)[: turns + 1]
    assert ordered(called) == ordered(talk)


def masked(text: str) -> str:
    """Numbers of orders, tickets, complaints and apologies are drawn by lot."""
    return re.sub(r"((?:number|complaint|code) is: |nce more: )[a-z ,]+", r"\1...", text)


def ordered(talk: Talk) -> list[Any]:
    return [(order.lines, order.total) for order in talk.shop.orders()]


def readings(talk: Talk) -> list[Any]:
    return [payload["reading"] for _call, _turn, kind, payload in talk.log if kind == "turn"]
