"""Knows what is taken back, until when, and what is paid for it. Knows no wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from commerce.after import NoOrders, ProofNeeded
from commerce.aftercare import LOOKED_AT, into_cart
from commerce.buying import Order, order_of
from commerce.cart import Line
from commerce.database import Row
from commerce.errors import CommerceError
from commerce.outcomes import OrderUnknown
from commerce.paying import refund_return
from commerce.pin_tries import proof
from commerce.redress import (
    FindReturn,
    NotReturnable,
    Obstacle,
    OrderReturned,
    ReturnOffered,
    ReturnOrder,
    refund_for,
)
from commerce.till import Till

PENDING: dict[str, Obstacle] = {"placed": "placed", "packed": "packed", "sent": "sent"}


def find_return(till: Till, command: FindReturn, key: str) -> ReturnOffered | NotReturnable | NoOrders | ProofNeeded:
    """Of several the newest; where there is none, why the newest cannot be returned."""
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    rows = [row for row in till.store.orders_of(till.shop, command.customer, LOOKED_AT) if row["status"] != "cancelled"]
    judged = [_judged(till, row) for row in rows]
    if not judged:
        return NoOrders()
    return next((each for each in judged if isinstance(each, ReturnOffered)), judged[0])


def return_order(
    till: Till, command: ReturnOrder, key: str
) -> OrderReturned | ReturnOffered | NotReturnable | OrderUnknown | ProofNeeded:
    """What was agreed to counts only as it was told: where it changed meanwhile, it is offered anew."""
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    row = till.store.order(till.shop, command.number)
    if row is None or row["customer"] != command.customer:
        return OrderUnknown(command.number)
    offered = _judged(till, row)
    if not isinstance(offered, ReturnOffered):
        return offered
    if not _are_of(command.lines, offered) or refund_for(offered, command.lines) != command.refund:
        return offered
    return _taken_back(till, command, offered)


def _are_of(lines: tuple[Line, ...], offered: ReturnOffered) -> bool:
    """Each a line that is offered, once, and not more of it."""
    known = {line.id: line for line in offered.lines}
    if not lines or len({line.id for line in lines}) != len(lines):
        return False
    return all(
        (had := known.get(line.id)) is not None
        and 0 < line.quantity <= had.quantity
        and replace(line, quantity=had.quantity) == had
        for line in lines
    )


def _taken_back(till: Till, command: ReturnOrder, offered: ReturnOffered) -> OrderReturned:
    number, refund = till.new_number("returns"), command.refund
    till.store.insert_return(
        [(line.id, line.quantity) for line in command.lines],
        number=number,
        shop=till.shop,
        of=command.number,
        reason=command.reason,
        said=command.said,
        exchange=int(command.into is not None),
        way=offered.way,
        currency=refund.currency,
        refund=refund.minor,
    )
    returned = OrderReturned(number, command.number, command.lines, refund, offered.way)
    if command.into is None:
        return returned
    taken = into_cart(till, command.into, command.lines)
    return replace(returned, cart=taken.cart, missing=taken.missing)


def _judged(till: Till, row: Row) -> ReturnOffered | NotReturnable:
    terms, number, status = till.catalog.terms, row["number"], row["status"]
    if terms.return_days is None:
        return NotReturnable(number, "never")
    if status != "delivered":
        return NotReturnable(number, PENDING[status])
    delivered = datetime.fromisoformat(row["changed"] or row["placed"])
    if till.clock() > delivered + timedelta(days=terms.return_days):
        return NotReturnable(number, "late")
    order = order_of(till, row)
    left = _left(order, till.store.returned_of(number))
    if not left:
        return NotReturnable(number, "returned")
    paid_back = till.money(till.store.refunded(number))
    return ReturnOffered(number, order.placed, left, order.total - paid_back, terms.return_way)


def _left(order: Order, returned: dict[int, Decimal]) -> tuple[Line, ...]:
    rest = ((line, line.quantity - returned.get(line.id, Decimal(0))) for line in order.lines)
    return tuple(replace(line, quantity=quantity) for line, quantity in rest if quantity > 0)


def settle_return(till: Till, number: str, restock: bool) -> None:
    """By the merchant: it has arrived; `restock`: it can be sold again. What was charged for it is to be paid back.

    Raises CommerceError if there is no such return, or it was settled.
    """
    with till.store.transaction():
        row = till.store.return_(number)
        if row is None or row["shop"] != till.shop:
            raise CommerceError(f"There is no return {number!r}. List them: voxcart return list")
        if row["done"] is not None:
            raise CommerceError(f"Return {number} was settled on {row['done'][:10]}.")
        till.store.settle_return(number)
        refund_return(till, row["of"], number, row["refund"])
        if not restock:
            return
        lines = {line.id: line.product for line in order_of(till, _order(till, row["of"])).lines}
        for line, quantity in till.store.return_lines(number).items():
            till.store.give_stock(till.shop, lines[line], quantity)


def _order(till: Till, number: str) -> Row:
    row = till.store.order(till.shop, number)
    assert row is not None
    return row
