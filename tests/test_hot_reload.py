"""The merchant saves the shop file while somebody is on the line: new calls see it, a running call stays consistent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commerce.settings import CommerceSettings
from tests.small_shop import KIOSK
from voice.recognizer import Transcript
from voxcart.build import Front, open_mind
from voxcart.config import Config, StoreChoice
from voxcart.live_shop import LiveShop
from voxcart.mind import ShopMind

BEFORE = (
    'greeting = "Welcome to the kiosk."\n'
    + KIOSK
    + """
[delivery]
note = "We deliver within the hour."

[[faq]]
questions = ["do you have wifi"]
answer = "No, we do not."
"""
)
PATIENCE_S = 30.0
OLD, NEW = "three dollars and thirty-three cents", "four dollars and forty-four cents"
PRICE = ("price = 3.33", "price = 4.44")
TEXTS = (
    ("Welcome to the kiosk.", "Good day, this is the kiosk."),
    ("We deliver within the hour.", "We deliver tomorrow."),
    ("No, we do not.", "Yes, ask at the counter."),
)
PRETZEL = (
    '[[products]]\nname = "cake"\n',
    '[[products]]\nname = "pretzel"\nprice = 2.00\n\n[[products]]\nname = "cake"\n',
)
ALIAS = ('name = "cake"\n', 'name = "cake"\naliases = ["gateau"]\n')
HONEY = ('{ name = "jam", price = 0.55 }', '{ name = "jam", price = 0.55 }, { name = "honey", price = 0.90 }')


class Line:
    """The shop that is edited, and calls to it."""

    def __init__(self, live: LiveShop, file: Path) -> None:
        self._live, self._file = live, file
        self._calls: list[Front] = []

    async def call(self) -> Caller:
        front = self._live.front()
        self._calls.append(front)
        caller = Caller(open_mind(front, f"call-{len(self._calls)}", typed=True), front)
        caller.greeting = (await caller.mind.greet()).text
        return caller

    def edit(self, *changes: tuple[str, str]) -> None:
        text = self._file.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self._file.write_text(text)
        self._live.look()
        self._live.settle(PATIENCE_S)

    def close(self) -> None:
        for front in self._calls:
            self._live.leave(front)


class Caller:
    def __init__(self, mind: ShopMind, front: Front) -> None:
        self.mind, self.front = mind, front
        self.greeting = ""

    async def says(self, *lines: str) -> str:
        for line in lines:
            answer = await self.mind.act(self.mind.understand(Transcript(line, "typed")))
        return answer.text


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    file = tmp_path / "kiosk.toml"
    file.write_text(BEFORE)
    config = Config(base=tmp_path, store=StoreChoice("kiosk.db"), commerce=CommerceSettings(pin_free_limit=""))
    live = LiveShop(config, str(file))
    opened = Line(live, file)
    yield opened
    opened.close()
    live.close()


# ---- prices ----------------------------------------------------------------------------------------------------


async def test_a_new_call_sees_the_new_price(line: Line) -> None:
    line.edit(PRICE)
    caller = await line.call()
    assert NEW in await caller.says("how much is the cake")
    assert NEW in await caller.says("a cake", "that's all")


async def test_a_running_call_never_hears_one_price_and_is_charged_another(line: Line) -> None:
    running = await line.call()
    assert OLD in await running.says("how much is the cake")
    line.edit(PRICE)
    assert NEW in await running.says("how much is the cake")
    total = await running.says("a cake", "that's all")
    assert NEW in total
    await running.says("yes")
    [order] = running.front.shop.orders()
    assert order.total.minor == 444


async def test_a_price_that_changes_after_it_went_into_the_cart_is_told_with_the_total(line: Line) -> None:
    running = await line.call()
    await running.says("a cake")
    line.edit(PRICE)
    total = await running.says("that's all")
    assert "A price has just changed" in total
    assert OLD in total
    assert NEW in total
    assert running.front.shop.orders() == ()
    await running.says("yes")
    [order] = running.front.shop.orders()
    assert order.total.minor == 444


async def test_a_price_that_changes_after_the_total_is_agreed_to_anew(line: Line) -> None:
    running = await line.call()
    assert OLD in await running.says("a cake", "that's all")
    line.edit(PRICE)
    assert NEW in await running.says("yes")
    assert running.front.shop.orders() == ()


async def test_a_price_that_goes_back_before_the_yes_was_never_another(line: Line) -> None:
    running = await line.call()
    assert OLD in await running.says("a cake", "that's all")
    line.edit(PRICE)
    line.edit((PRICE[1], PRICE[0]))
    await running.says("yes")
    assert [order.total.minor for order in running.front.shop.orders()] == [333]


# ---- grammar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said", "heard"),
    [(PRETZEL, "two pretzels", "two pretzels"), (ALIAS, "a gateau", "a cake")],
    ids=["a product", "an alias"],
)
async def test_new_words_are_understood_in_new_calls_and_change_nothing_in_those_that_run(
    line: Line, change: tuple[str, str], said: str, heard: str
) -> None:
    running = await line.call()
    await running.says("two waters")
    line.edit(change)
    assert heard in (await (await line.call()).says(said)).lower()
    assert heard not in (await running.says(said)).lower()
    assert [each.product for each in running.mind.snapshot()[1].lines] == ["water"]
    assert "two dollars" in await running.says("no", "that's all")


async def test_what_was_taken_from_the_file_is_still_understood_in_the_call_that_runs(line: Line) -> None:
    running = await line.call()
    line.edit(('name = "water"', 'name = "lemonade"'))
    assert "Two waters" in await running.says("two waters")
    assert "lemonade" in await (await line.call()).says("two lemonades")
    assert "lemonade" not in (await running.says("what do you have")).lower()


async def test_an_option_is_there_for_new_calls_and_refused_in_those_that_run(line: Line) -> None:
    running = await line.call()
    line.edit(HONEY)
    assert "honey" in await (await line.call()).says("a white toast with honey")
    await running.says("a white toast with honey")
    options = [chosen.value for each in running.mind.snapshot()[1].lines for chosen in each.options]
    assert "honey" not in options


# ---- what is said ----------------------------------------------------------------------------------------------


async def test_the_merchants_texts_are_new_in_new_calls_and_the_same_through_a_call(line: Line) -> None:
    running = await line.call()
    line.edit(*TEXTS)
    following = await line.call()
    assert running.greeting.startswith("Welcome to the kiosk.")
    assert following.greeting.startswith("Good day, this is the kiosk.")
    for question, old, new in (
        ("do you deliver", TEXTS[1][0], TEXTS[1][1]),
        ("do you have wifi", TEXTS[2][0], TEXTS[2][1]),
    ):
        assert old in await running.says(question)
        assert new in await following.says(question)
