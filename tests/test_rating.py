"""Who has ordered may be asked, once and before the goodbye, how the call was."""

from __future__ import annotations

import pytest

from nlu.intent import AskHours, Digits, Number, Pick, Simple
from tests.talk import CHECKOUT, NO, YES, Talk, add
from voxcart.patience import DialogueSettings
from voxcart.states import AskingRating, Shopping

BYE = Simple("goodbye")


def asking() -> Talk:
    return Talk(settings=DialogueSettings(ask_rating=True))


def ratings(talk: Talk) -> list[tuple[str, int]]:
    with talk.shop.store.transaction():
        return [(row["call"], row["rating"]) for row in talk.shop.store.ratings()]


async def ordered(talk: Talk) -> None:
    await talk.says(add("latte"), CHECKOUT, YES)
    assert talk.state.placed


@pytest.mark.parametrize("ending", [BYE, NO, Simple("thanks"), CHECKOUT])
@pytest.mark.parametrize("said", [Number(4), Digits("4"), Pick(4)])
async def test_it_is_asked_before_the_goodbye_and_kept_with_the_call(ending: Simple, said: Number) -> None:
    talk = asking()
    await ordered(talk)
    assert "from one to five" in await talk.says(ending)
    assert not talk.last.hang_up
    assert "Goodbye" in await talk.says(said)
    assert talk.last.hang_up
    assert ratings(talk) == [("call-1", 4)]
    [did] = [event[3]["did"] for event in talk.log if event[2] == "turn"][-1]
    assert did["outcome"] == {"type": "CallRated", "rating": 4}


async def test_key_four_does_as_well_and_one_and_two_are_no_yes_and_no() -> None:
    for key in "42":
        talk = asking()
        await ordered(talk)
        await talk.says(BYE)
        await talk.press(key)
        assert ratings(talk) == [("call-1", int(key))]
        assert talk.last.hang_up


@pytest.mark.parametrize("answer", [NO, BYE, Simple("thanks")])
async def test_who_does_not_want_to_need_not(answer: Simple) -> None:
    talk = asking()
    await ordered(talk)
    await talk.says(BYE, answer)
    assert talk.last.hang_up
    assert ratings(talk) == []


async def test_silence_and_nonsense_end_the_call_soon() -> None:
    talk = asking()
    await ordered(talk)
    await talk.says(BYE)
    await talk.silent()
    assert talk.last.hang_up
    other = asking()
    await ordered(other)
    await other.says(BYE)
    await other.say(None)
    assert isinstance(other.phase, AskingRating)
    await other.say(None)
    assert other.last.hang_up


async def test_other_numbers_are_asked_again() -> None:
    talk = asking()
    await ordered(talk)
    assert "From one to five, please" in await talk.says(BYE, Number(9))
    await talk.says(Number(5))
    assert ratings(talk) == [("call-1", 5)]


async def test_a_question_or_a_further_order_comes_first_and_it_is_asked_once() -> None:
    talk = asking()
    await ordered(talk)
    await talk.says(BYE, AskHours())
    assert isinstance(talk.phase, AskingRating)
    await talk.says(add("tea"))
    assert isinstance(talk.phase, Shopping)
    await talk.says(CHECKOUT, YES, BYE)
    assert talk.last.hang_up, "asked once"


async def test_who_has_not_ordered_or_where_it_is_off_nobody_is_asked() -> None:
    talk = asking()
    await talk.says(BYE)
    assert talk.last.hang_up
    off = Talk()
    await ordered(off)
    await off.says(BYE)
    assert off.last.hang_up
