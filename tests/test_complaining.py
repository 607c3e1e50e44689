"""In a call: a complaint gets a number and a promised time, and who calls again hears what has become of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commerce.complaints import answer_complaint
from commerce.settings import CommerceSettings
from nlu.intent import AskHours, Digits, Said, Simple
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voxcart.redress_states import AskingComplaint, OfferingGoodwill
from voxcart.states import AwaitingOrderNumber, AwaitingPin, ConfirmingGuess, Shopping

COMPLAIN, ASK, NO_NUMBER = Simple("complain"), Simple("ask_complaint"), Simple("no_number")
COLD, RUDE = Said("it was cold", "quality"), Said("he was rude", "unfriendly")
SETTINGS = CommerceSettings(pin_free_limit="0.00")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
async def again() -> Callable[..., Talk]:
    """Calls of a customer who has ordered."""
    first = Talk(PHONE, commerce=SETTINGS)
    first.enrol()
    await first.says(add("latte", 2), CHECKOUT, YES, Digits(PIN))
    calls = iter(range(2, 99))

    def call(caller: str | None = PHONE) -> Talk:
        return Talk(caller, shop=first.shop, call=f"call-{next(calls)}", clock=first.clock)

    return call


def complaints(talk: Talk) -> list[dict[str, object]]:
    with talk.shop.store.transaction():
        return talk.shop.store.complaints(talk.shop.till.shop)


def number_of(talk: Talk) -> str:
    return str(complaints(talk)[0]["number"])


async def test_file_a_complaint_call_again_and_hear_its_state(again: Callable[..., Talk]) -> None:
    talk = again(caller=None)
    assert "What went wrong" in await talk.says(COMPLAIN)
    told = await talk.says(RUDE)
    [made] = complaints(talk)
    assert (made["reason"], made["said"], made["call"]) == ("unfriendly", "he was rude", "call-2")
    assert "number of your complaint" in told
    assert "by today, eight in the evening" in told
    assert not talk.last.interruptible
    later = again(caller=None)
    assert "number of your complaint" in await later.says(ASK)
    assert isinstance(later.phase, AwaitingOrderNumber)
    assert "is being looked at" in await later.says(Digits(number_of(talk)))
    assert isinstance(later.phase, Shopping)


async def test_an_answer_is_heard_by_the_customer_after_the_pin(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(COMPLAIN, COLD, YES, Digits(PIN))
    answer_complaint(talk.shop.till, number_of(talk), "The machine is mended.")
    by_number = again(caller=None)
    told = await by_number.says(ASK, Digits(number_of(talk)))
    assert "has been answered" in told
    assert "mended" not in told
    later = again()
    await later.says(ASK, NO_NUMBER)
    assert isinstance(later.phase, AwaitingPin)
    assert "The machine is mended." in await later.says(Digits(PIN))
    assert "The machine is mended." in await later.says(ASK), "no PIN again in the same call"
    both = again()
    await both.says(ASK, Digits(number_of(talk)))
    assert isinstance(both.phase, AwaitingPin)
    assert "The machine is mended." in await both.says(Digits(PIN))


async def test_in_the_same_call_it_is_known(again: Callable[..., Talk]) -> None:
    talk = again(caller=None)
    assert "is being looked at" in await talk.says(COMPLAIN, RUDE, ASK)


async def test_a_broken_promise_is_owned_up_to(again: Callable[..., Talk]) -> None:
    talk = again(caller=None)
    await talk.says(COMPLAIN, RUDE)
    talk.clock.move(days=2)
    later = again(caller=None)
    told = await later.says(ASK, Digits(number_of(talk)))
    assert "I'm sorry, your complaint should have been answered" in told


async def test_an_apology_is_offered_and_given_after_the_pin(again: Callable[..., Talk]) -> None:
    talk = again()
    asked = await talk.says(COMPLAIN, COLD)
    assert "three dollars off your next order" in asked
    assert isinstance(talk.phase, OfferingGoodwill)
    await talk.says(YES)
    assert isinstance(talk.phase, AwaitingPin)
    told = await talk.says(Digits(PIN))
    assert "The code is" in told
    assert not talk.last.interruptible
    with talk.shop.store.transaction():
        granted = talk.shop.store.goodwill_for(number_of(talk))
    assert granted is not None
    assert granted["amount"] == 300
    assert "once a month" in await talk.says(COMPLAIN, COLD) or "number of your complaint" in talk.last.text
    assert len(complaints(talk)) == 2


async def test_who_gave_the_pin_before_gets_it_at_once(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(Simple("usual"), Digits(PIN))
    told = await talk.says(COMPLAIN, COLD)
    assert "number of your complaint" in told
    assert "The code is" in told
    [made] = complaints(talk)
    assert made["customer"] is not None
    assert made["of"] == talk.shop.orders()[0].number


@pytest.mark.parametrize("answers", [(NO,), (YES, NO), (YES, Digits("9999"), NO)])
async def test_without_a_pin_the_complaint_stands(again: Callable[..., Talk], answers: tuple[Simple, ...]) -> None:
    talk = again()
    await talk.says(COMPLAIN, COLD, *answers)
    assert isinstance(talk.phase, Shopping)
    assert len(complaints(talk)) == 1
    with talk.shop.store.transaction():
        assert talk.shop.store.goodwill_for(number_of(talk)) is None


async def test_a_second_apology_in_a_month_is_refused_kindly(again: Callable[..., Talk]) -> None:
    await again().says(COMPLAIN, COLD, YES, Digits(PIN))
    assert "once a month" in await again().says(COMPLAIN, COLD, YES, Digits(PIN))


async def test_no_makes_none(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(COMPLAIN, NO)
    assert isinstance(talk.phase, Shopping)
    assert complaints(talk) == []


async def test_the_open_question_is_asked_again(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(add("latte", 1, guessed=True))
    before = talk.phase
    assert isinstance(before, ConfirmingGuess)
    await talk.says(COMPLAIN, RUDE)
    assert talk.phase == before


@pytest.mark.parametrize("said", [Simple("human"), Simple("help"), Simple("goodbye"), AskHours("monday")])
async def test_what_works_everywhere_works_at_the_offer(again: Callable[..., Talk], said: Simple) -> None:
    talk = again()
    await talk.says(COMPLAIN, COLD)
    before = talk.phase
    await talk.says(said)
    if talk.last.hang_up:
        assert said in (Simple("human"), Simple("goodbye"))
    else:
        assert talk.phase == before


async def test_what_makes_no_sense_is_asked_for_again(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(COMPLAIN)
    await talk.say(None)
    assert isinstance(talk.phase, AskingComplaint)
    assert complaints(talk) == []
