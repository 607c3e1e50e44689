"""Knows how so much of something, as it was said, becomes an amount that the shop sells. Knows no cart. PURE."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TypeAlias

from commerce.cart import Line
from commerce.catalog import Product
from nlu import intent
from voxcart.facts import Measure

COUNTS = {"each": 1, "piece": 1, "pack": 1, "pair": 2, "half_dozen": 6, "dozen": 12}
MEASURES = {
    "g": ("mass", Decimal(1)),
    "dkg": ("mass", Decimal(10)),
    "kg": ("mass", Decimal(1000)),
    "oz": ("mass", Decimal("28.349523125")),
    "lb": ("mass", Decimal("453.59237")),
    "ml": ("volume", Decimal(1)),
    "cl": ("volume", Decimal(10)),
    "l": ("volume", Decimal(1000)),
    "fl oz": ("volume", Decimal("29.5735295625")),
    "pt": ("volume", Decimal("473.176473")),
    "qt": ("volume", Decimal("946.352946")),
    "gal": ("volume", Decimal("3785.411784")),
}
SMALLER = {"kg": "g", "l": "ml"}
LEAST_SMALL = 20
GRAIN = Decimal("0.001")
Quantity: TypeAlias = Decimal | Measure | None
"""An amount in the product's own unit; a measure of a product that is sold by the piece; None = must be asked."""


def quantity_of(product: Product, quantity: Decimal | None, unit: str | None) -> Quantity:
    if product.unit == "each":
        if unit in MEASURES:
            return Measure(quantity or Decimal(1), unit)
        return (quantity or Decimal(1)) * COUNTS.get(unit or "each", 1)
    if unit is None or quantity is None:
        return (quantity or Decimal(1)) if unit == product.unit else None
    return convert(quantity, unit, product.unit)


def convert(quantity: Decimal, unit: str, to: str) -> Decimal | None:
    """The same weight or volume in another unit, to a thousandth; None where the two do not compare."""
    if unit == to:
        return quantity
    (kind, size), (to_kind, to_size) = MEASURES.get(unit, ("", Decimal(1))), MEASURES.get(to, ("-", Decimal(1)))
    return (quantity * size / to_size).quantize(GRAIN) if kind == to_kind else None


def pack_of(product: Product) -> Measure | None:
    """The pack size as a measure, where it is one."""
    number, _, unit = (product.pack or "").strip().lower().partition(" ")
    if not number.replace(".", "", 1).isdigit() or Decimal(number) == 0 or unit.strip() not in MEASURES:
        return None
    return Measure(Decimal(number), unit.strip())


def packs_for(wanted: Measure, pack: Measure) -> Decimal | None:
    """How many packs hold at least that much; None where weight meets volume."""
    same = convert(wanted.quantity, wanted.unit, pack.unit)
    return None if same is None else (same / pack.quantity).to_integral_value(ROUND_CEILING)


def unit_meant(product: Product, quantity: Decimal, line: Line) -> str | None:
    """The unit of a number without one: "make it three hundred" of less than a kilo are grams."""
    small = SMALLER.get(product.unit) if line.quantity < 1 and quantity >= LEAST_SMALL else None
    return small or (product.unit if product.unit != "each" else None)


def number_in(meaning: object) -> tuple[Decimal, str | None] | None:
    """A number and its unit, however it was said where one was asked for."""
    match meaning:
        case intent.Number(quantity, unit):
            return quantity, unit
        case intent.Digits(digits, True) if 0 < len(digits) <= 4:
            return Decimal(digits), None
        case intent.Pick(int(position)) if position > 0:
            return Decimal(position), None
        case intent.Order((intent.SetQuantity(_, quantity, unit),)):
            return quantity, unit
        case intent.Order((intent.AddSame(_, quantity),)):
            return quantity, None
        case _:
            return None
