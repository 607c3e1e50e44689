"""Every state of a conversation, and everything that may be said in it: what must hold holds at each step."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest

from tests.exploring import Found, explore
from tests.invariants import Invariants
from tests.worlds import AFTER, ARRIVED, BROUGHT, MEANWHILE, PAID, PAYING_SO, RECEIVING, WORLDS, World, alphabet, few
from voxcart.states import Phase

MOST = {"a customer at home": 1000, "a line with a desk": 60, "a household": 90}
"""States gone on from; a thousand is all there are. Of the other worlds only the beginning is another."""
MOST_ELSEWHERE, MOST_SLOWLY = 20, 1200
MOST_AFTER, MOST_PAID = 250, 120
ASKING = few("a tea", "yes", "no", "the PIN", "a wrong PIN", "human", "cancel", "goodbye", "checkout", "help", "undo",
             "two", "the first", "[silence]", "[nonsense]", "[keys 1]")  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    def through(world: World) -> Found:
        most = MOST.get(world.name, MOST_ELSEWHERE)
        return asyncio.run(explore(world, alphabet(small=True), Invariants(), most))

    after = asyncio.run(explore(ARRIVED, [*ASKING, *AFTER], Invariants(), MOST_AFTER))
    brought = asyncio.run(explore(BROUGHT, [*ASKING, *RECEIVING], Invariants(), MOST_AFTER))
    paid = {each.name: asyncio.run(explore(each, [*ASKING, *PAYING_SO], Invariants(), MOST_PAID)) for each in PAID}
    elsewhere = {ARRIVED.name: after, BROUGHT.name: brought, **paid}
    return {**{world.name: through(world) for world in WORLDS}, **elsewhere}


def test_no_conversation_breaks_a_rule(found: dict[str, Found]) -> None:
    for name, each in found.items():
        print(f"{name}: {each.states} states, {each.edges} edges, depth {each.depth}, whole: {each.whole}")
    assert sum(each.edges for each in found.values()) > 15_000


def test_of_one_world_nothing_is_left_out(found: dict[str, Found]) -> None:
    assert found["a customer at home"].whole
    assert found["a customer at home"].states > 200


def test_every_phase_was_come_to(found: dict[str, Found]) -> None:
    reached = {name for each in found.values() for name in each.phases}
    assert {each.__name__ for each in get_args(Phase)} - reached == set()


BUYING = few("a tea", "a wine", "yes", "no", "human", "cancel", "the PIN", "the code", "undo", "where is my order")


@pytest.mark.parametrize("most", [250, pytest.param(3000, marks=pytest.mark.slow)])
def test_nothing_that_happens_meanwhile_breaks_a_rule(most: int) -> None:
    """Prices rise, goods are sold to others, and time passes, at any moment of a purchase."""
    found = asyncio.run(explore(WORLDS[0], [*BUYING, *MEANWHILE], Invariants(), most))
    print(f"meanwhile: {found.states} states, {found.edges} edges, depth {found.depth}, whole: {found.whole}")
    assert found.states == most or found.whole


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=[each.name for each in WORLDS])
def test_no_long_conversation_breaks_a_rule(world: World) -> None:
    """With all that can be said, and states told apart by what was missed and left open, too."""
    found = asyncio.run(explore(world, alphabet(small=False), Invariants(), MOST_SLOWLY, fine=True))
    print(f"{world.name}: {found.states} states, {found.edges} edges, depth {found.depth}, whole: {found.whole}")
    assert found.states == MOST_SLOWLY or found.whole
