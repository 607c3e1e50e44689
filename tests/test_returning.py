"""In a call: a return is registered after PIN, choice, reason and an explicit yes to items and refund; never else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commerce.after import Status
from commerce.settings import CommerceSettings
from nlu.intent import Add, AskHours, Digits, Meaning, Order, Pick, Said, Simple, SimpleName
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add, item
from voxcart.patience import DialogueSettings
from voxcart.redress_states import AskingReason, ChoosingReturn, ConfirmingReturn
from voxcart.states import AwaitingPin, ConfirmingOrderCancel, Shopping

RETURN, EXCHANGE, ALL = Simple("return_order"), Simple("exchange_order"), Simple("all")
COLD = Said("they were cold", "quality")
SETTINGS = CommerceSettings(pin_free_limit="0.00")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
async def again() -> Callable[..., Talk]:
    """Calls of a customer who got two lattes and a bagel, nine dollars and ninety cents."""
    first = Talk(PHONE, commerce=SETTINGS)
    first.enrol()
    await first.says(add("latte", 2), add("bagel"), CHECKOUT, YES, Digits(PIN))
    calls = iter(range(2, 99))

    def call(status: Status = "delivered", **more: object) -> Talk:
        if status != "placed":
            first.shop.set_status(first.shop.orders()[0].number, status)
        return Talk(PHONE, shop=first.shop, call=f"call-{next(calls)}", clock=first.clock, **more)

    return call


def returned(talk: Talk) -> list[tuple[str, int, int]]:
    """(reason, refund, exchange) of each return."""
    with talk.shop.store.transaction():
        rows = talk.shop.store.returns(talk.shop.till.shop)
    return [(row["reason"], row["refund"], row["exchange"]) for row in rows]


async def test_items_and_refund_are_told_and_agreed_to(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(RETURN)
    assert isinstance(talk.phase, AwaitingPin)
    assert "latte" not in talk.last.text
    asked = await talk.says(Digits(PIN))
    assert "two medium lattes and a bagel" in asked
    assert isinstance(talk.phase, ChoosingReturn)
    assert "reason" in await talk.says(ALL)
    told = await talk.says(COLD)
    assert isinstance(talk.phase, ConfirmingReturn)
    assert "two medium lattes and a bagel" in told
    total = talk.replies.money(talk.shop.orders()[0].total)
    assert total in told
    assert "bring" in told
    assert returned(talk) == []
    done = await talk.says(YES)
    assert "registered" in done
    assert total in done
    assert not talk.last.interruptible
    assert returned(talk) == [("quality", talk.shop.orders()[0].total.minor, 0)]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (add("bagel"), "bring back a bagel"),
        (add("latte"), "bring back two medium lattes"),
        (add("latte", 1), "bring back a medium latte"),
        (Order((Add(item("latte", 1)), Add(item("bagel")))), "bring back a medium latte and a bagel"),
        (Pick(2), "bring back a bagel"),
        (Pick(-1), "bring back a bagel"),
    ],
)
async def test_a_part_of_it(again: Callable[..., Talk], said: Meaning, told: str) -> None:
    talk = again()
    assert told in await talk.says(RETURN, Digits(PIN), said, COLD)
    assert talk.cart == [], "nothing is put into the cart"
    await talk.says(YES)
    assert len(returned(talk)) == 1


@pytest.mark.parametrize(
    "said", [add("tea"), add("latte", 3), Pick(7), Order((Add(item("bagel")), Add(item("bagel"))))]
)
async def test_what_was_not_in_it_does_not_come_back(again: Callable[..., Talk], said: Meaning) -> None:
    talk = again()
    await talk.says(RETURN, Digits(PIN), said)
    assert not isinstance(talk.phase, AskingReason)
    assert returned(talk) == []


async def test_what_was_returned_is_not_offered_again(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(RETURN, Digits(PIN), add("bagel"), COLD, YES)
    told = await talk.says(RETURN)
    assert isinstance(talk.phase, AskingReason), "one line is left, and no PIN is needed again"
    assert "two things" in told
    await talk.says(COLD, YES)
    assert "returned already" in await talk.says(RETURN)
    assert sum(refund for _, refund, _ in returned(talk)) == talk.shop.orders()[0].total.minor


async def test_a_pending_one_is_cancelled_instead(again: Callable[..., Talk]) -> None:
    talk = again("placed")
    told = await talk.says(RETURN, Digits(PIN))
    assert "hasn't been delivered yet" in told
    assert "Shall I cancel it" in told
    assert isinstance(talk.phase, ConfirmingOrderCancel)
    assert "is cancelled" in await talk.says(YES)
    assert returned(talk) == []


@pytest.mark.parametrize(("status", "why"), [("packed", "packed, but not delivered"), ("sent", "on its way")])
async def test_why_one_under_way_cannot_be_returned(again: Callable[..., Talk], status: Status, why: str) -> None:
    talk = again(status)
    assert why in await talk.says(RETURN, Digits(PIN))
    assert isinstance(talk.phase, Shopping)


async def test_after_the_window_it_is_said(again: Callable[..., Talk]) -> None:
    talk = again()
    talk.clock.move(days=15)
    assert "for fourteen days, and that has passed" in await talk.says(RETURN, Digits(PIN))


async def test_an_exchange_is_a_new_order_that_is_not_placed(again: Callable[..., Talk]) -> None:
    talk = again()
    done = await talk.says(EXCHANGE, Digits(PIN), add("bagel"), Said("burnt", "quality"), YES)
    assert "not placed until you say so" in done
    assert talk.cart == ["a bagel"]
    assert returned(talk)[0][2] == 1
    assert len(talk.shop.orders()) == 1


@pytest.mark.parametrize("where", [(), (ALL,), (ALL, COLD)])
async def test_no_returns_nothing_at_each_question(again: Callable[..., Talk], where: tuple[Meaning, ...]) -> None:
    talk = again()
    assert "stays as it is" in await talk.says(RETURN, Digits(PIN), *where, NO)
    assert isinstance(talk.phase, Shopping)
    assert returned(talk) == []


async def test_a_yes_over_the_question_or_before_it_was_asked_is_none(again: Callable[..., Talk]) -> None:
    talk = again()
    await talk.says(RETURN, Digits(PIN), ALL, COLD)
    await talk.say(YES, over=True)
    assert returned(talk) == []
    await talk.says(Simple("stop"), YES)
    assert returned(talk) == [], "the question was cut off"
    await talk.says(AskHours("monday"))
    assert "bring back" in talk.last.text, "after a question in between it is asked again, in full"
    await talk.says(YES)
    assert len(returned(talk)) == 1


async def test_a_present_is_a_parcel(again: Callable[..., Talk]) -> None:
    talk = again(settings=DialogueSettings(gift_safe=True))
    await talk.says(RETURN, Digits(PIN))
    assert isinstance(talk.phase, AskingReason), "it comes back whole: its parts are not named"
    assert "parcel back, three things" in await talk.says(COLD)
    await talk.says(YES)
    assert not any("latte" in each.text or "bagel" in each.text for each in talk.prompts)
    assert len(returned(talk)) == 1


@pytest.mark.parametrize("where", [(), (ALL,), (ALL, COLD)])
@pytest.mark.parametrize("said", ["help", "human", "goodbye", "read_cart", "pause", "stop", "cancel"])
async def test_what_works_everywhere_works_here(
    again: Callable[..., Talk], where: tuple[Meaning, ...], said: SimpleName
) -> None:
    talk = again()
    await talk.says(RETURN, Digits(PIN), *where)
    before = talk.phase
    await talk.says(Simple(said))
    assert returned(talk) == []
    if said in ("help", "read_cart", "stop"):
        assert talk.phase == before
    if said in ("human", "goodbye"):
        assert talk.last.hang_up


@pytest.mark.parametrize("where", [(), (ALL,), (ALL, COLD)])
@pytest.mark.parametrize("heard", ["silence", "gibberish"])
async def test_no_ladder_loops(again: Callable[..., Talk], where: tuple[Meaning, ...], heard: str) -> None:
    talk = again()
    await talk.says(RETURN, Digits(PIN), *where)
    for _ in range(12):
        await (talk.silent() if heard == "silence" else talk.say(None))
        if talk.last.hang_up:
            return
    pytest.fail("the assistant never gave up")


async def test_two_calls_cannot_return_the_same_thing(again: Callable[..., Talk]) -> None:
    one, other = again(), again("placed")
    for talk in (one, other):
        await talk.says(RETURN, Digits(PIN), ALL, COLD)
    await one.says(YES)
    assert "returned already" in await other.says(YES)
    assert len(returned(one)) == 1
