"""The process is killed at every statement, and before and after every question to the bank: money is charged if and
only if the order exists, once, and nothing stays held."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commerce import failpoints
from commerce.commands import OrderPlaced, PlaceOrder
from commerce.shop import Shop
from commerce.terms import Way
from tests.bank import BROKE, GOOD, Bank
from tests.kitchens import scratch
from tests.payers import Buyer, open_paid
from tests.small_shop import StandingClock
from tests.test_crash import was_killed

CAKE = 333
LATER = 130
"""Seconds after which a hold is given up, and all that waits is due."""


@pytest.fixture(scope="module", autouse=True)
def quick_hash() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("commerce.pin.MEMORY_KIB", 64)
        yield


class Deaths:
    """Dies at the point of that number, counting statements and both sides of each question to the bank."""

    def __init__(self, point: int) -> None:
        self._left = point

    def reach(self, *_: object) -> None:
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def shop_in(folder: Path, later: int = 0) -> Shop:
    clock = StandingClock()
    clock.move(seconds=later)
    return open_paid(folder / "shop.db", clock)


def at_work(folder: Path, point: int, work: Callable[[Buyer], object]) -> bool:
    """Ann's call goes on in a process that dies at that point; false if there is no such point."""

    def run() -> None:
        deaths = Deaths(point)
        bank = Bank(file=folder / "bank", before=deaths.reach, after=deaths.reach)
        buyer = Buyer(shop_in(folder), bank, enrol=False)
        failpoints.install(deaths.reach)
        work(buyer)

    return was_killed(run)


def books(folder: Path) -> tuple[int, int, int]:
    """How many orders stand, what is charged, what is held: once all that was due is done."""
    bank = Bank(file=folder / "bank")
    with closing(shop_in(folder, LATER)) as shop:
        Buyer(shop, bank, enrol=False).settle()
        bank._recall()
        standing = [order for order in shop.orders() if order.status != "cancelled"]
        return len(standing), bank.kept, bank.held


def begin(folder: Path, way: Way, card: tuple[str, str]) -> tuple[str, str, str | None]:
    """A confirmed quote, with the PIN: (quote, customer, proof)."""
    with closing(shop_in(folder)) as shop:
        ann = Buyer(shop, Bank(file=folder / "bank"), card=card)
        ann.add("cake")
        ann.give_pin()
        ann.pay_by(way)
        return ann.total().id, ann.customer, ann.proof


def place(buyer: Buyer, quote: str, customer: str, proof: str | None) -> object:
    return buyer.charging.execute(PlaceOrder(quote, customer, proof, buyer.phone), "call-1/99")


@pytest.mark.parametrize("card", [GOOD, BROKE], ids=["good", "declined"])
def test_killed_while_it_is_ordered(card: tuple[str, str]) -> None:
    point, killed, outcomes = 0, True, set()
    while killed:
        with scratch() as folder:
            told = begin(folder, "card", card)
            killed = at_work(folder, point, lambda buyer, told=told: place(buyer, *told))  # type: ignore[misc]
            orders, charged, held = books(folder)
            assert (charged, held) == (orders * CAKE, 0), point
            outcomes.add(orders)
        point += 1
    assert point > 25
    assert outcomes == ({0, 1} if card == GOOD else {0})


def test_killed_while_it_is_ordered_and_asked_again_at_once() -> None:
    """The same turn once more, before anything was given up: it is one order with one charge."""
    point, killed = 0, True
    while killed:
        with scratch() as folder:
            told = begin(folder, "card", GOOD)
            killed = at_work(folder, point, lambda buyer, told=told: place(buyer, *told))  # type: ignore[misc]
            with closing(shop_in(folder)) as shop:
                again = place(Buyer(shop, Bank(file=folder / "bank"), enrol=False), *told)
            assert isinstance(again, OrderPlaced), point
            assert books(folder) == (1, CAKE, 0), point
        point += 1
    assert point > 25


@pytest.mark.parametrize("way", ["card", "link"])
def test_killed_while_it_is_charged_or_a_link_is_made(way: Way) -> None:
    point, killed = 0, True
    while killed:
        with scratch() as folder:
            told = begin(folder, way, GOOD)
            with closing(shop_in(folder)) as shop:
                place(Buyer(shop, Bank(file=folder / "bank"), enrol=False), *told)
            killed = at_work(folder, point, lambda buyer: buyer.settle())
            assert books(folder) == (1, CAKE if way == "card" else 0, 0), point
            with closing(shop_in(folder)) as shop, shop.store.transaction():
                told_of = [each for each in shop.store.notices(shop.till.shop) if each["kind"] == "payment"]
            assert len(told_of) == int(way == "link"), point
        point += 1
    assert point > 8


def test_killed_while_it_is_cancelled_and_paid_back() -> None:
    point, killed = 0, True
    while killed:
        with scratch() as folder:
            told = begin(folder, "card", GOOD)
            with closing(shop_in(folder)) as shop:
                ann = Buyer(shop, Bank(file=folder / "bank"), enrol=False)
                place(ann, *told)
                if point % 2:
                    ann.settle()
                [number] = [order.number for order in shop.orders()]

            def cancel(buyer: Buyer, number: str = number) -> None:
                buyer.shop.set_status(number, "cancelled")
                buyer.settle()

            killed = at_work(folder, point, cancel)
            orders, charged, held = books(folder)
            assert (charged, held) == (orders * CAKE, 0), point
        point += 1
    assert point > 12
