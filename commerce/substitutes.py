"""Knows what comes nearest to a product that is sold out. Knows no cart and no wording. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from commerce.catalog import Catalog, Product
from commerce.edits import AddLine
from commerce.money import Money
from commerce.outcomes import Instead, OptionMissing, OptionRefused
from commerce.shelf import Shelf, settle


def kin(product: Product, catalog: Catalog) -> tuple[Product, ...]:
    """What could stand in for it at all: of its category, measured like it."""
    if not product.category:
        return ()
    return tuple(
        each
        for each in catalog.products
        if each.category == product.category and each.unit == product.unit and each.id != product.id
    )


def nearest(wanted: AddLine, in_cart: Iterable[str], shelf: Shelf) -> Instead | None:
    """The one that takes the same options and is there, of the same brand and pack if can be, then by price.

    `shelf` knows all kin. Nothing that is in the cart already is offered.
    """
    product = shelf.catalog.by_id[wanted.product]
    own = _price(product, wanted, shelf)
    offers = [
        (each.brand != product.brand, each.pack != product.pack, abs(price.minor - own.minor), number, each, price)
        for number, each in enumerate(kin(product, shelf.catalog))
        if own is not None
        and each.id not in in_cart
        and _is_there(each, wanted, shelf)
        and (price := _price(each, wanted, shelf)) is not None
    ]
    if not offers or own is None:
        return None
    *_, found, price = min(offers, key=lambda offer: offer[:4])
    how: Literal["same", "dearer", "cheaper"] = "same" if price == own else "dearer" if price > own else "cheaper"
    return Instead(found.id, how, max(price, own) - min(price, own))


def _is_there(product: Product, wanted: AddLine, shelf: Shelf) -> bool:
    level = shelf.levels.get(product.id)
    return level is None or level >= wanted.quantity


def _price(product: Product, wanted: AddLine, shelf: Shelf) -> Money | None:
    """Of one, with these options; None where it does not take them."""
    settled = settle(product, wanted.options, shelf.catalog, wanted)
    if isinstance(settled, OptionRefused | OptionMissing):
        return None
    return shelf.unit_price(product.id, settled)
