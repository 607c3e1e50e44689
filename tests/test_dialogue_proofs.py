"""In a call: some digits of the PIN, others each time; and a code of the customer's app for a large order."""

from __future__ import annotations

from decimal import Decimal

import pyotp
import pytest

from commerce.customers import set_second_factor
from commerce.second_factor import new_secret
from commerce.settings import CommerceSettings
from nlu.intent import Digits, Number, Simple
from tests.talk import CHECKOUT, PHONE, PIN, YES, Talk, add
from voxcart.states import AwaitingCode, AwaitingPin, OfferingHuman, Shopping

ASKING = CommerceSettings(pin_free_limit="0.00", pin_challenge=2)
WORDS = ("first", "second", "third", "fourth")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


def asked(talk: Talk) -> tuple[int, ...]:
    assert isinstance(talk.phase, AwaitingPin)
    return talk.phase.positions


def digits(talk: Talk) -> str:
    return "".join(PIN[each - 1] for each in asked(talk))


async def at_the_pin(talk: Talk) -> str:
    return await talk.says(add("latte"), CHECKOUT, YES)


async def test_the_digits_are_asked_for_by_their_places_and_others_in_the_next_call() -> None:
    one = Talk(PHONE, commerce=ASKING)
    one.enrol()
    question = await at_the_pin(one)
    first, second = asked(one)
    assert f"the {WORDS[first - 1]} and the {WORDS[second - 1]} digit of your PIN" in question
    overheard = digits(one)
    assert "order is placed" in await one.says(Digits(overheard))
    two = Talk(PHONE, shop=one.shop, call="call-2")
    await at_the_pin(two)
    assert asked(two) != (first, second)
    assert "isn't right" in await two.says(Digits(overheard))
    assert "order is placed" in await two.says(Digits(digits(two)))


async def test_a_whole_pin_is_not_taken_where_a_part_was_asked_for_and_is_no_try() -> None:
    talk = Talk(PHONE, commerce=ASKING)
    talk.enrol()
    await at_the_pin(talk)
    for said in (Digits(PIN), Digits("1"), Digits("12", clear=False), Number(Decimal(12))):
        assert "didn't get that clearly" in await talk.says(said)
    assert "order is placed" in await talk.says(Digits(digits(talk)))


async def test_help_says_why_only_a_part_and_a_wrong_one_is_asked_again() -> None:
    talk = Talk(PHONE, commerce=ASKING)
    talk.enrol()
    await at_the_pin(talk)
    before = asked(talk)
    assert "a part of your PIN only" in await talk.says(Simple("help"))
    wrong = "".join(str((int(each) + 1) % 10) for each in digits(talk))
    assert "two more tries" in await talk.says(Digits(wrong))
    assert asked(talk) == before


class WithApp:
    """A customer with an authenticator app."""

    def __init__(self) -> None:
        self.secret = new_secret()
        self.talk = Talk(PHONE, commerce=CommerceSettings(pin_free_limit="0.00", second_factor_above="10.00"))
        set_second_factor(self.talk.shop.till, self.talk.enrol(), self.secret)

    def code(self) -> Digits:
        return Digits(pyotp.TOTP(self.secret).at(self.talk.clock()))


async def test_a_large_order_asks_for_the_code_after_the_pin() -> None:
    app = WithApp()
    await app.talk.says(add("latte", 3), CHECKOUT, YES)
    assert "six digits that your app shows" in await app.talk.says(Digits(PIN))
    assert isinstance(app.talk.phase, AwaitingCode)
    assert app.talk.last.private
    assert app.talk.last.listening.kind == "digits"
    assert "two more tries" in await app.talk.says(Digits("000000"))
    assert "order is placed" in await app.talk.says(app.code())
    assert len(app.talk.shop.orders()) == 1


async def test_a_small_order_asks_for_none() -> None:
    app = WithApp()
    await app.talk.says(add("latte"), CHECKOUT, YES)
    assert "order is placed" in await app.talk.says(Digits(PIN))


async def test_too_many_wrong_codes_end_in_the_offer_of_a_person() -> None:
    app = WithApp()
    await app.talk.says(add("latte", 3), CHECKOUT, YES, Digits(PIN), Digits("000000"), Digits("000000"))
    assert "can't take any more" in await app.talk.says(Digits("000000"))
    assert isinstance(app.talk.phase, OfferingHuman)
    assert app.talk.shop.orders() == ()


async def test_an_incomplete_code_is_no_try_and_no_stops() -> None:
    app = WithApp()
    await app.talk.says(add("latte", 3), CHECKOUT, YES, Digits(PIN))
    assert "didn't get that clearly" in await app.talk.says(Digits("123"))
    assert "haven't ordered anything" in await app.talk.says(Simple("no"))
    assert isinstance(app.talk.phase, Shopping)


async def test_neither_digits_nor_codes_are_in_the_log() -> None:
    app = WithApp()
    code = app.code()
    await app.talk.says(add("latte", 3), CHECKOUT, YES, Digits(PIN), code)
    assert code.digits not in str(app.talk.log)
    assert f"'{PIN}'" not in str(app.talk.log)


async def test_far_more_than_usual_asks_for_the_pin_though_cheap() -> None:
    talk = Talk(PHONE, commerce=CommerceSettings(pin_free_limit="400.00"))
    talk.enrol()
    await talk.says(add("latte", 30), YES, CHECKOUT, YES)
    assert isinstance(talk.phase, AwaitingPin)
