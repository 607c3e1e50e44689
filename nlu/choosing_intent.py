"""Knows what can be meant by who has not decided yet. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FindProducts:
    """What is there of a category, with all these traits, of this brand, for at most so much of the currency."""

    category: str | None = None
    traits: tuple[tuple[str, str], ...] = ()
    brand: str | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """What is the difference between these two."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class HelpChoose:
    """Help me choose, among all that is `wanted`; of these products only, where some are named."""

    wanted: FindProducts = FindProducts()
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefer:
    """Remember that I like what has these traits; none = forget what I like. Of what is not `known` nothing can be."""

    traits: tuple[tuple[str, str], ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Indifferent:
    """It does not matter which, said where there is a choice."""
