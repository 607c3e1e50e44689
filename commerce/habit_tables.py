"""Knows what the database tells of what is ordered how often, and together with what. Knows no rule of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection

from commerce.database import DatabaseFile


class HabitTables(DatabaseFile):
    """To be called inside a transaction. Cancelled orders do not count."""

    def bought_by(self, shop: str, customer: str | None) -> Counter[str]:
        """In how many orders each product was: of one customer, or of all."""
        rows = self._rows(
            "SELECT product, count(DISTINCT number) AS times FROM order_lines JOIN orders USING (number)"
            " WHERE shop = ? AND status <> 'cancelled' AND (? IS NULL OR customer = ?) GROUP BY product",
            *(shop, customer, customer),
        )
        return Counter({row["product"]: row["times"] for row in rows})

    def bought_with(self, shop: str, products: Collection[str]) -> Counter[str]:
        """In how many orders with one of these each other product was."""
        these = "(SELECT value FROM json_each(?))"
        rows = self._rows(
            "SELECT product, count(DISTINCT number) AS times FROM order_lines JOIN orders USING (number) WHERE shop = ?"
            f" AND status <> 'cancelled' AND product NOT IN {these} AND number IN (SELECT number FROM order_lines WHERE"
            f" product IN {these}) GROUP BY product",
            *(shop, json.dumps(sorted(products)), json.dumps(sorted(products))),
        )
        return Counter({row["product"]: row["times"] for row in rows})
