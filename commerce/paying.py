"""Knows which ways to pay are open to whom, and what is written down of a payment. Asks nobody to move money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from commerce.cart import Cart
from commerce.codec import from_json, to_json
from commerce.commands import PlaceOrder, QuoteCart
from commerce.customers import phone_digits
from commerce.database import Row
from commerce.money import Money
from commerce.outcomes import Quote
from commerce.payments import (
    CHARGED,
    FOR_CUSTOMERS,
    Paid,
    PayBy,
    PaymentRefused,
    WayClosed,
    WayKept,
    WayNeeded,
    WayUnproved,
)
from commerce.pin_tries import proof
from commerce.terms import Bill, Payment, Way
from commerce.till import Till, open_cart

HOLD_S = 120
"""So long a hold waits for its order; longer than the other side may take to answer."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: a `customer` as far as proved, and the digits of the number that calls, "" = withheld."""

    customer: Row | None = None
    phone: str = ""


def payer_of(till: Till, command: QuoteCart | PlaceOrder | PayBy, key: str) -> Payer:
    proved = proof(till, command.customer, command.authorization, key)
    customer = till.store.customer(proved["customer"]) if proved else None
    return Payer(customer, phone_digits(command.caller or ""))


# ---- which way -----------------------------------------------------------------------------------------------


def reachable(till: Till) -> tuple[Way, ...]:
    """The ways that this shop can take from anybody at all."""
    proves = till.pin_free_limit is not None
    return tuple(
        way
        for way in till.catalog.ways
        if (way not in CHARGED or way in till.charges) and (way not in FOR_CUSTOMERS or proves)
    )


def open_to(till: Till, payer: Payer) -> tuple[Way, ...]:
    """Nothing here tells of a customer who has not proved to be one."""
    return tuple(way for way in reachable(till) if _is_open(till, way, payer))


def _is_open(till: Till, way: Way, payer: Payer) -> bool:
    match way:
        case "delivery":
            return True
        case "link":
            return _link_can_come(till, payer)
        case "invoice":
            return payer.customer is not None and payer.customer["invoice"] is not None
        case "card":
            return payer.customer is not None and till.store.card(payer.customer["id"]) is not None


def _link_can_come(till: Till, payer: Payer) -> bool:
    """To the number that calls, or to a customer; where there is only mail, to one who has an address."""
    if not till.texts:
        return payer.customer is not None and payer.customer["email"] is not None
    return bool(payer.phone) or till.pin_free_limit is not None


def pay_by(till: Till, command: PayBy, key: str) -> WayKept | WayClosed | WayUnproved:
    cart, way = open_cart(till, command.cart).cart, command.way
    payer = payer_of(till, command, key)
    if way not in reachable(till):
        return WayClosed(way)
    unknown = not (payer.phone and till.texts)
    if payer.customer is None and (way in FOR_CUSTOMERS or (way == "link" and unknown)):
        return WayUnproved(way) if till.pin_free_limit is not None else WayClosed(way)
    if not _is_open(till, way, payer):
        return WayClosed(way)
    till.store.set_payment(cart.id, to_json(_payment(till, way, payer)))
    return WayKept(way)


def _payment(till: Till, way: Way, payer: Payer) -> Payment:
    match way:
        case "card":
            card = till.store.card(payer.customer["id"]) if payer.customer else None
            assert card is not None
            return Payment(way, card=_fingerprint(card))
        case "link":
            return Payment(way, to="customer" if payer.customer else "number")
        case _:
            return Payment(way)


def _fingerprint(card: Row) -> str:
    return sha256(f"{card['payer']}/{card['method']}".encode()).hexdigest()[:16]


def payment_of(till: Till, cart: Cart) -> Payment | None:
    """As it was chosen; None where the shop does not ask, or nothing was chosen yet."""
    row = till.store.terms_of(cart.id)
    if not till.catalog.ways or row is None or row["payment"] is None:
        return None
    payment: Payment = from_json(row["payment"])
    return payment


def take_only_way(till: Till, cart: str, payer: Payer) -> None:
    """Where there is but one, nobody is asked."""
    row, ways = till.store.terms_of(cart), open_to(till, payer)
    if len(ways) == 1 and (row is None or row["payment"] is None):
        till.store.set_payment(cart, to_json(_payment(till, ways[0], payer)))


def hindrance_to_pay(till: Till, cart: Cart, payer: Payer) -> WayNeeded | WayClosed | None:
    """Why the order cannot be paid as it was chosen, or that nothing was chosen. A way that is closed is forgotten."""
    ways = reachable(till)
    if not ways:
        return None
    chosen = payment_of(till, cart)
    if chosen is None:
        hidden = () if payer.customer else tuple(way for way in ways if way in FOR_CUSTOMERS)
        return WayNeeded(open_to(till, payer), hidden)
    if chosen.way in ways and _still_open(till, chosen, payer):
        return None
    till.store.set_payment(cart.id, None)
    return WayClosed(chosen.way)


def _still_open(till: Till, chosen: Payment, payer: Payer) -> bool:
    """Of who has not proved it, or no longer, that is told after the PIN."""
    if chosen.way not in FOR_CUSTOMERS or payer.customer is None:
        return True
    if chosen.way == "invoice":
        return payer.customer["invoice"] is not None
    card = till.store.card(payer.customer["id"])
    return card is not None and _fingerprint(card) == chosen.card


def needs_customer(payment: Payment | None) -> bool:
    return payment is not None and (payment.way in FOR_CUSTOMERS or payment.to == "customer")


def card_told(till: Till, bill: Bill, payer: Payer) -> str:
    """The last digits of the card that is charged, for who has proved to be its customer; else ""."""
    if bill.payment is None or bill.payment.way != "card" or payer.customer is None:
        return ""
    card = till.store.card(payer.customer["id"])
    return str(card["last4"]) if card else ""


# ---- holds and orders ----------------------------------------------------------------------------------------


def is_charged(quoted: Quote) -> bool:
    """Whether a card must be charged for it; what costs nothing is not."""
    return quoted.payment is not None and quoted.payment.way == "card" and quoted.total.minor > 0


def begin_hold(till: Till, quoted: Quote, customer: str) -> Row:
    """The hold of this quote that may still become an order; a new one where there is none."""
    tried = till.store.payments_of_quote(quoted.id)
    now = till.store.now()
    if tried and tried[-1]["state"] in ("authorizing", "held") and tried[-1]["due"] > now:
        return tried[-1]
    card = till.store.card(customer)
    assert card is not None
    made = f"hold-{quoted.id}-{len(tried) + 1}"
    till.store.insert_payment(
        id=made,
        shop=till.shop,
        quote=quoted.id,
        customer=customer,
        way="card",
        state="authorizing",
        currency=quoted.total.currency,
        amount=quoted.total.minor,
        payer=card["payer"],
        method=card["method"],
        due=(till.clock() + timedelta(seconds=HOLD_S)).isoformat(),
    )
    row = till.store.payment(made)
    assert row is not None
    return row


def unheld(till: Till, quoted: Quote) -> PaymentRefused | None:
    """No order without its hold."""
    if not is_charged(quoted) or _held(till, quoted) is not None:
        return None
    return PaymentRefused("unavailable", tuple(way for way in open_to(till, Payer()) if way != "card"))


def _held(till: Till, quoted: Quote) -> str | None:
    rows = till.store.payments_of_quote(quoted.id)
    return next((row["id"] for row in rows if row["state"] == "held"), None)


def charge_order(till: Till, number: str, quoted: Quote, customer: str | None, caller: str | None) -> None:
    """In the order's own transaction: its hold belongs to it and is to be captured, or its link is to be made."""
    if quoted.payment is None or quoted.total.minor == 0:
        return
    if quoted.payment.way == "card":
        held = _held(till, quoted)
        assert held is not None
        till.store.move_payment(held, ("held",), "authorized", number=number, due=None)
        till.store.put_task(held, "capture", f"{held}/capture")
    elif quoted.payment.way == "link":
        made = f"link-{quoted.id}"
        till.store.insert_payment(
            id=made,
            shop=till.shop,
            quote=quoted.id,
            number=number,
            customer=customer,
            way="link",
            state="due",
            currency=quoted.total.currency,
            amount=quoted.total.minor,
            phone=phone_digits(caller or "") or None if quoted.payment.to == "number" else None,
        )
        till.store.put_task(made, "link", f"{made}/link")


def let_go(till: Till, hold: str) -> None:
    """No order came of it: what may be held is to be released."""
    if till.store.move_payment(hold, ("authorizing", "held"), "releasing", due=None):
        till.store.put_task(hold, "release", f"{hold}/release")


def give_up_holds(till: Till) -> None:
    """Those whose process has died before their order came to be."""
    now = till.store.now()
    for row in till.store.begun_holds(till.shop):
        if row["due"] <= now:
            let_go(till, row["id"])


# ---- paying back ---------------------------------------------------------------------------------------------


def cancel_payment(till: Till, number: str) -> None:
    """In the transaction in which the order is cancelled: nothing of it is to be held, charged or kept."""
    row = till.store.payment_of_order(number)
    if row is not None and row["state"] not in ("releasing", "released"):
        till.store.move_payment(row["id"], (row["state"],), "releasing")
        till.store.put_task(row["id"], "release", f"{row['id']}/release")


def refund_return(till: Till, number: str, returned: str, refund: int) -> None:
    """In the transaction in which the return is settled; what is really paid back is never more than was charged."""
    row = till.store.payment_of_order(number)
    if row is not None and refund > 0:
        till.store.put_task(row["id"], "refund", f"{row['id']}/refund/{returned}", refund)


def paid_of(till: Till, number: str, way: Way | None, currency: str) -> Paid | None:
    """To be called inside a transaction."""
    if way is None:
        return None
    row = till.store.payment_of_order(number)
    if row is None:
        return Paid(way)
    captured, refunded = Money(row["captured"], currency), Money(row["refunded"], currency)
    return Paid(way, row["state"], captured, refunded, row["url"])
