"""Knows how a cart is bought: quoted, confirmed, checked once more, ordered, found again. Knows no PIN."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.cart import Cart, Line, cart_hash
from commerce.codec import from_json, to_json
from commerce.commands import ConfirmQuote, FindOrder, PlaceOrder, QuoteCart
from commerce.database import Row
from commerce.errors import StoreError
from commerce.money import Money
from commerce.outcomes import (
    AboveLimit,
    BelowMinimum,
    CartEmpty,
    Confirmed,
    OrderFound,
    OrderPlaced,
    OrderUnknown,
    PinNeeded,
    PriceChanged,
    Quote,
    Quoted,
    QuoteVoid,
    StockChanged,
)
from commerce.till import KeptCart, Till, is_past, made_in, read_cart

Obstacle = QuoteVoid | PriceChanged | StockChanged | CartEmpty | BelowMinimum | AboveLimit | PinNeeded


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the shop reads it."""

    number: str
    placed: datetime
    status: str
    customer: str | None
    total: Money
    lines: tuple[Line, ...]


def quote(till: Till, command: QuoteCart) -> Quoted | StockChanged | CartEmpty | BelowMinimum | AboveLimit:
    kept = read_cart(till, command.cart)
    if kept is None:
        return CartEmpty()
    return _unsellable(till, kept.cart, command.customer) or Quoted(_new_quote(till, kept, command.customer))


def confirm(till: Till, command: ConfirmQuote) -> Confirmed | QuoteVoid:
    """A second "yes" to the same quote does not prolong the first."""
    row = till.store.quote(command.quote)
    if row is None:
        return QuoteVoid("unknown")
    if void := _void(till, row):
        return void
    quoted: Quote = from_json(row["body"])
    if row["expires"] is None:
        expires = till.clock() + timedelta(seconds=till.settings.confirmation_s)
        till.store.confirm(quoted.id, quoted.cart_hash, expires)
        return Confirmed(quoted, expires)
    return Confirmed(quoted, datetime.fromisoformat(row["expires"]))


def place(till: Till, command: PlaceOrder, key: str) -> OrderPlaced | Obstacle:
    row = till.store.quote(command.quote)
    if row is None:
        return QuoteVoid("unknown")
    quoted: Quote = from_json(row["body"])
    if obstacle := _obstacle(till, row, quoted, command, key):
        return obstacle
    if command.authorization and quoted.needs_pin:
        till.store.use_pin_check(command.authorization)
    till.store.use_confirmation(quoted.id)
    for product in dict.fromkeys(line.product for line in quoted.cart.lines):
        if not till.store.take_stock(till.shop, product, quoted.cart.held(product)):
            raise StoreError(f"the stock of {product!r} changed within a transaction")
    number = till.new_number("orders")
    customer = command.customer if command.customer and till.store.customer(command.customer) else None
    order = {"number": number, "shop": till.shop, "key": key, "quote": quoted.id, "customer": customer}
    money = {"status": "placed", "currency": quoted.total.currency, "total": quoted.total.minor}
    till.store.insert_order(order | money, _order_lines(quoted.cart))
    till.store.empty_cart(quoted.cart.id, to_json(Cart(quoted.cart.id, quoted.cart.currency)))
    return OrderPlaced(number, quoted.total, quoted.cart.lines)


def find_order(till: Till, command: FindOrder) -> OrderFound | OrderUnknown:
    """Lines and total only for the customer, or in the call that placed it."""
    row = till.store.order(till.shop, command.number)
    if row is None:
        return OrderUnknown(command.number)
    order = _order(till, row)
    same_customer = command.customer is not None and command.customer == order.customer
    same_call = command.call is not None and made_in(command.call, row["key"])
    known = same_customer or same_call
    lines, total = (order.lines, order.total) if known else (None, None)
    return OrderFound(order.number, order.status, order.placed, lines, total)


def orders(till: Till) -> tuple[Order, ...]:
    """Newest first."""
    with till.store.transaction():
        return tuple(_order(till, row) for row in till.store.orders(till.shop))


def _obstacle(till: Till, row: Row, quoted: Quote, command: PlaceOrder, key: str) -> Obstacle | None:
    """Why the quote cannot be bought now, or None. Nothing is used up."""
    if void := _void(till, row) or _unconfirmed(row):
        return void
    kept = read_cart(till, quoted.cart.id)
    assert kept is not None
    if kept.cart != quoted.cart:
        return _unsellable(till, kept.cart, command.customer) or _price_changed(till, quoted, kept, command.customer)
    if unsellable := _unsellable(till, kept.cart, command.customer):
        return unsellable
    if _needs_pin(till, quoted.total) and not _authorized(till, command, key):
        return PinNeeded(quoted)
    return None


def _price_changed(till: Till, quoted: Quote, kept: KeptCart, customer: str | None) -> PriceChanged:
    return PriceChanged(quoted.total, _new_quote(till, kept, customer))


def _void(till: Till, row: Row) -> QuoteVoid | None:
    now = till.clock()
    if row["used"] is not None:
        return QuoteVoid("used")
    if row["revision"] != row["cart_revision"]:
        return QuoteVoid("cart_changed")
    read_aloud = datetime.fromisoformat(row["made"])
    if now >= read_aloud + timedelta(seconds=till.settings.quote_s):
        return QuoteVoid("expired")
    if row["expires"] is not None and is_past(row["expires"], now):
        return QuoteVoid("expired")
    return None


def _unconfirmed(row: Row) -> QuoteVoid | None:
    """A confirmation counts for the very cart, at the very prices, that was read aloud."""
    if row["cart_hash"] is None or row["cart_hash"] != cart_hash(from_json(row["body"]).cart):
        return QuoteVoid("not_confirmed")
    return None


def _unsellable(
    till: Till, cart: Cart, customer: str | None
) -> StockChanged | CartEmpty | BelowMinimum | AboveLimit | None:
    if not cart.lines:
        return CartEmpty()
    if missing := till.shelf(line.product for line in cart.lines).missing(cart):
        return StockChanged(missing)
    minimum = till.catalog.minimum_order
    if minimum and cart.total < minimum:
        return BelowMinimum(cart.total, minimum)
    limits = [limit for limit in (till.voice_limit, _limit_of(till, customer)) if limit is not None]
    if limits and cart.total > min(limits):
        return AboveLimit(cart.total, min(limits))
    return None


def _limit_of(till: Till, customer: str | None) -> Money | None:
    row = till.store.customer(customer) if customer else None
    return Money.parse(row["order_limit"], till.catalog.currency) if row and row["order_limit"] else None


def _needs_pin(till: Till, total: Money) -> bool:
    return till.pin_free_limit is not None and total > till.pin_free_limit


def _new_quote(till: Till, kept: KeptCart, customer: str | None) -> Quote:
    total = kept.cart.total
    quote_id = secrets.token_hex(8)
    made = Quote(quote_id, kept.cart, total, cart_hash(kept.cart), _needs_pin(till, total))
    forget_expired(till, kept.cart.id)
    till.store.insert_quote(quote_id, kept.cart.id, kept.revision, customer, to_json(made))
    return made


def forget_expired(till: Till, cart: str | None = None) -> None:
    """Quotes that nobody can buy any more, of one cart or of all; those that were bought stay with their orders."""
    till.store.forget_quotes(till.clock() - timedelta(seconds=till.settings.quote_s), cart)


def _authorized(till: Till, command: PlaceOrder, key: str) -> bool:
    """An accepted PIN of this customer, given in this call, not used yet and not too long ago."""
    if not command.authorization or not command.customer:
        return False
    check = till.store.pin_check(check=command.authorization)
    if check is None or not check["accepted"] or check["used"]:
        return False
    stands = timedelta(seconds=till.settings.session_idle_s)
    fresh = till.clock() < datetime.fromisoformat(check["at"]) + stands
    return fresh and check["customer"] == command.customer and made_in(check["call"], key)


def _order_lines(cart: Cart) -> Iterator[dict[str, object]]:
    for line in cart.lines:
        yield {
            "line": line.id,
            "product": line.product,
            "quantity": line.quantity,
            "options": to_json(line.options),
            "unit_price": line.unit_price.minor,
            "total": line.total.minor,
        }


def _order(till: Till, row: Row) -> Order:
    lines = tuple(
        Line(
            id=line["line"],
            product=line["product"],
            quantity=line["quantity"],
            options=from_json(line["options"]),
            unit_price=Money(line["unit_price"], row["currency"]),
        )
        for line in till.store.order_lines(row["number"])
    )
    placed = datetime.fromisoformat(row["placed"])
    total = Money(row["total"], row["currency"])
    return Order(row["number"], placed, row["status"], row["customer"], total, lines)
