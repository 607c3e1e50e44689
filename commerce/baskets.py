"""Knows how carts are opened, taken up again, changed, undone and asked about stock. Knows nothing of buying."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from commerce.cart import Cart, differences, without_line
from commerce.codec import to_json
from commerce.commands import (
    ChangeCart,
    CheckStock,
    ClearCart,
    IdentifyCustomer,
    OpenCart,
    ResumeCart,
)
from commerce.customers import identify, phone_digits
from commerce.edits import AddLine, CartEdit, ReplaceLine
from commerce.outcomes import (
    CartChanged,
    CartOpened,
    Change,
    CustomerFound,
    OutOfStock,
    Refusal,
    StockKnown,
)
from commerce.pricing import CheckPrices, PricesKnown
from commerce.restrictions import AgeStated, StateAge
from commerce.shelf import apply_edit
from commerce.substitutes import kin, nearest
from commerce.till import KeptCart, Till, open_cart, read_cart


def open_basket(till: Till, command: OpenCart) -> CartOpened:
    caller = phone_digits(command.caller or "")
    kept = open_cart(till, command.cart, (caller if till.settings.resume_minutes else "") or None)
    left = _left(till, command.cart)
    known = isinstance(identify(till, IdentifyCustomer(caller)), CustomerFound)
    return CartOpened(kept.cart, len(left.cart.lines) if left else 0, known)


def resume(till: Till, command: ResumeCart) -> CartChanged:
    """Without changes where nothing is left, or the cart is not empty."""
    kept = open_cart(till, command.cart)
    left = _left(till, command.cart)
    if left is None or kept.cart.lines:
        return CartChanged(kept.cart)
    return keep(till, kept, replace(left.cart, id=command.cart), max(kept.next_line, left.next_line), ())


def resumable_since(till: Till) -> datetime:
    """Carts that changed after this time can be taken up."""
    return till.clock() - timedelta(minutes=till.settings.resume_minutes)


def change(till: Till, command: ChangeCart) -> CartChanged:
    kept = open_cart(till, command.cart)
    cart, next_line = kept.cart, kept.next_line
    named = {edit.product for edit in command.edits if isinstance(edit, AddLine | ReplaceLine)}
    shelf = till.shelf(named | {line.product for line in cart.lines})
    refusals: list[Refusal] = []
    for edit in command.edits:
        after = apply_edit(cart, edit, shelf, next_line, command.sure)
        if isinstance(after, Cart):
            next_line += after.line(next_line) is not None
            cart = after
        else:
            refusals.append(_with_an_offer(till, after, edit, cart))
    return keep(till, kept, cart, next_line, tuple(refusals))


def _with_an_offer(till: Till, refusal: Refusal, edit: CartEdit, cart: Cart) -> Refusal:
    """Where something is sold out, and something like it is there."""
    match refusal, edit:
        case OutOfStock(available=left), AddLine(product) if left <= 0 and product in till.catalog.by_id:
            others = kin(till.catalog.by_id[product], till.catalog)
            shelf = till.shelf({product, *(each.id for each in others)})
            return replace(refusal, instead=nearest(edit, {line.product for line in cart.lines}, shelf))
        case _:
            return refusal


def clear(till: Till, command: ClearCart) -> CartChanged:
    kept = open_cart(till, command.cart)
    till.store.drop_terms(command.cart)
    return keep(till, kept, Cart(command.cart, till.catalog.currency), kept.next_line, ())


def state_age(till: Till, command: StateAge) -> AgeStated:
    kept = open_cart(till, command.cart)
    till.store.keep_age(command.cart, command.age, command.old_enough)
    if command.old_enough:
        return AgeStated(kept.cart)
    sold = till.catalog.by_id
    removed = tuple(line for line in kept.cart.lines if (sold[line.product].min_age or 0) >= command.age)
    cart = kept.cart
    for line in removed:
        cart = without_line(cart, line.id)
    keep(till, kept, cart, kept.next_line, ())
    return AgeStated(cart, removed)


def check_stock(till: Till, command: CheckStock) -> StockKnown:
    """What is not sold has a level of nothing."""
    levels = till.shelf(command.products).levels
    return StockKnown(tuple((product, levels.get(product, Decimal(0))) for product in command.products))


def check_prices(till: Till, command: CheckPrices) -> PricesKnown:
    prices = till.shelf(command.products).prices
    gone = till.store.withdrawn(till.shop, command.products)
    return PricesKnown(tuple((each, None if each in gone else prices.get(each)) for each in command.products))


def _left(till: Till, cart: str) -> KeptCart | None:
    """What the caller changed last in another call; the cart there stays as it is."""
    other = till.store.left_cart(cart, resumable_since(till))
    return read_cart(till, other) if other else None


def keep(till: Till, kept: KeptCart, cart: Cart, next_line: int, refusals: tuple[Refusal, ...]) -> CartChanged:
    """The cart as it is now, and what became of it since it was read."""
    changes = tuple(Change(before, after) for before, after in differences(kept.cart, cart))
    if changes:
        till.store.push_cart(cart.id, to_json(cart), next_line)
    return CartChanged(cart, changes, refusals)
