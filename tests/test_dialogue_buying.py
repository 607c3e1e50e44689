"""What the assistant does between the cart and the order: questions, read-back, PIN, obstacles."""

from __future__ import annotations

import json
from decimal import Decimal

from commerce.money import Money
from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Order, Ref, SetQuantity, Simple
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voice.channels import Keys
from voxcart.states import (
    ConfirmingOrder,
    Shopping,
)

LARGE, SOY = ("size", "large"), ("milk", "soy_milk")


async def test_order_without_pin_below_the_limit() -> None:
    talk = Talk()
    answer = await talk.says(add("latte"), CHECKOUT)
    assert "That's four dollars and twenty cents altogether." in answer
    assert not talk.last.interruptible
    answer = await talk.says(YES)
    [order] = talk.shop.orders()
    number = ", ".join(" ".join(_DIGITS[int(d)] for d in part) for part in (order.number[:3], order.number[3:]))
    assert answer.count(number) == 2
    assert talk.cart == []


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


async def test_yes_over_the_read_back_is_asked_again() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    assert "Shall I place the order?" in await talk.say(YES, over=True)
    assert talk.shop.orders() == ()
    await talk.says(YES)
    assert len(talk.shop.orders()) == 1


async def test_yes_with_a_change_in_one_breath_reads_back_anew() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    answer = await talk.says(intent.Several((YES, add("croissant"))))
    assert talk.shop.orders() == ()
    assert "That's seven dollars and ten cents altogether. Shall I place the order?" in answer


async def test_a_correction_during_confirmation_quotes_again() -> None:
    talk = Talk()
    await talk.says(add("latte", 3), CHECKOUT, Order((SetQuantity(Ref(), Decimal(2)),), correction=True))
    assert isinstance(talk.phase, ConfirmingOrder)
    assert talk.phase.quote.total == Money(840, "USD")


async def test_a_key_agrees_to_an_order_only_after_the_total_was_heard() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    await talk.hear(Keys("1", 0, over_prompt=True))
    assert talk.shop.orders() == ()
    await talk.press("1")
    assert len(talk.shop.orders()) == 1


PIN_ALWAYS = CommerceSettings(pin_free_limit="0.00")


async def test_pin_spoken_by_a_known_caller() -> None:
    talk = Talk(caller="+1 555-0100", commerce=PIN_ALWAYS)
    talk.enrol()
    assert "PIN" in await talk.says(add("latte"), CHECKOUT, YES)
    assert talk.last.private
    assert talk.last.listening.kind == "digits"
    await talk.say(intent.Digits(PIN), text=PIN)
    assert len(talk.shop.orders()) == 1


async def test_unknown_caller_is_asked_for_a_number_and_keys_the_pin() -> None:
    talk = Talk(caller="+1 555-0199", commerce=PIN_ALWAYS)
    talk.enrol()
    assert "telephone number" in await talk.says(add("latte"), CHECKOUT, YES)
    assert "don't know that number" in await talk.says(intent.Digits("15550111"))
    await talk.says(intent.Digits(PHONE))
    await talk.press(PIN + "#")
    assert len(talk.shop.orders()) == 1


async def test_wrong_pins_lock_and_the_cart_is_kept_over_calls() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES)
    assert "two more tries" in await talk.says(intent.Digits("1234"))
    assert "one more try" in await talk.press("1235")
    assert "locked for fifteen more minutes" in await talk.says(intent.Digits("1236"))
    assert talk.cart == ["a medium latte"]
    again = Talk(caller=PHONE, shop=talk.shop, call="call-2", clock=talk.clock)
    await again.says(add("tea"), CHECKOUT, YES)
    assert "locked" in await again.says(intent.Digits(PIN))
    assert talk.shop.orders() == ()


async def test_unclear_pin_is_no_attempt() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES)
    for unclear in (None, intent.Digits("47", clear=False), None):
        assert "type it in" in await talk.say(unclear)
    await talk.says(intent.Digits(PIN))
    assert len(talk.shop.orders()) == 1


async def test_pin_is_in_no_event_and_no_ticket() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.say(None, text=f"my pin is {PIN}")
    await talk.says(add("latte"), CHECKOUT, YES)
    await talk.say(None, text=f"uh {PIN}")
    await talk.say(Simple("cancel"))
    await talk.say(intent.Digits(PIN), text=PIN)
    await talk.say(NO)
    await talk.say(intent.Digits(PIN), text=PIN)
    await talk.says(Simple("human"))
    assert len(talk.shop.orders()) == 1
    assert PIN not in json.dumps(talk.log, ensure_ascii=False)
    [ticket] = [dict(row) for row in talk.shop.store._rows("SELECT * FROM tickets")]
    assert PIN not in json.dumps(ticket, default=str)


async def test_limits_are_said() -> None:
    talk = Talk(commerce=CommerceSettings(pin_free_limit="", voice_limit="5.00"))
    assert "up to five dollars" in await talk.says(add("latte", 2), CHECKOUT)
    await talk.says(NO)
    assert isinstance(talk.phase, Shopping)


async def test_a_price_that_changed_is_announced_before_ordering() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    talk.shop.set_price("latte", Money(520, "USD"))
    answer = await talk.says(YES)
    assert "was four dollars and twenty cents, now it's five dollars and twenty cents" in answer
    assert talk.shop.orders() == ()
    await talk.says(YES)
    assert talk.shop.orders()[0].total == Money(520, "USD")


async def test_the_cart_costs_what_was_quoted_last() -> None:
    talk = Talk()
    await talk.says(add("latte"))
    talk.shop.set_price("latte", Money(520, "USD"))
    assert "five dollars and twenty cents altogether" in await talk.says(CHECKOUT)
    assert "five dollars and twenty cents" in await talk.says(NO, intent.AskPrice())
    talk.shop.set_price("latte", Money(620, "USD"))
    await talk.says(CHECKOUT, NO)
    assert "six dollars and twenty cents" in await talk.says(intent.Simple("read_cart"))


async def test_stock_that_went_meanwhile_is_said() -> None:
    talk = Talk()
    await talk.says(add("latte"), add("croissant", 4), CHECKOUT)
    talk.shop.set_stock("croissant", Decimal(1))
    answer = await talk.says(YES)
    assert "haven't ordered" in answer
    assert "only have a croissant left" in answer
    assert talk.shop.orders() == ()
    assert "Shall I place the order?" in await talk.says(YES)
    assert talk.cart == ["a medium latte", "a croissant"]


async def test_an_empty_cart_cannot_be_ordered() -> None:
    talk = Talk()
    assert "nothing in your order" in await talk.says(CHECKOUT)


async def test_the_order_number_finds_the_order() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT, YES)
    number = talk.shop.orders()[0].number
    assert "a medium latte" in await talk.says(intent.AskOrder(number))
    assert "order number" in await Talk(shop=talk.shop, call="call-3", clock=talk.clock).says(intent.AskOrder())
    assert "can't find" in await talk.says(intent.AskOrder("000000"))
