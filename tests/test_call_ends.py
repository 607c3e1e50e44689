"""The turn loop ends: by either side, in the middle of anything, without losing what was done; times and privacy."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.called import LONG, Talk
from tests.fakes import (
    FakeMeaning,
    FakeMind,
    FakeSecondPass,
    FakeVoice,
    farewell,
    prompt,
    says,
)
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, OverPrompt, Press
from voice.events import HeardWords
from voice.prompt import Prompt
from voice.settings import Turn, VoiceSettings


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


@pytest.mark.parametrize(
    "cue",
    [
        Cue(Leave(), AfterPrevious(0)),
        Cue(Leave(), AfterPrevious(20)),
        Cue(Leave(), OverPrompt(300)),
        Cue(Leave(), AfterPrompt(0)),
        Cue(Leave(), AfterPrompt(3000)),
    ],
)
async def test_the_caller_may_hang_up_at_any_moment(voice: FakeVoice, cue: Cue) -> None:
    talk = Talk(FakeMind(), voice, cue)
    summary = await talk()
    assert summary.end == "caller"
    assert talk.mind.finished == ["hung up"]


@pytest.mark.parametrize("ms", range(0, 1400, 100))
async def test_hang_up_after_an_answer_leaves_nothing_half_done(voice: FakeVoice, ms: int) -> None:
    talk = Talk(FakeMind({"yes": LONG}), voice, says(voice, "yes"), Cue(Leave(), AfterPrevious(ms)))
    await talk()
    assert talk.mind.finished == talk.mind.inbox
    assert talk.mind.inbox[-1] == "hung up"
    assert talk.mind.inbox[:-1] in ([], ["yes"])


async def test_after_the_script_the_caller_hangs_up(voice: FakeVoice) -> None:
    talk = Talk(FakeMind(greeting=prompt("Hello.", "pause")), voice, silence_s=3)
    talk.settings = VoiceSettings(turns={"order": Turn(), "pause": Turn(no_input_ms=60_000)})
    summary = await talk()
    assert summary.end == "caller"
    assert talk.mind.inbox == ["hung up"]


async def test_acting_is_not_cancelled_by_a_hang_up(voice: FakeVoice) -> None:
    async def place(_meaning: FakeMeaning) -> None:
        talk.channel._end()
        for _ in range(20):
            await asyncio.sleep(0)

    talk = Talk(FakeMind({"yes": "Your order is placed."}, acting=place), voice, says(voice, "yes"))
    await talk()
    assert talk.mind.finished == ["yes", "hung up"]
    assert "Your order is placed." not in talk.spoken


async def test_acting_is_not_lost_when_the_call_is_cancelled(voice: FakeVoice) -> None:
    acting = asyncio.Event()

    async def place(_meaning: FakeMeaning) -> None:
        acting.set()
        for _ in range(20):
            await asyncio.sleep(0)

    mind = FakeMind(acting=place)
    talk = Talk(mind, voice, says(voice, "yes"))
    call = asyncio.create_task(talk())
    await acting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert mind.finished == ["yes"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert talk.channel.hung_up


@pytest.mark.parametrize("where", ["listen", "say", "act"])
async def test_a_failure_ends_the_call_and_leaves_no_task(voice: FakeVoice, where: str) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError(f"{where} fails")

    talk = Talk(FakeMind(acting=fail if where == "act" else None), voice, says(voice, "yes"))
    if where == "listen":
        talk.recognizer.listen = fail  # type: ignore[method-assign, assignment]
    if where == "say":
        talk.synthesizer.say = fail  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError, match=f"{where} fails"):
        await talk()
    assert talk.channel.hung_up
    assert asyncio.all_tasks() == {asyncio.current_task()}


# ---- privacy, times, determinism -----------------------------------------------------------------------------


async def test_recording_is_mute_from_the_private_question_to_its_answer(voice: FakeVoice) -> None:
    pin: Prompt = prompt("Your pin, please.", "digits", private=True)
    mind = FakeMind({"yes": pin, "four": pin, "four seven": "Thank you.", "bye": farewell()})
    talk = Talk(mind, voice, *(says(voice, text) for text in ("yes", "four", "four seven", "bye")))
    await talk()
    assert talk.recorder.changes == [False, True, True, False, False]


async def test_what_must_not_be_kept_is_silenced_from_its_beginning(voice: FakeVoice) -> None:
    mind = FakeMind({"bye": farewell()})
    mind.unheard = {"my card"}
    talk = Talk(mind, voice, *(says(voice, text) for text in ("hello", "my card", "bye")))
    await talk()
    heard = talk.of(HeardWords)
    assert [event.transcript and event.transcript.text for event in heard] == ["hello", None, "bye"]
    [start] = talk.recorder.forgotten
    assert 0 < start < len(talk.caller_side) // 2
    spoken = np.flatnonzero(np.frombuffer(bytes(talk.caller_side), "<i2"))
    assert any(spoken < start)


async def test_every_turn_has_its_times(voice: FakeVoice) -> None:
    mind = FakeMind({"no": farewell()})
    summary = await Talk(mind, voice, says(voice, "a latte"), says(voice, "no"))()
    assert list(summary.times) == mind.times
    greeting, *answers = mind.times
    assert greeting.endpoint is None
    assert greeting.first_audio is not None
    for times in answers:
        assert times.endpoint == pytest.approx(300, abs=20)
        stages = (times.recognise, times.understand, times.act, times.first_audio)
        assert all(stage is not None and stage >= 0 for stage in stages)


async def test_a_frozen_replay_is_the_same_twice() -> None:
    async def replay() -> tuple[bytes, bytes, list[str]]:
        voice = FakeVoice()
        cues = [
            says(voice, "", OverPrompt(700), ms=240),
            says(voice, "a latte", OverPrompt(1500)),
            says(voice, "gibberish"),
            Cue(Press("1")),
            says(voice, "no", AfterPrompt(900)),
        ]
        mind = FakeMind({"no": farewell(LONG)}, greeting=LONG)
        talk = Talk(mind, voice, *cues)
        talk.second_pass = FakeSecondPass("a mocha")
        await talk()
        return bytes(talk.channel.assistant), bytes(talk.caller_side), mind.inbox

    assert await replay() == await replay()
