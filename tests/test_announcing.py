from __future__ import annotations

import asyncio

import pytest

from tests.fakes import FakeChannel, FakeSynthesizer, FakeVoice, farewell, says
from voice.announcing import announce
from voice.channels.caller import AfterPrompt, Cue, Leave, OverPrompt
from voice.settings import Speech

BUSY = "All lines are busy. Please call again soon."


async def told(channel: FakeChannel, synthesizer: FakeSynthesizer) -> list[str]:
    await announce(channel, farewell(BUSY), synthesizer, Speech())
    assert channel.hung_up
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return synthesizer.heard_in(channel.assistant)


async def test_it_is_said_to_the_end_and_the_line_is_hung_up() -> None:
    assert await told(FakeChannel(), FakeSynthesizer()) == ["All lines are busy.", "Please call again soon."]


async def test_a_caller_who_speaks_stops_nothing() -> None:
    channel = FakeChannel(says(FakeVoice(), "a latte please", OverPrompt(200)))
    assert await told(channel, FakeSynthesizer()) == ["All lines are busy.", "Please call again soon."]


async def test_a_caller_who_leaves_is_not_spoken_to() -> None:
    assert await told(FakeChannel(Cue(Leave(), OverPrompt(200))), FakeSynthesizer()) == ["All lines are busy."]


class Mute(FakeSynthesizer):
    async def say(self, sentence: str, rate: float = 1.0) -> bytes:
        raise ValueError(sentence, rate)


async def test_a_voice_that_fails_hangs_up_as_well() -> None:
    channel = FakeChannel(Cue(Leave(), AfterPrompt()))
    with pytest.raises(ValueError, match="All lines"):
        await announce(channel, farewell(BUSY), Mute(), Speech())
    assert channel.hung_up
