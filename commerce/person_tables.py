"""Knows where in the database something about a person is, and how it goes. Knows no reason why it should."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from commerce.database import DatabaseFile, Row

IMPERSONAL = (
    *("products", "lists", "order_lines", "return_lines", "receipts", "outbox", "taken_orders"),
    *("notices", "payment_tasks", "payment_events", "sqlite_sequence"),
)
"""Tables that hold nothing of a person; a household's list belongs to the household."""
BY_CUSTOMER = (
    *("consents", "pin_parts", "pin_questions", "second_factors", "goodwill", "addresses"),
    *("preferences", "cards"),
)
BY_CALL = ("events", "unclear_pins", "ratings", "comments")
BY_CART = ("ages", "cart_terms", "moved_lists")


class PersonTables(DatabaseFile):
    """To be called inside a transaction."""

    def calls_with(self, customer: str, phone: str) -> list[str]:
        """Every call in which the customer was known, or that came from their number."""
        found = self._rows(
            "SELECT call FROM events WHERE instr(payload, ?) UNION SELECT id FROM carts WHERE caller = ?"
            " UNION SELECT cart FROM quotes WHERE customer = ?"
            " UNION SELECT call FROM tickets WHERE instr(summary, ?) OR phone = ?"
            " UNION SELECT call FROM pin_checks WHERE customer IN (?, ?)"
            " UNION SELECT cart FROM quotes JOIN orders ON orders.quote = quotes.id WHERE orders.customer = ?",
            *(f'"customer":"{customer}"', phone, customer, f'"customer": "{customer}"', phone),
            *(customer, f"{customer}/codes", customer),
        )
        return sorted({row["call"] for row in found} | self._calls_from(phone))

    def _calls_from(self, phone: str) -> set[str]:
        """However the number was written."""
        rows = self._rows("SELECT call, payload FROM events WHERE kind = 'call'")
        return {row["call"] for row in rows if _digits(json.loads(row["payload"]).get("caller")) == phone}

    def known_of(self, customer: str, calls: Sequence[str]) -> dict[str, list[Row]]:
        """Everything, by table; hashes and secrets left out."""
        among = json.dumps(calls)
        tables: dict[str, tuple[str, ...]] = {
            "customers": (
                "SELECT id, name, phone, email, order_limit, household, language, invoice, made FROM customers"
                " WHERE id = ?",
                customer,
            ),
            "orders": (
                "SELECT number, shop, status, currency, total, placed, changed FROM orders WHERE customer = ?",
                customer,
            ),
            "order_lines": (
                "SELECT order_lines.* FROM order_lines JOIN orders USING (number) WHERE customer = ?",
                customer,
            ),
            "returns": (
                "SELECT returns.* FROM returns JOIN orders ON orders.number = of WHERE customer = ?",
                customer,
            ),
            "complaints": (
                "SELECT * FROM complaints WHERE call IN (SELECT value FROM json_each(?)) OR customer = ?",
                *(among, customer),
            ),
            "goodwill": ("SELECT * FROM goodwill WHERE customer = ?", customer),
            "tickets": ("SELECT * FROM tickets WHERE call IN (SELECT value FROM json_each(?))", among),
            "consents": ("SELECT purpose, given, how, at FROM consents WHERE customer = ? ORDER BY sequence", customer),
            "alerts": (
                "SELECT product, asked FROM alerts WHERE phone = (SELECT phone FROM customers WHERE id = ?)",
                customer,
            ),
            "reminders": ("SELECT * FROM reminders WHERE cart IN (SELECT value FROM json_each(?))", among),
            "ratings": ("SELECT * FROM ratings WHERE call IN (SELECT value FROM json_each(?))", among),
            "order_terms": (
                "SELECT order_terms.* FROM order_terms JOIN orders USING (number) WHERE customer = ?",
                customer,
            ),
            "moved_lists": ("SELECT * FROM moved_lists WHERE cart IN (SELECT value FROM json_each(?))", among),
            "cart_terms": ("SELECT * FROM cart_terms WHERE cart IN (SELECT value FROM json_each(?))", among),
            "comments": ("SELECT * FROM comments WHERE call IN (SELECT value FROM json_each(?))", among),
            "preferences": ("SELECT about, value, made FROM preferences WHERE customer = ?", customer),
            "addresses": ("SELECT postcode, street, house, used FROM addresses WHERE customer = ?", customer),
            "cards": ("SELECT brand, last4, made FROM cards WHERE customer = ?", customer),
            "payments": (
                "SELECT way, state, number, currency, amount, captured, refunded, phone, url, made FROM payments WHERE"
                " customer = ? OR number IN (SELECT number FROM orders WHERE customer = ?)",
                *(customer, customer),
            ),
            "ages": ("SELECT * FROM ages WHERE cart IN (SELECT value FROM json_each(?))", among),
            "pin_tries": ("SELECT call, at, accepted FROM pin_checks WHERE customer = ?", customer),
            "second_factors": ("SELECT made FROM second_factors WHERE customer = ?", customer),
            "carts": (
                "SELECT id, body, changed FROM carts JOIN cart_versions ON cart = id AND version = head"
                " WHERE id IN (SELECT value FROM json_each(?))",
                among,
            ),
            "events": (
                "SELECT at, call, turn, kind, payload FROM events WHERE call IN (SELECT value FROM json_each(?))"
                " ORDER BY sequence",
                among,
            ),
        }
        return {name: self._rows(sql, *values) for name, (sql, *values) in tables.items()}

    def erase_person(self, customer: str, calls: Sequence[str]) -> dict[str, int]:
        """How many rows are gone, or (orders, carts that were ordered) no longer say whose they were."""
        among, codes = json.dumps(calls), f"{customer}/codes"
        these = "IN (SELECT value FROM json_each(?))"
        gone = {table: self._run(f"DELETE FROM {table} WHERE call {these}", among) for table in BY_CALL}
        gone |= {table: self._run(f"DELETE FROM {table} WHERE customer = ?", customer) for table in BY_CUSTOMER}
        gone["alerts"] = self._run(
            f"DELETE FROM alerts WHERE call {these} OR phone = (SELECT phone FROM customers WHERE id = ?)",
            among,
            customer,
        )
        gone["reminders"] = self._run(f"DELETE FROM reminders WHERE cart {these}", among)
        gone["complaints"] = self._run(f"DELETE FROM complaints WHERE call {these} OR customer = ?", among, customer)
        gone |= {table: self._run(f"DELETE FROM {table} WHERE cart {these}", among) for table in BY_CART}
        gone["tickets"] = self._run(f"DELETE FROM tickets WHERE call {these}", among)
        gone["commands"] = self._run(
            "DELETE FROM commands WHERE iif(instr(key, '/'), substr(key, 1, instr(key, '/') - 1), key) "
            f"{these} OR instr(outcome, ?)",
            *(among, f'"customer":"{customer}"'),
        )
        gone["pin_checks"] = self._run(
            f"DELETE FROM pin_checks WHERE customer IN (?, ?) OR call {these}", customer, codes, among
        )
        gone["pin_locks"] = self._run("DELETE FROM pin_locks WHERE customer IN (?, ?)", customer, codes)
        return (
            gone
            | self._let_go(customer, among)
            | {"customers": self._run("DELETE FROM customers WHERE id = ?", customer)}
        )

    def _let_go(self, customer: str, among: str) -> dict[str, int]:
        """What was ordered or returned stays for the books, without a person or their words; what was not goes."""
        these = "IN (SELECT value FROM json_each(?))"
        returns = self._run(
            "UPDATE returns SET said = '' WHERE of IN (SELECT number FROM orders WHERE customer = ?)", customer
        )
        terms = self._run(
            "UPDATE order_terms SET handover = json_set(handover, '$.address', NULL) WHERE handover IS NOT NULL AND"
            f" number IN (SELECT number FROM orders WHERE customer = ? OR quote IN (SELECT id FROM quotes WHERE cart"
            f" {these}))",
            *(customer, among),
        )
        payments = self._run(
            "UPDATE payments SET customer = NULL, payer = NULL, method = NULL, phone = NULL, url = NULL"
            " WHERE customer = ? OR phone = (SELECT phone FROM customers WHERE id = ?) OR number IN"
            " (SELECT number FROM orders WHERE customer = ?)",
            *(customer, customer, customer),
        )
        orders = self._run(
            "UPDATE orders SET customer = NULL, key = 'erased/' || number WHERE customer = ? OR quote IN"
            f" (SELECT id FROM quotes WHERE cart {these})",
            *(customer, among),
        )
        self._run("UPDATE quotes SET customer = NULL WHERE customer = ?", customer)
        nowhere = (
            "json_set(body, '$.handover.address', NULL) WHERE json_extract(body, '$.handover.address') IS NOT NULL"
        )
        self._run(f"UPDATE quotes SET body = {nowhere} AND cart {these}", among)
        cardless = "json_set(body, '$.card', '', '$.payment.card', '') WHERE json_extract(body, '$.payment.card') <> ''"
        self._run(f"UPDATE quotes SET body = {cardless} AND cart {these}", among)
        unordered = f"cart {these} AND id NOT IN (SELECT quote FROM orders)"
        self._run(f"DELETE FROM confirmations WHERE quote IN (SELECT id FROM quotes WHERE {unordered})", among)
        quotes = self._run(f"DELETE FROM quotes WHERE {unordered}", among)
        idle = f"id {these} AND id NOT IN (SELECT cart FROM quotes)"
        self._run(f"DELETE FROM cart_versions WHERE cart IN (SELECT id FROM carts WHERE {idle})", among)
        carts = self._run(f"DELETE FROM carts WHERE {idle}", among)
        carts += self._run(f"UPDATE carts SET caller = NULL WHERE id {these}", among)
        gone = {"order_terms": terms, "orders": orders, "returns": returns, "quotes": quotes, "carts": carts}
        return gone | {"payments": payments}


def _digits(caller: Any) -> str:
    return "".join(each for each in str(caller or "") if each.isdigit()).removeprefix("00")
