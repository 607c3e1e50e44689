"""Knows money: integer minor units of one currency. Knows no words for it. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision, is_currency

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def minor_digits(currency: str) -> int:
    """Decimal places of the currency: 2 for USD, 0 for JPY. Raises ValueError if there is no such currency."""
    if not is_currency(currency):
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code")
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency; adding two currencies is an error."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """The amount written plainly ("4.50", "4"). Raises ValueError, also for a part of a minor unit."""
        digits = minor_digits(currency)
        if not _PLAIN_NUMBER.fullmatch(text):
            raise ValueError(f"{text!r} is not an amount of money such as 4.50")
        exact = Decimal(text).scaleb(digits)
        if exact != int(exact):
            raise ValueError(f"{text} has more than the {digits} decimal places of {currency}")
        return cls(int(exact), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units of the currency, with all its decimal places."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

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
