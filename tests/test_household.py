"""The household's list and who is buying: without a PIN for the one, never without it for the other."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from commerce.commands import ReadList
from commerce.customers import add_customer
from commerce.outcomes import Failed, ListKnown
from commerce.settings import CommerceSettings
from nlu import intent
from nlu.intent import Add, OnList, Order, Ref, Remove, Simple
from tests.talk import CHECKOUT, NO, PIN, YES, Talk, add, item
from voxcart.questions import Expecting, expecting
from voxcart.records import MASK
from voxcart.states import AwaitingCustomer, AwaitingPin, Choosing, ConfirmingOrder, ReadingList, Shopping
from voxcart.states import OnList as Open

READ, CLEAR, ORDER_IT = Simple("read_list"), Simple("clear_list"), Simple("order_list")
NEEDS_PIN = CommerceSettings(pin_free_limit="0.00")
SEVEN = Order(tuple(Add(item(each)) for each in ("latte", "mocha", "tea", "espresso", "croissant", "bagel", "coffee")))


def noted(product: str, quantity: int | None = None) -> OnList:
    return OnList(add(product, quantity))


def at_home(
    *names: str, commerce: CommerceSettings | None = None, shop: Talk | None = None, call: str = "call-1"
) -> Talk:
    talk = Talk(household="home", commerce=commerce or NEEDS_PIN, shop=shop.shop if shop else None, call=call)
    for place, name in enumerate(names):
        add_customer(talk.shop.till, name, f"1555030{place}", PIN, household="home")
    return talk


def listed(talk: Talk) -> list[tuple[str, int]]:
    known = talk.shop.execute(ReadList("home"), f"look/{len(talk.prompts)}")
    assert isinstance(known, ListKnown)
    return [(line.product, int(line.quantity)) for line in known.list.cart.lines]


class TestTheList:
    async def test_needs_neither_a_pin_nor_a_cart(self) -> None:
        talk = at_home("Ada")
        answer = await talk.says(noted("latte", 2))
        assert "two medium lattes" in answer
        assert listed(talk) == [("latte", 2)]
        assert talk.cart == []
        assert not talk.last.private

    async def test_is_the_same_in_the_next_conversation(self) -> None:
        first = at_home()
        await first.says(noted("latte"))
        second = at_home(shop=first, call="call-2")
        assert "a medium latte" in await second.says(READ)

    async def test_an_open_question_about_the_order_stays_open(self) -> None:
        talk = at_home()
        await talk.says(add("latte"), CHECKOUT)
        assert isinstance(talk.phase, ConfirmingOrder)
        answer = await talk.says(noted("tea"))
        assert isinstance(talk.phase, ConfirmingOrder)
        assert "Shall I place the order" in answer

    async def test_a_yes_beside_it_agrees_to_no_order(self) -> None:
        talk = at_home(commerce=CommerceSettings(pin_free_limit=""))
        await talk.says(add("latte"), CHECKOUT, intent.Several((YES, noted("tea"))))
        assert talk.shop.orders() == ()
        assert listed(talk) == [("tea", 1)]

    async def test_what_fits_several_is_asked_and_goes_on_the_list(self) -> None:
        talk = at_home()
        await talk.says(OnList(Order((Add(item("latte", 2, alternatives=("mocha",))),))))
        assert isinstance(talk.phase, Open)
        assert isinstance(talk.phase.asks[0], Choosing)
        assert talk.last.listening.kind == "choice"
        answer = await talk.says(intent.Pick(product="mocha"))
        assert "two medium mochas" in answer
        assert listed(talk) == [("mocha", 2)]
        assert talk.cart == []
        assert expecting(talk.phase).kind == "order"

    async def test_a_doubtful_number_is_asked_about(self) -> None:
        talk = at_home()
        assert "really say thirty" in await talk.says(noted("tea", 30))
        assert listed(talk) == []
        await talk.press("1")
        assert listed(talk) == [("tea", 30)]

    async def test_a_question_that_another_thing_interrupts_is_asked_again(self) -> None:
        talk = at_home()
        answer = await talk.says(noted("tea", 30), noted("latte"))
        assert "a medium latte" in answer
        assert "really say thirty" in answer
        await talk.says(YES)
        assert listed(talk) == [("latte", 1), ("tea", 30)]

    async def test_an_order_meanwhile_is_an_order(self) -> None:
        talk = at_home()
        await talk.says(noted("tea", 30), add("latte"))
        assert talk.cart == ["a medium latte"]
        assert listed(talk) == []

    async def test_taking_off_names_what_went(self) -> None:
        talk = at_home()
        answer = await talk.says(noted("latte", 2), OnList(Order((Remove(Ref("latte")),))))
        assert "two medium lattes off the list" in answer
        assert listed(talk) == []

    async def test_what_is_not_on_it_cannot_go(self) -> None:
        talk = at_home()
        answer = await talk.says(add("latte"), OnList(Order((Remove(Ref("latte")),))))
        assert "on the list" in answer
        assert talk.cart == ["a medium latte"]

    async def test_what_somebody_else_puts_there_meanwhile_stays(self) -> None:
        talk = at_home()
        await talk.says(noted("tea", 30))
        await at_home(shop=talk, call="call-2").says(noted("latte"))
        await talk.says(YES)
        assert listed(talk) == [("latte", 1), ("tea", 30)]

    async def test_a_long_one_is_read_in_parts(self) -> None:
        talk = at_home()
        answer = await talk.says(OnList(SEVEN), READ)
        assert "seven different things on the list" in answer
        assert "bagel" not in answer
        assert isinstance(talk.phase, ReadingList)
        assert "bagel" in await talk.says(YES)

    async def test_clearing_is_asked_back(self) -> None:
        talk = at_home()
        await talk.says(noted("latte"), CLEAR, NO)
        assert listed(talk) == [("latte", 1)]
        assert "the list is empty" in await talk.says(CLEAR, YES)
        assert listed(talk) == []

    async def test_an_empty_one_is_said_to_be_empty(self) -> None:
        talk = at_home()
        assert "nothing on the list" in await talk.says(READ)
        assert "nothing on the list" in await talk.says(ORDER_IT)

    @pytest.mark.parametrize("said", [noted("latte"), READ, CLEAR, ORDER_IT])
    async def test_other_lines_have_none(self, said: intent.Intent) -> None:
        talk = Talk()
        assert "There is no list on this line" in await talk.says(said)
        assert talk.cart == []


class TestOrderingIt:
    async def test_what_is_had_goes_into_the_cart_and_the_rest_is_named(self) -> None:
        talk = at_home()
        talk.shop.set_stock("bagel", Decimal(0))
        talk.shop.set_stock("croissant", Decimal(1))
        await talk.says(noted("latte", 2), noted("bagel"), noted("croissant", 3))
        answer = await talk.says(ORDER_IT)
        assert talk.cart == ["two medium lattes"]
        assert "out of bagel" in answer
        assert "only have a croissant left" in answer
        assert "Still on the list: a bagel and three croissants" in answer
        assert listed(talk) == [("bagel", 1), ("croissant", 3)]

    async def test_a_quote_that_was_read_is_void(self) -> None:
        talk = at_home(commerce=CommerceSettings(pin_free_limit=""))
        await talk.says(noted("latte"), add("tea"), CHECKOUT, ORDER_IT)
        assert talk.phase == Shopping()
        await talk.says(YES)
        assert talk.shop.orders() == ()

    async def test_a_list_that_cannot_be_looked_up_is_not_changed_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        talk = at_home()
        await talk.greet()
        with monkeypatch.context() as broken:
            broken.setattr(talk.shop, "execute", lambda *_: Failed("disk"))
            assert "Nothing has changed" in await talk.says(noted("latte"))
        assert "nothing on the list" in await talk.says(READ)

    async def test_keys_of_commands_differ_within_a_turn(self) -> None:
        talk = at_home()
        await talk.says(intent.Several((noted("latte"), noted("tea"))))
        turn = next(payload for _, turn, kind, payload in talk.log if kind == "turn" and turn.endswith("/1"))
        keys = [done["key"] for done in turn["did"]]
        assert len(set(keys)) == len(keys) == 4


# ---- who is buying --------------------------------------------------------------------------------------------------


async def asked_who(*names: str) -> Talk:
    talk = at_home(*names)
    await talk.says(add("latte"), CHECKOUT, YES)
    return talk


async def test_a_name_then_the_pin() -> None:
    talk = await asked_who("Ada", "Robert Miller")
    assert "Who is buying" in talk.last.text
    assert talk.last.listening.kind == "digits"
    await talk.says(intent.Person("Robert Miller"))
    assert isinstance(talk.phase, AwaitingPin)
    assert talk.last.private
    assert talk.shop.orders() == ()
    await talk.says(intent.Digits(PIN))
    [order] = talk.shop.orders()
    assert order.customer == talk.state.customer


async def test_names_bias_the_recogniser() -> None:
    talk = await asked_who("Ada", "Robert Miller")
    assert expecting(talk.phase) == Expecting("who", ("Ada", "Robert Miller"), patience="digits")


async def test_a_number_is_a_number() -> None:
    talk = at_home()
    number = talk.enrol(household="home")
    await talk.says(add("latte"), CHECKOUT, YES)
    await talk.press(number)
    assert isinstance(talk.phase, AwaitingPin)


@pytest.mark.parametrize(
    "said",
    [
        *(None, Order((), not_sold=(intent.NotSold("jonathan"),)), add("latte", guessed=True), Simple("undo")),
        *(Order((intent.AddSame(Ref()),)), Order((Remove(Ref()),)), intent.Pick(1)),
    ],
)
async def test_an_unknown_name_is_told_and_the_number_stays_open(said: intent.Meaning | None) -> None:
    talk = at_home("Ada")
    number = talk.enrol()
    await talk.says(add("latte"), CHECKOUT, YES)
    answer = await talk.say(said)
    assert "don't know that name" in answer
    assert "Who is buying" in answer
    assert talk.cart == ["a medium latte"]
    await talk.says(intent.Digits(number))
    assert talk.state.customer == number


async def test_whoever_says_no_to_the_pin_is_not_asked_for_it_again() -> None:
    talk = await asked_who("Ada", "Robert")
    await talk.says(intent.Person("Ada"), NO)
    assert talk.state.customer is None
    assert "Who is buying" in await talk.says(CHECKOUT, YES)


async def test_who_proved_it_stays_the_buyer() -> None:
    talk = await asked_who("Ada", "Robert")
    await talk.says(intent.Person("Ada"), intent.Digits(PIN), add("tea"), CHECKOUT, YES)
    assert isinstance(talk.phase, AwaitingPin)


async def test_two_of_one_name_are_known_by_number_only() -> None:
    talk = await asked_who("Ada", "ada", "Robert")
    assert isinstance(talk.phase, AwaitingCustomer)
    assert [each.name for each in talk.phase.members] == ["Robert"]


async def test_a_question_about_the_list_beside_the_pin_is_private() -> None:
    talk = await asked_who("Ada")
    await talk.says(intent.Person("Ada"), noted("tea", 30))
    assert isinstance(talk.phase, Open)
    assert talk.last.private
    answer = await talk.says(OnList(Order((), not_sold=(intent.NotSold("four seven", ("tea",)),))))
    assert "four" not in answer
    await talk.says(NO, intent.Simple("none"))
    assert isinstance(talk.phase, AwaitingPin)


async def test_wrong_pins_are_counted_and_lock() -> None:
    talk = await asked_who("Ada")
    await talk.says(intent.Person("Ada"), *[intent.Digits("0000")] * 3)
    assert "locked" in talk.last.text
    assert talk.shop.orders() == ()


async def test_a_household_without_customers_is_asked_for_the_number() -> None:
    talk = await asked_who()
    assert "telephone number" in talk.last.text


async def test_other_lines_ask_for_the_number() -> None:
    talk = Talk(commerce=NEEDS_PIN)
    talk.enrol(household="home")
    assert "telephone number" in await talk.says(add("latte"), CHECKOUT, YES)


async def test_the_name_tells_nothing_and_the_pin_is_not_logged() -> None:
    talk = await asked_who("Ada")
    answer = await talk.says(intent.Person("Ada"), intent.AskOrder("123456"))
    assert "can't find" in answer
    await talk.press(PIN)
    assert PIN not in json.dumps([event[3] for event in talk.log], default=str)
    assert MASK in json.dumps([event[3] for event in talk.log], ensure_ascii=False, default=str)
    assert len(talk.shop.orders()) == 1
