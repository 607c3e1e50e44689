"""Where an order goes and when, talked about: captured, mended, read back, offered again only after the PIN."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.intent import Digits, Number, Simple, Spelled, Text, When
from tests.pizzeria import on_the_phone
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voxcart.handover_states import AwaitingAddress, ChoosingHandover, ChoosingSlot, ConfirmingAddress, OfferingAddress
from voxcart.states import AwaitingPin, ConfirmingOrder, Shopping

DELIVER, PICKUP, MINE = Simple("deliver"), Simple("pickup"), Simple("my_address")
CODE, STREET = Spelled("10001"), Text("oak street", "12")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


def call(month: int = 5, day: int = 1, hour: int = 16, minute: int = 0) -> Talk:
    talk = on_the_phone(month, day, hour, minute)
    talk.enrol()
    return talk


async def delivered(talk: Talk) -> str:
    """The number of an order that goes to Oak Street."""
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET, YES, YES, YES, Digits(PIN))
    [order] = talk.shop.orders()
    return order.number


# ---- FEATURES 34, 35, 56 -----------------------------------------------------------------------------------------


async def test_an_order_is_delivered_to_the_address_that_was_read_back() -> None:
    talk = call()
    assert "deliver it, or will you pick it up" in await talk.says(add("margherita", 2), CHECKOUT)
    assert "postcode" in await talk.says(DELIVER)
    assert "street" in await talk.says(CODE)
    told = await talk.says(STREET)
    assert "Oak Street, number one two, postcode one zero zero, zero one" in told
    assert "It can come today, from five in the afternoon to seven in the evening" in await talk.says(YES)
    read = await talk.says(When("tomorrow", 300, "after"))
    assert "tomorrow, from five in the afternoon to seven" in read
    assert "The delivery is three dollars. You pay on delivery. That's twenty-one dollars altogether." in read
    await talk.says(YES, Digits(PIN))
    [order] = talk.shop.orders()
    assert order.total.minor == 2100
    assert order.handover is not None
    assert order.handover.address is not None
    assert (order.handover.address.street, order.handover.address.house) == ("oak street", "12")
    assert order.handover.slot is not None
    assert order.handover.slot.starts.isoformat() == "2026-05-02T17:00:00-04:00"


async def test_an_invalid_postcode_is_rejected_and_one_out_of_reach_is_named() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER)
    told = await talk.says(Spelled("99999"))
    assert "don't deliver to nine nine nine, nine nine" in told
    assert isinstance(talk.phase, AwaitingAddress)


async def test_a_spelled_street_is_read_back_letter_by_letter() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE)
    await talk.says(Text("KOW"))
    assert "K O W" in await talk.says(Number(quantity=Decimal(5)))


@pytest.mark.parametrize(
    ("said", "then"),
    [
        (Text("", "14"), "Oak Street, number one four, postcode one zero zero, zero one"),
        (Text("elm road"), "Elm Road, number one two, postcode one zero zero, zero one"),
        (Text("elm road", "3"), "Elm Road, number three, postcode one zero zero, zero one"),
        (Spelled("10002"), "Oak Street, number one two, postcode one zero zero, zero two"),
    ],
)
async def test_one_part_of_an_address_is_mended(said: Text | Spelled, then: str) -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET)
    assert then in await talk.says(said)
    assert isinstance(talk.phase, ConfirmingAddress)


async def test_a_time_that_is_said_before_the_address_is_kept() -> None:
    talk = call()
    await talk.says(add("margherita", 2), DELIVER, When("tomorrow", 360))
    told = await talk.says(CODE, STREET, YES)
    assert "tomorrow, from five in the afternoon to seven" in told
    assert isinstance(talk.phase, Shopping)


async def test_a_street_that_is_said_first_is_kept() -> None:
    talk = call()
    assert "postcode" in await talk.says(add("margherita", 2), DELIVER, STREET)
    assert "Oak Street, number one two, postcode one zero zero, zero one" in await talk.says(CODE)


async def test_later_and_earlier_times() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET, YES)
    assert "from seven in the evening to nine" in await talk.says(Simple("more"))
    assert "from five in the afternoon to seven" in await talk.says(When(how="before"))
    assert "That's the earliest" in await talk.says(When(how="before"))


async def test_a_holiday_is_no_day() -> None:
    talk = call(month=12, day=24, hour=16)
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET, YES)
    assert "holiday" in (await talk.says(When("tomorrow"))).lower()
    assert isinstance(talk.phase, ChoosingSlot)


async def test_it_can_be_fetched() -> None:
    talk = call()
    told = await talk.says(add("margherita", 2), CHECKOUT, PICKUP)
    assert "eighteen dollars altogether" in told
    assert "pick it up" in told


# ---- FEATURES 59 -------------------------------------------------------------------------------------------------


async def test_one_minute_before_and_after_the_cut_off() -> None:
    """The last slot of the day begins at half past ten; half an hour before it is too late."""
    early, late = call(hour=21, minute=59), call(hour=22, minute=1)
    steps = (add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET, YES)
    told = await early.says(*steps)
    assert "Order within one minute" in told
    assert "today, from ten thirty in the evening" in told
    told = await late.says(*steps)
    assert "too late for today" in told
    assert "tomorrow, from noon" in told


async def test_the_minimum_of_the_zone() -> None:
    talk = call()
    told = await talk.says(add("margherita"), CHECKOUT, DELIVER, CODE, STREET, YES, YES)
    assert "We take orders from twelve dollars" in told
    assert talk.shop.orders() == ()


# ---- whose address it is -----------------------------------------------------------------------------------------


async def test_a_new_address_needs_the_pin_whatever_it_costs() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER, CODE, STREET, YES, YES, YES)
    assert isinstance(talk.phase, AwaitingPin)


async def test_what_is_fetched_needs_none_below_the_limit() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, PICKUP, YES)
    assert len(talk.shop.orders()) == 1


async def test_a_known_address_is_told_only_after_the_pin() -> None:
    first = call()
    await delivered(first)
    talk = Talk(PHONE, shop=first.shop, call="call-2", clock=first.clock)
    told = await talk.says(add("margherita", 2), MINE)
    assert isinstance(talk.phase, AwaitingPin)
    assert "Oak" not in told
    assert "Shall it go to Oak Street" in await talk.says(Digits(PIN))
    assert isinstance(talk.phase, OfferingAddress)
    assert "It can come today" in await talk.says(YES)


async def test_nothing_of_an_address_is_told_after_a_wrong_pin() -> None:
    first = call()
    await delivered(first)
    talk = Talk(PHONE, shop=first.shop, call="call-2", clock=first.clock)
    told = [await talk.says(each) for each in (add("margherita", 2), MINE, Digits("8352"), Digits("8353"))]
    assert not any("Oak" in each for each in told)


async def test_another_way_after_the_total_is_quoted_anew() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, PICKUP)
    assert isinstance(talk.phase, ConfirmingOrder)
    told = await talk.says(DELIVER, CODE, STREET, YES, YES)
    assert "twenty-one dollars altogether" in told
    assert isinstance(talk.phase, ConfirmingOrder)


async def test_no_ends_it_without_an_order() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT)
    assert isinstance(talk.phase, ChoosingHandover)
    await talk.says(NO)
    assert isinstance(talk.phase, Shopping)
    assert talk.shop.orders() == ()


async def test_an_erased_customer_leaves_no_address_behind() -> None:
    talk = on_the_phone()
    customer = talk.enrol()
    number = await delivered(talk)
    store = talk.shop.store
    assert b"oak street" in store._database.conn.serialize()
    with store.transaction():
        store.erase_person(customer, store.calls_with(customer, PHONE))
    assert b"oak street" not in store._database.conn.serialize()
    [order] = talk.shop.orders()
    assert (order.number, order.total.minor) == (number, 2100)


async def test_a_street_before_the_postcode_is_kept() -> None:
    talk = call()
    await talk.says(add("margherita", 2), CHECKOUT, DELIVER)
    told = await talk.says(STREET)
    assert told == "And the postcode, digit by digit?"
    assert "Oak Street, number one two, postcode one zero zero, zero one" in await talk.says(CODE)
