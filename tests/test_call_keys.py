"""The turn loop takes typed digits: whole numbers, menu keys, none twice and none for another question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from tests.called import LONG, SETTINGS, Talk
from tests.fakes import (
    FakeChannel,
    FakeMeaning,
    FakeMind,
    FakeVoice,
    farewell,
    prompt,
    says,
)
from voice.audio import RATE_HZ, Frame
from voice.channels import Keys
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, OverPrompt, Press
from voice.events import BrokenOff, PressedKeys
from voice.settings import Turn


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


async def test_typed_digits_are_one_answer_after_a_pause_or_hash(voice: FakeVoice) -> None:
    pin = prompt("Your pin, please.", "digits", private=True)
    mind = FakeMind({"keys 4711": pin, "keys 12": farewell()}, greeting=pin)
    talk = Talk(mind, voice, Cue(Press("4711")), Cue(Press("12#")))
    await talk()
    assert mind.inbox == ["keys 4711", "keys 12"]
    assert talk.of(PressedKeys) == [PressedKeys(None), PressedKeys(None)]


async def test_a_key_of_a_menu_is_an_answer_at_once_and_stops_the_prompt(voice: FakeVoice) -> None:
    mind = FakeMind({"keys 2": farewell()}, greeting=LONG)
    talk = Talk(mind, voice, Cue(Press("2"), OverPrompt(400)))
    await talk()
    assert mind.inbox == ["keys 2"]
    (broken,) = talk.of(BrokenOff)
    assert isinstance(broken, BrokenOff)
    assert broken.at <= 0.5 * RATE_HZ


async def test_keys_over_a_protected_prompt_are_kept(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=prompt(LONG, "digits", interruptible=False))
    talk = Talk(mind, voice, Cue(Press("47"), OverPrompt(200)), Cue(Press("11#"), AfterPrevious(2500)))
    await talk()
    assert mind.inbox == ["keys 4711"]
    assert len(talk.spoken) == 4


@pytest.mark.parametrize(("when", "over"), [(OverPrompt(200), True), (AfterPrompt(), False)], ids=["over", "after"])
async def test_whether_a_key_was_pressed_over_the_prompt_is_known(
    voice: FakeVoice, when: OverPrompt | AfterPrompt, over: bool
) -> None:
    mind = FakeMind({"*": farewell()}, greeting=prompt(LONG, "yes_no", interruptible=False))
    talk = Talk(mind, voice, Cue(Press("1"), when))
    await talk()
    (heard,) = [each.heard for each in mind.meanings if isinstance(each.heard, Keys)]
    assert heard.over_prompt is over


async def test_keys_do_not_leak_into_the_next_question(voice: FakeVoice) -> None:
    pin = prompt("Your pin, please.", "digits")
    mind = FakeMind({"keys 47": pin, "keys 11": farewell(), "silence": farewell()}, greeting=pin)
    talk = Talk(mind, voice, Cue(Press("47")), Cue(Press("11")))
    await talk()
    assert mind.inbox == ["keys 47", "keys 11"]


async def test_a_key_pressed_twice_answers_once(voice: FakeVoice) -> None:
    """On a live line time goes on while the mind acts; the bounce of the key falls into that time."""

    async def bounce(meaning: FakeMeaning) -> None:
        if meaning.heard == Keys("1", meaning.heard.at if isinstance(meaning.heard, Keys) else 0):
            talk.channel.pressed.append(Keys("1", talk.channel.played))
            for _ in range(20):
                await asyncio.sleep(0)

    class LiveChannel(FakeChannel):
        pressed: ClassVar[list[Keys]] = []

        @contextmanager
        def thinking(self) -> Iterator[None]:  # type: ignore[override]
            yield

        async def frames(self) -> AsyncIterator[Frame | Keys]:
            async for item in super().frames():
                yield item
                while self.pressed:
                    yield self.pressed.pop()

    mind = FakeMind({"keys 1": "And now?", "keys 2": farewell()}, acting=bounce)
    talk = Talk(mind, voice)
    talk.channel = LiveChannel(Cue(Press("1")), Cue(Press("2")))
    await talk()
    assert mind.inbox == ["keys 1", "keys 2"]


async def test_while_keys_are_typed_words_do_not_count(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=prompt("Your pin, please.", "digits"))
    slow = replace(SETTINGS, turns=SETTINGS.turns | {"digits": Turn(silence_ms=300)})
    talk = Talk(
        mind, voice, Cue(Press("47")), says(voice, "hum", AfterPrevious(100)), Cue(Press("11#"), AfterPrevious(600))
    )
    talk.settings = slow
    await talk()
    assert mind.inbox == ["keys 4711"]
