"""Knows the edits one can ask of a cart, as plain values. Does not know whether the shop can do them. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from commerce.cart import Chosen


@dataclass(frozen=True, slots=True)
class AddLine:
    """Adds to an equal line (same product and options) where there is one."""

    product: str
    quantity: Decimal
    options: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """Removes the line, or `quantity` of it."""

    line: int
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SetLineQuantity:
    line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SetLineOptions:
    """Replaces what was chosen in a group of one, adds to a group of many; `without`: (group, value) taken off."""

    line: int
    options: tuple[Chosen, ...]
    without: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceLine:
    """Puts another product in a line's place. `quantity` None keeps it; options that the new product takes are kept."""

    line: int
    product: str
    quantity: Decimal | None = None
    options: tuple[Chosen, ...] = ()


CartEdit: TypeAlias = AddLine | RemoveLine | SetLineQuantity | SetLineOptions | ReplaceLine
