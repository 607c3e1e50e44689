"""Knows the cart: immutable lines and their totals. Knows no database and no stock. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from commerce.money import Money


@dataclass(frozen=True, slots=True)
class Chosen:
    """An option value of a line, by ids; `amount` is an amount id or None."""

    group: str
    value: str
    amount: str | None = None


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
