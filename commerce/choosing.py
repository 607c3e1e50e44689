"""Knows what can be asked of the assortment as a whole: commands and outcomes. Decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commerce.money import Money

Trait: TypeAlias = tuple[str, str]
"""What a trait is about and its value, as the shop file writes them: ("diet", "vegan")."""


@dataclass(frozen=True, slots=True)
class FindProducts:
    """What is in stock and has all `traits`, one `brand`, and costs no more than `most` today; of `among`, if any."""

    category: str | None = None
    traits: tuple[Trait, ...] = ()
    brand: str | None = None
    most: Money | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductsFound:
    """Cheapest first."""

    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommend:
    """What to take, beside what is in the cart. What the customer had before counts only with a PIN that was accepted
    in this call."""

    cart: str
    customer: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class Recommended:
    """The last one is of a kind that the customer has not had, or that the others are not of, if there is one."""

    products: tuple[str, ...]
    personal: bool


ChoosingCommand: TypeAlias = FindProducts | Recommend
ChoosingOutcome: TypeAlias = ProductsFound | Recommended
