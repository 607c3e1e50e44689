"""Knows what the database keeps of customers: who they are and how they prove it. Knows no rule of selling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commerce.database import DatabaseFile, Row

CHANGEABLE = ("name", "order_limit", "household", "language", "email", "invoice")
"""Columns of a customer that the merchant may set."""


class CustomerTables(DatabaseFile):
    """To be called inside a transaction."""

    def insert_customer(self, **values: Any) -> None:
        self._insert("customers", **values, made=self.now())

    def customers(self) -> list[Row]:
        return self._rows(
            "SELECT id, phone, name, order_limit, household, language, email, invoice, customers.made, tries, locks,"
            " until, second_factors.made AS codes, brand, last4 FROM customers"
            " LEFT JOIN pin_locks ON pin_locks.customer = id"
            " LEFT JOIN second_factors ON second_factors.customer = id LEFT JOIN cards ON cards.customer = id"
            " ORDER BY customers.rowid"
        )

    def change_customer(self, customer: str, values: Mapping[str, str | None]) -> None:
        for column, value in values.items():
            assert column in CHANGEABLE
            self._run(f"UPDATE customers SET {column} = ? WHERE id = ?", value, customer)

    def customer(self, digits: str) -> Row | None:
        """By customer number or telephone number."""
        return self._row("SELECT * FROM customers WHERE id = ? OR phone = ?", digits, digits)

    def members(self, household: str) -> list[Row]:
        return self._rows("SELECT id, name FROM customers WHERE household = ? ORDER BY rowid", household)

    def set_pin(self, customer: str, pin_hash: str) -> None:
        self._run("UPDATE customers SET pin_hash = ? WHERE id = ?", pin_hash, customer)

    def pin_parts(self, customer: str) -> dict[str, str]:
        """Hashes by the places of the digits."""
        rows = self._rows("SELECT positions, hash FROM pin_parts WHERE customer = ? ORDER BY positions", customer)
        return {row["positions"]: row["hash"] for row in rows}

    def set_pin_parts(self, customer: str, parts: Mapping[str, str]) -> None:
        """In place of those there are, and of what was asked."""
        self._run("DELETE FROM pin_parts WHERE customer = ?", customer)
        self._run("DELETE FROM pin_questions WHERE customer = ?", customer)
        for positions, pin_hash in parts.items():
            self._insert("pin_parts", customer=customer, positions=positions, hash=pin_hash)

    def pin_question(self, customer: str) -> str | None:
        row = self._row("SELECT positions FROM pin_questions WHERE customer = ?", customer)
        return row["positions"] if row else None

    def set_pin_question(self, customer: str, positions: str) -> None:
        self._run("REPLACE INTO pin_questions VALUES (?, ?)", customer, positions)

    def second_factor(self, customer: str) -> Row | None:
        return self._row("SELECT secret, step FROM second_factors WHERE customer = ?", customer)

    def set_second_factor(self, customer: str, secret: str | None) -> None:
        self._run("DELETE FROM second_factors WHERE customer = ?", customer)
        if secret is not None:
            self._insert("second_factors", customer=customer, secret=secret, step=0, made=self.now())

    def use_code(self, customer: str, step: int) -> bool:
        """False if a code of that time, or of a later one, was used already."""
        return (
            self._run("UPDATE second_factors SET step = ? WHERE customer = ? AND step < ?", step, customer, step) == 1
        )

    def pin_lock(self, customer: str) -> Row | None:
        return self._row("SELECT tries, locks, until FROM pin_locks WHERE customer = ?", customer)

    def set_pin_lock(self, customer: str, tries: int, locks: int, until: str | None) -> None:
        self._run("REPLACE INTO pin_locks VALUES (?, ?, ?, ?)", customer, tries, locks, until)

    def insert_pin_check(self, **values: Any) -> None:
        self._insert("pin_checks", **values, at=self.now())

    def pin_check(self, *, key: str = "", check: str = "") -> Row | None:
        return self._row("SELECT * FROM pin_checks WHERE key = ? OR id = ?", key, check)

    def settle_pin_check(self, check: str, accepted: bool) -> None:
        self._run("UPDATE pin_checks SET accepted = ? WHERE id = ?", int(accepted), check)

    def use_pin_check(self, check: str) -> bool:
        return self._run("UPDATE pin_checks SET used = ? WHERE id = ? AND used IS NULL", self.now(), check) == 1

    def second_pin_check(self, check: str) -> None:
        self._run("UPDATE pin_checks SET second = ? WHERE id = ?", self.now(), check)

    def count_unclear_pin(self, call: str) -> int:
        self._run("INSERT INTO unclear_pins VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1", call)
        [row] = self._rows("SELECT count FROM unclear_pins WHERE call = ?", call)
        return int(row["count"])
