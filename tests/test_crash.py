"""The process is killed, or the database fails, at every statement of every command: nothing is lost or done twice."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from commerce import failpoints
from commerce.commands import (
    AddLine,
    ChangeCart,
    CheckPin,
    CheckStock,
    ClearCart,
    Command,
    ConfirmQuote,
    CountUnclearPin,
    Failed,
    FindOrder,
    IdentifyCustomer,
    OpenCart,
    OpenTicket,
    OrderPlaced,
    PinAccepted,
    PlaceOrder,
    QuoteCart,
    RedoCart,
    UndoCart,
)
from commerce.customers import add_customer
from commerce.errors import StoreError
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.small_shop import Caller, open_kiosk

SETTINGS = CommerceSettings(pin_free_limit="5.00", busy_timeout_ms=200)
PIN = "8362"
CAKES = 5


@dataclass(frozen=True)
class Prepared:
    """A database with a cart that was changed twice, a confirmed quote in another cart and an accepted PIN."""

    folder: Path
    customer: str
    quote: str
    authorization: str
    commands: dict[str, Command]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    shop = open_kiosk(folder / "shop.db", settings=SETTINGS)
    customer, _ = add_customer(shop.till, "Ann", "5550100100", PIN)
    buyer, other = Caller(shop, "buyer"), Caller(shop, "other")
    buyer.add("cake", 3)
    buyer.add("latte", 2)
    quote = buyer.confirmed_quote().id
    accepted = buyer.say(CheckPin(customer, "buyer", PIN))
    assert isinstance(accepted, PinAccepted)
    other.add("toast", 2)
    other.add("cake", 1)
    other.add("water", 1)
    other.say(UndoCart("other"))
    unconfirmed = other.quote().id
    shop.close()
    commands: dict[str, Command] = {
        "PlaceOrder": PlaceOrder(quote, customer, accepted.authorization),
        "OpenCart": OpenCart("new"),
        "ChangeCart": ChangeCart("other", (AddLine("water", Decimal(2)), AddLine("cake", Decimal(1)))),
        "ClearCart": ClearCart("other"),
        "UndoCart": UndoCart("other"),
        "RedoCart": RedoCart("other"),
        "CheckStock": CheckStock(("cake", "latte")),
        "QuoteCart": QuoteCart("buyer", customer),
        "ConfirmQuote": ConfirmQuote(unconfirmed),
        "IdentifyCustomer": IdentifyCustomer("5550100100"),
        "CheckPin": CheckPin(customer, "buyer", PIN),
        "CheckPin (wrong)": CheckPin(customer, "buyer", "9174"),
        "CountUnclearPin": CountUnclearPin(customer, "buyer"),
        "OpenTicket": OpenTicket("buyer", "asked", "{}"),
        "FindOrder": FindOrder("123456", customer),
    }
    return Prepared(folder, customer, quote, accepted.authorization, commands)


NAMES = [
    *("PlaceOrder", "OpenCart", "ChangeCart", "ClearCart", "UndoCart", "RedoCart", "CheckStock", "QuoteCart"),
    *("ConfirmQuote", "IdentifyCustomer", "CheckPin", "CheckPin (wrong)", "CountUnclearPin", "OpenTicket", "FindOrder"),
]


@contextmanager
def database_of(prepared: Prepared, folder: Path) -> Iterator[Path]:
    shutil.copytree(prepared.folder, folder)
    yield folder / "shop.db"
    shutil.rmtree(folder)


def open_kitchen(database: Path) -> Shop:
    return open_kiosk(database, settings=SETTINGS)


def die_at(point: int) -> failpoints.Hook:
    left = iter(range(point))

    def hook(moment: failpoints.Moment, statement: str) -> None:  # noqa: ARG001
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


def look(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def check_books(database: Path) -> int:
    """The number of orders; the books must balance whatever has happened."""
    assert look(database, "PRAGMA integrity_check") == [("ok",)]
    assert look(database, "PRAGMA foreign_key_check") == []
    [(orders,)] = look(database, "SELECT count(*) FROM orders")
    [(sold,)] = look(database, "SELECT ifnull(sum(quantity), 0) FROM order_lines WHERE product = 'cake'")
    [(stock,)] = look(database, "SELECT stock FROM products WHERE id = 'cake'")
    assert stock + sold == CAKES * 1000  # type: ignore[operator]
    assert sold == orders * 3000  # type: ignore[operator]
    wrong = "SELECT 1 FROM orders WHERE total <> (SELECT sum(total) FROM order_lines WHERE number = orders.number)"
    assert look(database, wrong) == []
    assert len(look(database, "SELECT 1 FROM confirmations WHERE used IS NOT NULL")) == orders
    return int(orders)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])])
def test_killed_at_every_boundary(name: str, prepared: Prepared, tmp_path: Path) -> None:
    assert set(NAMES) == set(prepared.commands)
    command = prepared.commands[name]
    with database_of(prepared, tmp_path / "untouched") as database:
        expected = type(open_kitchen(database).execute(command, "buyer/99"))
    point = 0
    while True:
        with database_of(prepared, tmp_path / "run") as database:

            def work(database: Path = database, point: int = point) -> None:
                shop = open_kitchen(database)
                failpoints.install(die_at(point))
                shop.execute(command, "buyer/99")

            killed = was_killed(work)
            assert check_books(database) in ((0, 1) if name == "PlaceOrder" else (0,))
            shop = open_kitchen(database)
            outcome = shop.execute(command, "buyer/99")
            assert type(outcome) is expected
            assert shop.execute(command, "buyer/99") == outcome
            assert check_books(database) == (name == "PlaceOrder")
            if name.startswith("CheckPin"):
                assert look(database, "SELECT count(*) FROM pin_checks") == [(2,)], "a retry is the same attempt"
            shop.close()
        if not killed:
            break
        point += 1
    assert point >= 10, "BEGIN, look up, what the command does, keep, COMMIT: each before and after"


def test_an_order_has_enough_boundaries_to_be_worth_the_test(prepared: Prepared, tmp_path: Path) -> None:
    points = 0

    def count(moment: failpoints.Moment, statement: str) -> None:  # noqa: ARG001
        nonlocal points
        points += 1

    failpoints.install(count)
    for name in NAMES:
        with database_of(prepared, tmp_path / "run") as database:
            open_kitchen(database).execute(prepared.commands[name], "buyer/99")
    failpoints.clear()
    assert points >= 200


@pytest.mark.slow
def test_killed_while_a_new_database_is_made(tmp_path: Path) -> None:
    point = 0
    while True:
        folder = tmp_path / str(point)

        def work(folder: Path = folder, point: int = point) -> None:
            failpoints.install(die_at(point))
            open_kitchen(folder / "shop.db")

        killed = was_killed(work)
        shop = open_kitchen(folder / "shop.db")
        assert isinstance(Caller(shop).say(OpenCart("call-1")), object)
        shop.close()
        assert check_books(folder / "shop.db") == 0
        shutil.rmtree(folder)
        if not killed:
            break
        point += 1
    assert point > 40


# ---- the database fails -------------------------------------------------------------------------------------

FAILURES = ["database or disk is full", "database is locked", "disk I/O error"]


def fail_at(point: int, message: str, lasting: bool) -> failpoints.Hook:
    """From the point on if `lasting`, else only there. Points are the beginnings of statements."""
    seen = -1

    def hook(moment: failpoints.Moment, statement: str) -> None:  # noqa: ARG001
        nonlocal seen
        seen += moment == "before"
        if moment == "before" and (seen >= point if lasting else seen == point):
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
@pytest.mark.parametrize("name", NAMES)
def test_a_failing_database_changes_nothing_and_is_told(
    name: str, message: str, lasting: bool, prepared: Prepared, tmp_path: Path
) -> None:
    command = prepared.commands[name]
    # A PIN attempt stays counted: that is what makes it safe.
    but = "pin_" if name.startswith("CheckPin") else ""
    with database_of(prepared, tmp_path / "run") as database:
        shop = open_kitchen(database)
        before = contents(database, but)
        point = 0
        while True:
            failpoints.install(fail_at(point, message, lasting))
            outcome = shop.execute(command, "buyer/99")
            failpoints.clear()
            if not isinstance(outcome, Failed):
                break
            assert "shop.db: " in outcome.reason
            assert contents(database, but) == before
            point += 1
        assert point >= 4
        assert isinstance(outcome, OrderPlaced) == (name == "PlaceOrder")
        assert shop.execute(command, "buyer/99") == outcome
        shop.close()


def test_a_disk_that_is_really_full(prepared: Prepared, tmp_path: Path) -> None:
    with database_of(prepared, tmp_path / "run") as database:
        shop = open_kitchen(database)
        [[pages]] = shop.store._database.execute("PRAGMA page_count").fetchall()
        shop.store._database.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        before = contents(database)
        ticket = OpenTicket("buyer", "asked", "x" * 100_000)
        outcome = shop.execute(ticket, "buyer/99")
        assert isinstance(outcome, Failed)
        assert "no room left" in outcome.reason
        with pytest.raises(StoreError, match="no room left"):
            shop.store.append_event("c", "c/1", "heard", {"words": "x" * 100_000})
        assert contents(database) == before
        shop.store._database.execute("PRAGMA max_page_count = 100000").fetchall()
        assert not isinstance(shop.execute(ticket, "buyer/99"), Failed)


def test_a_database_kept_busy_by_another(prepared: Prepared, tmp_path: Path) -> None:
    with database_of(prepared, tmp_path / "run") as database:
        shop = open_kitchen(database)
        other = sqlite3.connect(database)
        other.execute("BEGIN IMMEDIATE")
        outcome = shop.execute(prepared.commands["PlaceOrder"], "buyer/99")
        assert isinstance(outcome, Failed)
        assert "busy" in outcome.reason
        other.rollback()
        other.close()
        assert isinstance(shop.execute(prepared.commands["PlaceOrder"], "buyer/99"), OrderPlaced)
