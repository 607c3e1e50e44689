"""A call that broke off goes on in the next one: by what is said, and through the call loop."""

from __future__ import annotations

import pytest

from commerce.commands import ClearCart
from commerce.errors import StoreError
from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Simple
from tests.fakes import FakeActivity, FakeChannel, FakeRecognizer, FakeSynthesizer, FakeVoice, says
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from tests.test_dialogues import opened
from tests.test_dialogues_in_calls import SETTINGS
from voice.channels.caller import AfterPrompt, Cue, Leave
from voice.turns import run_call
from voxcart.states import AwaitingPin, ConfirmingResume, OfferingHuman, Shopping

STRANGER = "15550199"
WRONG = intent.Digits("8352")


async def redialled(caller: str = STRANGER, limit: str = "") -> Talk:
    """The second call, greeted, of a caller whose first broke off after two lattes."""
    first = Talk(caller, commerce=CommerceSettings(pin_free_limit=limit), call="first")
    first.enrol()
    await first.says(add("latte", 2))
    second = Talk(caller, shop=first.shop, clock=first.clock, call="second")
    assert "Shall we go on with it?" in await second.greet()
    assert second.phase == ConfirmingResume(Shopping())
    return second


async def test_yes_goes_on_with_the_cart_and_it_can_be_bought() -> None:
    talk = await redialled()
    assert "two medium lattes" in await talk.says(YES)
    assert talk.phase == Shopping()
    await talk.says(CHECKOUT, YES)
    assert [order.lines[0].quantity for order in talk.shop.orders()] == [2]


async def test_no_begins_anew_and_no_name_is_told() -> None:
    talk = await redialled()
    answer = await talk.says(NO)
    assert talk.phase == Shopping()
    assert talk.cart == []
    assert not any("latte" in each.text for each in talk.prompts), answer


WORDS = [Simple("read_cart"), Simple("help"), Simple("thanks"), Simple("undo"), Simple("more"), Simple("checkout")]


@pytest.mark.parametrize("said", WORDS, ids=[each.name for each in WORDS])
async def test_nothing_else_tells_what_is_in_it(said: Simple) -> None:
    talk = await redialled()
    await talk.says(said)
    await talk.says(intent.AskPrice(), intent.AskOrder("123456"), intent.Repeat())
    assert talk.cart == []
    assert not any("latte" in each.text for each in talk.prompts)


async def test_yes_and_an_order_at_once() -> None:
    talk = await redialled()
    await talk.says(intent.Several((YES, add("croissant"))))
    assert talk.cart == ["two medium lattes", "a croissant"]


async def test_a_yes_may_be_keyed() -> None:
    talk = await redialled()
    await talk.press("1")
    assert talk.cart == ["two medium lattes"]


async def test_a_long_cart_is_summarised() -> None:
    first = Talk(STRANGER, call="first")
    await first.says(*(add(each) for each in ("latte", "mocha", "tea", "espresso", "croissant", "bagel")))
    second = Talk(STRANGER, shop=first.shop, clock=first.clock, call="second")
    await second.greet()
    answer = await second.says(YES)
    assert "six different things" in answer
    assert "Shall I read all of it?" in answer
    assert "bagel" in await second.says(YES)
    assert second.phase == Shopping()


async def test_a_customers_cart_is_told_only_after_the_pin() -> None:
    talk = await redialled(PHONE, "0.00")
    assert "PIN" in await talk.says(YES)
    assert isinstance(talk.phase, AwaitingPin)
    assert talk.last.private
    assert not talk.last.interruptible
    assert "two more tries" in await talk.says(WRONG)
    assert talk.cart == []
    assert "two medium lattes" in await talk.says(intent.Digits(PIN))
    await talk.says(CHECKOUT, YES)
    assert len(talk.shop.orders()) == 1, "the PIN of a moment ago is still good"


async def test_the_pin_of_long_ago_is_asked_for_again_at_the_order() -> None:
    talk = await redialled(PHONE, "0.00")
    await talk.says(YES, intent.Digits(PIN))
    talk.clock.move(seconds=300)
    assert "PIN" in await talk.says(CHECKOUT, YES)
    await talk.says(intent.Digits(PIN))
    assert len(talk.shop.orders()) == 1


async def test_three_wrong_pins_lock_and_tell_nothing() -> None:
    talk = await redialled(PHONE)
    await talk.says(YES, WRONG, intent.Digits("8353"), intent.Digits("8354"))
    assert isinstance(talk.phase, OfferingHuman)
    assert talk.cart == []
    assert not any("latte" in each.text for each in talk.prompts)


@pytest.mark.parametrize("instead", [NO, Simple("cancel"), add("tea")], ids=["no", "cancel", "an order"])
async def test_without_the_pin_a_new_cart_begins(instead: intent.Intent) -> None:
    talk = await redialled(PHONE)
    answer = await talk.says(YES, instead)
    assert "haven't ordered" not in answer
    assert talk.phase == Shopping()
    assert "latte" not in answer


async def test_a_cart_that_was_cleared_meanwhile_is_missed() -> None:
    talk = await redialled()
    talk.shop.execute(ClearCart("first"), "first/9")
    assert "can't find that order" in await talk.says(YES)
    assert talk.phase == Shopping()


async def test_a_cart_that_waited_too_long_for_the_yes_is_missed() -> None:
    talk = await redialled()
    talk.clock.move(minutes=30)
    assert "can't find that order" in await talk.says(YES)


async def test_what_cannot_be_read_does_not_keep_the_call_from_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Talk(STRANGER, call="first")
    await first.says(add("latte", 2))
    second = Talk(STRANGER, shop=first.shop, clock=first.clock, call="second")

    def broken(*_: object) -> None:
        raise StoreError("the disk is on fire")

    monkeypatch.setattr(first.shop.store, "left_cart", broken)
    assert "Shall we go on" not in await second.greet()
    monkeypatch.undo()
    await second.says(add("tea"))
    assert len(second.cart) == 1


async def test_a_dropped_call_resumes_through_the_call_loop() -> None:
    said = {"first": ["a latte", "two croissants"], "second": ["yes", "that's all", "yes"]}
    first = opened({"caller": STRANGER})
    voice = FakeVoice()
    cues = [*(says(voice, each) for each in said["first"]), Cue(Leave(), AfterPrompt())]
    await take(first, voice, *cues)
    assert first.mind.snapshot()[1].lines
    first.clock.move(minutes=10)
    second = opened({"caller": STRANGER}, first)
    await take(second, voice, *(says(voice, each) for each in said["second"]))
    [order] = second.shop.orders()
    assert [(line.product, line.quantity) for line in order.lines] == [("latte", 1), ("croissant", 2)]


async def take(talk: Talk, voice: FakeVoice, *cues: Cue) -> None:
    engines = FakeRecognizer(voice), FakeSynthesizer(), None
    await run_call(FakeChannel(*cues, silence_s=1.0), talk.mind, *engines, SETTINGS, activity=FakeActivity)
