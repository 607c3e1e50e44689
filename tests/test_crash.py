"""The process is killed at every statement of every command, however business stands: nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from commerce import failpoints
from commerce.commands import CartOpened, OpenCart
from tests.kitchens import (
    KEY,
    NAMES,
    STATES,
    Kitchen,
    State,
    check_books,
    open_kitchen,
    pin_attempts,
    prepare,
    scratch,
    water_held,
)
from tests.small_shop import Caller


@pytest.fixture(scope="module", autouse=True)
def quick_hash() -> Iterator[None]:
    """What a PIN's hash costs is not in question here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("commerce.pin.MEMORY_KIB", 64)
        yield


@pytest.fixture(scope="module", params=STATES, ids=[each.name for each in STATES])
def kitchen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return prepare(tmp_path_factory.mktemp("kitchen"), request.param)


def die_at(point: int) -> failpoints.Hook:
    left = iter(range(point))

    def hook(_moment: failpoints.Moment, _statement: str) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def was_killed(work: Callable[[], object]) -> bool:
    """Fork and do the work there; false if it came to its end."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


EVERY = [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])]


@pytest.mark.parametrize("name", EVERY)
def test_killed_at_every_boundary(name: str, kitchen: Kitchen) -> None:
    assert set(NAMES) == set(kitchen.commands)
    with kitchen.copy() as database:
        expected = type(open_kitchen(database).execute(kitchen.commands[name], KEY))
    point = 0
    while killed_at(point, name, kitchen, expected):
        point += 1
    assert point >= 10, "BEGIN, look up, what the command does, keep, COMMIT: each before and after"


def killed_at(point: int, name: str, kitchen: Kitchen, expected: type[object]) -> bool:
    """Die there, look at the books, do it again: it happens once. False if there was no such point."""
    orders = int(name == "PlaceOrder")
    with kitchen.copy() as database:
        tried = pin_attempts(database)
        before = open_kitchen(database)
        water = water_held(before, "before")
        before.close()

        def work() -> None:
            shop = open_kitchen(database)
            failpoints.install(die_at(point))
            shop.execute(kitchen.commands[name], KEY)

        killed = was_killed(work)
        assert check_books(database, kitchen.state) in (0, orders)
        shop = open_kitchen(database)
        outcome = shop.execute(kitchen.commands[name], KEY)
        assert type(outcome) is expected
        assert shop.execute(kitchen.commands[name], KEY) == outcome
        assert check_books(database, kitchen.state) == orders
        if name == "ListToCart":
            assert water_held(shop, "after") == water
        attempts = pin_attempts(database) - tried
        assert attempts == int(name.startswith(("CheckPin", "CheckCode"))), "a retry is the same attempt"
        shop.close()
    return killed


def test_there_are_enough_boundaries_to_be_worth_the_test(kitchen: Kitchen) -> None:
    points = 0

    def count(_moment: failpoints.Moment, _statement: str) -> None:
        nonlocal points
        points += 1

    failpoints.install(count)
    for name in NAMES:
        with kitchen.copy() as database:
            open_kitchen(database).execute(kitchen.commands[name], KEY)
    failpoints.clear()
    assert points >= 200


@pytest.mark.slow
def test_killed_while_a_new_database_is_made() -> None:
    point = 0
    while killed_in_a_new_database(point):
        point += 1
    assert point > 40


def killed_in_a_new_database(point: int) -> bool:
    with scratch() as folder:

        def work() -> None:
            failpoints.install(die_at(point))
            open_kitchen(folder / "shop.db")

        killed = was_killed(work)
        shop = open_kitchen(folder / "shop.db")
        assert isinstance(Caller(shop).say(OpenCart("call-1")), CartOpened)
        shop.close()
        assert check_books(folder / "shop.db", State("new", (("cake", 1),), delivered=0)) == 0
    return killed


def test_the_books_would_show_a_lost_cake(kitchen: Kitchen) -> None:
    with kitchen.copy() as database:
        shop = open_kitchen(database)
        with shop.store.transaction():
            shop.store._run("UPDATE products SET stock = stock - 1000 WHERE id = 'cake'")
        with pytest.raises(AssertionError):
            check_books(database, kitchen.state)
        shop.close()
