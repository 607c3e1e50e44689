"""Knows the outbox: which notices wait, which were sent. Knows no way to send them.

The database itself writes a notice, by triggers, in the transaction that changes a status: whoever changes it.
"""

from __future__ import annotations

from datetime import datetime

from commerce.database import DatabaseFile, Row

FOR_WHOM = (
    "CASE WHEN kind IN ('order', 'payment') THEN (SELECT customer FROM orders WHERE number = notices.number)"
    " WHEN kind = 'return' THEN (SELECT customer FROM returns JOIN orders ON orders.number = of"
    " WHERE returns.number = notices.number)"
    " ELSE (SELECT customer FROM complaints WHERE number = notices.number) END"
)
EARLIER = (
    "SELECT 1 FROM notices AS earlier WHERE earlier.kind = notices.kind AND earlier.number = notices.number"
    " AND earlier.over IS NULL AND earlier.sequence < notices.sequence"
)


class NoticeTables(DatabaseFile):
    """To be called inside a transaction."""

    def next_notice(self, shop: str, now: datetime) -> Row | None:
        """The oldest that is due. One waits until those before it about the same thing are over."""
        return self._row(
            "SELECT notices.*, customers.id AS customer, ifnull(customers.phone, payments.phone) AS phone, email,"
            " refund, returns.currency, returns.way, ifnull(payments.amount, orders.total) AS amount,"
            " ifnull(payments.currency, orders.currency) AS paid_in, url FROM notices"
            f" LEFT JOIN customers ON customers.id = {FOR_WHOM}"
            " LEFT JOIN returns ON kind = 'return' AND returns.number = notices.number"
            " LEFT JOIN orders ON kind = 'order' AND orders.number = notices.number"
            " LEFT JOIN payments ON kind = 'payment' AND payments.number = notices.number"
            " WHERE notices.shop = ? AND over IS NULL AND ifnull(notices.due, '') <= ?"
            f" AND NOT EXISTS ({EARLIER}) ORDER BY sequence LIMIT 1",
            *(shop, now.isoformat()),
        )

    def insert_notice(self, shop: str, kind: str, number: str, state: str) -> None:
        """What no trigger writes: that an order was placed, or can be paid."""
        self._run(
            "INSERT INTO notices (id, shop, kind, number, state, at)"
            " VALUES (lower(hex(randomblob(16))), ?, ?, ?, ?, ?)",
            *(shop, kind, number, state, self.now()),
        )

    def try_notice(self, notice: str, again: datetime) -> None:
        """It is being sent. Whoever does that may die meanwhile: at this time another may try."""
        self._run("UPDATE notices SET tries = tries + 1, due = ? WHERE id = ?", again.isoformat(), notice)

    def postpone_notice(self, notice: str, due: datetime) -> None:
        self._run("UPDATE notices SET due = ? WHERE id = ?", due.isoformat(), notice)

    def notice_told(self, notice: str, way: str) -> None:
        column = {"webhook": "hooked", "mail": "mailed"}[way]
        self._run(f"UPDATE notices SET {column} = ? WHERE id = ?", self.now(), notice)

    def end_notice(self, notice: str, end: str) -> None:
        self._run("UPDATE notices SET over = ?, ended = ? WHERE id = ?", self.now(), end, notice)

    def retry_notices(self, shop: str) -> int:
        """How many that were given up are due again."""
        again = "UPDATE notices SET tries = 0, due = NULL, over = NULL, ended = NULL"
        return self._run(f"{again} WHERE shop = ? AND ended = 'given up'", shop)

    def notices(self, shop: str) -> list[Row]:
        """Newest first."""
        return self._rows("SELECT * FROM notices WHERE shop = ? ORDER BY sequence DESC", shop)
