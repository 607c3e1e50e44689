"""What the assistant does about questions on the shop, silence, gibberish, farewells and failures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from commerce.outcomes import Failed
from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Add, AddSame, Number, Order, Ref, Remove, SetQuantity, Simple
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add, item
from voice.call import HungUp
from voxcart.patience import DialogueSettings
from voxcart.states import (
    AwaitingPin,
    Choosing,
    Closed,
    ConfirmingOrder,
    Shopping,
)

LARGE, SOY = ("size", "large"), ("milk", "soy_milk")

PIN_ALWAYS = CommerceSettings(pin_free_limit="0.00")


# ---- questions about the shop --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (intent.AskPrice(item("latte")), "A medium latte is four dollars and twenty cents."),
        (intent.AskPrice(item("latte", 1, LARGE)), "A large latte is four dollars and ninety cents."),
        (intent.AskHours("sunday"), "Sunday we're open from eight in the morning to noon"),
        (intent.AskDelivery(), "We deliver within two miles"),
        (intent.AskPayment(), "You pay on delivery"),
        (intent.AskOptions("latte", "roast"), "For roast there's light roast, medium roast, or dark roast."),
        (intent.AskUnknown(intent.NotSold("")), "Sorry, I don't know that."),
    ],
)
async def test_a_digression_is_answered_and_the_open_question_asked_again(asked: intent.Intent, answer: str) -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    phase = talk.phase
    said = await talk.says(asked)
    assert said.startswith(answer)
    assert said.endswith("Shall I place the order?")
    assert talk.phase == phase


async def test_price_of_it_is_that_of_what_was_talked_about() -> None:
    talk = Talk()
    await talk.says(intent.AskStock(item("mocha")))
    assert "medium mocha is four dollars and fifty cents" in await talk.says(intent.AskPrice())
    await talk.says(Order((AddSame(Ref(), Decimal(2)),)))
    assert talk.cart == ["two medium mochas"]


async def test_long_carts_are_summarised_first() -> None:
    talk = Talk()
    names = ("latte", "mocha", "tea", "espresso", "croissant", "bagel")
    answer = await talk.says(Order(tuple(Add(item(name)) for name in names)), Simple("read_cart"))
    assert "six different things" in answer
    assert "bagel" not in answer
    assert "bagel" in await talk.says(YES)


# ---- ends, ladders, manners ----------------------------------------------------------------------------------------


async def test_silence_three_different_prompts_then_goodbye() -> None:
    talk = Talk()
    await talk.greet()
    said = [await talk.silent() for _ in range(4)]
    assert len(set(said)) == 4
    assert [prompt.hang_up for prompt in talk.prompts[1:]] == [False, False, False, True]


async def test_silence_ladder_may_end_in_a_ticket() -> None:
    talk = Talk(settings=DialogueSettings(exit="ticket"))
    await talk.greet()
    for _ in range(4):
        await talk.silent()
    assert talk.last.hang_up
    assert "message for my colleagues" in talk.last.text


async def test_gibberish_rephrases_then_options_then_a_human() -> None:
    talk = Talk()
    await talk.greet()
    said = [await talk.say(None) for _ in range(3)]
    assert "for instance" not in said[0]
    assert "for instance" in said[1]
    assert "colleagues" in said[2]
    await talk.say(None)
    assert await talk.say(None)
    assert talk.last.hang_up


async def test_counters_start_again_after_success() -> None:
    talk = Talk()
    await talk.greet()
    first = (await talk.say(None)).split("?")[0]
    await talk.silent()
    await talk.says(add("latte"))
    assert (talk.state.misses, talk.state.silences) == (0, 0)
    assert first


async def test_one_moment_then_the_same_question() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES, Simple("pause"))
    assert talk.last.listening.kind == "pause"
    assert talk.last.private
    assert "PIN" in await talk.silent()
    await talk.says(Simple("pause"), intent.Digits(PIN))
    assert len(talk.shop.orders()) == 1


@pytest.mark.parametrize(
    ("repeat", "rate", "gain_db"),
    [
        (intent.Repeat(), 1.0, 0.0),
        (intent.Repeat("slower"), 0.75, 0.0),
        (intent.Repeat("louder"), 1.0, 6.0),
    ],
)
async def test_repeat_says_the_same_words(repeat: intent.Repeat, rate: float, gain_db: float) -> None:
    talk = Talk()
    said = await talk.says(add("latte"), CHECKOUT)
    state = talk.state
    assert await talk.says(repeat) == said
    assert (talk.last.rate, talk.last.gain_db) == (rate, gain_db)
    assert talk.state == state
    assert not talk.last.interruptible


async def test_shorter_says_only_the_question() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    assert await talk.says(intent.Repeat("shorter")) == (
        "That's four dollars and twenty cents altogether. Shall I place the order?"
    )


async def test_goodbye_with_a_full_cart_asks_once() -> None:
    talk = Talk()
    await talk.says(add("latte"))
    assert "isn't placed yet" in await talk.says(Simple("goodbye"))
    assert "Nothing has been ordered" in await talk.says(Simple("goodbye"))
    assert talk.last.hang_up


async def test_cancel_asks_before_it_drops_the_cart() -> None:
    talk = Talk()
    await talk.says(add("latte"), Simple("cancel"))
    assert talk.cart
    await talk.says(YES)
    assert talk.cart == []


async def test_no_to_anything_else_is_the_checkout() -> None:
    talk = Talk()
    assert "Shall I place the order?" in await talk.says(add("latte"), NO)


async def test_recording_notice_can_be_declined() -> None:
    talk = Talk(recording=True)
    assert "recorded" in await talk.greet()
    assert "automated assistant" in talk.last.text
    assert "not recording" in await talk.says(NO)
    assert talk.stopped_recording == 1
    await talk.says(add("latte"), CHECKOUT, YES)
    assert len(talk.shop.orders()) == 1


async def test_opt_out_later_in_the_call() -> None:
    talk = Talk(recording=True)
    await talk.says(add("latte"), Simple("no_recording"))
    assert talk.stopped_recording == 1


async def test_hang_up_keeps_the_cart() -> None:
    talk = Talk()
    await talk.says(add("latte"))
    assert await talk.hear(HungUp()) == ""
    assert isinstance(talk.phase, Closed)
    assert talk.cart == ["a medium latte"]


async def test_a_broken_shop_is_admitted_and_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)

    def broken(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(talk.shop, "execute", broken)
    talk.may_fail = True
    answer = await talk.says(YES)
    assert "went wrong" in answer
    assert "placed" not in answer
    assert talk.cart == ["a medium latte"]
    assert isinstance(talk.phase, ConfirmingOrder)


async def test_a_failing_store_is_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    monkeypatch.setattr(talk.shop, "execute", lambda *_: Failed("disk full"))
    assert "not placed" in await talk.says(YES)
    monkeypatch.undo()
    assert talk.shop.orders() == ()
    await talk.says(CHECKOUT, YES)
    assert len(talk.shop.orders()) == 1


async def test_the_third_doubt_in_one_breath_is_asked_too() -> None:
    talk = Talk()
    three = Order((Add(item("latte", 30)), Add(item("mocha", 1, guessed=True)), Add(item("tea"))))
    await talk.says(three)
    assert talk.cart == ["a medium tea"]
    await talk.says(YES, YES)
    assert sorted(talk.cart) == ["a medium mocha", "a medium tea", "thirty medium lattes"]
    assert isinstance(talk.phase, Shopping)


async def test_pin_state_is_reached_only_after_yes() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT)
    assert not isinstance(talk.phase, AwaitingPin)
    await talk.says(YES)
    assert isinstance(talk.phase, AwaitingPin)


async def test_yes_counts_only_after_the_question() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT, Simple("stop"))
    assert "Shall I place the order?" in await talk.says(YES)
    assert talk.shop.orders() == ()


async def test_a_bare_number_is_of_what_was_asked_about() -> None:
    talk = Talk()
    assert "of what" in await talk.says(Number(Decimal(2)))
    await talk.says(intent.AskPrice(item("mocha", None, LARGE)), Number(Decimal(2)))
    assert talk.cart == ["two large mochas"]


async def test_a_change_that_changes_nothing_is_said() -> None:
    talk = Talk()
    answer = await talk.says(add("latte"), Order((SetQuantity(Ref(), Decimal(1)),)))
    assert "that way already" in answer


async def test_never_mind_drops_the_question_and_not_the_cart() -> None:
    talk = Talk()
    await talk.says(add("tea"), add("latte", 1, alternatives=("mocha",)), Order((Remove(Ref()),)))
    assert talk.cart == ["a medium tea"]
    assert isinstance(talk.phase, Shopping)


async def test_yes_to_shall_i_go_on_goes_on() -> None:
    talk = Talk()
    await talk.says(intent.AskProducts("coffee"), YES)
    assert isinstance(talk.phase, Choosing)
    assert talk.phase.options == ("house_coffee", "latte", "cappuccino")


@pytest.mark.parametrize(
    "back", [Simple("yes"), Simple("no"), Simple("thanks"), Simple("greet"), Simple("backchannel")]
)
async def test_after_a_pause_any_word_only_says_that_the_caller_is_back(back: Simple) -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT, Simple("pause"))
    assert "Shall I place the order?" in await talk.says(back)
    assert isinstance(talk.phase, ConfirmingOrder)
    assert talk.shop.orders() == ()


async def test_yes_and_no_in_one_breath_agree_to_nothing() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    await talk.says(intent.Several((Simple("yes"), Simple("no"))))
    assert talk.shop.orders() == ()
    assert isinstance(talk.phase, ConfirmingOrder)
    await talk.says(intent.Several((YES, Simple("goodbye"))))
    assert len(talk.shop.orders()) == 1


@pytest.mark.parametrize("last", [Simple("thanks"), CHECKOUT, NO, Simple("goodbye")])
async def test_after_the_order_a_word_ends_the_call(last: Simple) -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT, YES)
    await talk.says(last)
    assert talk.last.hang_up
    assert len(talk.shop.orders()) == 1


async def test_thanks_before_the_order_does_not_end_the_call() -> None:
    talk = Talk()
    await talk.says(add("latte"), Simple("thanks"))
    assert not talk.last.hang_up
    assert talk.cart == ["a medium latte"]


async def test_checkout_in_the_middle_of_buying_asks_the_open_question_again() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES)
    assert "PIN" in await talk.says(CHECKOUT)
    assert isinstance(talk.phase, AwaitingPin)


async def test_goodbye_twice_leaves() -> None:
    talk = Talk()
    await talk.says(add("latte"), Simple("goodbye"), Simple("goodbye"))
    assert talk.last.hang_up
    assert "Nothing has been ordered" in talk.last.text


async def test_a_greeting_is_returned() -> None:
    talk = Talk()
    answer = await talk.says(add("latte"), Simple("greet"))
    assert answer.startswith("Hello")
    assert talk.cart == ["a medium latte"]


async def test_words_beside_the_pin_are_unclear_and_not_repeated() -> None:
    talk = Talk(caller=PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES)
    lost = intent.NotSold("four seven nineteen", ("latte",))
    answer = await talk.says(Order((), False, (lost,)))
    assert "seven" not in answer
    assert isinstance(talk.phase, AwaitingPin)


@pytest.mark.parametrize("leaving", [[Simple("goodbye")], [Simple("human")], [add("latte"), CHECKOUT, Simple("human")]])
async def test_what_comes_after_the_goodbye_is_not_answered(leaving: list[Simple]) -> None:
    talk = Talk(PHONE)
    await talk.says(*leaving)
    cart = talk.cart
    for late in (CHECKOUT, YES, add("mocha"), Simple("human")):
        assert await talk.says(late) == ""
        assert talk.last.hang_up
    assert talk.cart == cart
    assert talk.shop.orders() == ()
    assert len(talk.told) == (leaving[-1] == Simple("human"))
