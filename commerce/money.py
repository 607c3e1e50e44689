"""Knows money: integer minor units of one currency. Knows no words for it. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency; adding two currencies is an error."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)

    def times(self, quantity: Decimal) -> Money:
        """The price of `quantity`, rounded half up to a whole minor unit."""
        exact = Decimal(self.minor) * quantity
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)
