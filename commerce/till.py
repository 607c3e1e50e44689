"""Knows what every sale needs at hand: catalogue, store, limits, clock; and how a cart is read and kept. No rules."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commerce.cart import Cart, repriced
from commerce.catalog import Catalog
from commerce.codec import from_json, to_json
from commerce.connectors import Kind
from commerce.database import Clock
from commerce.deals import price_today
from commerce.money import Money
from commerce.pin import PinHasher
from commerce.receipts import Key, new_key
from commerce.settings import CommerceSettings
from commerce.shelf import Shelf
from commerce.store import Store
from commerce.terms import Way

NUMBER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Till:
    """`shop` tells shops apart that share a database. Limits are None where there is none."""

    shop: str
    catalog: Catalog
    store: Store
    settings: CommerceSettings
    clock: Clock
    hasher: PinHasher
    pin_free_limit: Money | None
    voice_limit: Money | None
    second_factor_above: Money | None = None
    elsewhere: frozenset[Kind] = frozenset()
    """What the merchant keeps in other systems."""
    charges: frozenset[Way] = frozenset()
    """Ways to pay for which there is somebody who moves the money."""
    texts: bool = True
    """Whether a link can be sent to a telephone number; else by mail only."""
    confirms: bool = False
    """Whether customers are sent a word when their order is placed."""
    receipt_key: Key = field(default_factory=new_key)
    draw: Callable[[int], int] = secrets.randbelow

    def money(self, minor: int) -> Money:
        return Money(minor, self.catalog.currency)

    def shelf(self, ids: Iterable[str]) -> Shelf:
        rows = self.store.products(self.shop, (product for product in ids if product in self.catalog.by_id))
        sold, today = self.catalog.by_id, self.today()
        prices = {
            product: price_today(sold[product], self.money(price), self.catalog, today)
            for product, (price, _) in rows.items()
        }
        return Shelf(self.catalog, prices, {product: level for product, (_, level) in rows.items()})

    def today(self) -> date:
        """In the shop's time zone."""
        return self.clock().astimezone(ZoneInfo(self.catalog.time_zone)).date()

    def new_number(self, table: str) -> str:
        """Six digits that tell nothing about the one before; more when six are nearly used up."""
        for attempt in range(100):
            least = 10 ** (NUMBER_DIGITS - 1 + attempt // 20)
            number = str(least + self.draw(9 * least))
            if not self.store.number_taken(table, number):
                return number
        raise RuntimeError(f"no free number in {table}")


@dataclass(frozen=True, slots=True)
class KeptCart:
    """A cart as stored, at today's prices. `revision` grows with every change, undo and redo included."""

    cart: Cart
    revision: int
    next_line: int


def read_cart(till: Till, cart_id: str) -> KeptCart | None:
    row = till.store.cart(cart_id)
    if row is None:
        return None
    cart: Cart = from_json(row["body"])
    if cart.currency != till.catalog.currency:
        cart = Cart(cart_id, till.catalog.currency)
    shelf = till.shelf(line.product for line in cart.lines)
    return KeptCart(repriced(cart, shelf.price_of), row["revision"], row["next_line"])


def open_cart(till: Till, cart_id: str, caller: str | None = None) -> KeptCart:
    """The cart; a new and empty one, of this caller, where there was none."""
    if kept := read_cart(till, cart_id):
        return kept
    cart = Cart(cart_id, till.catalog.currency)
    till.store.insert_cart(till.shop, cart_id, to_json(cart), caller)
    return KeptCart(cart, 0, 1)


def made_in(call: str, key: str) -> bool:
    """The key of a command begins with the call it was given in ("call-3f2a/7")."""
    return key == call or key.startswith(f"{call}/")


def is_past(moment: str, now: datetime) -> bool:
    return datetime.fromisoformat(moment) <= now
