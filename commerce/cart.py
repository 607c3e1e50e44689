"""Knows the cart: immutable lines and their totals. Knows no database and no stock. PURE."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from commerce.money import Money


@dataclass(frozen=True, slots=True)
class Chosen:
    """An option value of a line, by ids; `amount` is an amount id or None. `wanted` false: "no onions"."""

    group: str
    value: str
    amount: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """`unit_price` includes the price differences of the options; `id` is stable for the life of the cart."""

    id: int
    product: str
    quantity: Decimal
    options: tuple[Chosen, ...]
    unit_price: Money

    @property
    def total(self) -> Money:
        return self.unit_price.times(self.quantity)


@dataclass(frozen=True, slots=True)
class Cart:
    """`touched` is the id of the line that was added or changed last, or None."""

    id: str
    currency: str
    lines: tuple[Line, ...] = ()
    touched: int | None = None

    @property
    def total(self) -> Money:
        return sum((line.total for line in self.lines), Money(0, self.currency))

    def line(self, line_id: int) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def held(self, product: str, apart_from: int | None = None) -> Decimal:
        """How much of a product all lines hold together, except the line `apart_from`."""
        lines = (line for line in self.lines if line.product == product and line.id != apart_from)
        return sum((line.quantity for line in lines), Decimal(0))


def with_line(cart: Cart, line: Line) -> Cart:
    """The cart with the line: it joins an equal line, takes the place of the one with its id, or comes last."""
    for other in cart.lines:
        if other.id == line.id:
            return _put(cart, line)
    for other in cart.lines:
        if (other.product, other.options) == (line.product, line.options):
            return _put(cart, replace(line, id=other.id, quantity=other.quantity + line.quantity))
    return replace(cart, lines=(*cart.lines, line), touched=line.id)


def _put(cart: Cart, line: Line) -> Cart:
    lines = tuple(line if other.id == line.id else other for other in cart.lines)
    return replace(cart, lines=lines, touched=line.id)


def without_line(cart: Cart, line_id: int) -> Cart:
    lines = tuple(line for line in cart.lines if line.id != line_id)
    touched = None if cart.touched == line_id else cart.touched
    return replace(cart, lines=lines, touched=touched)


def repriced(cart: Cart, price_of: Callable[[Line], Money | None]) -> Cart:
    """The cart at other unit prices; a line without a price is no longer sold and falls out."""
    priced = ((line, price_of(line)) for line in cart.lines)
    lines = tuple(replace(line, unit_price=price) for line, price in priced if price is not None)
    touched = cart.touched if any(line.id == cart.touched for line in lines) else None
    return replace(cart, lines=lines, touched=touched)


def differences(before: Cart, after: Cart) -> tuple[tuple[Line | None, Line | None], ...]:
    """Line by line what was and what is; lines that stayed equal are left out."""
    ids = dict.fromkeys(line.id for line in (*before.lines, *after.lines))
    pairs = ((before.line(line_id), after.line(line_id)) for line_id in ids)
    return tuple(pair for pair in pairs if pair[0] != pair[1])


def cart_hash(cart: Cart) -> str:
    """A fingerprint of everything that is bought and its prices. Two spellings of a quantity (2, 2.0) are equal."""
    lines = [
        [
            line.product,
            format(line.quantity.normalize(), "f"),
            [[chosen.group, chosen.value, chosen.amount, chosen.wanted] for chosen in line.options],
            line.unit_price.minor,
        ]
        for line in cart.lines
    ]
    return hashlib.sha256(json.dumps([cart.id, cart.currency, lines]).encode()).hexdigest()
