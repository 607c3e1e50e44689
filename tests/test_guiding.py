"""Help me choose: questions that come from what the goods are like lead to few that satisfy all answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from commerce.guiding import About, division, values_of
from commerce.shop_file import parse_shop
from nlu.intent import FindProducts, HelpChoose, Indifferent, Simple
from nlu.parse import parse
from tests.test_choosing import Typed
from voxcart.build import Front, open_shop
from voxcart.chat import input_of
from voxcart.choosing_states import Guiding
from voxcart.config import load_config
from voxcart.states import Choosing, Shopping

ROASTS, BEANS, BREWS = ("light", "medium", "dark"), ("arabica", "robusta"), ("filter", "espresso", "french press")
GRINDS = ("whole", "ground")
COFFEES = list(product(ROASTS, BEANS, BREWS, GRINDS))
HEAD = """
name = "Roastery"
currency = "USD"

[categories.coffee]
name = "coffee"

[categories.cake]
name = "cake"
"""


def _product(number: int, traits: tuple[str, ...]) -> str:
    roast, bean, brew, grind = traits
    return f"""
[[products]]
name = "blend {_name(number)}"
price = {4 + number * 0.1:.2f}
category = "coffee"
stock = {0 if number == 0 else 5}
traits = {{ roast = "{roast}", bean = "{bean}", brew = "{brew}", grind = "{grind}" }}
"""


TREES = [
    "maple",
    "cedar",
    "birch",
    "willow",
    "aspen",
    "laurel",
    "hazel",
    "rowan",
    "juniper",
    "cypress",
    "alder",
    "linden",
]


def _name(number: int) -> str:
    return f"{TREES[number % 12]} {('north', 'south', 'east')[number // 12]}"


CAKES = """
[[products]]
name = "carrot cake"
price = 3.00
category = "cake"
brand = "Peak"
traits = { diet = "vegan" }

[[products]]
name = "cheese cake"
price = 3.20
category = "cake"

[[products]]
name = "plum cake"
price = 3.40
category = "cake"
traits = { diet = "vegan" }

[[products]]
name = "poppy cake"
price = 3.60
category = "cake"
"""
SHOP = HEAD + "".join(_product(n, each) for n, each in enumerate(COFFEES)) + CAKES
CATALOG = parse_shop(SHOP, Path("roastery.toml"))


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Typed]:
    (tmp_path / "roastery.toml").write_text(SHOP, "utf-8")
    with closing(open_shop(load_config(), str(tmp_path / "roastery.toml"), in_memory=True)) as front:
        yield Typed(front)


async def told(call: Typed, *lines: str) -> str:
    text = ""
    for line in lines:
        text = (await call.mind.act(call.mind.understand(input_of(line)))).text
    return text


def traits(product_id: str) -> set[str]:
    return {value for _, values in CATALOG.by_id[product_id].traits for value in values}


# ---- FEATURES 48 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", COFFEES[::5], ids="-".join)
async def test_four_answers_lead_to_three_products_at_most_that_satisfy_all_of_them(
    call: Typed, wanted: tuple[str, ...]
) -> None:
    await call.says()
    answers = ["coffee", *wanted]
    text, given = await told(call, "help me choose"), []
    while isinstance(call.mind.snapshot()[0].phase, Guiding):
        phase = call.mind.snapshot()[0].phase
        answer = next(each for each in answers if each in phase.division.values)
        given.append(answer)
        text = await told(call, answer)
    assert len(given) <= 4
    phase = call.mind.snapshot()[0].phase
    assert isinstance(phase, Choosing)
    assert 1 <= len(phase.options) <= 3
    assert phase.rest == ()
    for each in phase.options:
        assert set(given) - {"coffee"} <= traits(each)
    assert "blend" in text


async def test_what_is_out_of_stock_is_never_led_to(call: Typed) -> None:
    await call.says()
    await told(call, "help me choose a coffee")
    state = call.mind.snapshot()[0]
    assert isinstance(state.phase, Guiding)
    assert "blend maple north" not in [CATALOG.by_id[each].name for each in state.phase.left]


async def test_the_question_names_what_there_is(call: Typed) -> None:
    await call.says()
    assert "What should it be: coffee or cake?" in await told(call, "i can't decide")
    assert "Which roast would you like: medium, dark, or light?" in await told(call, "coffee")


async def test_what_does_not_matter_is_not_asked_again(call: Typed) -> None:
    await call.says()
    first = await told(call, "help me choose a coffee")
    second = await told(call, "it doesn't matter")
    assert "Which roast" in first
    assert "roast" not in second
    assert "Which brew" in second


async def test_several_answers_at_once_and_ones_not_asked_for(call: Typed) -> None:
    await call.says()
    await told(call, "help me choose a coffee")
    text = await told(call, "something dark and ground for espresso")
    phase = call.mind.snapshot()[0].phase
    assert isinstance(phase, Choosing), text
    assert all({"dark", "ground", "espresso"} <= traits(each) for each in phase.options)


async def test_a_limit_of_the_price_is_an_answer_too(call: Typed) -> None:
    await call.says()
    text = await told(call, "help me choose a coffee", "under four dollars thirty")
    phase = call.mind.snapshot()[0].phase
    assert isinstance(phase, Choosing), text
    assert all(CATALOG.by_id[each].price.minor <= 430 for each in phase.options)


async def test_what_only_some_have_is_a_question_of_yes_or_no(call: Typed) -> None:
    await call.says()
    assert "Should it be vegan?" in await told(call, "help me choose a cake")
    assert "a carrot cake or a plum cake" in await told(call, "yes")


async def test_no_to_it_asks_for_nothing(call: Typed) -> None:
    await call.says()
    text = await told(call, "help me choose a cake", "no")
    assert "carrot cake" in text
    assert "more" in text


async def test_naming_a_product_ends_the_questions(call: Typed) -> None:
    await call.says()
    await told(call, "help me choose a coffee", "two blend cedar north")
    assert [quantity for _, quantity in call.cart] == [2]
    assert isinstance(call.mind.snapshot()[0].phase, Shopping)


async def test_nothing_like_that_asks_again(call: Typed) -> None:
    await call.says()
    text = await told(call, "help me choose a coffee", "something vegan")
    assert "nothing like that" in text
    assert "Which roast" in text


async def test_never_mind_ends_it(call: Typed) -> None:
    await call.says()
    await told(call, "help me choose a coffee", "no")
    assert isinstance(call.mind.snapshot()[0].phase, Shopping)


async def test_few_are_told_at_once(call: Typed) -> None:
    await call.says()
    text = await told(call, "help me choose a maple blend")
    assert isinstance(call.mind.snapshot()[0].phase, Choosing)
    assert "maple" in text


# ---- FEATURES 24: by attribute ---------------------------------------------------------------------------------


async def test_one_of_several_is_told_by_what_it_is_like(call: Typed) -> None:
    await call.says()
    await told(call, "do you have any cake under three dollars fifty")
    await told(call, "the vegan ones")
    phase = call.mind.snapshot()[0].phase
    assert isinstance(phase, Choosing)
    assert {CATALOG.by_id[each].name for each in phase.options} == {"carrot cake", "plum cake"}
    await told(call, "the peak one")
    assert [product for product, _ in call.cart] == ["carrot_cake"]


async def test_any_of_them_takes_the_first(call: Typed) -> None:
    await call.says()
    await told(call, "do you have any cake under three dollars fifty", "any of them")
    assert [product for product, _ in call.cart] == ["carrot_cake"]


# ---- the words, and the best question --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("help me choose", HelpChoose()),
        ("can you help me pick something please", HelpChoose()),
        ("i don't know what to get", HelpChoose()),
        ("help me choose a dark coffee", HelpChoose(FindProducts("coffee", (("roast", "dark"),)))),
        ("i can't decide", HelpChoose()),
        ("help", Simple("help")),
    ],
)
def test_asking_for_it(said: str, meant: object, front: Front) -> None:
    assert parse(said, front.grammar) == meant


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    (tmp_path / "shop.toml").write_text(SHOP, "utf-8")
    with closing(open_shop(load_config(), str(tmp_path / "shop.toml"), in_memory=True)) as front:
        yield front


@pytest.mark.parametrize("said", ["it doesn't matter", "any", "i don't mind", "either is fine", "you choose"])
def test_what_does_not_matter_means_nothing_without_a_choice(front: Front, said: str) -> None:
    assert parse(said, front.grammar, "choice", ("carrot_cake", "plum_cake")) == Indifferent()
    assert parse(said, front.grammar) != Indifferent()


@pytest.mark.parametrize("said", ["do you have anything vegan", "something dark", "help me choose"])
def test_the_recogniser_is_taught_what_goods_are_like(front: Front, said: str) -> None:
    heard = {word for phrase in front.grammar.phrases("order") for word in phrase.split()}
    assert set(said.split()) <= heard


def test_the_answer_leaves_fewest_where_its_question_divides_best() -> None:
    coffees = [each for each in CATALOG.products if each.category == "coffee"]
    found = division(coffees, ())
    assert found is not None
    assert len(found.values) == 3
    left = max(sum(value in values_of(each, found.about) for each in coffees) for value in found.values)
    assert left == len(coffees) / 3


def test_what_tells_nothing_apart_is_never_asked() -> None:
    dark = [each for each in CATALOG.products if "dark" in traits(each.id)]
    asked = []
    while found := division(dark, asked):
        asked.append(found.about)
    assert About("trait", "roast") not in asked
    assert About("category") not in asked
    assert len(asked) == 3
