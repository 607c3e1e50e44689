"""Some things are not sold by voice at all; others need an age, which is asked, kept and checked at the order."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from commerce.commands import AddLine, ChangeCart, ConfirmQuote, PlaceOrder, QuoteCart
from commerce.outcomes import CartChanged, Quoted
from commerce.restrictions import AgeNeeded, AgeStated, NotByPhone, StateAge
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from nlu.intent import OnList, Simple
from tests.small_shop import Caller, StandingClock
from tests.talk import CHECKOUT, NO, YES, Talk, add
from voxcart.states import ConfirmingAge, ConfirmingOrder, Shopping

CORNER = parse_shop(
    """
name = "Corner"
currency = "USD"

[categories.beer]
min_age = 18

[[products]]
name = "lager"
price = 3.00
category = "beer"

[[products]]
name = "root beer"
price = 2.00
category = "beer"
min_age = 1

[[products]]
name = "whisky"
price = 30.00
min_age = 21

[[products]]
name = "cigar"
price = 9.00
by_voice = false

[[products]]
name = "bread"
price = 2.50
""",
    Path("corner.toml"),
)


@pytest.fixture
def talk() -> Talk:
    return Talk(shop=Shop(CORNER, Store(None, StandingClock()), CommerceSettings(pin_free_limit="")))


def ages(talk: Talk) -> dict[int, bool]:
    with talk.shop.store.transaction():
        return talk.shop.store.ages("call-1")


async def test_what_is_not_sold_by_voice_is_refused_and_nothing_else(talk: Talk) -> None:
    said = await talk.says(add("cigar"))
    assert "only sell it in the shop" in said
    assert talk.cart == []
    await talk.says(add("bread"))
    assert talk.cart == ["a bread"]


async def test_age_is_asked_before_the_total_and_kept(talk: Talk) -> None:
    asked = await talk.says(add("lager", 2), add("bread"), CHECKOUT)
    assert "Lager is sold from the age of eighteen on" in asked
    assert "Are you eighteen or older" in asked
    assert "dollar" not in asked
    assert not talk.last.interruptible
    assert isinstance(talk.phase, ConfirmingAge)
    assert "Shall I place the order" in await talk.says(YES)
    assert ages(talk) == {18: True}
    assert "order is placed" in await talk.says(YES)
    [did] = [each for event in talk.log if event[2] == "turn" for each in event[3]["did"] if "StateAge" in str(each)]
    assert did["command"] == {"type": "StateAge", "cart": "call-1", "age": 18, "old_enough": True}


async def test_a_yes_over_the_question_is_none(talk: Talk) -> None:
    await talk.says(add("lager"), CHECKOUT)
    await talk.say(YES, over=True)
    assert isinstance(talk.phase, ConfirmingAge)
    assert ages(talk) == {}


async def test_who_is_younger_gets_the_rest_and_is_not_asked_again(talk: Talk) -> None:
    await talk.says(add("lager", 2), add("bread"), CHECKOUT)
    assert "can't sell you two lagers" in await talk.says(NO)
    assert talk.cart == ["a bread"]
    said = await talk.says(add("lager"), CHECKOUT)
    assert "can't sell you a lager" in said
    assert "Are you" not in said
    assert isinstance(talk.phase, Shopping)
    await talk.says(CHECKOUT)
    assert isinstance(talk.phase, ConfirmingOrder)
    assert talk.cart == ["a bread"]


async def test_a_higher_age_is_asked_for_by_itself_and_a_lower_one_is_not(talk: Talk) -> None:
    await talk.says(add("lager"), CHECKOUT, YES, NO, add("whisky"))
    assert "Are you twenty-one or older" in await talk.says(CHECKOUT)
    await talk.says(NO)
    assert talk.cart == ["a lager"], "eighteen was shown"
    other = Talk(shop=talk.shop, call="call-2")
    await other.says(add("whisky"), CHECKOUT, YES, NO, add("lager"), CHECKOUT)
    assert isinstance(other.phase, ConfirmingOrder)


async def test_the_next_call_is_asked_again(talk: Talk) -> None:
    await talk.says(add("lager"), CHECKOUT, YES)
    other = Talk(shop=talk.shop, call="call-2")
    await other.says(add("lager"), CHECKOUT)
    assert isinstance(other.phase, ConfirmingAge)


@pytest.mark.parametrize("wanted", [Simple("human"), Simple("help"), Simple("goodbye"), Simple("read_cart")])
async def test_what_works_everywhere_works_there(talk: Talk, wanted: Simple) -> None:
    await talk.says(add("lager"), CHECKOUT, wanted)
    assert ages(talk) == {}
    assert talk.shop.orders() == ()


def test_no_way_round_it_at_the_order() -> None:
    """A quote that was made before the age was denied buys nothing."""
    caller = Caller(Shop(CORNER, Store(None, StandingClock())))
    caller.add("lager")
    assert caller.say(QuoteCart("call-1")) == AgeNeeded(18, ("lager",))
    assert isinstance(caller.say(StateAge("call-1", 18, True)), AgeStated)
    quoted = caller.say(QuoteCart("call-1"))
    assert isinstance(quoted, Quoted)
    caller.say(ConfirmQuote(quoted.quote.id))
    with caller.shop.store.transaction():
        caller.shop.store._run("DELETE FROM ages")
    assert caller.say(PlaceOrder(quoted.quote.id)) == AgeNeeded(18, ("lager",))
    assert caller.shop.orders() == ()


def test_the_first_answer_stands() -> None:
    caller = Caller(Shop(CORNER, Store(None, StandingClock())))
    caller.add("lager")
    removed = caller.say(StateAge("call-1", 18, False))
    assert isinstance(removed, AgeStated)
    assert [line.product for line in removed.removed] == ["lager"]
    caller.add("lager")
    caller.say(StateAge("call-1", 18, True))
    assert caller.say(QuoteCart("call-1")) == AgeNeeded(18, ("lager",), denied=True)


def test_undo_and_lists_bring_nothing_in_that_may_not_be_sold() -> None:
    caller = Caller(Shop(CORNER, Store(None, StandingClock())))
    changed = caller.say(ChangeCart("call-1", (AddLine("cigar", Decimal(1)),), sure=True))
    assert isinstance(changed, CartChanged)
    assert changed.refusals == (NotByPhone("cigar"),)


async def test_a_list_does_not_take_it_either() -> None:
    talk = Talk(shop=Shop(CORNER, Store(None, StandingClock())), household="home")
    assert "only sell it in the shop" in await talk.says(OnList(add("cigar")))
