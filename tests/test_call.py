"""The turn loop: what is said, heard and broken off, with a scripted caller and fake engines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.called import LONG, Talk
from tests.fakes import (
    LETTER_SAMPLES,
    FakeMeaning,
    FakeMind,
    FakeVoice,
    farewell,
    prompt,
    says,
)
from voice.audio import RATE_HZ
from voice.channels.caller import AfterPrevious, AfterPrompt, OverPrompt
from voice.events import BrokenOff, TakenUp
from voice.recognizer import Transcript


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


async def test_a_call_goes_from_greeting_to_farewell(voice: FakeVoice) -> None:
    mind = FakeMind({"a latte": "One latte. Anything else?", "no": farewell("Thank you. Goodbye.")})
    talk = Talk(mind, voice, says(voice, "a latte"), says(voice, "no"))
    summary = await talk()
    assert mind.inbox == ["a latte", "no"]
    assert talk.spoken == ["Hello there.", "One latte.", "Anything else?", "Thank you.", "Goodbye."]
    assert talk.channel.hung_up
    assert summary.end == "shop"
    assert summary.turns == 3
    assert summary.samples == len(talk.channel.assistant) // 2 == len(talk.caller_side) // 2


async def test_the_farewell_is_played_whole_whatever_the_caller_says(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell("Thank you for calling and goodbye.")})
    talk = Talk(mind, voice, says(voice, "bye"), says(voice, "one more thing", OverPrompt(200)))
    await talk()
    said = np.frombuffer(bytes(talk.channel.assistant), "<i2")
    assert np.count_nonzero(said == 2) == len("Thank you for calling and goodbye.") * LETTER_SAMPLES
    assert mind.inbox == ["bye"]


async def test_the_hearing_is_biased_by_the_open_question(voice: FakeVoice) -> None:
    greeting = replace(prompt("Hello."), listening=replace(prompt("").listening, phrases=("yes", "no")))
    mind = FakeMind({"*": farewell()}, greeting=greeting)
    talk = Talk(mind, voice, says(voice, "yes"))
    await talk()
    assert talk.recognizer.biased == [("yes", "no")]


async def test_speech_stops_a_prompt_within_300_ms(voice: FakeVoice) -> None:
    mind = FakeMind({"stop": farewell()}, greeting=LONG)
    talk = Talk(mind, voice, says(voice, "stop", OverPrompt(800), ms=600))
    await talk()
    onset = talk.caller_side.index(voice.speak("stop")[:640]) // 2
    (broken,) = talk.of(BrokenOff)
    assert isinstance(broken, BrokenOff)
    assert 0 < broken.at - onset <= 0.2 * RATE_HZ
    after = talk.channel.assistant[2 * broken.at : 2 * (broken.at + RATE_HZ // 2)]
    assert not any(after)
    assert talk.spoken[-1] == "Goodbye then."
    assert isinstance(mind.meanings[0].heard, Transcript)
    assert mind.meanings[0].heard.over_prompt


@pytest.mark.parametrize(("text", "ms"), [("", 240), ("[unk]", 240), ("uh huh", 300), ("[unk]", 700)])
async def test_a_cough_or_uh_huh_does_not_lose_the_rest(voice: FakeVoice, text: str, ms: int) -> None:
    mind = FakeMind({"yes": farewell()}, greeting=LONG)
    over_the_second = OverPrompt(3300)
    talk = Talk(mind, voice, says(voice, text, over_the_second, ms=ms), says(voice, "yes"))
    await talk()
    first, second, third = LONG.replace(". ", ".|").split("|")
    assert talk.spoken == [first, second, second, third, "Goodbye then."]
    assert talk.of(TakenUp) == [TakenUp(1)]
    assert mind.inbox == ["yes"]
    heard = mind.meanings[0].heard
    assert isinstance(heard, Transcript)
    assert not heard.over_prompt


async def test_a_short_noise_does_not_even_stop_the_prompt(voice: FakeVoice) -> None:
    talk = Talk(
        FakeMind({"yes": farewell()}, greeting=LONG),
        voice,
        says(voice, "", OverPrompt(500), ms=80),
        says(voice, "yes"),
    )
    await talk()
    assert not talk.of(BrokenOff)
    assert talk.mind.inbox == ["yes"]


async def test_a_protected_prompt_is_heard_to_the_end_and_then_answered(voice: FakeVoice) -> None:
    mind = FakeMind({"yes": farewell()}, greeting=prompt(LONG, interruptible=False))
    talk = Talk(mind, voice, says(voice, "yes", OverPrompt(800)))
    await talk()
    assert talk.spoken == [*LONG.replace(". ", ".|").split("|"), "Goodbye then."]
    assert not talk.of(BrokenOff)
    heard = mind.meanings[0].heard
    assert isinstance(heard, Transcript)
    assert (heard.text, heard.over_prompt) == ("yes", True)


async def test_all_that_was_said_over_a_protected_prompt_is_one_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=prompt(LONG, interruptible=False))
    talk = Talk(mind, voice, says(voice, "wait", OverPrompt(300)), says(voice, "make it two", AfterPrevious(700)))
    await talk()
    assert mind.inbox == ["wait make it two"]


async def test_speech_that_began_before_a_protected_prompt_ended_is_over_it(voice: FakeVoice) -> None:
    text = "Short."
    mind = FakeMind({"*": farewell()}, greeting=prompt(text, interruptible=False))
    talk = Talk(mind, voice, says(voice, "yes", OverPrompt(200), ms=900))
    await talk()
    heard = mind.meanings[0].heard
    assert isinstance(heard, Transcript)
    assert heard.over_prompt


async def test_silence_is_told_and_never_loops(voice: FakeVoice) -> None:
    asked: list[int] = []

    def answer(_meaning: FakeMeaning) -> None:
        asked.append(talk.channel.played)
        if len(asked) == 3:
            mind._answers["silence"] = farewell()

    mind = FakeMind({"silence": "Are you there?"}, acting=answer)
    talk = Talk(mind, voice, silence_s=60)
    summary = await talk()
    assert mind.inbox == ["silence"] * 3
    assert summary.end == "shop"
    question = len("Are you there?") * LETTER_SAMPLES
    for earlier, later in pairwise(asked):
        assert later - earlier - question == pytest.approx(6.0 * RATE_HZ, abs=RATE_HZ / 10)


async def test_a_noise_while_waiting_is_no_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"silence": farewell()})
    talk = Talk(mind, voice, says(voice, "", ms=200))
    await talk()
    assert mind.inbox == ["silence"]


async def test_after_talk_that_is_no_answer_the_waiting_begins_anew(voice: FakeVoice) -> None:
    asked: list[int] = []
    mind = FakeMind({"silence": farewell()}, acting=lambda _meaning: asked.append(talk.channel.played))
    talk = Talk(mind, voice, says(voice, "uh huh", AfterPrompt(4000), ms=3000))
    await talk()
    assert mind.inbox == ["silence"]
    talk_ended = len("Hello there.") * LETTER_SAMPLES + 7 * RATE_HZ
    assert asked[0] - talk_ended >= 6 * RATE_HZ


async def test_an_answer_that_outlasts_the_waiting_time_is_not_silence_too(voice: FakeVoice) -> None:
    mind = FakeMind({"no": farewell()})
    talk = Talk(mind, voice, says(voice, "a latte", AfterPrompt(5500), ms=3000), says(voice, "no"))
    await talk()
    assert mind.inbox == ["a latte", "no"]


async def test_a_word_too_short_to_break_in_is_still_an_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=LONG)
    talk = Talk(mind, voice, says(voice, "no", OverPrompt(500), ms=80))
    await talk()
    assert not talk.of(BrokenOff)
    assert talk.spoken == [LONG.split(". ")[0] + ".", "Goodbye then."]


async def test_long_speech_that_is_not_understood_is_an_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"": farewell("Sorry?")})
    talk = Talk(mind, voice, says(voice, "", ms=1200))
    await talk()
    assert mind.inbox == [""]
