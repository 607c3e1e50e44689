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
    assert mind.foresee("a latte with") == "unfinished"
    assert mind.foresee("can i get") == "unfinished"
    assert mind.foresee("actually") == "unfinished"
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


async def test_in_a_room_people_also_talk_to_each_other(front: Front) -> None:
    mind = open_mind(front, "call-5", hears_others=True)
    await mind.greet()
    first = mind.understand(Transcript("did you feed the cat", "typed"))
    assert not first.ignorable
    prompt = await mind.act(first)
    assert prompt.text
    again = mind.understand(Transcript("no i thought that was your turn", "typed"))
    assert again.ignorable
    assert not mind.understand(Transcript("a latte", "typed")).ignorable
    await say(mind, "a latte")
    assert not mind.understand(Transcript("did you feed the cat", "typed")).ignorable


async def test_a_question_that_is_open_is_asked_again_in_a_room_too(front: Front) -> None:
    mind = open_mind(front, "call-6", hears_others=True)
    await mind.greet()
    await say(mind, "a latte", "that's all", "did you feed the cat")
    assert not mind.understand(Transcript("did you feed the cat", "typed")).ignorable


async def test_on_the_telephone_all_that_is_said_is_meant_for_the_shop(front: Front) -> None:
    mind = open_mind(front, "call-7")
    await mind.greet()
    await say(mind, "did you feed the cat")
    assert not mind.understand(Transcript("did you feed the cat", "typed")).ignorable
