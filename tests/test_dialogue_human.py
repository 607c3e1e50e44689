"""Handing a caller over to a person: when, what is said, what becomes of ticket and cart; typed and in calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from commerce.settings import CommerceSettings
from nlu.intent import Digits, Simple
from tests.fakes import FakeActivity, FakeChannel, FakeRecognizer, FakeSynthesizer, FakeVoice, says
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voice.call import HandedOver, NotHandedOver
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, Press
from voice.prompt import Transfer
from voice.settings import VoiceSettings
from voice.turns import run_call
from voxcart.patience import DialogueSettings
from voxcart.states import AwaitingPin, ConfirmingOrder, OfferingHuman, Shopping

DESK = Transfer("sip:desk@192.0.2.7", 20.0)
HUMAN, UPSET = Simple("human"), Simple("upset")
AT_ONCE = DialogueSettings(human_on_misses="transfer", human_on_upset="transfer", human_on_expensive="transfer")


def tickets(talk: Talk) -> list[dict[str, Any]]:
    with talk.shop.store.transaction():
        return list(talk.shop.store.tickets())


async def test_a_person_is_announced_and_called() -> None:
    talk = Talk(transfer=DESK)
    answer = await talk.says(add("latte", 2), HUMAN)
    assert "I'll put you through" in answer
    assert talk.last.transfer == DESK
    assert not talk.last.interruptible
    assert not talk.last.hang_up
    [ticket] = tickets(talk)
    assert ticket["closed"] is None


async def test_who_was_taken_over_needs_no_call_back() -> None:
    talk = Talk(transfer=DESK)
    await talk.says(add("latte"), HUMAN)
    await talk.hear(HandedOver())
    assert talk.last.hang_up
    [ticket] = tickets(talk)
    assert ticket["closed"] is not None


async def test_when_nobody_answers_the_caller_is_told_and_may_go_on() -> None:
    talk = Talk(PHONE, transfer=DESK)
    await talk.says(add("latte", 2), HUMAN)
    answer = await talk.hear(NotHandedOver())
    [ticket] = tickets(talk)
    assert ticket["closed"] is None
    assert "nobody can take your call" in answer
    assert "call you back" in answer
    assert "what you wanted to order" in answer
    assert talk.phase == Shopping()
    assert talk.cart == ["two medium lattes"]
    assert not talk.last.hang_up
    assert "altogether" in await talk.says(CHECKOUT)


async def test_a_line_that_cannot_transfer_leaves_a_ticket() -> None:
    talk = Talk(PHONE)
    answer = await talk.says(HUMAN)
    assert talk.last.hang_up
    assert talk.last.transfer is None
    assert "call you back" in answer


@pytest.mark.parametrize("transfer", [None, DESK])
async def test_people_are_told_what_the_agent_must_know(transfer: Transfer | None) -> None:
    talk = Talk(PHONE, transfer=transfer, commerce=CommerceSettings(pin_free_limit="0.00"))
    customer = talk.enrol()
    await talk.says(add("latte", 2), CHECKOUT, YES)
    assert isinstance(talk.phase, AwaitingPin)
    await talk.says(Digits("8352"), HUMAN)
    [told] = talk.told
    [ticket] = tickets(talk)
    assert told["ticket"] == ticket["number"]
    assert told["reason"] == "asked"
    assert told["caller"] == PHONE
    assert told["customer"] == customer
    assert told["transfer_to"] == (transfer and transfer.to)
    assert told["cart"]["lines"][0]["product"] == "latte"
    assert len(told["turns"]) >= 4
    for secret in (PIN, "8352"):
        assert secret not in str(told)
        assert secret not in ticket["summary"]


async def test_people_who_cannot_be_told_do_not_hold_up_the_caller() -> None:
    talk = Talk(transfer=DESK)

    def fails(_ticket: object) -> None:
        raise OSError("no network")

    talk.mind._tools = replace(talk.mind._tools, notify=fails)
    assert "put you through" in await talk.says(HUMAN)


async def misses(talk: Talk) -> None:
    for _ in range(3):
        await talk.say(None)


async def upset(talk: Talk) -> None:
    await talk.says(UPSET)


async def expensive(talk: Talk) -> None:
    await talk.says(CHECKOUT)


RULES: dict[str, tuple[Callable[[Talk], Any], str]] = {
    "three misses": (misses, "not understood"),
    "frustration": (upset, "upset"),
    "amount": (expensive, "too expensive"),
}


@pytest.mark.parametrize(("brings", "reason"), RULES.values(), ids=RULES.keys())
async def test_a_rule_puts_through_at_once(brings: Callable[[Talk], Any], reason: str) -> None:
    talk = Talk(commerce=CommerceSettings(voice_limit="20.00"), settings=AT_ONCE, transfer=DESK)
    await talk.says(add("latte", 9))
    await brings(talk)
    assert talk.last.transfer == DESK
    assert [each["reason"] for each in tickets(talk)] == [reason]
    assert talk.cart == ["nine medium lattes"]


@pytest.mark.parametrize("brings", [brings for brings, _ in RULES.values()], ids=RULES.keys())
async def test_or_it_offers_a_person_first(brings: Callable[[Talk], Any]) -> None:
    talk = Talk(commerce=CommerceSettings(voice_limit="20.00"), transfer=DESK)
    await talk.says(add("latte", 9))
    await brings(talk)
    assert isinstance(talk.phase, OfferingHuman)
    assert "Shall I put you through" in talk.last.text
    assert talk.last.transfer is None
    await talk.says(YES)
    assert talk.last.transfer == DESK


async def test_no_to_a_person_goes_on() -> None:
    talk = Talk(transfer=DESK)
    await talk.says(add("latte"), UPSET, NO)
    assert talk.phase == Shopping()
    assert tickets(talk) == []


async def test_in_the_middle_of_buying_nothing_is_bought_by_itself() -> None:
    talk = Talk(transfer=DESK)
    await talk.says(add("latte"), CHECKOUT)
    assert isinstance(talk.phase, ConfirmingOrder)
    await talk.says(HUMAN)
    await talk.hear(NotHandedOver())
    await talk.says(YES)
    assert talk.shop.orders() == ()


# ---- in the call loop ----------------------------------------------------------------------------------------


async def called(talk: Talk, voice: FakeVoice, channel: FakeChannel) -> tuple[str, str]:
    """(who ended the call, what was heard)."""
    synthesizer = FakeSynthesizer()
    recognizer = FakeRecognizer(voice)
    summary = await run_call(channel, talk.mind, recognizer, synthesizer, None, VoiceSettings(), activity=FakeActivity)
    return summary.end, " ".join(synthesizer.heard_in(channel.assistant))


async def test_the_line_is_handed_over_after_the_announcement() -> None:
    voice, talk = FakeVoice(), Talk(transfer=DESK)
    channel = FakeChannel(Cue(Press("0"), AfterPrompt()))
    channel.takes_over = True
    end, heard = await called(talk, voice, channel)
    assert end == "person"
    assert channel.handed_to == [DESK.to]
    assert heard.endswith("One moment, please.")
    assert [each["closed"] is not None for each in tickets(talk)] == [True]


async def test_a_caller_whom_nobody_takes_over_is_still_served() -> None:
    voice, talk = FakeVoice(), Talk(transfer=DESK)
    channel = FakeChannel(
        Cue(Press("0"), AfterPrompt()), says(voice, "that is all", AfterPrompt()), Cue(Leave(), AfterPrompt())
    )
    channel.takes_over = False
    end, heard = await called(talk, voice, channel)
    assert end == "caller"
    assert "nobody can take your call" in heard
    assert "call you back" in heard
    assert [each["closed"] for each in tickets(talk)] == [None]
    assert any(event[2] == "turn" and "that is all" in str(event) for event in talk.log)


async def test_words_said_while_it_rings_answer_nothing() -> None:
    voice, talk = FakeVoice(), Talk(transfer=DESK)
    channel = FakeChannel(Cue(Press("0"), AfterPrompt()), says(voice, "yes", AfterPrevious(400)), Cue(Leave()))
    channel.takes_over = False
    await called(talk, voice, channel)
    assert not any("'yes'" in str(event) for event in talk.log)
