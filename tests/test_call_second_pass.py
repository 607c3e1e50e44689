"""The turn loop asks for a second opinion where it helps, and ends an answer early where it is complete."""

from __future__ import annotations

import pytest

from tests.called import LONG, Talk
from tests.fakes import (
    FakeMind,
    FakeSecondPass,
    FakeVoice,
    farewell,
    prompt,
    says,
)
from voice.channels.caller import OverPrompt
from voice.events import HeardWords, TakenUp
from voice.prompt import Foresight
from voice.recognizer import Transcript
from voice.settings import Turn, VoiceSettings


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


async def test_second_pass_is_asked_only_for_what_was_not_understood(voice: FakeVoice) -> None:
    mind = FakeMind({"a latte": "Okay.", "a mocha": farewell()}, known=["a latte", "a mocha"])
    talk = Talk(mind, voice, says(voice, "a latte"), says(voice, "gibberish"))
    talk.second_pass = FakeSecondPass("a mocha")
    await talk()
    assert mind.inbox == ["a latte", "a mocha"]
    assert len(talk.second_pass.hints) == 1
    assert mind.times[1].second_pass is None
    assert mind.times[2].second_pass is not None
    assert [
        event.transcript.engine for event in talk.of(HeardWords) if isinstance(event, HeardWords) and event.transcript
    ] == ["fake", "second"]


async def test_second_pass_that_helps_nothing_leaves_the_first_words(voice: FakeVoice) -> None:
    mind = FakeMind({"gibberish": farewell("Sorry?")}, known=["a latte"])
    talk = Talk(mind, voice, says(voice, "gibberish"))
    talk.second_pass = FakeSecondPass("thank you for watching")
    await talk()
    assert mind.inbox == ["gibberish"]


@pytest.mark.parametrize(("text", "engine"), [("[unk] [unk] large", "second"), ("[unk] large latte", "fake")])
async def test_few_words_in_much_unknown_speech_are_not_believed(voice: FakeVoice, text: str, engine: str) -> None:
    mind = FakeMind({"*": farewell()})
    talk = Talk(mind, voice, says(voice, text))
    talk.second_pass = FakeSecondPass("i have a large question")
    await talk()
    heard = mind.meanings[0].heard
    assert isinstance(heard, Transcript)
    assert heard.engine == engine


async def test_unbelieved_words_over_a_prompt_do_not_stop_it(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=LONG)
    talk = Talk(mind, voice, says(voice, "[unk] [unk] yes", OverPrompt(900)), says(voice, "yes"))
    await talk()
    assert mind.inbox == ["yes"]
    assert len(talk.of(TakenUp)) == 1


async def test_second_pass_hears_no_private_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=prompt("Your pin.", "digits", private=True), known=[])
    talk = Talk(mind, voice, says(voice, "four seven"))
    talk.second_pass = FakeSecondPass("four seven one one")
    await talk()
    assert not talk.second_pass.hints
    assert talk.of(HeardWords) == [HeardWords(None)]


@pytest.mark.parametrize(("waiting", "asked"), [(0, 1), (2, 1), (3, 0), (9, 0)])
async def test_nobody_waits_where_too_many_wait_already(voice: FakeVoice, waiting: int, asked: int) -> None:
    mind = FakeMind({"*": farewell("Sorry?")}, known=["a latte"])
    talk = Talk(mind, voice, says(voice, "gibberish"))
    talk.second_pass = FakeSecondPass("a latte", waiting=waiting)
    await talk()
    assert len(talk.second_pass.hints) == asked
    assert mind.inbox == ["a latte" if asked else "gibberish"]


async def test_second_pass_gets_the_hint_of_the_mind(voice: FakeVoice) -> None:
    class HintingMind(FakeMind):
        def hint(self) -> str:
            return "latte, mocha"

    talk = Talk(HintingMind({"*": farewell()}, known=[]), voice, says(voice, "gibberish"))
    talk.second_pass = FakeSecondPass("")
    await talk()
    assert talk.second_pass.hints == ["latte, mocha"]


async def test_a_cough_costs_no_second_pass(voice: FakeVoice) -> None:
    talk = Talk(
        FakeMind({"yes": farewell()}, greeting=LONG),
        voice,
        says(voice, "", OverPrompt(500), ms=300),
        says(voice, "yes"),
    )
    talk.second_pass = FakeSecondPass("you")
    await talk()
    assert not talk.second_pass.hints


# ---- early end -----------------------------------------------------------------------------------------------


class ForeseeingMind(FakeMind):
    foresight: Foresight = "open"

    def foresee(self, partial: str) -> Foresight:
        return self.foresight if partial == "a latte" else "open"


@pytest.mark.parametrize(
    ("foresight", "sensible_silence_ms", "complete_silence_ms", "endpoint_ms"),
    [
        ("complete", 400, 200, 200),
        ("complete", 400, 0, 400),
        ("complete", 0, 0, 600),
        ("sensible", 400, 200, 400),
        ("sensible", 0, 200, 600),
        ("open", 400, 200, 600),
    ],
)
async def test_an_answer_is_waited_for_as_long_as_it_may_go_on(
    voice: FakeVoice, foresight: Foresight, sensible_silence_ms: int, complete_silence_ms: int, endpoint_ms: float
) -> None:
    mind = ForeseeingMind({"*": farewell()})
    mind.foresight = foresight
    talk = Talk(mind, voice, says(voice, "a latte"))
    turn = Turn(silence_ms=600, sensible_silence_ms=sensible_silence_ms, complete_silence_ms=complete_silence_ms)
    talk.settings = VoiceSettings(turns={"order": turn})
    await talk()
    assert mind.times[1].endpoint == pytest.approx(endpoint_ms, abs=20)
