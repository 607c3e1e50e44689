"""Knows when whoever moves the money is asked: a hold before its order, all else after it. Knows no way there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from commerce.after import CancelOrder
from commerce.buying import hindered
from commerce.codec import from_json, to_json
from commerce.commands import Command, PlaceOrder
from commerce.database import Row
from commerce.errors import BackEndRefused, BackEndUnavailable, StoreError
from commerce.money import Money
from commerce.outcomes import Failed, OrderPlaced, Outcome, Quote
from commerce.paying import begin_hold, give_up_holds, is_charged, let_go, open_to, payer_of
from commerce.payments import Declined, Held, Hold, PaymentEvent, PaymentRefused, Payments
from commerce.till import Till

LONGEST_PAUSE = timedelta(minutes=10)
UNPAID = "payment failed"
"""Why a ticket is opened."""

logger = structlog.get_logger(__name__)


class Executes(Protocol):
    def execute(self, command: Command, key: str) -> Outcome: ...


class ChargingShop:
    """Carries out commands as the shop behind it does; before an order that a card pays, its amount is held.

    Asked before the order's transaction and never in it. The transaction takes a hold only that stands, and has it
    captured by what comes later: money is charged if there is an order, and else what was held is let go.
    """

    def __init__(self, shop: Executes, till: Till, payments: Payments, due: Callable[[], None] = lambda: None) -> None:
        """`due` is told that there may be something to do (`pay_due`)."""
        self._shop = shop
        self._till = till
        self._payments = payments
        self._due = due

    def execute(self, command: Command, key: str) -> Outcome:
        """As `Shop.execute`; PaymentRefused = no money can be had so, and nothing is ordered."""
        if not isinstance(command, PlaceOrder):
            outcome = self._shop.execute(command, key)
            if isinstance(command, CancelOrder):
                self._due()
            return outcome
        try:
            begun = self._begin(command, key)
            if begun is not None and (refused := self._hold(command, key, begun)) is not None:
                self._due()
                return refused
        except StoreError as error:
            return Failed(str(error))
        outcome = self._shop.execute(command, key)
        if begun is not None and not isinstance(outcome, OrderPlaced):
            self._let_go(begun["id"])
        self._due()
        return outcome

    def _begin(self, command: PlaceOrder, key: str) -> Row | None:
        """The hold to ask for, which is written down first; None where none is needed, or nothing can be ordered."""
        if not _would_be_ordered(self._till, command, key):
            return None
        with self._till.store.transaction():
            row = self._till.store.quote(command.quote)
            assert row is not None
            return begin_hold(self._till, from_json(row["body"]), command.customer or "")

    def _hold(self, command: PlaceOrder, key: str, row: Row) -> PaymentRefused | None:
        """None = it stands."""
        try:
            answer = self._payments.authorize(hold_of(row))
        except BackEndUnavailable as error:
            logger.warning("payment not held", payment=row["id"], reason=str(error))
            return self._refuse(command, key, row["id"], "unavailable")
        except BackEndRefused as error:
            logger.error("payment not held", payment=row["id"], reason=str(error))
            answer = Declined("refused")
        match answer:
            case Declined(code):
                logger.info("card declined", payment=row["id"], code=code)
                return self._refuse(command, key, row["id"], "declined")
            case Held(reference):
                with self._till.store.transaction():
                    stands = self._till.store.move_payment(
                        row["id"], ("authorizing", "held"), "held", reference=reference
                    )
                return None if stands else self._refuse(command, key, row["id"], "unavailable")

    def _refuse(self, command: PlaceOrder, key: str, hold: str, why: str) -> PaymentRefused:
        """What came of the command, kept under its key; the cart has no way to be paid any more."""
        till, store = self._till, self._till.store
        with store.transaction():
            if why == "declined":
                store.move_payment(hold, ("authorizing", "held"), "declined", due=None)
            else:
                let_go(till, hold)
            quote = store.quote(command.quote)
            assert quote is not None
            store.set_payment(quote["cart"], None)
            left = tuple(way for way in open_to(till, payer_of(till, command, key)) if way != "card")
            refused = PaymentRefused("declined" if why == "declined" else "unavailable", left)
            if store.command(key) is None:
                store.insert_command(key, till.hasher.digest(to_json(command)), to_json(refused))
        return refused

    def _let_go(self, hold: str) -> None:
        try:
            with self._till.store.transaction():
                let_go(self._till, hold)
        except StoreError as error:
            logger.error("hold not let go yet", payment=hold, error=str(error))


class _NothingKept(Exception):
    """Rolls back what was only looked at."""


def _would_be_ordered(till: Till, command: PlaceOrder, key: str) -> bool:
    """Whether the order needs only its hold. What is looked at leaves no trace."""
    wanted = False
    try:
        with till.store.transaction():
            row = till.store.quote(command.quote)
            if row is not None and till.store.command(key) is None:
                quoted: Quote = from_json(row["body"])
                wanted = is_charged(quoted) and hindered(till, row, quoted, command, key) is None
            raise _NothingKept
    except _NothingKept:
        return wanted


def hold_of(row: Row) -> Hold:
    return Hold(row["id"], Money(row["amount"], row["currency"]), row["payer"] or "", row["method"] or "")


# ---- what comes later ----------------------------------------------------------------------------------------


def pay_due(till: Till, payments: Payments, pause: timedelta) -> datetime | None:
    """Capture, release, pay back and make links, whatever is due; returns when to come again, None = nothing waits.

    Nothing is asked inside a transaction. Dying between the answer and its note only asks again, with the same key.
    Raises StoreError.
    """
    while True:
        with till.store.transaction():
            give_up_holds(till)
            waiting = till.store.next_tasks(till.shop)
            begun = till.store.begun_holds(till.shop)
        due = [row for row in waiting if datetime.fromisoformat(row["due"]) <= till.clock()]
        if not due:
            return min((datetime.fromisoformat(row["due"]) for row in (*waiting, *begun)), default=None)
        for row in due:
            _do(till, payments, row, pause)


def _do(till: Till, payments: Payments, task: Row, pause: timedelta) -> None:
    with till.store.transaction():
        row = till.store.payment(task["payment"])
    assert row is not None
    told = {"payment": row["id"], "order": row["number"], "task": task["kind"]}
    try:
        _WORK[task["kind"]](till, payments, row, task)
    except BackEndRefused as refused:
        _turn_away(till, row, task, str(refused))
        logger.error("payment refused", **told, reason=str(refused))
    except BackEndUnavailable as error:
        wait = min(pause * 2 ** min(task["tries"], 16), LONGEST_PAUSE)
        with till.store.transaction():
            till.store.put_task_off(task["sequence"], till.clock() + wait)
        logger.warning("payment waits", **told, tries=task["tries"] + 1, reason=str(error))
    else:
        logger.info("payment done", **told)


def _capture(till: Till, payments: Payments, row: Row, task: Row) -> None:
    """Of an order that was cancelled meanwhile nothing is charged; its release comes next."""
    wanted = row["state"] == "authorized"
    if wanted:
        payments.capture(row["reference"], task["key"])
    with till.store.transaction():
        if till.store.task_done(task["sequence"]) and wanted:
            till.store.add_captured(row["id"], row["amount"])
            till.store.move_payment(row["id"], ("authorized",), "captured")


def _release(till: Till, payments: Payments, row: Row, task: Row) -> None:
    if row["way"] == "card" or row["reference"]:
        hold = hold_of(row) if row["way"] == "card" else None
        if row["reference"] or (hold and hold.method):
            payments.release(hold, row["reference"] or "", task["key"])
    with till.store.transaction():
        if till.store.task_done(task["sequence"]):
            now = till.store.payment(row["id"])
            assert now is not None
            till.store.add_refunded(row["id"], now["captured"] - now["refunded"])
            till.store.move_payment(row["id"], ("releasing",), "released")


def _refund(till: Till, payments: Payments, row: Row, task: Row) -> None:
    amount = min(task["amount"], row["captured"] - row["refunded"])
    if amount > 0:
        payments.refund(row["reference"], Money(amount, row["currency"]), task["key"])
    with till.store.transaction():
        if till.store.task_done(task["sequence"]):
            till.store.add_refunded(row["id"], amount)


def _link(till: Till, payments: Payments, row: Row, task: Row) -> None:
    """The notice that tells it is written with it: once."""
    if row["state"] != "due":
        with till.store.transaction():
            till.store.task_done(task["sequence"])
        return
    what = f"{till.catalog.name} {row['number']}"
    link = payments.link(row["id"], Money(row["amount"], row["currency"]), what)
    with till.store.transaction():
        if till.store.task_done(task["sequence"]):
            till.store.move_payment(row["id"], (row["state"],), row["state"], reference=link.reference, url=link.url)
            till.store.insert_notice(till.shop, "payment", row["number"], "due")


_WORK: dict[str, Callable[[Till, Payments, Row, Row], None]] = {
    "capture": _capture,
    "release": _release,
    "refund": _refund,
    "link": _link,
}


def _turn_away(till: Till, row: Row, task: Row, why: str) -> None:
    """People must know: money is missing, or is still held."""
    with till.store.transaction():
        if not till.store.task_done(task["sequence"], why):
            return
        if task["kind"] in ("capture", "link"):
            till.store.move_payment(row["id"], ("authorized", "due"), "failed")
        order = till.store.order(till.shop, row["number"]) if row["number"] else None
        customer = till.store.customer(row["customer"] or "")
        who = {"caller": customer["phone"] if customer else row["phone"], "customer": row["customer"]}
        till.store.insert_ticket(
            number=till.new_number("tickets"),
            call=order["key"].partition("/")[0] if order else row["id"],
            reason=UNPAID,
            summary=json.dumps({**who, "order": row["number"], "what": task["kind"], "why": why}),
        )


# ---- what is told --------------------------------------------------------------------------------------------


def hear_event(till: Till, event: PaymentEvent) -> bool:
    """What has become of a link. False if it was told before, or is of no concern. Raises StoreError."""
    if event.kind == "other":
        return False
    with till.store.transaction():
        row = till.store.payment(event.payment)
        if row is None or row["shop"] != till.shop or row["way"] != "link" or not till.store.take_event(event.id):
            return False
        match event.kind:
            case "paid":
                _paid(till, row, event)
            case "expired":
                till.store.move_payment(row["id"], ("due",), "expired")
    logger.info("payment told", payment=event.payment, order=row["number"], what=event.kind)
    return True


def _paid(till: Till, row: Row, event: PaymentEvent) -> None:
    """Whoever paid for what was cancelled meanwhile has it back."""
    amount = event.amount
    if row["captured"] or amount is None or amount.currency != row["currency"] or not 0 < amount.minor <= row["amount"]:
        logger.error("payment is another than was due", payment=row["id"], told=event.id)
        return
    till.store.add_captured(row["id"], amount.minor)
    if till.store.move_payment(row["id"], ("due", "expired", "failed"), "paid", reference=event.reference):
        return
    till.store.move_payment(row["id"], ("released",), "releasing", reference=event.reference)
    till.store.put_task(row["id"], "release", f"{row['id']}/release/{event.id}")
