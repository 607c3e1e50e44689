"""The process dies at every statement of handing orders over, here and there: each is taken once, and none is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

from commerce import failpoints
from commerce.commands import PlaceOrder
from commerce.local_connectors import LocalBackEnd
from commerce.outbox import hand_over
from commerce.outcomes import OrderPlaced
from tests.kitchens import scratch
from tests.small_shop import Caller, open_kiosk

PAUSE = timedelta(seconds=5)
ORDERS = frozenset({"orders"})


def order(folder: Path) -> set[str]:
    """Two orders, one of them cancelled; nothing is handed over yet."""
    shop = open_kiosk(folder / "shop.db", elsewhere=ORDERS)
    numbers = []
    for call in ("call-1", "call-2"):
        caller = Caller(shop, call)
        caller.add("cake", 2)
        placed = caller.say(PlaceOrder(caller.confirmed_quote().id))
        assert isinstance(placed, OrderPlaced)
        numbers.append(placed.number)
    shop.set_status(numbers[0], "cancelled")
    shop.close()
    return set(numbers)


def hand_over_all(folder: Path) -> None:
    shop, office = open_kiosk(folder / "shop.db", elsewhere=ORDERS), open_kiosk(folder / "office.db")
    assert hand_over(shop.till, LocalBackEnd(office), PAUSE) is None
    shop.close()
    office.close()


def check(folder: Path, numbers: set[str]) -> None:
    shop, office = open_kiosk(folder / "shop.db", elsewhere=ORDERS), open_kiosk(folder / "office.db")
    ledger = LocalBackEnd(office)
    assert sorted(ledger.taken()) == sorted(numbers)
    assert sorted(str(ledger.status(number)) for number in numbers) == ["cancelled", "placed"]
    assert ledger.levels(["cake"]) == {"cake": 3}
    with shop.store.transaction():
        assert shop.store.untaken("kiosk") == []
        assert shop.store.tickets() == []
    shop.close()
    office.close()


def test_killed_at_every_boundary() -> None:
    point = 0
    while killed_at(point):
        point += 1
    assert point >= 40, "two transactions here and one there for each of three entries"


def killed_at(point: int) -> bool:
    with scratch() as folder:
        numbers = order(folder)
        open_kiosk(folder / "office.db").close()
        killed = dies(lambda: hand_over_all(folder), point)
        hand_over_all(folder)
        check(folder, numbers)
    return killed


def dies(work: Callable[[], object], point: int) -> bool:
    """False if there was no such point."""
    child = os.fork()
    if not child:
        left = iter(range(point))

        def hook(_moment: failpoints.Moment, _statement: str) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            failpoints.install(hook)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_several_processes_hand_over_at_once() -> None:
    with scratch() as folder:
        numbers = order(folder)
        open_kiosk(folder / "office.db").close()
        couriers = [Thread(target=hand_over_all, args=(folder,)) for _ in range(4)]
        for courier in couriers:
            courier.start()
        for courier in couriers:
            courier.join()
        check(folder, numbers)
