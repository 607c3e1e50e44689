"""Knows what the database keeps of the terms of carts and orders. Knows no rule of selling."""

from __future__ import annotations

from typing import Any

from commerce.database import DatabaseFile, Row


class TermsTables(DatabaseFile):
    """To be called inside a transaction."""

    def coupon_of(self, cart: str) -> str | None:
        row = self._row("SELECT coupon FROM cart_terms WHERE cart = ?", cart)
        return row["coupon"] if row else None

    def set_coupon(self, cart: str, code: str | None) -> None:
        """What was quoted before is void."""
        self._run(
            "INSERT INTO cart_terms (cart, coupon, changed) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET coupon = excluded.coupon, changed = excluded.changed",
            *(cart, code, self.now()),
        )
        self._run("UPDATE carts SET revision = revision + 1 WHERE id = ?", cart)

    def terms_of(self, cart: str) -> Row | None:
        return self._row("SELECT * FROM cart_terms WHERE cart = ?", cart)

    def set_handover(self, cart: str, body: str) -> None:
        """`pins`: the tries of PINs so far. What was quoted before is void."""
        self._run(
            "INSERT INTO cart_terms (cart, handover, changed, pins)"
            " VALUES (?, ?, ?, (SELECT ifnull(max(rowid), 0) FROM pin_checks)) ON CONFLICT DO UPDATE SET"
            " handover = excluded.handover, changed = excluded.changed, pins = excluded.pins",
            *(cart, body, self.now()),
        )
        self._run("UPDATE carts SET revision = revision + 1 WHERE id = ?", cart)

    def set_payment(self, cart: str, body: str | None) -> None:
        """What was quoted before is void."""
        self._run(
            "INSERT INTO cart_terms (cart, payment, changed) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET payment = excluded.payment, changed = excluded.changed",
            *(cart, body, self.now()),
        )
        self._run("UPDATE carts SET revision = revision + 1 WHERE id = ?", cart)

    def was_proved_since(self, cart: str, check: str) -> bool:
        """Whether the PIN was tried after it was chosen how the order is received."""
        found = "SELECT 1 FROM pin_checks JOIN cart_terms ON pin_checks.rowid > pins WHERE cart = ? AND id = ?"
        return self._row(found, cart, check) is not None

    def addresses(self, customer: str, most: int) -> list[Row]:
        """The one used last first."""
        newest = "ORDER BY used DESC, street LIMIT ?"
        return self._rows(f"SELECT postcode, street, house FROM addresses WHERE customer = ? {newest}", customer, most)

    def keep_address(self, customer: str, postcode: str, street: str, house: str) -> None:
        self._run("REPLACE INTO addresses VALUES (?, ?, ?, ?, ?)", customer, postcode, street, house, self.now())

    def drop_terms(self, cart: str) -> None:
        self._run("DELETE FROM cart_terms WHERE cart = ?", cart)

    def insert_order_terms(self, number: str, **values: Any) -> None:
        self._insert("order_terms", number=number, **values)

    def order_terms(self, number: str) -> Row | None:
        return self._row("SELECT * FROM order_terms WHERE number = ?", number)

    def coupon_used(self, shop: str, customer: str, code: str) -> bool:
        """In an order that was not cancelled."""
        return (
            self._row(
                "SELECT 1 FROM order_terms JOIN orders USING (number) WHERE shop = ? AND customer = ? AND coupon = ?"
                " AND status <> 'cancelled'",
                *(shop, customer, code),
            )
            is not None
        )
