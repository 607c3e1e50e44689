"""Knows what the database keeps of orders for elsewhere: which are to be handed over, which were taken. No rule."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from commerce.database import DatabaseFile, Row

MILLI = 1000


class ConnectorTables(DatabaseFile):
    """To be called inside a transaction. `kind` is "placed" or "cancelled"."""

    # what elsewhere is not sold any more

    def withdraw(self, shop: str, product: str, withdrawn: bool) -> None:
        """Or back again, with the stock there was."""
        mark = 1 if withdrawn else None
        self._run("UPDATE products SET withdrawn = ? WHERE shop = ? AND id = ?", mark, shop, product)

    def withdrawn(self, shop: str, products: Collection[str]) -> frozenset[str]:
        """Those among these."""
        rows = self._rows(
            "SELECT id FROM products WHERE shop = ? AND withdrawn IS NOT NULL"
            " AND id IN (SELECT value FROM json_each(?))",
            *(shop, json.dumps(sorted(products))),
        )
        return frozenset(row["id"] for row in rows)

    def withdraw_nothing(self, shop: str) -> None:
        self._run("UPDATE products SET withdrawn = NULL WHERE shop = ? AND withdrawn IS NOT NULL", shop)

    # what is to be handed over

    def put_out(self, shop: str, number: str, kind: str) -> None:
        """In the transaction of what it tells of. Once for each order and kind."""
        self._insert("outbox", shop=shop, number=number, kind=kind, due=self.now())

    def next_out(self, shop: str) -> list[Row]:
        """The oldest of each order that is not done."""
        return self._rows(
            "SELECT * FROM outbox WHERE sequence IN (SELECT min(sequence) FROM outbox WHERE shop = ? AND done IS NULL"
            " GROUP BY number) ORDER BY due, sequence",
            shop,
        )

    def handed_over(self, sequence: int, reference: str) -> None:
        self._run("UPDATE outbox SET done = ?, reference = ? WHERE sequence = ?", self.now(), reference, sequence)

    def turned_away(self, sequence: int, why: str) -> bool:
        """False if that was known already."""
        where = "sequence = ? AND done IS NULL"
        return self._run(f"UPDATE outbox SET done = ?, refused = ? WHERE {where}", self.now(), why, sequence) == 1

    def turn_away_rest(self, number: str, why: str) -> None:
        self._run("UPDATE outbox SET done = ?, refused = ? WHERE number = ? AND done IS NULL", self.now(), why, number)

    def put_off(self, sequence: int, due: datetime) -> None:
        self._run("UPDATE outbox SET tries = tries + 1, due = ? WHERE sequence = ?", due.isoformat(), sequence)

    def untaken(self, shop: str) -> list[Row]:
        """What waits, and what was refused; oldest first."""
        where = "shop = ? AND (done IS NULL OR refused IS NOT NULL)"
        return self._rows(f"SELECT * FROM outbox WHERE {where} ORDER BY sequence", shop)

    def outgoing(self, number: str) -> list[Row]:
        """What was, or is to be, handed over of an order, oldest first."""
        return self._rows("SELECT * FROM outbox WHERE number = ? ORDER BY sequence", number)

    def on_their_way(self, shop: str) -> frozenset[str]:
        """Numbers of orders that elsewhere are not known yet."""
        rows = self._rows("SELECT number FROM outbox WHERE shop = ? AND kind = 'placed' AND done IS NULL", shop)
        return frozenset(row["number"] for row in rows)

    def held_in(self, numbers: Collection[str]) -> dict[str, Decimal]:
        """How much of each product these orders hold together; a cancelled one holds nothing."""
        rows = self._rows(
            "SELECT product, sum(quantity) AS quantity FROM order_lines JOIN orders USING (number)"
            " WHERE number IN (SELECT value FROM json_each(?)) AND status <> 'cancelled' GROUP BY product",
            json.dumps(sorted(numbers)),
        )
        return {row["product"]: Decimal(row["quantity"]) / MILLI for row in rows}

    # what was taken, where this database is the merchant's own

    def taken_order(self, shop: str, number: str) -> Row | None:
        return self._row("SELECT number, body, status FROM taken_orders WHERE shop = ? AND number = ?", shop, number)

    def taken_orders(self, shop: str) -> list[str]:
        return [row["number"] for row in self._rows("SELECT number FROM taken_orders WHERE shop = ?", shop)]

    def insert_taken(self, shop: str, number: str, body: str) -> None:
        self._insert("taken_orders", shop=shop, number=number, body=body, status="placed")

    def set_taken(self, shop: str, number: str, status: str) -> None:
        self._run("UPDATE taken_orders SET status = ? WHERE shop = ? AND number = ?", status, shop, number)
