"""Knows what the database keeps of payments: cards by name, holds, what is still to be done. Knows no rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.database import DatabaseFile, Row

BEGUN = ("authorizing", "held")
"""States of a hold that no order has yet."""


class PaymentTables(DatabaseFile):
    """To be called inside a transaction. Of cards only what the other side calls them is kept, and what may be said."""

    # cards

    def card(self, customer: str) -> Row | None:
        return self._row("SELECT * FROM cards WHERE customer = ?", customer)

    def set_card(self, customer: str, payer: str, method: str, brand: str, last4: str) -> None:
        self._run("REPLACE INTO cards VALUES (?, ?, ?, ?, ?, ?)", customer, payer, method, brand, last4, self.now())

    def drop_card(self, customer: str) -> bool:
        return self._run("DELETE FROM cards WHERE customer = ?", customer) == 1

    # payments

    def insert_payment(self, **values: Any) -> None:
        self._insert("payments", **values, made=self.now())

    def payment(self, payment: str) -> Row | None:
        return self._row("SELECT * FROM payments WHERE id = ?", payment)

    def payment_of_order(self, number: str) -> Row | None:
        return self._row("SELECT * FROM payments WHERE number = ?", number)

    def payments_of_quote(self, quote: str) -> list[Row]:
        """Oldest first."""
        return self._rows("SELECT * FROM payments WHERE quote = ? ORDER BY made, id", quote)

    def move_payment(self, payment: str, before: tuple[str, ...], state: str, **values: Any) -> bool:
        """False where it is in none of the states `before`, and nothing changed."""
        columns = "".join(f", {name} = ?" for name in values)
        marks = ", ".join("?" for _ in before)
        where = f"id = ? AND state IN ({marks})"
        sql = f"UPDATE payments SET state = ?{columns} WHERE {where}"
        return self._run(sql, state, *values.values(), payment, *before) == 1

    def begun_holds(self, shop: str) -> list[Row]:
        """Those that no order has yet, the first to be given up on top."""
        return self._rows(f"SELECT * FROM payments WHERE shop = ? AND state IN {BEGUN} ORDER BY due", shop)

    # what is still to be done

    def put_task(self, payment: str, kind: str, key: str, amount: int | None = None) -> None:
        """In the transaction of what it follows from; once for each key."""
        self._run(
            "INSERT OR IGNORE INTO payment_tasks (payment, kind, key, amount, due) VALUES (?, ?, ?, ?, ?)",
            *(payment, kind, key, amount, self.now()),
        )

    def next_tasks(self, shop: str) -> list[Row]:
        """The oldest of each payment that is not done."""
        return self._rows(
            "SELECT payment_tasks.* FROM payment_tasks WHERE sequence IN (SELECT min(sequence) FROM payment_tasks JOIN"
            " payments ON payments.id = payment WHERE shop = ? AND done IS NULL GROUP BY payment)"
            " ORDER BY payment_tasks.due, sequence",
            shop,
        )

    def task_done(self, sequence: int, failed: str | None = None) -> bool:
        """False if that was known already."""
        where = "sequence = ? AND done IS NULL"
        return (
            self._run(f"UPDATE payment_tasks SET done = ?, failed = ? WHERE {where}", self.now(), failed, sequence) == 1
        )

    def put_task_off(self, sequence: int, due: datetime) -> None:
        self._run("UPDATE payment_tasks SET tries = tries + 1, due = ? WHERE sequence = ?", due.isoformat(), sequence)

    def tasks(self, shop: str) -> list[Row]:
        """What waits, and what was refused; oldest first."""
        return self._rows(
            "SELECT payment_tasks.*, number, payments.currency FROM payment_tasks"
            " JOIN payments ON payments.id = payment WHERE shop = ? AND (done IS NULL OR failed IS NOT NULL)"
            " ORDER BY sequence",
            shop,
        )

    def add_captured(self, payment: str, amount: int) -> None:
        self._run("UPDATE payments SET captured = captured + ? WHERE id = ?", amount, payment)

    def add_refunded(self, payment: str, amount: int) -> None:
        self._run("UPDATE payments SET refunded = refunded + ? WHERE id = ?", amount, payment)

    # what was told

    def take_event(self, event: str) -> bool:
        """False if it was told before."""
        return self._run("INSERT OR IGNORE INTO payment_events VALUES (?, ?)", event, self.now()) == 1

    def forget_payments(self, before: str) -> None:
        """Those that came to nothing long ago, which events were told, where links were sent. Never an order's."""
        over = "number IS NULL AND state IN ('declined', 'released') AND made < ?"
        self._run(f"DELETE FROM payment_tasks WHERE payment IN (SELECT id FROM payments WHERE {over})", before)
        self._run(f"DELETE FROM payments WHERE {over}", before)
        self._run("DELETE FROM payment_events WHERE at < ?", before)
        self._run("UPDATE payments SET phone = NULL, url = NULL WHERE phone IS NOT NULL AND made < ?", before)
