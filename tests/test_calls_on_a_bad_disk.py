"""The database fails at every statement of every turn of a purchase: an apology, nothing changed, nothing claimed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commerce import failpoints
from commerce.customers import add_customer
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.store import Store
from nlu.intent import Digits, Meaning, Simple
from tests.exploring import KEPT
from tests.kitchens import scratch
from tests.small_shop import StandingClock
from tests.talk import CHECKOUT, COFFEE, PHONE, PIN, YES, Talk, add
from tests.test_crash_database import FAILURES, contents, fail_at

TURNS: list[Meaning] = [add("latte", 2), CHECKOUT, YES, Digits(PIN), Simple("human")]
SETTINGS = CommerceSettings(pin_free_limit="0.00", busy_timeout_ms=100)
APOLOGIES = ("something went wrong", "can't look that up")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    yield
    failpoints.clear()


def call(database: Path, memory: dict[str, Any] | None = None) -> Talk:
    clock = StandingClock()
    talk = Talk(PHONE, shop=Shop(COFFEE, Store(database, clock, SETTINGS.busy_timeout_ms), SETTINGS), clock=clock)
    vars(talk.mind).update(memory or {})
    return talk


async def come_to(turn: int, database: Path) -> dict[str, Any]:
    """What the mind remembers then; the database is closed."""
    talk = call(database)
    add_customer(talk.shop.till, "Ann", PHONE, PIN)
    await talk.says(*TURNS[:turn])
    talk.shop.close()
    return {name: vars(talk.mind)[name] for name in KEPT}


def copied(memory: dict[str, Any]) -> dict[str, Any]:
    return {name: type(value)(value) if isinstance(value, list) else value for name, value in memory.items()}


def books(database: Path) -> list[str]:
    """What was ordered, what is in the carts, what is left, whom to call back."""
    tables = ("orders", "order_lines", "receipts", "carts", "cart_versions", "products", "tickets")
    return [line for line in contents(database) if line.startswith(tuple(f'INSERT INTO "{each}"' for each in tables))]


def numbers(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as books:
        return [number for [number] in books.execute("SELECT number FROM orders")]


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("message", FAILURES)
@pytest.mark.parametrize("turn", range(len(TURNS)))
async def test_a_failure_is_told_and_nothing_is_claimed(turn: int, message: str, lasting: bool) -> None:
    with scratch() as folder:
        (folder / "whole").mkdir()
        memory = await come_to(turn, folder / "whole" / "shop.db")
        before, failed = books(folder / "whole" / "shop.db"), 0
        while await fails_at(failed, turn, message, lasting, memory, before, folder):
            failed += 1
        assert failed >= 4, "BEGIN, look up, what the command does, COMMIT"


async def fails_at(
    point: int, turn: int, message: str, lasting: bool, memory: dict[str, Any], before: list[str], folder: Path
) -> bool:
    """Whether there was such a point. What earlier commands of the turn found out is kept: a yes, a PIN."""
    shutil.rmtree(folder / "run", ignore_errors=True)
    shutil.copytree(folder / "whole", folder / "run")
    database = folder / "run" / "shop.db"
    talk = call(database, copied(memory))
    cart = talk.cart
    seen = []
    fail = fail_at(point, message, lasting, "before")

    def hook(moment: failpoints.Moment, statement: str) -> None:
        try:
            fail(moment, statement)
        except sqlite3.Error:
            seen.append(statement)
            raise

    failpoints.install(hook)
    answer = await talk.say(TURNS[turn])
    failpoints.clear()
    if not seen:
        return False
    assert any(each in answer for each in APOLOGIES), answer
    assert "is placed." not in answer
    assert "message for my colleagues" not in answer
    assert not talk.last.hang_up
    assert talk.cart == cart
    assert books(database) == before
    await mended(talk, turn, database)
    talk.shop.close()
    return True


async def mended(talk: Talk, turn: int, database: Path) -> None:
    """Said once more, it is done, and once."""
    if turn == TURNS.index(Simple("human")):
        assert "message for my colleagues" in await talk.say(TURNS[turn])
        return
    if not talk.cart:
        await talk.say(TURNS[0])
    for meaning in (CHECKOUT, YES, Digits(PIN)):
        if not numbers(database):
            answer = await talk.say(meaning)
    assert "Your order is placed" in answer
    assert len(numbers(database)) == 1
