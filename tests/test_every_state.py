"""Every state against every command that works everywhere; random callers never get an unconfirmed order."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.customers import set_second_factor
from commerce.payments import CHARGED
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from nlu import intent
from nlu.intent import Add, AddSame, Choice, Order, Ref, Remove, SetQuantity, Simple
from tests.small_shop import StandingClock
from tests.talk import CHECKOUT, NO, PHONE, PIN, REPLIES, SHOPS, YES, Talk, add, item
from voice.call import NotHandedOver
from voice.prompt import Transfer
from voxcart import states
from voxcart.redress_states import (
    AskingComment,
    AskingComplaint,
    AskingReason,
    ChoosingReturn,
    ConfirmingReturn,
    OfferingGoodwill,
)
from voxcart.states import Closed, Phase, without_aside

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STRANGER = "15550199"
COUPON = '[[coupons]]\ncode = "SUMMER10"\npercent = 10\n'
ZONES = """
[delivery.slots]
daily = ["17:00-19:00"]

[[delivery.zones]]
postcodes = ["10001"]
"""
MENU = (SHOPS / "coffee.toml").read_text("utf-8") + COUPON
WITH_COUPONS = parse_shop(MENU, SHOPS / "coffee.toml")
WITH_DELIVERY = parse_shop(MENU + ZONES, SHOPS / "coffee.toml")
WAYS_TO_PAY = '[payment]\nways = ["delivery", "link"]\n'
WITH_PAYMENT = parse_shop(MENU.replace("[payment]\n", WAYS_TO_PAY), SHOPS / "coffee.toml")
DELIVER, CODE = Simple("deliver"), intent.Spelled("10001")
TWO_LATTES = Order((Add(item("latte", 1, ("size", "large"))), Add(item("latte", 1, ("milk", "soy_milk")))))
SIX_THINGS = Order(tuple(Add(item(each)) for each in ("latte", "mocha", "tea", "espresso", "croissant", "bagel")))

WAYS: dict[type[Any], list[intent.Meaning]] = {
    states.Shopping: [add("latte")],
    states.Choosing: [add("tea"), add("latte", 1, alternatives=("mocha", "espresso"))],
    states.ChoosingLine: [TWO_LATTES, Order((Remove(Ref("latte")),))],
    states.ChoosingReading: [add("tea"), intent.Ambiguous((add("latte"), add("mocha")))],
    states.ConfirmingGuess: [add("tea"), add("latte", 1, guessed=True)],
    states.Confirming: [add("tea"), add("croissant", 1, ("milk", "milk"))],
    states.ConfirmingQuantity: [add("tea"), add("latte", 30)],
    states.AskingQuantity: [add("tea"), add("latte", 18_000)],
    states.AskingOption: [add("tea"), add("latte", 1, ("roast", "blond"))],
    states.ConfirmingOrder: [add("latte"), CHECKOUT],
    states.ChoosingHandover: [add("latte"), CHECKOUT],
    states.AwaitingAddress: [add("latte"), CHECKOUT, DELIVER, CODE],
    states.ConfirmingAddress: [add("latte"), CHECKOUT, DELIVER, CODE, intent.Text("oak street", "12")],
    states.ChoosingSlot: [add("latte"), CHECKOUT, DELIVER, CODE, intent.Text("oak street", "12"), YES],
    states.ChoosingPayment: [add("latte"), CHECKOUT],
    states.AwaitingPin: [add("latte"), CHECKOUT, YES],
    states.AwaitingCode: [add("latte"), CHECKOUT, YES, intent.Digits(PIN)],
    states.AwaitingOrderNumber: [add("latte"), intent.AskOrder()],
    states.AwaitingCoupon: [add("latte"), intent.Coupon()],
    states.Guiding: [add("latte"), intent.HelpChoose()],
    states.ReadingMore: [SIX_THINGS, Simple("read_cart")],
    states.ConfirmingCancel: [add("latte"), Simple("cancel")],
    states.ConfirmingLeave: [add("latte"), Simple("goodbye")],
    states.OnList: [add("latte"), intent.OnList(add("tea", 30))],
    states.ReadingList: [add("latte"), intent.OnList(SIX_THINGS), Simple("read_list")],
    states.ConfirmingClear: [add("latte"), Simple("clear_list")],
    AskingComplaint: [add("latte"), Simple("complain")],
    states.Paused: [add("latte"), CHECKOUT, Simple("pause")],
}
WITHOUT_A_NUMBER = {states.AwaitingPhone, states.ConfirmingPhone}
BY_OTHER_WAYS = {states.AwaitingCustomer, states.OfferingHuman, states.ChoosingCategory, *WITHOUT_A_NUMBER}
WITHOUT_A_CART = {
    *(states.ConfirmingResume, states.ConfirmingOrderCancel, states.AskingRating, states.ConfirmingAge),
    *(ChoosingReturn, AskingReason, ConfirmingReturn, OfferingGoodwill, AskingComment, states.OfferingAddress),
}
"""Tested in test_dialogue_resume.py, test_after.py, test_rating.py, test_restrictions.py, test_returning.py,
test_complaining.py and test_address_book.py."""
NOTHING_IS_HEARD = {Closed, states.HandingOver}
"""Tested in test_dialogue_human.py."""


async def at(phase: type[Phase], transfer: Transfer | None = None) -> Talk:
    """A conversation that has come to this phase, with something in the cart."""
    caller = None if phase in WITHOUT_A_NUMBER else STRANGER if phase is states.AwaitingCustomer else PHONE
    above = "0.00" if phase is states.AwaitingCode else ""
    commerce = CommerceSettings(pin_free_limit="0.00", second_factor_above=above)
    pays = phase is states.ChoosingPayment
    catalog = WITH_DELIVERY if phase in get_args(states.Handing) else WITH_PAYMENT if pays else WITH_COUPONS
    other = phase is states.AwaitingCoupon or catalog is not WITH_COUPONS
    shop = Shop(catalog, Store(None, StandingClock()), commerce, charges=CHARGED) if other else None
    talk = Talk(caller=caller, commerce=commerce, transfer=transfer, shop=shop, household="home")
    set_second_factor(talk.shop.till, talk.enrol(), SECRET)
    if phase is states.AwaitingCustomer:
        await talk.says(add("latte"), CHECKOUT, YES)
    elif phase in WITHOUT_A_NUMBER:
        await talk.says(add("latte"), Simple("human"))
        if transfer is not None:
            await talk.hear(NotHandedOver())
        if phase is states.ConfirmingPhone:
            await talk.says(intent.Digits("5550142396"))
    elif phase is states.ChoosingCategory:
        await talk.says(add("latte"))
        await talk.press("1")
    elif phase is states.OfferingHuman:
        await talk.says(add("latte"))
        for _ in range(3):
            await talk.say(None)
    else:
        await talk.says(*WAYS[phase])
    assert isinstance(talk.phase, phase)
    return talk


PHASES = [*WAYS, *sorted(BY_OTHER_WAYS, key=lambda each: each.__name__)]


def test_every_phase_is_visited() -> None:
    assert set(get_args(states.Phase)) - NOTHING_IS_HEARD == set(PHASES) | WITHOUT_A_CART


@pytest.mark.parametrize("phase", PHASES, ids=lambda each: each.__name__)
class TestEveryState:
    async def test_human_ends_in_a_ticket(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        answer = await talk.says(Simple("human"))
        assert "message for my colleagues" in answer
        assert talk.last.hang_up

    @pytest.mark.parametrize("by_key", [False, True])
    async def test_human_is_put_through_where_the_line_can(self, phase: type[Phase], by_key: bool) -> None:
        talk = await at(phase, Transfer("sip:desk@192.0.2.7"))
        cart = talk.cart
        await (talk.press("0") if by_key else talk.says(Simple("human")))
        assert talk.last.transfer is not None
        await talk.hear(NotHandedOver())
        assert talk.cart == cart
        assert "nobody can take your call" in talk.last.text

    async def test_help_explains_and_asks_again(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        before = without_aside(talk.phase) if phase is states.Paused else talk.phase
        answer = await talk.says(Simple("help"))
        assert "talk to a person" in answer
        assert talk.phase == before

    async def test_the_cart_can_be_heard(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        answer = await talk.says(Simple("read_cart"))
        assert talk.cart[0] in answer
        assert "dollar" in answer

    async def test_cancel_drops_the_order_after_a_yes(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        assert "drop the whole order" in await talk.says(Simple("cancel"))
        assert talk.cart
        await talk.says(YES)
        assert talk.cart == []
        assert isinstance(talk.phase, states.Shopping)

    async def test_cancel_and_no_returns_to_the_question(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        before = without_aside(talk.phase)
        await talk.says(Simple("cancel"), NO)
        assert talk.phase == before

    async def test_goodbye_leaves_within_two_turns(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        await talk.says(Simple("goodbye"))
        if not talk.last.hang_up:
            assert isinstance(talk.phase, states.ConfirmingLeave)
            await talk.says(NO)
        assert talk.last.hang_up
        assert re.search("Nothing (has been|is) ordered", talk.last.text)

    async def test_repeat_says_the_prompt_again(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        said = talk.last.text
        assert await talk.says(intent.Repeat()) == said

    async def test_stop_listens_and_keeps_the_question(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        before = without_aside(talk.phase) if phase is states.Paused else talk.phase
        await talk.says(Simple("stop"))
        assert talk.phase == before

    async def test_a_digression_returns(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        before = without_aside(talk.phase) if phase is states.Paused else talk.phase
        answer = await talk.says(intent.AskHours("monday"))
        assert answer.startswith("Monday we're open")
        assert talk.phase == before

    async def test_the_key_0_is_a_human(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        await talk.press("0")
        assert talk.last.hang_up

    @pytest.mark.parametrize("heard", ["silence", "gibberish"])
    async def test_no_ladder_loops(self, phase: type[Phase], heard: str) -> None:
        talk = await at(phase)
        for _ in range(12):
            await (talk.silent() if heard == "silence" else talk.say(None))
            if talk.last.hang_up:
                return
        pytest.fail("the assistant never gave up")

    async def test_no_order_comes_of_a_change(self, phase: type[Phase]) -> None:
        talk = await at(phase)
        await talk.says(Order((SetQuantity(Ref(), Decimal(2)),), correction=True))
        assert talk.shop.orders() == ()


# ---- random callers ------------------------------------------------------------------------------------------------

PRODUCTS = ("latte", "mocha", "croissant", "bagel")
quantities = st.sampled_from([None, Decimal(1), Decimal(2), Decimal(30), Decimal("0.5"), Decimal(0)])
choices = st.sampled_from([Choice("size", "large"), Choice("milk", "soy_milk"), Choice("milk", "milk", wanted=False)])
items = st.builds(
    intent.Item,
    st.sampled_from(PRODUCTS),
    quantities,
    st.sampled_from([None, "dozen", "kg"]),
    st.tuples() | st.tuples(choices),
    st.booleans(),
    st.tuples() | st.tuples(st.sampled_from(PRODUCTS)),
)
refs = st.builds(
    Ref,
    st.none() | st.sampled_from(PRODUCTS),
    st.tuples() | st.tuples(choices),
    st.none() | st.integers(-3, 3),
    st.booleans(),
)
counts = st.sampled_from([Decimal(0), Decimal(1), Decimal(3), Decimal(40)])
edits = st.one_of(
    st.builds(Add, items),
    st.builds(AddSame, refs, counts),
    st.builds(Remove, refs, st.none() | counts),
    st.builds(SetQuantity, refs, counts),
    st.builds(intent.SetOptions, refs, st.tuples(choices)),
    st.builds(intent.Replace, refs, items),
)
lost = st.builds(intent.NotSold, st.just("caviar"), st.tuples() | st.tuples(st.sampled_from(PRODUCTS)))
orders = st.builds(
    Order, st.lists(edits, min_size=1, max_size=3).map(tuple), st.booleans(), st.tuples() | st.tuples(lost)
)
NAMES = tuple(get_args(get_type_hints(Simple)["name"]))
others = st.sampled_from(
    [
        *(Simple(name) for name in NAMES if name != "human"),
        intent.Person("Ann"),
        YES,
        YES,
        CHECKOUT,
        CHECKOUT,
        intent.Digits(PIN),
        intent.Digits("8352"),
        intent.Digits(PHONE),
        intent.Digits("47", clear=False),
        intent.Coupon(),
        intent.Coupon("SUMMER10"),
        intent.Coupon(wanted=False),
        intent.Spelled("SUMMER10"),
        intent.Spelled("10001"),
        intent.Text("oak street", "12"),
        intent.When("tomorrow"),
        intent.Number(Decimal(2)),
        intent.Pick(1),
        intent.Pick(-1),
        intent.Pick(by="cheapest"),
        intent.Pick(product="latte"),
        intent.AskPrice(),
        intent.AskStock(intent.Item("mocha")),
        intent.AskProducts(),
        intent.AskProducts("pastry"),
        intent.AskOptions("latte"),
        intent.AskOrder("123456"),
        intent.AskUnknown(intent.NotSold("caviar", ("latte",))),
        intent.Repeat("slower"),
        None,
    ]
)
listed = orders.map(intent.OnList)
several = st.lists(orders | listed | others.filter(bool), min_size=2, max_size=3).map(
    lambda parts: intent.Several(tuple(parts))
)
anything = st.tuples(orders | listed | others | others | several, st.booleans() | st.just(False)) | st.just("silence")
TO_CHECKOUT = [(add("latte", 3), False), (CHECKOUT, False)]
TO_THE_END = [(YES, False), (intent.Digits(PIN), False)]
steps = st.one_of(
    anything.map(lambda each: [each]),
    st.sampled_from([TO_CHECKOUT, [*TO_CHECKOUT, (YES, True)], TO_THE_END, [*TO_CHECKOUT, *TO_THE_END]]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=4, max_size=20), st.sampled_from(["", "0.00", "10.00"]))
def test_no_order_without_quoted_total_and_explicit_yes(said: list[list[Any]], limit: str) -> None:
    asyncio.run(_random_call([each for step in said for each in step], limit))


async def _random_call(said: list[Any], limit: str) -> None:
    talk = Talk(caller=PHONE, commerce=CommerceSettings(pin_free_limit=limit), household="home")
    customer = talk.enrol()
    await talk.greet()
    agreed: dict[str, bool] = {}
    for each in said:
        if talk.last.hang_up:
            break
        before, prompt = talk.phase, talk.last.text
        if each == "silence":
            await talk.silent()
        else:
            await talk.say(each[0], over=each[1])
        kind, payload = talk.log[-1][2], talk.log[-1][3]
        assert kind == "turn"
        assert not any(event[2] == "error" for event in talk.log)
        for done in payload["did"]:
            _check(done, before, prompt, each, agreed, talk, customer)
    assert len(talk.shop.orders()) == sum(agreed.values())


def _check(
    done: Any, before: Phase, prompt: str, said: Any, agreed: dict[str, bool], talk: Talk, customer: str
) -> None:
    """`agreed` holds the quotes that were confirmed, and whether they became orders."""
    command, outcome = done["command"], done["outcome"]
    if outcome["type"] == "Confirmed":
        assert isinstance(before, states.ConfirmingOrder)
        assert before.quote.id == command["quote"]
        total = REPLIES.money(before.quote.total)
        assert total in prompt or "listening" in prompt
        meaning, over = said
        assert not over
        assert meaning == YES or (isinstance(meaning, intent.Several) and YES in meaning.intents)
        agreed[command["quote"]] = False
    if outcome["type"] == "OrderPlaced":
        assert agreed[command["quote"]] is False
        agreed[command["quote"]] = True
        limit = talk.shop.till.pin_free_limit
        if limit is not None and outcome["total"]["minor"] > limit.minor:
            assert command["customer"] == customer
            assert command["authorization"]
