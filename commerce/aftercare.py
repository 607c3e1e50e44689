"""Knows what becomes of an order once it is placed: found, ordered again, cancelled, moved on. Knows no wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from commerce.after import (
    CALLERS_MAY_CANCEL,
    NEXT,
    OVER,
    BasketTaken,
    CancelOrder,
    FindLatest,
    NoOrders,
    OrderCancelled,
    ProofNeeded,
    Status,
    TakeBasket,
    TooLate,
)
from commerce.baskets import keep
from commerce.buying import Order, order_of
from commerce.cart import Cart, Line
from commerce.edits import AddLine
from commerce.errors import CommerceError
from commerce.outcomes import OrderFound, OrderUnknown
from commerce.paying import cancel_payment
from commerce.pin_tries import proof
from commerce.shelf import apply_edit
from commerce.till import Till, open_cart

LOOKED_AT = 20
"""So many of the newest orders tell what is usual."""


def find_latest(till: Till, command: FindLatest, key: str) -> OrderFound | NoOrders | ProofNeeded:
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    rows = till.store.orders_of(till.shop, command.customer, LOOKED_AT)
    if not rows:
        return NoOrders()
    under_way = [row for row in rows if row["status"] not in OVER]
    found = order_of(till, under_way[0] if command.under_way and under_way else rows[0])
    return OrderFound(found.number, found.status, found.placed, found.lines, found.total)


def take_basket(till: Till, command: TakeBasket, key: str) -> BasketTaken | NoOrders | ProofNeeded:
    """A line that is there already grows; what is sold out, or taken differently now, is left out and named."""
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    rows = till.store.orders_of(till.shop, command.customer, LOOKED_AT)
    kept = [order_of(till, row) for row in rows if row["status"] != "cancelled"]
    if not kept:
        return NoOrders()
    wanted = kept[0] if command.which == "last" else _usual(kept)
    return into_cart(till, command.cart, wanted.lines)


def _usual(orders: list[Order]) -> Order:
    """The basket ordered most often; of several the newest."""
    times = Counter(map(_basket, orders))
    return max(orders, key=lambda each: times[_basket(each)])


def _basket(order: Order) -> frozenset[tuple[object, ...]]:
    return frozenset((line.product, line.quantity, line.options) for line in order.lines)


def into_cart(till: Till, cart_id: str, lines: Iterable[Line]) -> BasketTaken:
    basket = open_cart(till, cart_id)
    cart, next_line = basket.cart, basket.next_line
    sold = till.catalog.by_id
    gone = tuple(line.product.replace("_", " ") for line in lines if line.product not in sold)
    wanted = [line for line in lines if line.product in sold]
    shelf = till.shelf({line.product for line in (*cart.lines, *wanted)})
    missing: list[Line] = []
    for line in wanted:
        after = apply_edit(cart, AddLine(line.product, line.quantity, line.options), shelf, next_line, sure=True)
        if isinstance(after, Cart):
            next_line += after.line(next_line) is not None
            cart = after
        else:
            missing.append(line)
    keep(till, basket, cart, next_line, ())
    return BasketTaken(cart, tuple(line for line in wanted if line not in missing), tuple(missing), gone)


def cancel(till: Till, command: CancelOrder, key: str) -> OrderCancelled | OrderUnknown | TooLate | ProofNeeded:
    """By the customer, before it is packed."""
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    row = till.store.order(till.shop, command.number)
    if row is None or row["customer"] != command.customer:
        return OrderUnknown(command.number)
    if row["status"] not in CALLERS_MAY_CANCEL:
        return TooLate(command.number, row["status"])
    found = order_of(till, row)
    _move(till, found, "cancelled")
    if command.into is None:
        return OrderCancelled(found.number, found.total)
    return OrderCancelled(found.number, found.total, into_cart(till, command.into, found.lines).cart)


def set_status(till: Till, number: str, status: Status) -> None:
    """By the merchant. Raises CommerceError if there is no such order, or it cannot become that any more."""
    with till.store.transaction():
        row = till.store.order(till.shop, number)
        if row is None:
            raise CommerceError(f"There is no order {number!r}. List them: voxcart orders")
        found = order_of(till, row)
        now: Status = row["status"]
        if status not in NEXT[now]:
            may = ", ".join(NEXT[now]) or "nothing else"
            raise CommerceError(f"Order {number} is {now}; from there it can become {may}.")
        _move(till, found, status)


def follow(till: Till, number: str, status: Status) -> None:
    """What has become of an order elsewhere becomes of it here, if it can. To be called inside a transaction."""
    row = till.store.order(till.shop, number)
    if row is not None and status in NEXT[row["status"]]:
        _move(till, order_of(till, row), status, tell=False)


def _move(till: Till, order: Order, status: Status, tell: bool = True) -> None:
    """Cancelled goods are there again, once: an order is cancelled only once. `tell` those who have taken it."""
    till.store.set_order_status(order.number, order.status, status)
    if tell and status == "cancelled" and till.store.outgoing(order.number):
        till.store.put_out(till.shop, order.number, "cancelled")
    if status == "cancelled":
        cancel_payment(till, order.number)
        for line in order.lines:
            till.store.give_stock(till.shop, line.product, line.quantity)
