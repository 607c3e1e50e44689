"""Knows every question asked of the database. Knows no rule of selling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce.connector_tables import ConnectorTables
from commerce.contact_tables import ContactTables
from commerce.customer_tables import CustomerTables
from commerce.database import Row
from commerce.errors import StoreError
from commerce.event_log import CallSummary, Event
from commerce.habit_tables import HabitTables
from commerce.moved_tables import MovedTables
from commerce.notice_tables import NoticeTables
from commerce.payment_tables import PaymentTables
from commerce.person_tables import PersonTables
from commerce.receipts import Receipt
from commerce.redress_tables import RedressTables
from commerce.terms_tables import TermsTables

MILLI = 1000
"""Quantities are kept as whole thousandths."""


class Store(
    ContactTables,
    CustomerTables,
    TermsTables,
    PersonTables,
    RedressTables,
    NoticeTables,
    PaymentTables,
    ConnectorTables,
    HabitTables,
    MovedTables,
):
    """The tables of one database. To be called inside a transaction, except the event log, which makes its own."""

    # products

    def seed(self, shop: str, products: Iterable[tuple[str, int, int | None]], keep_prices: bool = False) -> None:
        """Prices come from the file each time unless they are kept; a stock level only where none was counted yet."""
        price_now = "price" if keep_prices else "excluded.price"
        for product, price, stock in products:
            level = None if stock is None else stock * MILLI
            self._run(
                "INSERT INTO products (shop, id, price, stock) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                f" price = {price_now}, stock = iif(excluded.stock IS NULL, NULL, ifnull(stock, excluded.stock))"
                f" WHERE price <> {price_now} OR (stock IS NULL) <> (excluded.stock IS NULL)",
                *(shop, product, price, level),
            )

    def products(self, shop: str, ids: Iterable[str]) -> dict[str, tuple[int, Decimal | None]]:
        """Price in minor units and stock level of each; of what was withdrawn there is nothing."""
        rows = self._rows(
            "SELECT id, price, iif(withdrawn IS NULL, stock, 0) AS stock FROM products"
            " WHERE shop = ? AND id IN (SELECT value FROM json_each(?))",
            *(shop, json.dumps(sorted(ids))),
        )
        return {row["id"]: (row["price"], _quantity(row["stock"])) for row in rows}

    def set_price(self, shop: str, product: str, price: int) -> bool:
        return self._run("UPDATE products SET price = ? WHERE shop = ? AND id = ?", price, shop, product) == 1

    def set_stock(self, shop: str, product: str, level: Decimal | None) -> bool:
        stock = None if level is None else _milli(level)
        return self._run("UPDATE products SET stock = ? WHERE shop = ? AND id = ?", stock, shop, product) == 1

    def take_stock(self, shop: str, product: str, quantity: Decimal) -> bool:
        """False if there is not enough; a product that is not counted has always enough."""
        milli = _milli(quantity)
        return (
            self._run(
                "UPDATE products SET stock = stock - ? WHERE shop = ? AND id = ? AND (stock IS NULL OR stock >= ?)",
                *(milli, shop, product, milli),
            )
            == 1
        )

    def give_stock(self, shop: str, product: str, quantity: Decimal) -> None:
        """Back on the shelf, where it is counted."""
        self._run("UPDATE products SET stock = stock + ? WHERE shop = ? AND id = ?", _milli(quantity), shop, product)

    # carts

    def cart(self, cart: str) -> Row | None:
        return self._row(
            "SELECT head, revision, next_line, body FROM carts JOIN cart_versions ON cart = id AND version = head"
            " WHERE id = ?",
            cart,
        )

    def insert_cart(self, shop: str, cart: str, body: str, caller: str | None) -> None:
        """`caller`: the digits of the number that calls, or None where it is not to be known again."""
        now = self.now()
        self._insert("carts", id=cart, head=0, revision=0, next_line=1, shop=shop, caller=caller, changed=now)
        self._insert("cart_versions", cart=cart, version=0, body=body)

    def push_cart(self, cart: str, body: str, next_line: int) -> None:
        """A new version after the present one; versions that were undone are gone."""
        self._run(
            "DELETE FROM cart_versions WHERE cart = ? AND version > (SELECT head FROM carts WHERE id = ?)", cart, cart
        )
        self._run(
            "UPDATE carts SET head = head + 1, revision = revision + 1, next_line = ?, changed = ? WHERE id = ?",
            *(next_line, self.now(), cart),
        )
        self._run("INSERT INTO cart_versions SELECT id, head, ? FROM carts WHERE id = ?", body, cart)

    def move_cart(self, cart: str, by: int) -> bool:
        """One version back (-1) or forth (1); false if there is none."""
        return (
            self._run(
                "UPDATE carts SET head = head + ?, revision = revision + 1, changed = ? WHERE id = ? AND EXISTS"
                " (SELECT 1 FROM cart_versions WHERE cart = id AND version = head + ?)",
                *(by, self.now(), cart, by),
            )
            == 1
        )

    def empty_cart(self, cart: str, body: str) -> None:
        """Without a way back: what was bought cannot be undone."""
        self._run("DELETE FROM cart_versions WHERE cart = ?", cart)
        self._run("UPDATE carts SET head = 0, revision = revision + 1, changed = ? WHERE id = ?", self.now(), cart)
        self._insert("cart_versions", cart=cart, version=0, body=body)

    def keep_age(self, cart: str, age: int, old_enough: bool) -> None:
        """The first answer stands for the call: nobody grows older in it."""
        self._run("INSERT OR IGNORE INTO ages VALUES (?, ?, ?, ?)", cart, age, int(old_enough), self.now())

    def ages(self, cart: str) -> dict[int, bool]:
        rows = self._rows("SELECT age, old_enough FROM ages WHERE cart = ?", cart)
        return {row["age"]: bool(row["old_enough"]) for row in rows}

    def left_cart(self, cart: str, after: datetime) -> str | None:
        """The other cart that the caller of this one changed last, if that was after the time given."""
        row = self._row(
            "SELECT other.id FROM carts JOIN carts AS other ON other.caller = carts.caller AND other.shop = carts.shop"
            " WHERE carts.id = ? AND other.id <> carts.id AND other.revision > 0 AND other.changed > ?"
            " ORDER BY other.changed DESC, other.rowid DESC LIMIT 1",
            *(cart, after.isoformat()),
        )
        return row["id"] if row else None

    def forget_callers(self, changed_until: datetime) -> None:
        """Carts that nobody will take up again do not tell whose they were, save of who agreed to be reminded."""
        keep = json.dumps([row["phone"] for row in self.consented("reminders")])
        self._run(
            "UPDATE carts SET caller = NULL WHERE caller IS NOT NULL AND changed <= ?"
            " AND caller NOT IN (SELECT value FROM json_each(?))",
            *(changed_until.isoformat(), keep),
        )

    # shopping lists

    def shopping_list(self, shop: str, household: str) -> Row | None:
        return self._row("SELECT body, next_line FROM lists WHERE shop = ? AND household = ?", shop, household)

    def keep_list(self, shop: str, household: str, body: str, next_line: int) -> None:
        self._run("REPLACE INTO lists VALUES (?, ?, ?, ?, ?)", shop, household, body, next_line, self.now())

    # quotes and orders

    def insert_quote(self, quote: str, cart: str, revision: int, customer: str | None, body: str) -> None:
        self._insert("quotes", id=quote, cart=cart, revision=revision, customer=customer, body=body, made=self.now())

    def quote(self, quote: str) -> Row | None:
        return self._row(
            "SELECT quotes.cart, quotes.revision, quotes.customer, quotes.body, made, cart_hash, expires, used, spoken,"
            " carts.revision AS cart_revision FROM quotes JOIN carts ON carts.id = quotes.cart"
            " LEFT JOIN confirmations ON quote = quotes.id WHERE quotes.id = ?",
            quote,
        )

    def forget_quotes(self, made_until: datetime, cart: str | None = None) -> int:
        """How many quotes, of this cart or of all, were made so long ago and not bought; they are gone now."""
        where, values = "made <= ?", [made_until.isoformat()]
        if cart is not None:
            where, values = f"{where} AND cart = ?", [*values, cart]
        where = f"{where} AND NOT EXISTS (SELECT 1 FROM orders WHERE quote = quotes.id)"
        self._run(f"DELETE FROM confirmations WHERE quote IN (SELECT id FROM quotes WHERE {where})", *values)
        return self._run(f"DELETE FROM quotes WHERE {where}", *values)

    def confirm(self, quote: str, cart_hash: str, expires: datetime, spoken: str | None) -> None:
        kept = {"cart_hash": cart_hash, "expires": expires.isoformat(), "spoken": spoken}
        self._insert("confirmations", quote=quote, **kept)

    def use_confirmation(self, quote: str) -> bool:
        return self._run("UPDATE confirmations SET used = ? WHERE quote = ? AND used IS NULL", self.now(), quote) == 1

    def insert_order(self, order: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> None:
        self._insert("orders", **order, placed=self.now())
        for line in lines:
            self._insert("order_lines", **{**line, "quantity": _milli(line["quantity"])}, number=order["number"])

    def insert_receipt(self, shop: str, receipt: Receipt) -> None:
        self._insert("receipts", shop=shop, **asdict(receipt))

    def last_hash(self, shop: str) -> str | None:
        row = self._row("SELECT hash FROM receipts WHERE shop = ? ORDER BY sequence DESC LIMIT 1", shop)
        return row["hash"] if row else None

    def receipts(self, shop: str) -> list[Receipt]:
        """Oldest first."""
        columns = "number, body, before, hash, signature"
        return [
            Receipt(**row)
            for row in self._rows(f"SELECT {columns} FROM receipts WHERE shop = ? ORDER BY sequence", shop)
        ]

    def number_taken(self, table: str, number: str) -> bool:
        column = "id" if table == "customers" else "number"
        return self._row(f"SELECT 1 FROM {table} WHERE {column} = ?", number) is not None

    def orders(self, shop: str) -> list[Row]:
        """Newest first."""
        return self._rows("SELECT * FROM orders WHERE shop = ? ORDER BY placed DESC, rowid DESC", shop)

    def order(self, shop: str, number: str) -> Row | None:
        return self._row("SELECT * FROM orders WHERE number = ? AND shop = ?", number, shop)

    def orders_of(self, shop: str, customer: str, most: int) -> list[Row]:
        """Newest first."""
        newest = "ORDER BY placed DESC, rowid DESC LIMIT ?"
        return self._rows(f"SELECT * FROM orders WHERE shop = ? AND customer = ? {newest}", shop, customer, most)

    def set_order_status(self, number: str, before: str, status: str) -> None:
        where = "number = ? AND status = ?"
        if (
            self._run(f"UPDATE orders SET status = ?, changed = ? WHERE {where}", status, self.now(), number, before)
            != 1
        ):
            raise StoreError(f"order {number} is no longer {before!r}")

    def order_lines(self, number: str) -> list[Row]:
        rows = self._rows("SELECT * FROM order_lines WHERE number = ? ORDER BY line", number)
        return [{**row, "quantity": _quantity(row["quantity"])} for row in rows]

    # ratings, tickets, commands, events

    def rate(self, call: str, rating: int) -> None:
        """A call has one rating, the last one given."""
        self._run("REPLACE INTO ratings VALUES (?, ?, ?)", call, rating, self.now())

    def ratings(self) -> list[Row]:
        """Oldest first."""
        return self._rows("SELECT * FROM ratings ORDER BY at, call")

    def insert_ticket(self, **values: str) -> None:
        self._insert("tickets", **values, opened=self.now())

    def close_ticket(self, number: str) -> None:
        self._run("UPDATE tickets SET closed = ? WHERE number = ? AND closed IS NULL", self.now(), number)

    def note_phone(self, ticket: str, phone: str) -> None:
        self._run("UPDATE tickets SET phone = ? WHERE number = ?", phone, ticket)

    def tickets(self) -> list[Row]:
        return self._rows("SELECT * FROM tickets ORDER BY opened DESC, rowid DESC")

    def ticket(self, number: str) -> Row | None:
        return self._row("SELECT * FROM tickets WHERE number = ?", number)

    def command(self, key: str) -> tuple[str, str] | None:
        """Digest and outcome of the command that came with this key."""
        row = self._row("SELECT digest, outcome FROM commands WHERE key = ?", key)
        return (row["digest"], row["outcome"]) if row else None

    def insert_command(self, key: str, digest: str, outcome: str) -> None:
        self._insert("commands", key=key, digest=digest, outcome=outcome, at=self.now())

    def append_event(self, call: str, turn: str, kind: str, payload: Mapping[str, Any]) -> int:
        """The sequence number. The payload is kept as one line of ASCII, whatever characters are in it."""
        text = json.dumps(payload, separators=(",", ":"), default=str)
        with self.transaction():
            self._insert("events", at=self.now(), call=call, turn=turn, kind=kind, payload=text)
            [row] = self._rows("SELECT max(sequence) AS sequence FROM events")
        return int(row["sequence"])

    def forget_events(self, before: datetime) -> int:
        """How many events lie before that time; they are gone now. Time may have been set back: sequence decides."""
        with self.transaction():
            return self._run(
                "DELETE FROM events WHERE sequence < ifnull((SELECT sequence FROM events WHERE at >= ?"
                " ORDER BY sequence LIMIT 1), (SELECT max(sequence) + 1 FROM events))",
                before.isoformat(),
            )

    def forget_conversations(self, before: datetime) -> int:
        """How many carts lie untouched since before that time and were not ordered; they are gone now, and so is what
        else is older and done: closed tickets, answered complaints, answers to commands, PIN checks. Never an order."""
        time = before.isoformat()
        with self.transaction():
            for where in (
                "commands WHERE at < ?",
                "pin_checks WHERE at < ?",
                "tickets WHERE closed < ?",
                "complaints WHERE answered < ?",
                "notices WHERE at < ?",
            ):
                self._run(f"DELETE FROM {where}", time)
            self.forget_payments(time)
            idle = "ifnull(changed, '') < ? AND id NOT IN (SELECT cart FROM quotes)"
            for table in ("cart_versions", "cart_terms"):
                self._run(f"DELETE FROM {table} WHERE cart IN (SELECT id FROM carts WHERE {idle})", time)
            carts = self._run(f"DELETE FROM carts WHERE {idle}", time)
            for table in ("ages", "reminders"):
                self._run(f"DELETE FROM {table} WHERE cart NOT IN (SELECT id FROM carts)")
            return carts

    def events(self, call: str) -> tuple[Event, ...]:
        with self.transaction():
            rows = self._rows("SELECT * FROM events WHERE call = ? ORDER BY sequence", call)
        return tuple(
            Event(**{**row, "at": datetime.fromisoformat(row["at"]), "payload": json.loads(row["payload"])})
            for row in rows
        )

    def calls(self) -> tuple[CallSummary, ...]:
        """Newest first."""
        with self.transaction():
            rows = self._rows(
                "SELECT call, min(at) AS began, max(at) AS ended, count(*) AS events FROM events GROUP BY call"
                " ORDER BY max(sequence) DESC"
            )
        times = ((row, datetime.fromisoformat(row["began"]), datetime.fromisoformat(row["ended"])) for row in rows)
        return tuple(CallSummary(row["call"], began, ended, row["events"]) for row, began, ended in times)


def _milli(quantity: Decimal) -> int:
    return int(quantity * MILLI)


def _quantity(milli: int | None) -> Decimal | None:
    return None if milli is None else Decimal(milli) / MILLI
