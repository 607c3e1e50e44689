"""Knows what the database keeps of who may be contacted, and who was. Knows no rule of when."""

from __future__ import annotations

from datetime import datetime

from commerce.database import DatabaseFile, Row


class ContactTables(DatabaseFile):
    """To be called inside a transaction."""

    def note_consent(self, customer: str, purpose: str, given: bool, how: str) -> None:
        """A ledger: what was said before stays."""
        self._insert("consents", customer=customer, purpose=purpose, given=int(given), how=how, at=self.now())

    def keep_preference(self, customer: str, about: str, value: str) -> None:
        self._run("REPLACE INTO preferences VALUES (?, ?, ?, ?)", customer, about, value, self.now())

    def preferences(self, customer: str) -> list[tuple[str, str]]:
        """Traits, as the shop file writes them."""
        rows = self._rows("SELECT about, value FROM preferences WHERE customer = ? ORDER BY about, value", customer)
        return [(row["about"], row["value"]) for row in rows]

    def drop_preferences(self, customer: str) -> None:
        self._run("DELETE FROM preferences WHERE customer = ?", customer)

    def consents(self, customer: str) -> list[Row]:
        """All that was ever said, oldest first."""
        return self._rows("SELECT * FROM consents WHERE customer = ? ORDER BY sequence", customer)

    def consented(self, purpose: str) -> list[Row]:
        """The customers whose last word on it is yes."""
        return self._rows(
            "SELECT customers.id, phone FROM customers JOIN consents ON customer = customers.id WHERE sequence IN"
            " (SELECT max(sequence) FROM consents WHERE purpose = ? GROUP BY customer) AND given = 1",
            purpose,
        )

    def left_cart_of(self, shop: str, customer: str, phone: str) -> Row | None:
        """The cart that the customer changed last, with when the last was heard of its call; none after an order."""
        return self._row(
            "SELECT carts.id, body, max(carts.changed, ifnull((SELECT max(at) FROM events WHERE call = carts.id), ''))"
            " AS left FROM carts JOIN cart_versions ON cart = carts.id AND version = head WHERE caller = ? AND shop = ?"
            " AND carts.revision > 0"
            " AND NOT EXISTS (SELECT 1 FROM orders WHERE customer = ? AND placed > carts.changed)"
            " ORDER BY carts.changed DESC, carts.rowid DESC LIMIT 1",
            *(phone, shop, customer),
        )

    def keep_alert(self, shop: str, product: str, phone: str, call: str) -> None:
        """Whoever asks twice is told once."""
        self._run(
            "INSERT INTO alerts (shop, product, phone, call, asked) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET call = excluded.call, asked = excluded.asked",
            *(shop, product, phone, call, self.now()),
        )

    def restocked(self, shop: str, asked_after: datetime) -> list[Row]:
        """Who waits for goods that are there now."""
        return self._rows(
            "SELECT number, product, phone, asked FROM alerts JOIN products ON"
            " products.shop = alerts.shop AND products.id = product WHERE alerts.shop = ? AND asked > ?"
            " AND (stock IS NULL OR stock > 0) ORDER BY number",
            *(shop, asked_after.isoformat()),
        )

    def drop_alert(self, number: int) -> None:
        self._run("DELETE FROM alerts WHERE number = ?", number)

    def drop_alerts_of(self, phone: str) -> None:
        self._run("DELETE FROM alerts WHERE phone = ?", phone)

    def forget_alerts(self, asked_until: datetime) -> int:
        """How many nobody waits for any more. Makes its own transaction."""
        with self.transaction():
            return self._run("DELETE FROM alerts WHERE asked <= ?", asked_until.isoformat())

    def reminded(self, call: str) -> frozenset[int]:
        """The tiers in which somebody was reminded of this cart."""
        return frozenset(row["tier"] for row in self._rows("SELECT tier FROM reminders WHERE cart = ?", call))

    def note_reminder(self, call: str, tier: int) -> None:
        self._run("INSERT OR IGNORE INTO reminders VALUES (?, ?, ?)", call, tier, self.now())
