"""What the assistant does about each meaning, with the real shop behind it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from commerce.money import Money
from commerce.outcomes import Failed
from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Add, AddSame, Choice, Number, Order, Pick, Ref, Remove, Replace, SetOptions, SetQuantity, Simple
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add, item
from voice.call import HungUp
from voxcart.states import (
    AwaitingPin,
    Choosing,
    Closed,
    ConfirmingGuess,
    ConfirmingOrder,
    ConfirmingQuantity,
    DialogueSettings,
    Shopping,
)

LARGE, SOY = ("size", "large"), ("milk", "soy_milk")


# ---- the cart ------------------------------------------------------------------------------------------------------


async def test_cheap_adds_are_echoed_in_passing() -> None:
    talk = Talk()
    assert await talk.says(add("latte", 2, LARGE)) == "Okay. Two large lattes. Anything else?"
    assert isinstance(talk.phase, Shopping)


async def test_several_items_are_one_command() -> None:
    talk = Talk()
    await talk.says(Order((Add(item("latte")), Add(item("croissant", 2)))))
    assert talk.cart == ["a medium latte", "two croissants"]
    assert [done["command"]["type"] for done in talk.log[-1][3]["did"]] == ["ChangeCart"]


async def test_compound_command_does_both_and_says_both() -> None:
    talk = Talk()
    answer = await talk.says(add("tea"), Order((Add(item("croissant")), Remove(Ref("tea")))))
    assert talk.cart == ["a croissant"]
    assert "croissant" in answer
    assert "medium tea" in answer


async def test_it_means_the_thing_added_in_the_same_breath() -> None:
    talk = Talk()
    await talk.says(Order((Add(item("latte")), SetQuantity(Ref(), Decimal(3)), SetOptions(Ref(), (Choice(*LARGE),)))))
    assert talk.cart == ["three large lattes"]


THREE_LINES = Order((Add(item("latte")), Add(item("mocha")), Add(item("tea"))))


@pytest.mark.parametrize(
    ("edit", "cart"),
    [
        (AddSame(Ref()), ["a medium latte", "a medium mocha", "two medium teas"]),
        (AddSame(Ref("latte"), Decimal(2)), ["three medium lattes", "a medium mocha", "a medium tea"]),
        (Remove(Ref(position=-1)), ["a medium latte", "a medium mocha"]),
        (Remove(Ref(position=2)), ["a medium latte", "a medium tea"]),
        (Remove(Ref(position=9)), ["a medium latte", "a medium mocha", "a medium tea"]),
        (SetQuantity(Ref("mocha"), Decimal(0)), ["a medium latte", "a medium tea"]),
        (SetOptions(Ref(), (Choice(*LARGE),)), ["a medium latte", "a medium mocha", "a large tea"]),
        (Replace(Ref("latte"), item("espresso")), ["a medium espresso", "a medium mocha", "a medium tea"]),
    ],
)
async def test_references_edit_the_line_that_is_meant(edit: intent.Edit, cart: list[str]) -> None:
    talk = Talk()
    await talk.says(THREE_LINES, Order((edit,)))
    assert talk.cart == cart


async def test_a_reference_that_fits_two_lines_is_asked_about() -> None:
    talk = Talk()
    both = Order((Add(item("latte", 1, LARGE)), Add(item("latte", 1, SOY))))
    answer = await talk.says(both, Order((Remove(Ref("latte")),)))
    assert "a large latte or a medium latte with soy milk" in answer
    await talk.says(Pick(options=(Choice(*SOY),)))
    assert talk.cart == ["a large latte"]


async def test_without_takes_off_what_the_line_has() -> None:
    talk = Talk()
    await talk.says(add("latte", 1, SOY), Order((SetOptions(Ref(), (Choice("milk", "milk", wanted=False),)),)))
    assert talk.cart == ["a medium latte"]


async def test_undo_twice_and_redo_restore_the_carts() -> None:
    talk = Talk()
    await talk.says(add("latte"), add("tea"), Order((Remove(Ref("latte")),)))
    carts = [talk.cart]
    for _ in range(2):
        await talk.says(Simple("undo"))
        carts.append(talk.cart)
    assert carts == [["a medium tea"], ["a medium latte", "a medium tea"], ["a medium latte"]]
    await talk.says(Simple("redo"))
    assert talk.cart == ["a medium latte", "a medium tea"]


async def test_correction_changes_the_line_just_added() -> None:
    talk = Talk()
    await talk.says(add("latte", 3), Order((SetQuantity(Ref(), Decimal(2)),), correction=True))
    assert talk.cart == ["two medium lattes"]


# ---- questions about items -----------------------------------------------------------------------------------------


async def test_a_guess_is_asked_about_before_it_is_bought() -> None:
    talk = Talk()
    assert "a mocha?" in await talk.says(add("mocha", 1, guessed=True))
    assert talk.cart == []
    await talk.says(YES)
    assert talk.cart == ["a medium mocha"]


async def test_a_wrong_guess_is_dropped_by_a_correction() -> None:
    talk = Talk()
    await talk.says(add("mocha", 1, guessed=True))
    assert isinstance(talk.phase, ConfirmingGuess)
    await talk.says(Order((Add(item("latte")),), correction=True))
    assert talk.cart == ["a medium latte"]
    assert isinstance(talk.phase, Shopping)


@pytest.mark.parametrize(
    ("pick", "chosen"),
    [
        (Pick(2), "a medium mocha"),
        (Pick(-1), "a medium espresso"),
        (Pick(product="latte"), "a medium latte"),
        (Pick(by="cheapest"), "a medium espresso"),
        (Pick(by="dearest"), "a medium mocha"),
    ],
)
async def test_candidates_are_picked_by_place_name_or_price(pick: Pick, chosen: str) -> None:
    talk = Talk()
    await talk.says(add("latte", 1, alternatives=("mocha", "espresso")), pick)
    assert talk.cart == [chosen]


async def test_out_of_catalogue_words_are_refused_with_the_nearest_offer() -> None:
    talk = Talk()
    answer = await talk.says(Order((), not_sold=(intent.NotSold("oat cookies", ("chocolate_cookie",)),)))
    assert "don't have oat cookies" in answer
    assert "a chocolate cookie" in answer
    assert talk.cart == []
    await talk.says(YES)
    assert talk.cart == ["a chocolate cookie"]


async def test_nine_hits_come_in_threes_without_repetition() -> None:
    talk = Talk()
    coffees = [product.id for product in talk.shop.catalog.products if product.category == "coffee"]
    await talk.says(intent.AskProducts("coffee"))
    heard: list[str] = []
    while isinstance(talk.phase, Choosing):
        assert len(talk.phase.options) <= 3
        heard += talk.phase.options
        await talk.says(Simple("more"))
    assert heard == coffees


async def test_sold_out_products_are_not_offered() -> None:
    talk = Talk()
    talk.shop.set_stock("croissant", Decimal(0))
    assert "croissant" not in await talk.says(intent.AskProducts("pastry"))


async def test_stock_is_looked_up_when_asked() -> None:
    talk = Talk()
    assert "Yes, we have croissant" in await talk.says(intent.AskStock(item("croissant")))
    talk.shop.set_stock("croissant", Decimal(0))
    assert "out of croissant" in await talk.says(intent.AskStock(item("croissant")))


async def test_too_few_in_stock_offers_what_there_is() -> None:
    talk = Talk()
    talk.shop.set_stock("croissant", Decimal(3))
    answer = await talk.says(add("croissant", 5))
    assert "only have three croissants left" in answer
    await talk.says(YES)
    assert talk.cart == ["three croissants"]


async def test_option_that_is_not_on_the_list_names_those_that_are() -> None:
    talk = Talk()
    answer = await talk.says(add("latte", 1, ("roast", "blond_roast")))
    assert "light roast, medium roast, or dark roast" in answer
    await talk.says(Pick(options=(Choice("roast", "dark_roast"),)))
    assert talk.cart == ["a medium dark roast latte"]


async def test_option_that_the_product_does_not_take_is_refused() -> None:
    talk = Talk()
    assert "can't choose the milk for the croissant" in await talk.says(add("croissant", 1, SOY))
    await talk.says(YES)
    assert talk.cart == ["a croissant"]


async def test_absurd_quantity_is_asked_about() -> None:
    talk = Talk()
    assert "thirty" in await talk.says(add("latte", 30))
    assert talk.cart == []
    assert isinstance(talk.phase, ConfirmingQuantity)
    assert "How many" in await talk.says(NO)
    await talk.says(Number(Decimal(3)))
    assert talk.cart == ["three medium lattes"]


async def test_impossible_quantity_asks_for_a_realistic_number() -> None:
    talk = Talk()
    assert "How many" in await talk.says(add("latte", 18_000))
    assert talk.cart == []


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


# ---- buying --------------------------------------------------------------------------------------------------------


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


async def test_keys_never_agree_to_an_order() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    await talk.press("1")
    assert talk.shop.orders() == ()


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
