"""Knows how a complaint is taken, answered and apologised for. Knows no wording."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commerce.after import ProofNeeded
from commerce.aftercare import LOOKED_AT
from commerce.database import Row
from commerce.errors import CommerceError
from commerce.money import Money
from commerce.pin_tries import proof
from commerce.promises import promised
from commerce.redress import (
    ClaimGoodwill,
    ComplaintFound,
    ComplaintOpened,
    ComplaintUnknown,
    FindComplaint,
    GoodwillGranted,
    NoComplaints,
    NoGoodwill,
    OpenComplaint,
)
from commerce.till import Till, made_in

CODE_DIGITS = 8
GOODWILL_DAYS = 30
"""An apology is for an order not older than this, and there is one in so many days."""
LONGEST_ANSWER = 500


def open_complaint(till: Till, command: OpenComplaint, key: str) -> ComplaintOpened:
    """By anybody; whose it is counts only where it was proved. The apology is told, not granted."""
    proved = proof(till, command.customer, command.authorization, key) is not None
    customer = command.customer if proved else None
    order = _order_of(till, customer) if customer else None
    number = till.new_number("complaints")
    until = promised(
        till.clock(), till.catalog.terms.answer_hours, till.catalog.hours, ZoneInfo(till.catalog.time_zone)
    )
    till.store.insert_complaint(
        number=number,
        shop=till.shop,
        call=command.call,
        caller=command.caller,
        customer=customer,
        of=order["number"] if order else None,
        reason=command.reason,
        said=command.said,
        promised=until.isoformat(),
    )
    return ComplaintOpened(number, until, till.catalog.terms.apology(command.reason))


def find_complaint(
    till: Till, command: FindComplaint, key: str
) -> ComplaintFound | ComplaintUnknown | NoComplaints | ProofNeeded:
    """By its number the state is told to anybody; the answer only to its customer, in the call that made it, or to the
    number that made it and called without being a customer's."""
    proved = proof(till, command.customer, command.authorization, key) is not None
    customer = command.customer if proved else None
    if command.number is not None:
        row = till.store.complaint(till.shop, command.number)
        return _found(row, customer, key, command.caller) if row else ComplaintUnknown(command.number)
    if customer is None:
        return ProofNeeded()
    newest = till.store.complaint_of(till.shop, customer)
    return _found(newest, customer, key) if newest else NoComplaints()


def _found(row: Row, customer: str | None, key: str, caller: str | None = None) -> ComplaintFound:
    nobodys = row["customer"] is None
    theirs = (
        (customer is not None and row["customer"] == customer)
        or made_in(row["call"], key)
        or (nobodys and caller is not None and row["caller"] == caller)
    )
    return ComplaintFound(
        row["number"],
        datetime.fromisoformat(row["opened"]),
        datetime.fromisoformat(row["promised"]),
        row["answered"] is not None,
        row["answer"] if theirs else None,
        not nobodys,
    )


# ---- apologies -----------------------------------------------------------------------------------------------------


def claim_goodwill(till: Till, command: ClaimGoodwill, key: str) -> GoodwillGranted | NoGoodwill | ProofNeeded:
    """Once for a complaint, by who proved to be a customer, for a fresh order of theirs; not again and again."""
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    row = till.store.complaint(till.shop, command.complaint)
    if row is None or row["customer"] not in (None, command.customer):
        return NoGoodwill()
    if row["customer"] is None and not made_in(row["call"], key):
        return NoGoodwill()
    if granted := till.store.goodwill_for(command.complaint):
        return GoodwillGranted(granted["code"], Money(granted["amount"], granted["currency"]))
    order, worth = _order_of(till, command.customer), till.catalog.terms.apology(row["reason"])
    since = till.clock() - timedelta(days=GOODWILL_DAYS)
    if order is None or worth is None or till.store.goodwill_since(till.shop, command.customer, since):
        return NoGoodwill()
    till.store.own_complaint(command.complaint, command.customer, order["number"])
    amount = min(worth, Money(order["total"], order["currency"]))
    return GoodwillGranted(grant(till, command.customer, amount, row["reason"], command.complaint), amount)


def grant(till: Till, customer: str, amount: Money, reason: str, complaint: str | None = None) -> str:
    """A code that is worth this amount to this customer, once."""
    code = _new_code(till)
    till.store.insert_goodwill(
        code=code,
        shop=till.shop,
        customer=customer,
        currency=amount.currency,
        amount=amount.minor,
        reason=reason,
        complaint=complaint,
    )
    return code


def _new_code(till: Till) -> str:
    """Digits only, so that it can be said and typed."""
    least = 10 ** (CODE_DIGITS - 1)
    codes = (str(least + till.draw(9 * least)) for _ in range(100))
    return next(code for code in codes if till.store.goodwill(code) is None)


def _order_of(till: Till, customer: str) -> Row | None:
    """What a complaint of this customer is most likely about: the newest order, if it is fresh."""
    since = till.clock() - timedelta(days=GOODWILL_DAYS)
    rows = till.store.orders_of(till.shop, customer, LOOKED_AT)
    fresh = (row for row in rows if row["status"] != "cancelled" and _moved(row) > since)
    return next(fresh, None)


def _moved(row: Row) -> datetime:
    return datetime.fromisoformat(row["changed"] or row["placed"])


# ---- by the merchant -----------------------------------------------------------------------------------------------


def answer_complaint(till: Till, number: str, answer: str) -> None:
    """Raises CommerceError if there is no such complaint, it was answered, or the answer cannot be said."""
    text = " ".join(answer.split())
    if not text or not text.isprintable() or len(text) > LONGEST_ANSWER:
        raise CommerceError(f"An answer is said to the customer: 1 to {LONGEST_ANSWER} characters, none for control.")
    with till.store.transaction():
        row = till.store.complaint(till.shop, number)
        if row is None:
            raise CommerceError(f"There is no complaint {number!r}. List them: voxcart complaint list --all")
        if row["answered"] is not None:
            raise CommerceError(f"Complaint {number} was answered on {row['answered'][:10]}.")
        till.store.answer_complaint(number, text)
