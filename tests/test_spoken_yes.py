"""The receipt tells where in the call the total ended and the yes was: by voice, by key, as in a recording."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commerce.commands import ConfirmQuote, OrderPlaced, PlaceOrder
from commerce.receipts import first_flaw
from commerce.spoken import Spoken
from tests.fakes import FakeActivity, FakeChannel, FakeRecognizer, FakeSynthesizer, FakeVoice, says
from tests.small_shop import Caller, open_kiosk
from tests.talk import Talk
from tests.test_dialogues import opened
from tests.test_dialogues_in_calls import SETTINGS
from voice.audio import RATE_HZ
from voice.call import Stretch
from voice.channels.caller import AfterPrompt, Cue, Press
from voice.turns import run_call
from voxcart.chat import input_of
from voxcart.hearing import spoken_at


def receipt(talk: Talk) -> dict[str, Any]:
    [kept] = talk.shop.receipts()
    told: dict[str, Any] = json.loads(kept.body)
    return told


class Line:
    """Both sides of a call, as a recording keeps them."""

    def __init__(self) -> None:
        self.caller, self.assistant = bytearray(), bytearray()

    def keep(self, caller: bytes, assistant: bytes, _start: int) -> None:
        self.caller += caller
        self.assistant += assistant

    def loudest(self, side: bytearray, from_ms: int, to_ms: int) -> int:
        at = slice(from_ms * RATE_HZ // 1000, to_ms * RATE_HZ // 1000)
        return int(np.abs(np.frombuffer(bytes(side), "<i2")[at].astype(int)).max(initial=0))


@pytest.mark.parametrize("by_key", [False, True], ids=["voice", "key"])
async def test_the_receipt_points_into_the_call(by_key: bool) -> None:
    talk, voice, line = opened({}), FakeVoice(), Line()
    yes = Cue(Press("1"), AfterPrompt(400)) if by_key else says(voice, "yes", AfterPrompt(400))
    cues = (says(voice, "two lattes"), says(voice, "that's all"), yes)
    channel = FakeChannel(*cues, silence_s=1.0, on_frame=line.keep)
    await run_call(channel, talk.mind, FakeRecognizer(voice), FakeSynthesizer(), None, SETTINGS, activity=FakeActivity)
    told = receipt(talk)["spoken"]
    total_ms, from_ms, to_ms = told["total_until_ms"], told["yes_from_ms"], told["yes_to_ms"]
    assert total_ms < from_ms <= to_ms
    assert line.loudest(line.assistant, total_ms - 300, total_ms) > 0
    assert line.loudest(line.assistant, total_ms + 20, to_ms) == 0, "nothing was said between the total and the yes"
    if not by_key:
        quiet = line.loudest(line.caller, total_ms, from_ms - 40)
        assert line.loudest(line.caller, from_ms, to_ms) > 2 * quiet


async def test_a_typed_yes_is_nowhere_in_a_call() -> None:
    talk = opened({})
    await talk.greet()
    for words in ("two lattes", "that's all", "yes"):
        await talk.hear(input_of(words))
    assert "spoken" not in receipt(talk)


def test_receipts_with_and_without_it_are_one_chain() -> None:
    shop = open_kiosk()
    for call, spoken in (("old", None), ("new", Spoken(61_240, 61_980, 62_410)), ("typed", None)):
        caller = Caller(shop, call)
        caller.add("water")
        quote = caller.quote()
        caller.say(ConfirmQuote(quote.id, spoken))
        caller.say(ConfirmQuote(quote.id, Spoken(99_000, 99_100, 99_200)))
        assert isinstance(caller.say(PlaceOrder(quote.id)), OrderPlaced)
    receipts, key = shop.receipts(), shop.till.receipt_key.public_key()
    told = [json.loads(each.body).get("spoken") for each in receipts]
    first = {"total_until_ms": 61_240, "yes_from_ms": 61_980, "yes_to_ms": 62_410}
    assert told == [None, first, None], "of two yeses the first counts"
    assert first_flaw(receipts, shop.books(), key) is None
    receipts[1] = replace(receipts[1], body=receipts[1].body.replace("61980", "51980"))
    flaw = first_flaw(receipts, shop.books(), key)
    assert flaw is not None
    assert flaw.what == "its content was changed"


def test_samples_become_milliseconds() -> None:
    assert spoken_at(Stretch(32_000, 40_000, 31_999)) == Spoken(1999, 2000, 2500)
    assert spoken_at(Stretch(32_000, 40_000, None)) is None
    assert spoken_at(None) is None
