"""Goods by what they are like, two compared, one recommended, one offered beside the cart: typed, through the shop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.choosing import FindProducts, ProductsFound, Recommend, Recommended
from commerce.commands import CheckPin, ConfirmQuote, PlaceOrder
from commerce.customers import add_customer
from commerce.errors import ShopFileError
from commerce.outcomes import OrderPlaced, PinAccepted
from commerce.shop_file import parse_shop
from nlu.intent import Compare, Simple
from nlu.intent import FindProducts as AskToFind
from nlu.parse import parse
from tests.small_shop import Caller
from voxcart.build import Front, open_mind, open_shop
from voxcart.chat import input_of
from voxcart.config import load_config
from voxcart.earnings import diversity, read_stories, recommended_of
from voxcart.figures import figures_of

SPORTS = """
name = "Sports"
currency = "USD"

[categories.shoes]
name = "running shoes"

[categories.bars]
name = "bars"

[categories.drinks]
name = "drinks"

[[products]]
name = "road runner"
price = 89.00
category = "shoes"
brand = "Nimbus"
stock = 3
goes_with = ["oat bar", "spring water"]
traits = { size = ["41", "42"], colour = "red" }

[[products]]
name = "trail master"
price = 120.00
category = "shoes"
brand = "Peak"
stock = 2
traits = { size = ["42", "43"], colour = ["blue", "green"] }

[[products]]
name = "old faithful"
price = 60.00
category = "shoes"
brand = "Peak"
stock = 0
traits = { size = "42" }

[[products]]
name = "oat bar"
price = 2.50
category = "bars"
stock = 9
traits = { diet = ["vegan", "lactose free"] }

[[products]]
name = "milk bar"
price = 2.20
category = "bars"

[[products]]
name = "spring water"
price = 1.10
category = "drinks"

[[products]]
name = "light beer"
price = 3.00
category = "drinks"
min_age = 21
"""


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    (tmp_path / "sports.toml").write_text(SPORTS, "utf-8")
    with closing(open_shop(load_config(), str(tmp_path / "sports.toml"), in_memory=True)) as front:
        yield front


class Typed:
    def __init__(self, front: Front, call: str = "call-1") -> None:
        self.mind = open_mind(front, call, None, typed=True)

    async def says(self, *lines: str) -> str:
        prompt = await self.mind.greet()
        for line in lines:
            prompt = await self.mind.act(self.mind.understand(input_of(line)))
        return prompt.text

    @property
    def cart(self) -> list[tuple[str, Decimal]]:
        return [(line.product, line.quantity) for line in self.mind.snapshot()[1].lines]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("running shoes size forty two", AskToFind("shoes", (("size", "42"),))),
        ("do you have red running shoes", AskToFind("shoes", (("colour", "red"),))),
        ("anything vegan", AskToFind(None, (("diet", "vegan"),))),
        ("do you have something vegan please", AskToFind(None, (("diet", "vegan"),))),
        ("is there anything lactose free", AskToFind(None, (("diet", "lactose free"),))),
        ("anything without lactose", AskToFind(None, (("diet", "lactose free"),))),
        ("what running shoes do you have by peak", AskToFind("shoes", (), "Peak")),
        ("anything under three dollars", AskToFind(None, (), None, Decimal(3))),
        ("running shoes for under a hundred dollars", AskToFind("shoes", (), None, Decimal(100))),
        ("what bars do you have for less than two dollars fifty", AskToFind("bars", (), None, Decimal("2.5"))),
        ("vegan bars under five dollars", AskToFind("bars", (("diet", "vegan"),), None, Decimal(5))),
        ("what's the difference between the oat bar and the milk bar", Compare("oat_bar", "milk_bar")),
        ("compare the road runner with the trail master", Compare("road_runner", "trail_master")),
        ("which is cheaper the oat bar or the milk bar", Compare("oat_bar", "milk_bar")),
        ("how does the oat bar differ from the milk bar", None),
        ("what do you recommend", Simple("recommend")),
        ("can you suggest something", Simple("recommend")),
        ("surprise me", Simple("recommend")),
    ],
)
def test_what_is_asked_for(said: str, meant: object, front: Front) -> None:
    found = parse(said, front.grammar)
    assert found == meant or (meant is None and not isinstance(found, Compare | AskToFind))


@pytest.mark.parametrize(
    "said", ["two oat bars", "a road runner please", "vegan", "under three", "an oat bar and a milk bar"]
)
def test_what_is_no_search(said: str, front: Front) -> None:
    assert not isinstance(parse(said, front.grammar), AskToFind | Compare)


async def test_only_what_is_in_stock_and_fits_is_named(front: Front) -> None:
    said = await Typed(front).says("running shoes size forty two")
    assert "road runner" in said
    assert "trail master" in said
    assert "old faithful" not in said, "size 42, but sold out"
    assert "trail master" not in await Typed(front, "call-2").says("running shoes size forty one")
    assert "nothing like that" in await Typed(front, "call-3").says("green bars under a dollar")


async def test_a_price_limit_is_that_of_today(front: Front) -> None:
    asked = FindProducts(most=front.shop.till.money(250))
    assert front.shop.execute(asked, "a/1") == ProductsFound(("spring_water", "milk_bar", "oat_bar"))
    front.shop.set_price("oat_bar", front.shop.till.money(260))
    assert front.shop.execute(asked, "a/2") == ProductsFound(("spring_water", "milk_bar"))


async def test_what_was_found_can_be_taken(front: Front) -> None:
    talk = Typed(front)
    await talk.says("running shoes size forty two", "the cheaper one")
    assert talk.cart == [("road_runner", Decimal(1))]


# ---- compare -------------------------------------------------------------------------------------------------------


async def test_only_what_differs_is_told(front: Front) -> None:
    said = await Typed(front).says("what's the difference between the oat bar and the milk bar")
    assert said.startswith(
        "You pay thirty cents more for the oat bar than for the milk bar. Vegan and lactose free, that's the oat bar."
    )
    said = await Typed(front, "call-2").says("compare the road runner with the trail master")
    assert "thirty-one dollars more" in said
    assert "Nimbus makes the road runner, Peak the trail master" in said
    for same in ("42", "shoes", "forty"):
        assert same not in said


async def test_prices_are_those_of_the_moment_and_equals_have_no_difference(front: Front) -> None:
    front.shop.set_price("spring_water", front.shop.till.money(220))
    said = await Typed(front).says("what's the difference between the milk bar and the spring water")
    assert "no difference that I know of" in said


# ---- beside the cart -----------------------------------------------------------------------------------------------


async def test_one_thing_is_offered_before_the_total_and_taken_on_yes(front: Front) -> None:
    talk = Typed(front)
    said = await talk.says("a road runner", "that's all")
    assert said == "Would you like an oat bar with that?"
    other = Typed(front, "call-2")
    said = await other.says("a road runner", "that's all", "yes")
    assert other.cart == [("road_runner", Decimal(1)), ("oat_bar", Decimal(1))]
    assert "ninety-one dollars and fifty cents" in said


async def test_after_a_no_nothing_is_offered_in_that_call(front: Front) -> None:
    talk = Typed(front)
    said = await talk.says("a road runner", "that's all", "no")
    assert "eighty-nine dollars" in said
    said = await talk.says("another one", "that's all")
    assert "with that" not in said
    assert talk.mind.snapshot()[0].offered_beside


async def test_what_is_sold_out_or_there_already_is_not_offered(front: Front) -> None:
    front.shop.set_stock("oat_bar", Decimal(0))
    assert "spring water with that" in await Typed(front).says("a road runner", "that's all")
    both = await Typed(front, "call-2").says("a road runner and a spring water", "that's all")
    assert "with that" not in both
    assert "with that" not in await Typed(front, "call-3").says("a milk bar", "that's all"), "nothing goes with it"


# ---- recommend -----------------------------------------------------------------------------------------------------


def bought(front: Front, customer: str | None, call: str, *goods: str) -> None:
    caller = Caller(front.shop, call)
    for each in goods:
        caller.add(each)
    quote = caller.quote(customer)
    caller.say(ConfirmQuote(quote.id))
    accepted = caller.say(CheckPin(customer or "", call, "8362"))
    proof = accepted.authorization if isinstance(accepted, PinAccepted) else None
    assert isinstance(caller.say(PlaceOrder(quote.id, customer, proof)), OrderPlaced)


async def test_what_goes_often_and_one_thing_from_outside_the_history(front: Front) -> None:
    ann, _ = add_customer(front.shop.till, "Ann", "15550100", "8362")
    bob, _ = add_customer(front.shop.till, "Bob", "15550101", "8362")
    bought(front, ann, "one", "oat_bar", "milk_bar")
    bought(front, bob, "two", "spring_water", "oat_bar")
    caller = Caller(front.shop, "three")
    accepted = caller.say(CheckPin(ann, "three", "8362"))
    assert isinstance(accepted, PinAccepted)
    told = caller.say(Recommend("three", ann, accepted.authorization))
    assert told == Recommended(("oat_bar", "milk_bar", "spring_water"), personal=True)
    unproved = Caller(front.shop, "four").say(Recommend("four", ann, "made up"))
    assert isinstance(unproved, Recommended)
    assert not unproved.personal


async def test_what_needs_a_question_of_its_own_is_not_recommended(front: Front) -> None:
    said = await Typed(front).says("what do you recommend")
    assert "beer" not in said
    assert "old faithful" not in said


async def test_the_report_shows_the_shares_of_categories_and_their_diversity(front: Front) -> None:
    for call in ("call-1", "call-2"):
        await Typed(front, call).says("what do you recommend")
    stories = read_stories(front.shop.store, front.catalog, None, None)
    found = figures_of(stories)
    counts = dict(recommended_of(found, front.catalog))
    assert sum(counts.values()) == sum(len(each.recommended) for each in stories) > 0
    shares = [times / sum(counts.values()) for times in counts.values()]
    assert diversity(found, front.catalog) == pytest.approx(1 - sum(share * share for share in shares))


# ---- the shop file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('goes_with = ["tea"]', "no such product"),
        ('goes_with = ["cup"]', "is itself"),
        ('traits = { diet = "\\u0007" }', "cannot be said"),
        ('traits = "vegan"', "traits"),
    ],
)
def test_what_cannot_be_is_refused(lines: str, told: str, tmp_path: Path) -> None:
    text = f'name = "x"\ncurrency = "USD"\n[[products]]\nname = "cup"\nprice = 1\n{lines}\n'
    with pytest.raises(ShopFileError, match=told):
        parse_shop(text, tmp_path / "x.toml")


async def test_after_comparing_the_cheaper_one_is_one_of_the_two(front: Front) -> None:
    typed = Typed(front)
    told = await typed.says("anything vegan", "compare the oat bar and the milk bar")
    assert "Which one would you like?" in told
    await typed.says("the cheaper one")
    assert typed.cart == [("milk_bar", Decimal(1))]


@pytest.mark.parametrize(
    ("said", "cart"),
    [
        ("i'll take the second one, please", [("milk_bar", Decimal(1))]),
        ("two of the second one", [("milk_bar", Decimal(2))]),
        ("three of the cheaper ones", [("milk_bar", Decimal(3))]),
        ("two of the first", [("oat_bar", Decimal(2))]),
    ],
)
async def test_so_many_of_one_that_was_offered(front: Front, said: str, cart: list[tuple[str, Decimal]]) -> None:
    typed = Typed(front)
    await typed.says("compare the oat bar and the milk bar", said)
    assert typed.cart == cart
