"""Knows a price limit, as callers say it, in the shop's money. PURE."""

from __future__ import annotations

from commerce.money import Money, minor_digits
from nlu import intent
from voxcart.states import Scene


def at_most(asked: intent.FindProducts, scene: Scene) -> Money | None:
    if asked.most is None:
        return None
    currency = scene.catalog.currency
    return Money(int(asked.most * 10 ** minor_digits(currency)), currency)
