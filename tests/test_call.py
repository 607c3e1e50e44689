from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest

from tests.fakes import (
    LETTER_SAMPLES,
    FakeActivity,
    FakeChannel,
    FakeMeaning,
    FakeMind,
    FakeRecognizer,
    FakeSecondPass,
    FakeSynthesizer,
    FakeVoice,
    farewell,
    prompt,
    says,
)
from voice.audio import RATE_HZ, Frame
from voice.call import CallSummary
from voice.channels import Keys
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, OverPrompt, Press
from voice.events import BrokenOff, CallEvent, HeardWords, PressedKeys, TakenUp
from voice.prompt import Prompt
from voice.recognizer import Transcript
from voice.settings import Turn, VoiceSettings
from voice.turns import run_call

LONG = "This is the first sentence of a long prompt. This is the second one. And the third."
SETTINGS = VoiceSettings(
    turns={"order": Turn(), "digits": Turn(silence_ms=1300, no_input_ms=8000), "yes_no": Turn(silence_ms=200)}
)


class Talk:
    """One call with fakes, and what came of it."""

    def __init__(self, mind: FakeMind, voice: FakeVoice, *cues: Cue, **more: float) -> None:
        self.mind, self.voice = mind, voice
        self.caller_side = bytearray()
        self.channel = FakeChannel(
            *cues, on_frame=lambda caller, _assistant, _at: self.caller_side.extend(caller), **more
        )
        self.recognizer = FakeRecognizer(voice)
        self.synthesizer = FakeSynthesizer()
        self.events: list[CallEvent] = []
        self.second_pass: FakeSecondPass | None = None
        self.settings = SETTINGS
        self.recorder = Recorder()

    async def __call__(self) -> CallSummary:
        summary = await run_call(
            self.channel,
            self.mind,
            self.recognizer,
            self.synthesizer,
            self.second_pass,
            self.settings,
            activity=FakeActivity,
            recorder=self.recorder,
            watch=self.events.append,
        )
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return summary

    @property
    def spoken(self) -> list[str]:
        return self.synthesizer.heard_in(self.channel.assistant)

    def of(self, kind: type[CallEvent]) -> list[CallEvent]:
        return [event for event in self.events if isinstance(event, kind)]


class Recorder:
    def __init__(self) -> None:
        self.changes: list[bool] = []

    @property
    def private(self) -> bool:
        return bool(self.changes) and self.changes[-1]

    @private.setter
    def private(self, value: bool) -> None:
        self.changes.append(value)


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
    assert not summary.by_caller
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
        says(voice, "", OverPrompt(500), ms=100),
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
    assert not summary.by_caller
    question = len("Are you there?") * LETTER_SAMPLES
    for earlier, later in pairwise(asked):
        assert later - earlier - question == pytest.approx(6.0 * RATE_HZ, abs=RATE_HZ / 10)


async def test_a_noise_while_waiting_is_no_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"silence": farewell()})
    talk = Talk(mind, voice, says(voice, "", ms=200))
    await talk()
    assert mind.inbox == ["silence"]


async def test_an_answer_that_outlasts_the_waiting_time_is_not_silence_too(voice: FakeVoice) -> None:
    mind = FakeMind({"no": farewell()})
    talk = Talk(mind, voice, says(voice, "a latte", AfterPrompt(5500), ms=3000), says(voice, "no"))
    await talk()
    assert mind.inbox == ["a latte", "no"]


async def test_a_word_too_short_to_break_in_is_still_an_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"*": farewell()}, greeting=LONG)
    talk = Talk(mind, voice, says(voice, "no", OverPrompt(500), ms=140))
    await talk()
    assert not talk.of(BrokenOff)
    assert talk.spoken == [LONG.split(". ")[0] + ".", "Goodbye then."]


async def test_long_speech_that_is_not_understood_is_an_answer(voice: FakeVoice) -> None:
    mind = FakeMind({"": farewell("Sorry?")})
    talk = Talk(mind, voice, says(voice, "", ms=1200))
    await talk()
    assert mind.inbox == [""]


# ---- keys ----------------------------------------------------------------------------------------------------


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


# ---- second pass ---------------------------------------------------------------------------------------------


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


async def endpoint_of(voice: FakeVoice, mind: FakeMind, complete_silence_ms: int) -> float:
    talk = Talk(mind, voice, says(voice, "a latte"))
    talk.settings = VoiceSettings(turns={"order": Turn(silence_ms=600, complete_silence_ms=complete_silence_ms)})
    await talk()
    endpoint = mind.times[1].endpoint
    assert endpoint is not None
    return endpoint


async def test_a_complete_answer_is_not_waited_for(voice: FakeVoice) -> None:
    class ForeseeingMind(FakeMind):
        def complete(self, partial: str) -> bool:
            return partial == "a latte"

    class DoubtfulMind(FakeMind):
        def complete(self, partial: str) -> bool:  # noqa: ARG002
            return False

    assert await endpoint_of(voice, ForeseeingMind({"*": farewell()}), 200) == pytest.approx(200, abs=20)
    assert await endpoint_of(voice, ForeseeingMind({"*": farewell()}), 0) == pytest.approx(600, abs=20)
    assert await endpoint_of(voice, DoubtfulMind({"*": farewell()}), 200) == pytest.approx(600, abs=20)


# ---- hang-up -------------------------------------------------------------------------------------------------


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
    assert summary.by_caller
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
    assert summary.by_caller
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
