"""Knows what the database keeps of returns, complaints, apologies and comments. Knows no rule of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce.database import DatabaseFile, Row

MILLI = 1000
"""Quantities are kept as whole thousandths."""


class RedressTables(DatabaseFile):
    """To be called inside a transaction."""

    # returns

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

    # complaints

    def insert_complaint(self, **values: Any) -> None:
        self._insert("complaints", **values, opened=self.now())

    def complaint(self, shop: str, number: str) -> Row | None:
        return self._row("SELECT * FROM complaints WHERE shop = ? AND number = ?", shop, number)

    def complaint_of(self, shop: str, customer: str) -> Row | None:
        """The newest."""
        newest = "ORDER BY opened DESC, rowid DESC LIMIT 1"
        return self._row(f"SELECT * FROM complaints WHERE shop = ? AND customer = ? {newest}", shop, customer)

    def complaints(self, shop: str) -> list[Row]:
        """Those that wait for an answer first, the most urgent of them on top."""
        order = "ORDER BY answered IS NOT NULL, answered DESC, promised, rowid"
        return self._rows(f"SELECT * FROM complaints WHERE shop = ? {order}", shop)

    def own_complaint(self, number: str, customer: str, order: str) -> None:
        """The caller has proved to be this customer after it was made."""
        self._run("UPDATE complaints SET customer = ?, of = ? WHERE number = ?", customer, order, number)

    def answer_complaint(self, number: str, answer: str) -> None:
        self._run("UPDATE complaints SET answer = ?, answered = ? WHERE number = ?", answer, self.now(), number)

    # comments

    def comment(self, call: str, said: str) -> None:
        """A call has one comment, the last one given."""
        self._run("REPLACE INTO comments VALUES (?, ?, ?)", call, said, self.now())

    def comments(self) -> list[Row]:
        """Newest first, with the rating of the same call."""
        return self._rows(
            "SELECT comments.*, rating FROM comments LEFT JOIN ratings USING (call) ORDER BY comments.at DESC, call"
        )

    # apologies

    def insert_goodwill(self, **values: Any) -> None:
        self._insert("goodwill", **values, made=self.now())

    def goodwill(self, code: str) -> Row | None:
        return self._row("SELECT * FROM goodwill WHERE code = ?", code)

    def goodwill_for(self, complaint: str) -> Row | None:
        return self._row("SELECT * FROM goodwill WHERE complaint = ?", complaint)

    def goodwill_since(self, shop: str, customer: str, time: datetime) -> Row | None:
        """The newest that the customer was granted after that time."""
        where = "shop = ? AND customer = ? AND made > ? ORDER BY made DESC LIMIT 1"
        return self._row(f"SELECT * FROM goodwill WHERE {where}", shop, customer, time.isoformat())
