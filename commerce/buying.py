"""Knows how a cart is bought: quoted, confirmed, checked once more, ordered, found again. Knows no PIN."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from commerce.after import OVER
from commerce.bills import bill_of, refuse_coupon, tells_customers_apart
from commerce.cart import Cart, Line
from commerce.codec import from_json, to_json
from commerce.commands import ConfirmQuote, FindOrder, PlaceOrder, QuoteCart
from commerce.coupons import CouponRefused
from commerce.database import Row
from commerce.delivery import HandoverNeeded
from commerce.errors import StoreError
from commerce.handovers import hindrance, remember_address
from commerce.money import Money
from commerce.outcomes import (
    AboveLimit,
    BelowMinimum,
    CartEmpty,
    CodeNeeded,
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
from commerce.paying import (
    Payer,
    card_told,
    charge_order,
    hindrance_to_pay,
    paid_of,
    payer_of,
    take_only_way,
    unheld,
)
from commerce.payments import Paid, PaymentRefused, WayClosed, WayNeeded
from commerce.pin_tries import proof
from commerce.receipts import FIRST, sign
from commerce.restrictions import AgeNeeded
from commerce.shelf import most_of
from commerce.terms import Bill, Discount, Handover, terms_hash
from commerce.till import KeptCart, Till, is_past, made_in, read_cart

Unsellable = (
    StockChanged
    | CartEmpty
    | BelowMinimum
    | AboveLimit
    | AgeNeeded
    | CouponRefused
    | HandoverNeeded
    | WayNeeded
    | WayClosed
)
Obstacle = QuoteVoid | PriceChanged | PinNeeded | CodeNeeded | PaymentRefused | Unsellable


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the shop reads it."""

    number: str
    placed: datetime
    status: str
    customer: str | None
    total: Money
    lines: tuple[Line, ...]
    discount: Discount | None = None
    handover: Handover | None = None
    payment: Paid | None = None

    @property
    def is_under_way(self) -> bool:
        return self.status not in OVER


def quote(till: Till, command: QuoteCart, key: str) -> Quoted | Unsellable:
    payer = payer_of(till, command, key)
    if read_cart(till, command.cart) is not None:
        take_only_way(till, command.cart, payer)
    kept = read_cart(till, command.cart)
    if kept is None:
        return CartEmpty()
    unsellable = _unsellable(till, kept.cart, command.customer, payer)
    return unsellable or Quoted(_new_quote(till, kept, command.customer, payer))


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
        spoken = json.dumps(asdict(command.spoken)) if command.spoken else None
        till.store.confirm(quoted.id, quoted.cart_hash, expires, spoken)
        return Confirmed(quoted, expires)
    return Confirmed(quoted, datetime.fromisoformat(row["expires"]))


def place(till: Till, command: PlaceOrder, key: str) -> OrderPlaced | Obstacle:
    row = till.store.quote(command.quote)
    if row is None:
        return QuoteVoid("unknown")
    quoted: Quote = from_json(row["body"])
    if obstacle := hindered(till, row, quoted, command, key) or unheld(till, quoted):
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
    _keep_terms(till, number, quoted)
    charge_order(till, number, quoted, customer, command.caller)
    if command.authorization and quoted.needs_pin:
        remember_address(till, customer, quoted.handover)
    _witness(till, number, quoted, row, key)
    links = quoted.payment is not None and quoted.payment.way == "link"
    if till.confirms and not links:  # with a link comes a word of its own
        till.store.insert_notice(till.shop, "order", number, "placed")
    if "orders" in till.elsewhere:
        till.store.put_out(till.shop, number, "placed")
    till.store.empty_cart(quoted.cart.id, to_json(Cart(quoted.cart.id, quoted.cart.currency)))
    return OrderPlaced(number, quoted.total, quoted.cart.lines)


def _keep_terms(till: Till, number: str, quoted: Quote) -> None:
    off, handover, payment = quoted.discount, quoted.handover, quoted.payment
    if off or handover or payment:
        till.store.insert_order_terms(
            number,
            coupon=off.code if off else None,
            discount=off.amount.minor if off else 0,
            fee=handover.fee.minor if handover else 0,
            handover=to_json(handover) if handover else None,
            payment=payment.way if payment else None,
        )
    till.store.drop_terms(quoted.cart.id)


def _witness(till: Till, number: str, quoted: Quote, quote_row: Row, key: str) -> None:
    """In the order's own transaction. It names no customer: who that was is for the books, which can forget it."""
    order = till.store.order(till.shop, number)
    assert order is not None
    said_yes = datetime.fromisoformat(quote_row["expires"]) - timedelta(seconds=till.settings.confirmation_s)
    witnessed = {"shop": till.shop, "turn": key, "confirmed": said_yes.isoformat(), "cart_hash": quoted.cart_hash}
    spoken = {"spoken": json.loads(quote_row["spoken"])} if quote_row["spoken"] else {}
    body = _booked(till, order) | witnessed | {"pin": quoted.needs_pin} | spoken
    till.store.insert_receipt(till.shop, sign(body, till.store.last_hash(till.shop) or FIRST, till.receipt_key))


def _booked(till: Till, order: Row) -> dict[str, Any]:
    """Of an order what never changes."""
    lines = [
        [line["product"], str(line["quantity"]), line["options"], line["unit_price"], line["total"]]
        for line in till.store.order_lines(order["number"])
    ]
    terms = till.store.order_terms(order["number"])
    off = {name: terms[name] for name in ("coupon", "discount", "fee")} if terms else {}
    off |= {"payment": terms["payment"]} if terms and terms["payment"] else {}
    return {name: order[name] for name in ("number", "placed", "quote", "currency", "total")} | {"lines": lines} | off


def books(till: Till) -> dict[str, dict[str, Any]]:
    with till.store.transaction():
        rows = till.store.orders(till.shop)
        return {row["number"]: _booked(till, row) for row in reversed(rows) if not row["unwitnessed"]}


def find_order(till: Till, command: FindOrder, key: str) -> OrderFound | OrderUnknown:
    """Lines and total only for the customer, or in the call that placed it."""
    row = till.store.order(till.shop, command.number)
    if row is None:
        return OrderUnknown(command.number)
    order = order_of(till, row)
    proved = proof(till, command.customer, command.authorization, key) is not None
    same_customer = proved and command.customer == order.customer
    same_call = command.call is not None and made_in(command.call, row["key"])
    known = same_customer or same_call
    lines, total = (order.lines, order.total) if known else (None, None)
    return OrderFound(order.number, order.status, order.placed, lines, total)


def orders(till: Till) -> tuple[Order, ...]:
    """Newest first."""
    with till.store.transaction():
        return tuple(order_of(till, row) for row in till.store.orders(till.shop))


def hindered(till: Till, row: Row, quoted: Quote, command: PlaceOrder, key: str) -> Obstacle | None:
    """Why the quote cannot be bought now, but for a hold that it may need. Nothing is used up."""
    if void := _void(till, row) or _unconfirmed(row):
        return void
    kept = read_cart(till, quoted.cart.id)
    assert kept is not None
    payer = payer_of(till, command, key)
    if unsellable := _unsellable(till, kept.cart, command.customer, payer):
        return unsellable
    if kept.cart != quoted.cart or bill_of(till, kept.cart) != _quoted_bill(quoted):
        return PriceChanged(quoted.total, _new_quote(till, kept, command.customer, payer))
    return _unproved(till, quoted, command, key)


def _unproved(till: Till, quoted: Quote, command: PlaceOrder, key: str) -> PinNeeded | CodeNeeded | None:
    if not _needs_pin(till, quoted.cart, _quoted_bill(quoted)):
        return None
    proved = proof(till, command.customer, command.authorization, key)
    if proved is None or proved["used"]:
        return PinNeeded(quoted)
    address = quoted.handover.address if quoted.handover and quoted.handover.is_new else None
    if address and not till.store.was_proved_since(quoted.cart.id, proved["id"]):
        return PinNeeded(quoted)
    return CodeNeeded(quoted) if _needs_code(till, command.customer, quoted.total) and not proved["second"] else None


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
    """A confirmation counts for the very cart, at the very prices and on the terms, that was read aloud."""
    quoted: Quote = from_json(row["body"])
    if row["cart_hash"] is None or row["cart_hash"] != terms_hash(quoted.cart, _quoted_bill(quoted)):
        return QuoteVoid("not_confirmed")
    return None


def _quoted_bill(quoted: Quote) -> Bill:
    return Bill(quoted.cart.total, quoted.discount, quoted.handover, quoted.payment)


def _unsellable(till: Till, cart: Cart, customer: str | None, payer: Payer) -> Unsellable | None:
    if not cart.lines:
        return CartEmpty()
    if missing := till.shelf(line.product for line in cart.lines).missing(cart):
        return StockChanged(missing)
    if too_young := _age_needed(till, cart):
        return too_young
    minimum = till.catalog.minimum_order
    if minimum and cart.total < minimum:
        return BelowMinimum(cart.total, minimum)
    if hindered := hindrance(till, cart):
        return hindered
    if refused := refuse_coupon(till, cart.id, customer):
        return refused
    if unpaid := hindrance_to_pay(till, cart, payer):
        return unpaid
    total = bill_of(till, cart).total
    limits = [limit for limit in (till.voice_limit, _limit_of(till, customer)) if limit is not None]
    return AboveLimit(total, min(limits)) if limits and total > min(limits) else None


def _age_needed(till: Till, cart: Cart) -> AgeNeeded | None:
    """For the most restricted first; what was denied once is not asked again."""
    ages = {line.product: till.catalog.by_id[line.product].min_age or 0 for line in cart.lines}
    said = till.store.ages(cart.id)
    shown = max((age for age, old_enough in said.items() if old_enough), default=0)
    needed = max(ages.values())
    if needed <= shown:
        return None
    denied = any(needed >= age for age, old_enough in said.items() if not old_enough)
    return AgeNeeded(needed, tuple(product for product, age in ages.items() if age == needed), denied)


def _limit_of(till: Till, customer: str | None) -> Money | None:
    row = till.store.customer(customer) if customer else None
    return Money.parse(row["order_limit"], till.catalog.currency) if row and row["order_limit"] else None


def _needs_pin(till: Till, cart: Cart, bill: Bill) -> bool:
    """Where PINs are asked for at all: above the limit, for more of something than anybody would think, and where the
    terms are for some customers only."""
    if till.pin_free_limit is None:
        return False
    odd = till.settings.pin_on_odd_quantity and _is_odd(till, cart)
    return bill.total > till.pin_free_limit or odd or tells_customers_apart(till, bill)


def _is_odd(till: Till, cart: Cart) -> bool:
    products = till.catalog.by_id
    return any(line.quantity > most_of(products[line.product], till.catalog) for line in cart.lines)


def _needs_code(till: Till, customer: str | None, total: Money) -> bool:
    above = till.second_factor_above
    return above is not None and total > above and till.store.second_factor(customer or "") is not None


def _new_quote(till: Till, kept: KeptCart, customer: str | None, payer: Payer) -> Quote:
    bill = bill_of(till, kept.cart)
    quote_id = secrets.token_hex(8)
    needs_pin = _needs_pin(till, kept.cart, bill)
    made = Quote(
        id=quote_id,
        cart=kept.cart,
        total=bill.total,
        cart_hash=terms_hash(kept.cart, bill),
        needs_pin=needs_pin,
        discount=bill.discount,
        handover=bill.handover,
        payment=bill.payment,
        card=card_told(till, bill, payer),
    )
    forget_expired(till, kept.cart.id)
    till.store.insert_quote(quote_id, kept.cart.id, kept.revision, customer, to_json(made))
    return made


def forget_expired(till: Till, cart: str | None = None) -> None:
    """Quotes that nobody can buy any more, of one cart or of all; those that were bought stay with their orders."""
    till.store.forget_quotes(till.clock() - timedelta(seconds=till.settings.quote_s), cart)


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


def order_of(till: Till, row: Row) -> Order:
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
    terms = till.store.order_terms(row["number"])
    off = Discount(terms["coupon"], Money(terms["discount"], row["currency"])) if terms and terms["coupon"] else None
    handover = from_json(terms["handover"]) if terms and terms["handover"] else None
    paid = paid_of(till, row["number"], terms["payment"] if terms else None, row["currency"])
    return Order(row["number"], placed, row["status"], row["customer"], total, lines, off, handover, paid)
