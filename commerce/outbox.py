"""Knows how orders that were placed are handed over elsewhere: each once, in turn, until it is taken or refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import structlog

from commerce.aftercare import follow
from commerce.buying import order_of
from commerce.connectors import OrderCopy, Orders, Patron
from commerce.database import Row
from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.till import Till

LONGEST_PAUSE = timedelta(minutes=10)
REFUSED, NOT_CANCELLED = "order refused", "order not cancelled"
"""Why a ticket is opened."""

logger = structlog.get_logger(__name__)


def hand_over(till: Till, orders: Orders, pause: timedelta) -> datetime | None:
    """Hand over all that is due; returns when to come again, None = nothing waits. Raises StoreError.

    Nothing is asked inside a transaction. Dying between the answer and its note only asks again, with the same number.
    """
    while True:
        with till.store.transaction():
            waiting = till.store.next_out(till.shop)
        due = [row for row in waiting if datetime.fromisoformat(row["due"]) <= till.clock()]
        if not due:
            return min((datetime.fromisoformat(row["due"]) for row in waiting), default=None)
        for row in due:
            _hand_over(till, orders, row, pause)


def _hand_over(till: Till, orders: Orders, row: Row, pause: timedelta) -> None:
    number, kind = row["number"], row["kind"]
    try:
        if kind == "placed":
            reference = orders.take(copy_of(till, number))
        else:
            orders.cancel(number)
            reference = number
    except BackEndRefused as refused:
        _turn_away(till, row, str(refused))
    except BackEndUnavailable as error:
        wait = min(pause * 2 ** min(row["tries"], 16), LONGEST_PAUSE)
        with till.store.transaction():
            till.store.put_off(row["sequence"], till.clock() + wait)
        logger.warning("order not handed over yet", order=number, kind=kind, tries=row["tries"] + 1, reason=str(error))
    else:
        with till.store.transaction():
            till.store.handed_over(row["sequence"], reference)
        logger.info("order handed over", order=number, kind=kind)


def _turn_away(till: Till, row: Row, why: str) -> None:
    """People must know: the caller believes in it. An order that nobody took is no order any more."""
    number, kind = row["number"], row["kind"]
    with till.store.transaction():
        if not till.store.turned_away(row["sequence"], why):
            return
        order = till.store.order(till.shop, number)
        assert order is not None
        if kind == "placed":
            till.store.turn_away_rest(number, why)
            follow(till, number, "cancelled")
        customer = till.store.customer(order["customer"] or "")
        who = {"caller": customer["phone"] if customer else None, "customer": order["customer"]}
        till.store.insert_ticket(
            number=till.new_number("tickets"),
            call=order["key"].partition("/")[0],
            reason=REFUSED if kind == "placed" else NOT_CANCELLED,
            summary=json.dumps({**who, "order": number, "why": why}),
        )
    logger.error("order refused", order=number, kind=kind, reason=why)


def copy_of(till: Till, number: str) -> OrderCopy:
    with till.store.transaction():
        row = till.store.order(till.shop, number)
        assert row is not None
        order = order_of(till, row)
        customer = till.store.customer(order.customer) if order.customer else None
    patron = Patron(customer["id"], customer["phone"], customer["name"]) if customer else None
    paid = order.payment.way if order.payment else None
    return OrderCopy(number, order.placed, order.total, order.lines, patron, paid)
