"""Knows what can be asked about prices: a command and its outcome. Decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.money import Money


@dataclass(frozen=True, slots=True)
class CheckPrices:
    """What one of each costs now: the price that would be charged, whatever the shop file said when the call began."""

    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PricesKnown:
    """By product id, in the order asked, with deals and without options; None = not sold."""

    prices: tuple[tuple[str, Money | None], ...]
