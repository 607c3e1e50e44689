"""Many at once on one database: one order per key, one buyer for the last piece, one opening of a new file."""

from __future__ import annotations

import multiprocessing
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from commerce.commands import ClearCart, Command, OrderPlaced, OutOfStock, PlaceOrder, StockChanged
from commerce.errors import KeyReused
from tests.small_shop import Caller, open_kiosk

FORK = multiprocessing.get_context("fork")
Results = multiprocessing.Queue
PATIENCE_S = 60


def together(count: int, work: Callable[..., list[object]], *arguments: object) -> list[object]:
    """What `count` processes return, all begun at one moment; each is told its number first."""
    results = FORK.Queue()
    gate = FORK.Barrier(count)
    workers = [FORK.Process(target=tell, args=(results, gate, work, number, *arguments)) for number in range(count)]
    for worker in workers:
        worker.start()
    told = [results.get(timeout=PATIENCE_S) for _ in workers]
    for worker in workers:
        worker.join(PATIENCE_S)
    assert [each for each in told if isinstance(each, str)] == []
    return [each for several in told for each in several]


def tell(results: Results, gate: threading.Barrier, work: Callable[..., list[object]], *arguments: object) -> None:
    try:
        gate.wait(PATIENCE_S)
        results.put(work(*arguments))
    except BaseException:
        results.put(traceback.format_exc())
        raise


def repeat(_number: int, database: Path, command: Command) -> list[object]:
    shop = open_kiosk(database)
    return [repr(shop.execute(command, "buyer/9")) for _ in range(100)]


def test_a_key_replayed_by_eight_processes_is_one_order(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    shop = open_kiosk(database)
    buyer = Caller(shop, "buyer")
    buyer.add("cake", 2)
    order = PlaceOrder(buyer.confirmed_quote().id)
    told = Counter(together(8, repeat, database, order))
    [(answer, times)] = told.items()
    assert times == 800
    [placed] = shop.orders()
    assert f"OrderPlaced(number='{placed.number}'" in str(answer)
    try:
        shop.execute(ClearCart("buyer"), "buyer/9")
    except KeyReused:
        return
    raise AssertionError("another command passed under the key of an order")


def buy(number: int, database: Path, quotes: list[list[str]]) -> list[object]:
    shop = open_kiosk(database)
    return [shop.execute(PlaceOrder(quote), f"buyer-{quote}/1") for quote in quotes[number]]


def test_the_last_piece_has_one_buyer_of_fifty(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    shop = open_kiosk(database)
    shop.set_stock("cake", Decimal(1))
    quotes: list[list[str]] = [[] for _ in range(10)]
    for number in range(50):
        caller = Caller(shop, f"buyer-{number}")
        caller.add("cake")
        quotes[number % 10].append(caller.confirmed_quote().id)
    outcomes = together(10, buy, database, quotes)
    assert len([each for each in outcomes if isinstance(each, OrderPlaced)]) == 1
    sold_out = StockChanged((OutOfStock("cake", Decimal(1), Decimal(0)),))
    assert [each for each in outcomes if not isinstance(each, OrderPlaced)] == [sold_out] * 49
    assert len(shop.orders()) == 1


def test_threads_share_a_shop(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    shop.set_stock("cake", Decimal(7))
    quotes = []
    for number in range(20):
        caller = Caller(shop, f"buyer-{number}")
        caller.add("cake")
        quotes.append(caller.confirmed_quote().id)
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda quote=quote: outcomes.append(shop.execute(PlaceOrder(quote), quote)))
        for quote in quotes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(type(each).__name__ for each in outcomes) == {"OrderPlaced": 7, "StockChanged": 13}


def open_new(number: int, database: Path) -> list[object]:
    shop = open_kiosk(database)
    return [shop.store.append_event(f"call-{number}", "1", "opened", {})]


def test_eight_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    for attempt in range(5):
        told = together(8, open_new, tmp_path / str(attempt) / "shop.db")
        assert sorted(told) == list(range(1, 9))  # type: ignore[type-var]
