"""Knows what the database keeps of returns. Knows no rule of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from commerce.database import DatabaseFile, Row

MILLI = 1000
"""Quantities are kept as whole thousandths."""


class RedressTables(DatabaseFile):
    """To be called inside a transaction."""

    def insert_return(self, lines: Iterable[tuple[int, Decimal]], **values: Any) -> None:
        """`lines`: numbers of the order's lines, and how much of each."""
        self._insert("returns", **values, made=self.now())
        for line, quantity in lines:
            self._insert("return_lines", number=values["number"], line=line, quantity=int(quantity * MILLI))

    def returned_of(self, order: str) -> dict[int, Decimal]:
        """How much of each line was returned in all."""
        rows = self._rows(
            "SELECT line, sum(quantity) AS quantity FROM return_lines JOIN returns USING (number) WHERE of = ?"
            " GROUP BY line",
            order,
        )
        return {row["line"]: Decimal(row["quantity"]) / MILLI for row in rows}

    def refunded(self, order: str) -> int:
        row = self._row("SELECT ifnull(sum(refund), 0) AS refund FROM returns WHERE of = ?", order)
        return int(row["refund"]) if row else 0

    def return_(self, number: str) -> Row | None:
        return self._row("SELECT * FROM returns WHERE number = ?", number)

    def return_lines(self, number: str) -> dict[int, Decimal]:
        rows = self._rows("SELECT line, quantity FROM return_lines WHERE number = ? ORDER BY line", number)
        return {row["line"]: Decimal(row["quantity"]) / MILLI for row in rows}

    def returns(self, shop: str, order: str | None = None) -> list[Row]:
        """Newest first; of one order, or of all."""
        where, values = ("", [shop]) if order is None else (" AND of = ?", [shop, order])
        return self._rows(f"SELECT * FROM returns WHERE shop = ?{where} ORDER BY made DESC, rowid DESC", *values)

    def settle_return(self, number: str) -> None:
        self._run("UPDATE returns SET done = ? WHERE number = ?", self.now(), number)
