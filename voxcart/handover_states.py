"""Knows the questions how an order is received: where, and when. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commerce.terms import Address, Slot
from nlu.terms_intent import When


@dataclass(frozen=True, slots=True)
class ChoosingHandover:
    """Shall it be delivered, or fetched."""


@dataclass(frozen=True, slots=True)
class AwaitingAddress:
    """Where shall it go; the first part that is missing is asked for. `wish`: when, as it was said before."""

    postcode: str = ""
    street: str = ""
    house: str = ""
    wish: When | None = None


@dataclass(frozen=True, slots=True)
class ConfirmingAddress:
    """Did I get this address right."""

    address: Address
    wish: When | None = None


@dataclass(frozen=True, slots=True)
class OfferingAddress:
    """Shall it go where an order of this customer went before."""

    address: Address
    rest: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoosingSlot:
    """Shall it come then, or when else."""

    address: Address
    slot: Slot


Handing: TypeAlias = ChoosingHandover | AwaitingAddress | ConfirmingAddress | OfferingAddress | ChoosingSlot
"""How the order is received."""
