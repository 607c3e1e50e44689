"""In a call, after the purchase: where is my order, the usual, cancel and change it; only after the PIN."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commerce.settings import CommerceSettings
from nlu.intent import AskOrder, Digits, Simple
from tests.small_shop import StandingClock
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voxcart.patience import DialogueSettings
from voxcart.states import AwaitingOrderNumber, AwaitingPin, ConfirmingOrder, ConfirmingOrderCancel, Shopping

USUAL, LAST = Simple("usual"), Simple("last_order")
CANCEL, CHANGE, NO_NUMBER = Simple("cancel_order"), Simple("change_order"), Simple("no_number")
SETTINGS = CommerceSettings(pin_free_limit="0.00")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
async def again() -> Callable[..., Talk]:
    """Calls of a customer who ordered two lattes and a bagel before."""
    first = Talk(PHONE, commerce=SETTINGS)
    first.enrol()
    await first.says(add("latte", 2), add("bagel"), CHECKOUT, YES, Digits(PIN))
    assert len(first.shop.orders()) == 1
    calls = iter(range(2, 99))

    def call(caller: str | None = PHONE, **more: object) -> Talk:
        return Talk(caller, shop=first.shop, call=f"call-{next(calls)}", clock=first.clock, **more)

    return call


async def test_where_is_my_order_without_its_number(again: Callable[..., Talk]) -> None:
    talk = again()
    assert "order number" in await talk.says(AskOrder())
    assert isinstance(talk.phase, AwaitingOrderNumber)
    asked = await talk.says(NO_NUMBER)
    assert "PIN" in asked
    assert "latte" not in " ".join(each.text for each in talk.prompts)
    told = await talk.says(Digits(PIN))
    assert "from today, three things" in told
    assert "two medium lattes and a bagel" in told


async def test_asked_for_twice_the_number_is_needed_once(again: Callable[..., Talk]) -> None:
    talk = again()
    number = talk.shop.orders()[0].number
    await talk.says(AskOrder(), AskOrder())
    assert talk.phase == AwaitingOrderNumber(Shopping())
    await talk.says(Digits(number))
    assert talk.phase == Shopping()


@pytest.mark.parametrize(
    ("days", "said"), [(1, "from yesterday"), (3, "from Wednesday"), (40, "from the first of May")]
)
async def test_the_day_is_told_as_people_say_it(days: int, said: str, again: Callable[..., Talk]) -> None:
    talk = again()
    talk.clock.move(days=days)
    assert said in await talk.says(AskOrder(), NO_NUMBER, Digits(PIN))


async def test_by_its_number_a_stranger_hears_the_state_only(again: Callable[..., Talk]) -> None:
    talk = again(caller=None)
    number = talk.shop.orders()[0].number
    told = await talk.says(AskOrder(number))
    assert "has been placed" in told
    assert "latte" not in told
    assert "dollar" not in told


async def test_a_forged_number_hears_nothing_before_the_pin(again: Callable[..., Talk]) -> None:
    for wanted in (USUAL, LAST, CANCEL, CHANGE):
        talk = again()
        await talk.says(wanted)
        assert isinstance(talk.phase, AwaitingPin)
        assert talk.last.private
        said = " ".join(each.text for each in talk.prompts)
        assert not any(word in said for word in ("latte", "bagel", "dollar", "Ann"))
        await talk.says(NO)
        assert isinstance(talk.phase, Shopping)
        assert talk.cart == []


async def test_the_usual_is_read_with_todays_price_and_ordered_as_ever(again: Callable[..., Talk]) -> None:
    talk = again()
    taken = await talk.says(USUAL, Digits(PIN))
    assert "two medium lattes and a bagel" in taken
    assert "dollars" in taken
    assert "Shall I place the order" in await talk.says(CHECKOUT)
    assert "order is placed" in await talk.says(YES), "the PIN was given in this call"
    assert len(talk.shop.orders()) == 2


async def test_what_is_missing_of_the_usual_is_named(again: Callable[..., Talk]) -> None:
    talk = again()
    talk.shop.set_stock("bagel", 0)
    taken = await talk.says(LAST, Digits(PIN))
    assert "can't get you a bagel" in taken
    assert talk.cart == ["two medium lattes"]


async def test_who_is_no_customer_is_asked_who_they_are(again: Callable[..., Talk]) -> None:
    talk = again(caller=None)
    assert "customer number" in await talk.says(USUAL)
    assert "PIN" in await talk.says(Digits(PHONE))
    assert "two medium lattes" in await talk.says(Digits(PIN))


async def test_no_order_yet_is_said() -> None:
    talk = Talk(PHONE, commerce=SETTINGS)
    talk.enrol()
    assert "can't find an order" in await talk.says(USUAL, Digits(PIN))


async def test_an_order_is_cancelled_after_pin_and_yes(again: Callable[..., Talk]) -> None:
    talk = again()
    asked = await talk.says(CANCEL, Digits(PIN))
    assert "two medium lattes and a bagel" in asked
    assert "Shall I cancel it" in asked
    assert isinstance(talk.phase, ConfirmingOrderCancel)
    assert "has to be sure" not in asked
    await talk.say(YES, over=True)
    assert talk.shop.orders()[0].status == "placed", "a yes over the question is none"
    assert "is cancelled" in await talk.says(YES)
    assert talk.shop.orders()[0].status == "cancelled"


async def test_no_keeps_the_order_and_other_words_do_not_cancel_it(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(CANCEL, Digits(PIN))
    assert "stays as it is" in await talk.says(NO)
    await talk.says(CANCEL)
    assert isinstance(talk.phase, ConfirmingOrderCancel), "no PIN again in the same call"
    await talk.says(add("tea"))
    await talk.says(Simple("backchannel"))
    assert talk.shop.orders()[0].status == "placed"


async def test_after_packing_the_reason_is_told(again: Callable[..., Talk]) -> None:
    talk = again()
    talk.shop.set_status(talk.shop.orders()[0].number, "packed")
    assert "packed already" in await talk.says(CANCEL, Digits(PIN))
    assert isinstance(talk.phase, Shopping)


async def test_an_order_is_changed_by_making_it_a_cart_again(again: Callable[..., Talk]) -> None:
    talk = again()
    assert "cancel it and start a new one" in await talk.says(CHANGE, Digits(PIN))
    assert "not placed until you say so" in await talk.says(YES)
    assert talk.cart == ["two medium lattes", "a bagel"]
    await talk.says(add("tea"), CHECKOUT)
    assert isinstance(talk.phase, ConfirmingOrder)
    await talk.says(YES)
    assert [each.status for each in talk.shop.orders()] == ["placed", "cancelled"]


async def test_while_something_is_being_ordered_my_order_is_that(again: Callable[..., Talk]) -> None:
    talk = again()
    assert "drop the whole order" in await talk.says(add("tea"), CANCEL)
    assert "tell me what to change" in await talk.says(NO, CHANGE)
    assert talk.cart == ["a medium tea"]


async def test_an_errand_in_the_middle_of_a_question_comes_back_to_it(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(add("latte", 30))
    open_question = talk.phase
    await talk.says(AskOrder(), NO_NUMBER, Digits(PIN))
    assert talk.phase == open_question


async def test_the_proof_does_not_last(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(USUAL, Digits(PIN))
    talk.clock.move(minutes=6)
    await talk.says(LAST)
    assert isinstance(talk.phase, AwaitingPin)


async def test_a_present_is_not_named(again: Callable[..., Talk]) -> None:
    talk = again(settings=DialogueSettings(gift_safe=True))
    told = await talk.says(AskOrder(), NO_NUMBER, Digits(PIN))
    assert "parcel" in told
    assert "latte" not in told
    told = await talk.says(CANCEL)
    assert "latte" not in told


@pytest.mark.parametrize("wanted", [Simple("human"), Simple("help"), Simple("goodbye"), Simple("read_cart")])
async def test_what_works_everywhere_works_at_the_question_whether_to_cancel(
    wanted: Simple, again: Callable[..., Talk]
) -> None:
    talk = again()
    await talk.says(CANCEL, Digits(PIN), wanted)
    assert talk.shop.orders()[0].status == "placed"
    assert talk.last.hang_up == (wanted.name in ("human", "goodbye"))


def test_clock() -> None:
    assert f"{StandingClock()():%A %d %B}" == "Wednesday 01 May"
