"""The database fails at every statement of every command: it is told, nothing has changed, the same key mends it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from commerce import failpoints
from commerce.commands import Failed, OpenTicket, OrderPlaced
from commerce.errors import StoreError
from tests.kitchens import KEY, NAMES, STATES, Kitchen, open_kitchen, pin_attempts, prepare

FAILURES = ["database or disk is full", "database is locked", "disk I/O error"]


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return prepare(tmp_path_factory.mktemp("kitchen"), STATES[1])


def fail_at(point: int, message: str, lasting: bool, moment: failpoints.Moment) -> failpoints.Hook:
    """From the point on if `lasting`, else only there. Points are statements: not begun, or done but not answered."""
    seen = -1

    def hook(at: failpoints.Moment, statement: str) -> None:
        nonlocal seen
        if at != moment or (moment == "after" and statement == "COMMIT"):
            return
        seen += 1
        if seen >= point if lasting else seen == point:
            raise sqlite3.OperationalError(message)

    return hook


def contents(database: Path, but: str = "") -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [line for line in connection.iterdump() if not (but and f'INTO "{but}' in line)]
    finally:
        connection.close()


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("message", FAILURES)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", NAMES)
def test_a_failing_database_changes_nothing_and_is_told(
    name: str, moment: failpoints.Moment, message: str, lasting: bool, kitchen: Kitchen
) -> None:
    """After COMMIT nothing can be taken back, so a failure there is none."""
    # A PIN attempt stays counted: that is what makes it safe.
    but = "pin_" if name.startswith(("CheckPin", "CheckCode")) else ""
    with kitchen.copy() as database:
        shop = open_kitchen(database)
        before = contents(database, but)
        tried = pin_attempts(database)
        point = 0
        while True:
            failpoints.install(fail_at(point, message, lasting, moment))
            outcome = shop.execute(kitchen.commands[name], KEY)
            failpoints.clear()
            if not isinstance(outcome, Failed):
                break
            assert "shop.db: " in outcome.reason
            assert contents(database, but) == before
            assert pin_attempts(database) - tried <= 1, "a retry is the same attempt"
            point += 1
        assert point >= 4
        assert isinstance(outcome, OrderPlaced) == (name == "PlaceOrder")
        assert shop.execute(kitchen.commands[name], KEY) == outcome
        shop.close()


def test_a_disk_that_is_really_full(kitchen: Kitchen) -> None:
    with kitchen.copy() as database:
        shop = open_kitchen(database)
        [[pages]] = shop.store._database.execute("PRAGMA page_count").fetchall()
        shop.store._database.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        before = contents(database)
        ticket = OpenTicket("buyer", "asked", "x" * 100_000)
        outcome = shop.execute(ticket, KEY)
        assert isinstance(outcome, Failed)
        assert "no room left" in outcome.reason
        with pytest.raises(StoreError, match="no room left"):
            shop.store.append_event("c", "c/1", "heard", {"words": "x" * 100_000})
        assert contents(database) == before
        shop.store._database.execute("PRAGMA max_page_count = 100000").fetchall()
        assert not isinstance(shop.execute(ticket, KEY), Failed)
        shop.close()


@pytest.mark.parametrize("name", ["PlaceOrder", "CheckPin"])
def test_a_database_kept_busy_by_another(name: str, kitchen: Kitchen) -> None:
    with kitchen.copy() as database:
        shop = open_kitchen(database)
        other = sqlite3.connect(database)
        other.execute("BEGIN IMMEDIATE")
        outcome = shop.execute(kitchen.commands[name], KEY)
        assert isinstance(outcome, Failed)
        assert "busy" in outcome.reason
        other.rollback()
        other.close()
        assert not isinstance(shop.execute(kitchen.commands[name], KEY), Failed)
        shop.close()


def test_every_commit_is_synced_to_the_disk(kitchen: Kitchen) -> None:
    """Orders and PIN attempts survive a power cut, also on a connection that took the place of a broken one."""
    synced: list[tuple[str, int]] = []
    with kitchen.copy() as database:
        shop = open_kitchen(database)

        def hook(moment: failpoints.Moment, statement: str) -> None:
            if (moment, statement) == ("before", "COMMIT"):
                connection = shop.store._database.conn
                [level] = sqlite3.Connection.execute(connection, "PRAGMA synchronous").fetchone()
                synced.append((name, level))

        name = "broken"
        failpoints.install(fail_at(1, FAILURES[2], True, "before"))
        assert isinstance(shop.execute(kitchen.commands["CheckPin"], KEY), Failed)
        failpoints.clear()
        failpoints.install(hook)
        for name in ("CheckPin", "PlaceOrder"):
            shop.execute(kitchen.commands[name], f"buyer/{name}")
        failpoints.clear()
        shop.close()
    assert synced == [("CheckPin", 2), ("CheckPin", 2), ("PlaceOrder", 2)], "2 is FULL"
