"""What callers hear while an answer takes long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from commerce.commands import CheckStock
from commerce.errors import StoreError
from nlu import intent
from nlu.intent import Item
from tests.called import Talk
from tests.fakes import FakeMeaning, FakeMind, FakeVoice, farewell, says
from tests.talk import Talk as Typed
from tests.talk import add
from voice.channels.caller import Cue, Leave, OverPrompt
from voice.events import Saying
from voxcart.states import OfferingHuman

FILLER = "One moment."


class Slow(FakeMind):
    """Takes so long over each answer."""

    def __init__(self, seconds: float, filler: str = FILLER) -> None:
        async def acting(_meaning: FakeMeaning) -> None:
            await asyncio.sleep(seconds)

        super().__init__({"how much": "Two dollars.", "bye": farewell("Goodbye.")}, acting=acting)
        self._filler = filler

    def filler(self) -> str:
        return self._filler


def talk(seconds: float, pace: str = "honest", filler_ms: int = 200) -> Talk:
    voice = FakeVoice()
    call = Talk(Slow(seconds), voice, says(voice, "how much"), says(voice, "bye"), pace=pace)
    call.settings = replace(call.settings, speech=replace(call.settings.speech, filler_ms=filler_ms))
    return call


async def test_a_long_wait_is_told_once_and_the_answer_follows() -> None:
    call = talk(0.9)
    await call()
    assert call.spoken == ["Hello there.", FILLER, "Two dollars.", FILLER, "Goodbye."]
    assert [each.prompt.text for each in call.of(Saying)].count(FILLER) == 2


async def test_a_quick_answer_needs_none() -> None:
    call = talk(0.02)
    await call()
    assert call.spoken == ["Hello there.", "Two dollars.", "Goodbye."]


async def test_it_is_said_to_the_end() -> None:
    call = talk(0.25)
    await call()
    samples = len(FILLER) * 3 * 320
    said = bytes(call.channel.assistant)
    value = (call.synthesizer.said.index(FILLER) + 1).to_bytes(2, "little")
    assert said.count(value) >= 2 * samples  # it is said twice


async def test_it_can_be_switched_off() -> None:
    call = talk(0.5, filler_ms=0)
    await call()
    assert FILLER not in call.spoken


async def test_where_the_line_waits_too_nothing_is_said() -> None:
    call = talk(0.3, pace="frozen")
    await call()
    assert FILLER not in call.spoken


async def test_who_leaves_meanwhile_loses_nothing() -> None:
    voice = FakeVoice()
    call = Talk(Slow(0.6), voice, says(voice, "how much"), Cue(Leave(), OverPrompt(100)), pace="honest")
    call.settings = replace(call.settings, speech=replace(call.settings.speech, filler_ms=100))
    summary = await call()
    assert summary.end == "caller"
    assert call.mind.finished[0] == "how much"


async def test_an_answer_that_fails_after_it_is_told_as_ever() -> None:
    call = talk(0.4)

    async def fails(_meaning: FakeMeaning) -> None:
        await asyncio.sleep(0.4)
        raise RuntimeError("broken")

    call.mind._acting = fails
    with pytest.raises(RuntimeError, match="broken"):
        await call()


# ---- what a back end that is down comes to ---------------------------------------------------------------------


@contextmanager
def stock_unknown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def down(*_: object) -> None:
        raise StoreError.of(Path("shop.db"), OSError("the disk is gone"))

    with monkeypatch.context() as patched:
        patched.setattr("commerce.shop.baskets.check_stock", down)
        yield


async def test_stock_that_cannot_be_looked_up_is_said_and_a_call_back_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = Typed()
    await typed.says(add("latte"))
    with stock_unknown(monkeypatch):
        answer = await typed.says(intent.AskStock(Item("croissant")))
    assert "can't look that up" in answer
    assert "call you back" in answer
    assert isinstance(typed.phase, OfferingHuman)
    assert typed.cart == ["a medium latte"]
    assert CheckStock.__name__ in str(typed.log)
