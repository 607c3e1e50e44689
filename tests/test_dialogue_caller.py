"""Who calls: greeted as known, told nothing before the PIN, and not let in by somebody else's."""

from __future__ import annotations

import pytest

from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Digits, Simple
from tests.talk import CHECKOUT, PHONE, PIN, YES, Talk, add
from voxcart.states import AwaitingPin

WITH_PIN = CommerceSettings(pin_free_limit="0.00")
ASKED = [
    intent.AskOrder(),
    intent.AskOrder("123456"),
    Simple("read_cart"),
    Simple("help"),
    Simple("undo"),
    intent.Order((intent.AddSame(intent.Ref()),)),
]


async def customer_who_has_ordered() -> tuple[Talk, str]:
    talk = Talk(PHONE, commerce=WITH_PIN, call="first")
    talk.enrol()
    await talk.says(add("mocha", 2), CHECKOUT, YES, Digits(PIN))
    [order] = talk.shop.orders()
    return talk, order.number


async def test_a_customer_is_greeted_as_such() -> None:
    talk = Talk("+1 555 0100", commerce=WITH_PIN)
    talk.enrol()
    assert "Welcome back" in await talk.greet()
    assert "Ann" not in talk.last.text


@pytest.mark.parametrize("caller", [None, "", "15550199", "anonymous", "0"])
async def test_others_are_not(caller: str | None) -> None:
    talk = Talk(caller, commerce=WITH_PIN)
    talk.enrol()
    assert "Welcome back" not in await talk.greet()


@pytest.mark.parametrize("said", ASKED, ids=repr)
async def test_a_forged_number_hears_no_history(said: intent.Intent) -> None:
    before, number = await customer_who_has_ordered()
    forged = Talk(PHONE, shop=before.shop, clock=before.clock, call="forged")
    await forged.greet()
    await forged.says(said if not isinstance(said, intent.AskOrder) or not said.number else intent.AskOrder(number))
    heard = " ".join(each.text for each in forged.prompts)
    for secret in ("mocha", "Ann", "dollar"):
        assert secret not in heard


async def test_two_calls_of_one_customer_share_no_pin() -> None:
    one = Talk(PHONE, commerce=WITH_PIN, call="one")
    one.enrol()
    two = Talk(PHONE, shop=one.shop, clock=one.clock, call="two")
    await one.says(add("latte"), CHECKOUT, YES)
    await two.says(add("mocha"), CHECKOUT, YES)
    await one.says(Digits(PIN))
    assert len(one.shop.orders()) == 1
    assert isinstance(two.phase, AwaitingPin)
    await two.says(YES)
    assert len(one.shop.orders()) == 1
    await two.says(Digits(PIN))
    assert len(one.shop.orders()) == 2


async def test_two_calls_of_one_customer_share_the_tries() -> None:
    one = Talk(PHONE, commerce=WITH_PIN, call="one")
    one.enrol()
    two = Talk(PHONE, shop=one.shop, clock=one.clock, call="two")
    for talk in (one, two):
        await talk.says(add("latte"), CHECKOUT, YES)
    await one.says(Digits("8352"))
    await two.says(Digits("8353"))
    assert "locked" in await one.says(Digits("8354"))
    assert "locked" in await two.says(Digits(PIN))
    assert one.shop.orders() == ()
