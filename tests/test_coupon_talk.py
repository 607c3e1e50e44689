"""A coupon in a call: "summer ten" changes the total, which is read again; one that does not count is explained."""

from __future__ import annotations

import pytest

from nlu.intent import Coupon, Digits, Simple, Spelled
from nlu.parse import parse
from tests.pizzeria import on_the_phone
from tests.talk import CHECKOUT, NO, PIN, YES, Talk, add
from tests.test_dialogues import grammar_of
from voxcart.states import AwaitingCoupon, ConfirmingOrder, Shopping

FETCHED = (Simple("pickup"), CHECKOUT)


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


SAID = [
    ("i have a coupon summer ten", "SUMMER10"),
    ("code S U M M E R one zero", "SUMMER10"),
    ("I've got a voucher, it's S as in sugar, U, double M, E, R, ten", "SUMMER10"),
    ("my discount code is sierra uniform mike mike echo romeo one oh", "SUMMER10"),
    ("use the code luna two", "LUNA2"),
    ("code winter five", "WINTER5"),
    ("i have a coupon", None),
    ("do you take coupons", None),
]


@pytest.mark.parametrize(("said", "code"), SAID)
def test_a_coupon_is_understood(said: str, code: str | None) -> None:
    assert parse(said, grammar_of("pizzeria")) == Coupon(code)


def test_with_an_order_both_are_understood() -> None:
    meaning = parse("a large margherita and i have a coupon summer ten", grammar_of("pizzeria"))
    assert meaning is not None
    assert [type(each).__name__ for each in getattr(meaning, "intents", ())] == ["Order", "Coupon"]


def test_it_is_taken_off_in_words() -> None:
    assert parse("remove the coupon", grammar_of("pizzeria")) == Coupon(None, wanted=False)
    assert parse("no coupon", grammar_of("pizzeria")) == Coupon(None, wanted=False)


async def test_it_changes_the_total_which_is_read_again() -> None:
    """Row 62 of the features."""
    talk = on_the_phone(pin_free_limit="")
    await talk.says(add("margherita", 2))
    assert "eighteen dollars altogether" in await talk.says(*FETCHED)
    again = await talk.says(Coupon("SUMMER10"))
    assert "takes off one dollar and eighty cents" in again
    assert "sixteen dollars and twenty cents altogether. Shall I place the order" in again
    assert isinstance(talk.phase, ConfirmingOrder)
    await talk.says(YES)
    [order] = talk.shop.orders()
    assert order.total.minor == 1620


@pytest.mark.parametrize(
    ("code", "month", "why"),
    [("WINTER5", 5, "don't know a coupon"), ("SPRING5", 6, "has run out"), ("SUMMER10", 5, "counts from ten dollars")],
)
async def test_one_that_does_not_count_is_explained(code: str, month: int, why: str) -> None:
    talk = on_the_phone(month, pin_free_limit="")
    said = await talk.says(add("margherita"), Coupon(code))
    assert why in said
    assert "nine dollars altogether" in await talk.says(*FETCHED)


async def test_the_code_is_asked_for_and_spelled() -> None:
    talk = on_the_phone(pin_free_limit="")
    assert "code of your coupon" in await talk.says(add("margherita", 2), Coupon())
    assert isinstance(talk.phase, AwaitingCoupon)
    said = await talk.says(Spelled("SUMMER10"))
    assert "S U M, M E R, one zero" in said
    assert isinstance(talk.phase, Shopping)
    assert "without the coupon" in await talk.says(Coupon(wanted=False))


async def test_no_leaves_the_question() -> None:
    talk = on_the_phone()
    for stop in (NO, Simple("no_number"), Simple("none")):
        await talk.says(add("margherita"), Coupon(), stop)
        assert isinstance(talk.phase, Shopping)


async def test_keys_dictate_a_code() -> None:
    talk = on_the_phone()
    await talk.says(add("margherita"), Coupon())
    assert "one two three" in await talk.press("123")


async def test_said_before_anything_is_ordered_it_is_noted() -> None:
    talk = on_the_phone(pin_free_limit="")
    assert "noted your coupon" in await talk.says(Coupon("LUNA2"))
    assert "seven dollars altogether" in await talk.says(add("margherita"), *FETCHED)


async def test_used_before_it_is_taken_off_after_the_pin_and_the_total_read_anew() -> None:
    first = on_the_phone()
    first.enrol()
    await first.says(add("margherita", 2), Coupon("SUMMER10"), *FETCHED, YES, Digits(PIN))
    assert len(first.shop.orders()) == 1
    talk = Talk("15550100", shop=first.shop, clock=first.clock, call="call-2")
    await talk.says(add("margherita", 2), Coupon("SUMMER10"), *FETCHED, YES)
    said = await talk.says(Digits(PIN))
    assert "used that coupon before" in said
    assert "eighteen dollars altogether" in said
    assert len(talk.shop.orders()) == 1
    assert "order is placed" in await talk.says(YES)


async def test_at_the_pin_a_coupon_brings_the_total_back() -> None:
    talk = on_the_phone(pin_free_limit="0.00")
    talk.enrol()
    await talk.says(add("margherita", 2), *FETCHED, YES)
    assert "sixteen dollars altogether" in await talk.says(Coupon("LUNA2"))
    assert isinstance(talk.phase, ConfirmingOrder)


async def test_a_shop_without_coupons_says_so() -> None:
    talk = Talk()
    assert "no coupons" in await talk.says(Coupon())
    assert isinstance(talk.phase, Shopping)
