"""Merchants' own systems for tests: the same books in SQLite, asked directly or over HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from commerce.connectors import Catalogue, Connectors, Customers, Orders, Stock
from commerce.local_connectors import LocalBackEnd
from commerce.shop import Shop
from tests.back_office import open_desk
from tests.small_shop import open_kiosk
from voxcart.connecting import HttpSettings
from voxcart.http_connectors import HttpBackEnd


@dataclass(frozen=True)
class Office:
    """What is asked (`connectors`), what the merchant sees (`ledger`), and how it goes down."""

    connectors: Connectors
    ledger: LocalBackEnd
    ledger_shop: Shop
    fail: Callable[[], None]

    @property
    def catalogue(self) -> Catalogue:
        assert self.connectors.catalogue
        return self.connectors.catalogue

    @property
    def stock(self) -> Stock:
        assert self.connectors.stock
        return self.connectors.stock

    @property
    def orders(self) -> Orders:
        assert self.connectors.orders
        return self.connectors.orders

    @property
    def customers(self) -> Customers:
        assert self.connectors.customers
        return self.connectors.customers


@contextmanager
def sqlite_office() -> Iterator[Office]:
    shop = open_kiosk()
    ledger = LocalBackEnd(shop)

    def fail() -> None:
        def broken(*_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        shop.store._run = broken
        shop.store._rows = broken

    yield Office(ledger.connectors(), ledger, shop, fail)
    shop.close()


@contextmanager
def http_office() -> Iterator[Office]:
    shop = open_kiosk()
    ledger = LocalBackEnd(shop)
    with open_desk(ledger) as desk:
        back_end = HttpBackEnd(HttpSettings(desk.url, pause_ms=1), "USD")
        yield Office(
            Connectors(back_end, back_end, back_end, back_end), ledger, shop, lambda: desk.always.update({"*": 500})
        )
        back_end.close()
    shop.close()


OFFICES: list[Callable[[], AbstractContextManager[Office]]] = [sqlite_office, http_office]
