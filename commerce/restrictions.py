"""Knows what may not be sold to everybody by voice: commands, outcomes and a refusal. Decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commerce.cart import Cart, Line


@dataclass(frozen=True, slots=True)
class StateAge:
    """The caller says to be that old, or not to be: then what needs it leaves the cart. Both are kept with the cart."""

    cart: str
    age: int
    old_enough: bool


@dataclass(frozen=True, slots=True)
class AgeNeeded:
    """Something in the cart is sold from an `age` on; `denied`: the caller has said to be younger."""

    age: int
    products: tuple[str, ...]
    denied: bool = False


@dataclass(frozen=True, slots=True)
class AgeStated:
    """`removed`: what left the cart, because the caller is not old enough for it."""

    cart: Cart
    removed: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class NotByPhone:
    """The shop does not sell this on a voice line."""

    product: str


RestrictedOutcome: TypeAlias = AgeNeeded | AgeStated
