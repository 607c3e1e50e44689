"""Knows the question how an order is paid. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.terms import Way


@dataclass(frozen=True, slots=True)
class ChoosingPayment:
    """In which of these ways will it be paid. `hidden`: others may be open after the PIN. `instead`: of a card that was
    declined, or could not be asked about; of a single way it is whether."""

    ways: tuple[Way, ...]
    hidden: tuple[Way, ...] = ()
    instead: bool = False
