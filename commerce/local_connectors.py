"""Knows how everything a merchant may keep elsewhere is kept in a Voxcart database. The reference for all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal

from commerce.after import CALLERS_MAY_CANCEL, Status
from commerce.codec import from_json, to_json
from commerce.connectors import Connectors, Listing, OrderCopy, Patron
from commerce.customers import phone_digits
from commerce.errors import BackEndRefused, BackEndUnavailable, StoreError
from commerce.money import Money
from commerce.shop import Shop


class LocalBackEnd:
    """`commerce.connectors`: Catalogue, Stock, Orders and Customers of one shop, each call one transaction."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._store = shop.store
        self._name = shop.till.shop

    def connectors(self) -> Connectors:
        return Connectors(self, self, self, self)

    def listings(self) -> tuple[Listing, ...]:
        catalog = self._shop.catalog
        prices = self.prices([each.id for each in catalog.products])
        return tuple(
            Listing(each.id, each.name, prices[each.id], each.category, each.unit, each.aliases)
            for each in catalog.products
            if each.id in prices
        )

    def prices(self, products: Collection[str]) -> dict[str, Money]:
        with self._told():
            rows = self._store.products(self._name, products)
        return {product: self._shop.till.money(price) for product, (price, _) in rows.items()}

    def levels(self, products: Collection[str]) -> dict[str, Decimal | None]:
        with self._told():
            return {product: level for product, (_, level) in self._store.products(self._name, products).items()}

    def take(self, order: OrderCopy) -> str:
        with self._told():
            if self._store.taken_order(self._name, order.number) is None:
                for line in order.lines:
                    if not self._store.take_stock(self._name, line.product, line.quantity):
                        raise BackEndRefused(f"there is not enough of {line.product}")
                self._store.insert_taken(self._name, order.number, to_json((order.total, order.lines)))
        return order.number

    def cancel(self, number: str) -> None:
        with self._told():
            row = self._store.taken_order(self._name, number)
            if row is None:
                raise BackEndRefused(f"there is no order {number}")
            if row["status"] == "cancelled":
                return
            if row["status"] not in CALLERS_MAY_CANCEL:
                raise BackEndRefused(f"order {number} is {row['status']}")
            _, lines = from_json(row["body"])
            for line in lines:
                self._store.give_stock(self._name, line.product, line.quantity)
            self._store.set_taken(self._name, number, "cancelled")

    def status(self, number: str) -> Status | None:
        with self._told():
            row = self._store.taken_order(self._name, number)
        return row["status"] if row else None

    def find(self, digits: str) -> Patron | None:
        with self._told():
            row = self._store.customer(phone_digits(digits))
        return Patron(row["id"], row["phone"], row["name"], row["order_limit"] or "") if row else None

    # what the merchant does, and sees

    def move(self, number: str, status: Status) -> None:
        with self._told():
            self._store.set_taken(self._name, number, status)

    def taken(self) -> list[str]:
        """The numbers of all orders that were taken."""
        with self._told():
            return self._store.taken_orders(self._name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with self._store.transaction():
                yield
        except StoreError as error:
            raise BackEndUnavailable(str(error)) from error
