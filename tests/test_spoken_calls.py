"""Calls spoken by a voice through the real engines: what a caller can do to the line, and what it may not do."""

from __future__ import annotations

import re

import pytest

from tests.spoken import PIN, Line, says
from tests.waveform import audible
from voice import events
from voice.audio import RATE_HZ
from voxcart.build import Engines

pytestmark = pytest.mark.audio

CLIP = '[[step]]\nclip = "{}"\n'
SPOKEN_PIN = "four, seven, three, nine."
BUY = "A large latte please.", "That's all.", "Yes please."
LATTE = [["a large latte"]]
WINDOW_BYTES = 25 * RATE_HZ * 2
"""Whisper hears thirty seconds at a time."""


def prompts(line: Line) -> list[str]:
    return [each.prompt.text for each in line.calls[-1].events if isinstance(each, events.Saying)]


async def test_a_greeting_can_be_interrupted_with_the_order(line: Line) -> None:
    call = await line.take(says("Can I get a large latte?", "That's all.", over_ms=1500))
    assert line.cart(call) == ["a large latte"]
    assert any(isinstance(each, events.BrokenOff) for each in call.events)


@pytest.mark.parametrize("pin", [SPOKEN_PIN, "forty seven, thirty nine.", f"#{PIN}"], ids=["digits", "pairs", "keys"])
async def test_a_pin_is_taken_spoken_or_by_keys(line: Line, pin: str) -> None:
    call = await line.take(says(*BUY, pin, "Thank you, goodbye."))
    assert line.goods == LATTE
    for secret in (PIN, "four seven three nine", "forty seven"):
        assert secret not in str(call.turns)


async def test_three_wrong_pins_lock_in_the_next_call_too(line: Line) -> None:
    wrong = "eight, two, five, one."
    call = await line.take(says(*BUY, wrong, "#8252", "eight, two, five, three."))
    assert "locked" in call.said
    again = await line.take(says(*BUY, SPOKEN_PIN))
    assert "locked" in again.said
    assert line.goods == []


@pytest.mark.parametrize(
    ("first", "then", "cart"),
    [
        ("I'd like.", "Two large lattes.", ["two large lattes"]),
        ("Can I get a latte, and.", "A croissant please.", ["a medium latte", "a croissant"]),
        ("Could I have.", "An espresso.", ["a medium espresso"]),
    ],
)
async def test_who_pauses_where_nobody_ends_is_heard_out(line: Line, first: str, then: str, cart: list[str]) -> None:
    """A second of silence in the middle of a sentence is not its end."""
    steps = f'[[step]]\nsay = "{first}"\n[[step]]\nsay = "{then}"\nwait_ms = 1000\n'
    call = await line.take(steps)
    assert line.cart(call) == cart
    assert len(call.heard) == 1


async def test_a_phone_number_with_pauses_is_one_turn(line: Line) -> None:
    """One utterance of three groups, 1.2 seconds apart."""
    groups = '[[step]]\nsay = "one five five five."\n[[step]]\nsay = "zero one."\nwait_ms = 1200\n'
    groups += '[[step]]\nsay = "zero zero."\nwait_ms = 1200\n'
    call = await line.take(says(*BUY) + groups + says(SPOKEN_PIN), caller=None)
    assert [re.sub(r"\W", "", text) for text in call.heard if "five" in text] == ["onefivefivefivezeroonezerozero"]
    assert line.goods == LATTE


@pytest.mark.parametrize("over_ms", [300, 1500, 4000])
@pytest.mark.parametrize("after", range(4))
async def test_hanging_up_never_buys_unconfirmed(line: Line, after: int, over_ms: int) -> None:
    hang_up = f"[[step]]\nhang_up = true\nover_ms = {over_ms}\n"
    await line.take(says(*BUY[:after]) + hang_up)
    assert line.goods == []


@pytest.mark.parametrize("over_ms", [100, 1500, 5000])
async def test_hanging_up_after_the_pin_buys_once(line: Line, over_ms: int) -> None:
    await line.take(says(*BUY, SPOKEN_PIN) + f"[[step]]\nhang_up = true\nover_ms = {over_ms}\n")
    assert line.goods == LATTE


@pytest.mark.parametrize("at", range(5))
async def test_interrupting_any_prompt_with_yes_never_buys_twice_or_unconfirmed(line: Line, at: int) -> None:
    """At each prompt of a purchase the caller says "yes" over it, and then goes on as if nothing had been."""
    steps = [*BUY, SPOKEN_PIN, "Thank you, goodbye."]
    over = says("Yes.", over_ms=800)
    call = await line.take(says(*steps[:at]) + over + says(*steps[at:]))
    assert len(line.goods) <= 1
    kinds = [done["outcome"]["type"] for turn in call.turns for done in turn["did"]]
    assert kinds.count("OrderPlaced") == len(line.goods)
    if line.goods:
        assert kinds.index("Confirmed") < kinds.index("OrderPlaced")


async def test_a_yes_over_the_read_back_does_not_confirm(line: Line) -> None:
    call = await line.take(says(*BUY[:2]) + says("Yes.", over_ms=1000))
    assert not [done for turn in call.turns for done in turn["did"] if done["outcome"]["type"] == "Confirmed"]


async def test_who_declines_is_not_recorded(line: Line) -> None:
    call = await line.take(says("Don't record.", "A large latte please."), record=True)
    assert call.recording is None
    assert not list(line.folder.glob("*.wav*"))
    assert line.cart(call) == ["a large latte"]


async def test_the_answers_can_be_heard_on_the_recording(line: Line, engines: Engines) -> None:
    call = await line.take(says(*BUY, SPOKEN_PIN, "Thank you, goodbye."), record=True)
    assert call.recording is not None
    assert engines.second_pass is not None
    windows = [b""]
    for start, end in audible(call.assistant):
        span = call.assistant[max(int(start - 100) * 16, 0) : int(end + 300) * 16].tobytes()
        windows[-1:] = [windows[-1] + span] if len(windows[-1] + span) <= WINDOW_BYTES else [windows[-1], span]
    heard = [(await engines.second_pass.transcribe(each)).text for each in windows]
    for words in ("coffee", "recorded", "large latte", "altogether", "order is placed", "goodbye"):
        assert words in " ".join(heard).lower(), heard
    assert "type it in" not in " ".join(heard).lower()  # the question for the PIN is part of the private span


async def test_the_stages_add_up_to_the_gap_on_the_recording(line: Line) -> None:
    """What the log says a caller waited is what the waveform shows, within 50 ms."""
    call = await line.take(
        CLIP.format(line.clip("orders/0704c731.flac")) + CLIP.format(line.clip("generated/goodbye.flac")),
        pace="honest",
        record=True,
    )
    stages = [
        sum(filter(None, (t.endpoint, t.recognise, t.second_pass, t.understand, t.act, t.first_audio)))
        for t in call.summary.times
        if t.endpoint is not None
    ]
    gaps = []
    for _, caller_end in audible(call.caller):
        gaps.append(min(start for start, _ in audible(call.assistant) if start > caller_end) - caller_end)
    assert stages == pytest.approx(gaps, abs=50)


async def test_a_frozen_replay_is_the_same_twice(line: Line) -> None:
    steps = says("A large latte please.", "How much is that?", "Goodbye.", "No.")
    first, second = await line.take(steps, caller=None), await line.take(steps, caller=None)
    assert masked(first.turns) == masked(second.turns)
    assert len(first.turns) >= 4


def masked(turns: object) -> str:
    """Without the ids of calls; ids of quotes are made of them."""
    return re.sub(r"call-\d+", "call", repr(turns))
