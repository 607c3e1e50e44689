"""Knows the names a shop uses, as the parser needs them. Knows no price, stock or database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Name:
    """An id and every way to say it; `spoken[0]` is the name, the rest are aliases. Lower case is not required."""

    id: str
    spoken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """`values` may be combined with `amounts` ("a little bit of" + "almond milk") where `amounts` is not empty."""

    id: str
    spoken: tuple[str, ...]
    choose: Literal["one", "many"]
    values: tuple[Name, ...]
    amounts: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    spoken: tuple[str, ...]
    category: str | None = None
    brand: str | None = None
    options: tuple[str, ...] = ()
    """Ids of the option groups that this product takes."""
    unit: str = "each"
    """Unit id: "each" or a measure ("kg", "g", "l", "lb")."""
    pack: str | None = None
    """Spoken pack size ("500 g", "12 oz"), which may be part of how it is asked for."""
    traits: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What it is like, by what that is about: ("diet", ("vegan",))."""


@dataclass(frozen=True, slots=True)
class Faq:
    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    language: str
    products: tuple[Product, ...]
    groups: tuple[OptionGroup, ...] = ()
    categories: tuple[Name, ...] = ()
    faqs: tuple[Faq, ...] = ()
    codes: tuple[str, ...] = ()
    """Of coupons, as they are written."""
    pays: bool = False
    """Whether it is spoken of how an order is paid."""
    delivers: bool = False
    postcodes: tuple[str, ...] = ()
    """Those that are delivered to, or their beginnings ("112*")."""
    postcode_forms: tuple[str, ...] = ()
    """How postcodes look: 9 for a digit, A for a letter; empty = in any way."""
    """Whether it is spoken of how an order is received, where and when."""
