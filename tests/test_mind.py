"""When the mind holds an answer for complete before the silence that proves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commerce.customers import add_customer
from voice.recognizer import Transcript
from voxcart.build import Front, open_mind, open_shop
from voxcart.config import Config
from voxcart.mind import ShopMind

PHONE, PIN = "5550100", "4739"


@pytest.fixture
def front() -> Iterator[Front]:
    opened = open_shop(Config(), "coffee", in_memory=True)
    add_customer(opened.shop.till, "Ada", PHONE, PIN)
    yield opened
    opened.close()


async def say(mind: ShopMind, *lines: str) -> None:
    for line in lines:
        await mind.act(mind.understand(Transcript(line, "typed")))


async def test_an_order_may_go_on_but_that_is_all_is_complete(front: Front) -> None:
    mind = open_mind(front, "call-1")
    await mind.greet()
    assert mind.foresee("a latte") == "sensible"
    assert mind.foresee("a latte with") == "open"
    assert mind.foresee("no") == "sensible"
    assert mind.foresee("that's all") == "complete"
    assert mind.foresee("blorp") == "open"


async def test_a_yes_is_complete(front: Front) -> None:
    mind = open_mind(front, "call-2")
    await mind.greet()
    await say(mind, "a latte", "that's all")
    assert mind.foresee("yes please") == "complete"
    assert mind.foresee("blorp") == "open"


async def test_a_pin_is_complete_with_as_many_digits_as_the_shortest_has(front: Front) -> None:
    mind = open_mind(front, "call-3", PHONE)
    await mind.greet()
    await say(mind, "a latte", "that's all", "yes")
    assert mind.foresee("four seven three") == "open"
    assert mind.foresee("four seven three nine") == "complete"


async def test_a_telephone_number_may_go_on(front: Front) -> None:
    mind = open_mind(front, "call-4")
    await mind.greet()
    await say(mind, "a latte", "that's all", "yes")
    assert mind.foresee("five five five oh one") == "open"
