"""Who calls without a number and needs a person is asked for one, so that somebody can call back."""

from __future__ import annotations

import json

import pytest

from nlu import intent
from nlu.intent import Digits, Simple
from tests.talk import NO, PHONE, YES, Talk, add
from voice.call import NotHandedOver
from voice.prompt import Transfer
from voxcart.callback_states import AwaitingPhone, ConfirmingPhone
from voxcart.patience import DialogueSettings
from voxcart.states import Shopping

DESK = Transfer("sip:desk@192.0.2.7", 20.0)
HUMAN = Simple("human")
NUMBER = "5550142396"


def ticket(talk: Talk) -> dict[str, object]:
    with talk.shop.store.transaction():
        [row] = talk.shop.store.tickets()
        return row


async def test_the_number_is_read_back_in_groups_noted_and_told() -> None:
    talk = Talk()
    assert "What number" in await talk.says(add("latte"), HUMAN)
    assert ticket(talk)["phone"] is None, "the ticket is there, should they hang up now"
    assert "five five five, zero one four, two three nine six" in await talk.says(Digits(NUMBER))
    answer = await talk.says(YES)
    assert "they'll call you back" in answer
    assert talk.last.hang_up
    assert ticket(talk)["phone"] == NUMBER
    assert [each.get("phone") for each in talk.told] == [None, NUMBER]
    assert talk.told[1]["ticket"] == talk.told[0]["ticket"]


async def test_the_number_is_in_no_log() -> None:
    talk = Talk()
    await talk.say(HUMAN)
    await talk.say(Digits(NUMBER), text="five five five oh one four two three nine six")
    await talk.says(YES)
    logged = json.dumps([event[3] for event in talk.log])
    for trace in (NUMBER, "five five five", "zero one four", "oh one four"):
        assert trace not in logged
    assert "five five five" not in str(ticket(talk)["summary"])


@pytest.mark.parametrize("answer", [NO, Simple("none"), Simple("no_number"), Simple("goodbye"), HUMAN])
async def test_who_has_none_or_tells_none_is_not_promised_a_call(answer: Simple) -> None:
    talk = Talk()
    said = await talk.says(HUMAN, answer)
    assert "can't call you back" in said
    assert "they'll call you back" not in said
    assert talk.last.hang_up
    assert ticket(talk)["closed"] is None


async def test_a_wrong_number_is_said_again() -> None:
    talk = Talk()
    await talk.says(HUMAN, Digits("5550142395"), NO)
    assert isinstance(talk.phase, AwaitingPhone)
    await talk.says(Digits(NUMBER), YES)
    assert ticket(talk)["phone"] == NUMBER


async def test_the_right_number_can_be_said_in_place_of_the_no() -> None:
    talk = Talk()
    await talk.says(HUMAN, Digits("5550142395"), Digits(NUMBER))
    assert isinstance(talk.phase, ConfirmingPhone)
    await talk.says(YES)
    assert ticket(talk)["phone"] == NUMBER


@pytest.mark.parametrize("said", [Digits("555"), Digits("5550142396" * 2), Digits(NUMBER, clear=False), None])
async def test_what_is_no_telephone_number_is_asked_for_again_and_not_for_ever(said: intent.Meaning | None) -> None:
    talk = Talk()
    await talk.says(HUMAN)
    for _ in range(2):
        await talk.say(said)
        assert isinstance(talk.phase, AwaitingPhone)
        assert "whole telephone number" in talk.last.text
    assert "can't call you back" in await talk.say(said)
    assert talk.last.hang_up


async def test_silence_ends_it_after_one_more_question() -> None:
    talk = Talk()
    await talk.says(HUMAN)
    await talk.silent()
    assert "What number" in talk.last.text
    await talk.silent()
    assert "can't call you back" in talk.last.text
    assert talk.last.hang_up


async def test_who_has_gone_silent_is_not_asked() -> None:
    talk = Talk(settings=DialogueSettings(exit="ticket"))
    await talk.greet()
    for _ in range(4):
        await talk.silent()
    assert talk.last.hang_up
    assert "can't call you back" in talk.last.text


async def test_by_keys() -> None:
    talk = Talk()
    await talk.greet()
    await talk.press("0")
    await talk.press(NUMBER)
    assert isinstance(talk.phase, ConfirmingPhone)
    await talk.press("1")
    assert ticket(talk)["phone"] == NUMBER


async def test_where_nobody_answers_it_is_asked_and_the_call_goes_on() -> None:
    talk = Talk(transfer=DESK)
    await talk.says(add("latte"), HUMAN)
    said = await talk.hear(NotHandedOver())
    assert "nobody can take your call" in said
    assert "What number" in said
    said = await talk.says(Digits(NUMBER), YES)
    assert "they'll call you back" in said
    assert not talk.last.hang_up
    assert talk.phase == Shopping()
    assert talk.cart == ["a medium latte"]
    assert ticket(talk)["phone"] == NUMBER


async def test_whose_number_is_known_is_not_asked() -> None:
    talk = Talk(PHONE)
    assert "they'll call you back" in await talk.says(HUMAN)
    assert ticket(talk)["phone"] is None
