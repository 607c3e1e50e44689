"""Knows how goods are found by what they are, and which are recommended. Knows no wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from commerce.catalog import Product
from commerce.choosing import FindProducts, ProductsFound, Recommend, Recommended
from commerce.pin_tries import proof
from commerce.shelf import Shelf
from commerce.till import Till, read_cart

FAMILIAR, NEW = 2, 1
"""So many of what is known to go, and so many from outside it."""


def find(till: Till, command: FindProducts) -> ProductsFound:
    fitting = [each for each in till.catalog.products if fits(each, command)]
    shelf = till.shelf(each.id for each in fitting)
    there = [each for each in fitting if _is_there(each, shelf)]
    cheap = [each for each in there if command.most is None or shelf.prices[each.id] <= command.most]
    return ProductsFound(tuple(each.id for each in sorted(cheap, key=lambda each: shelf.prices[each.id])))


def fits(product: Product, wanted: FindProducts) -> bool:
    """Whatever it costs, and whether or not there is any."""
    has = {(about, value) for about, values in product.traits for value in values}
    return (
        wanted.category in (None, product.category)
        and wanted.brand in (None, product.brand)
        and (not wanted.among or product.id in wanted.among)
        and has.issuperset(wanted.traits)
    )


def recommend(till: Till, command: Recommend, key: str) -> Recommended:
    """By how often it was ordered: with what is in the cart, by the customer, or by all. Only what can be had now, and
    nothing that needs a question of its own."""
    kept = read_cart(till, command.cart)
    held = {line.product for line in kept.cart.lines} if kept else set()
    known = bool(command.customer and command.authorization) and (
        proof(till, command.customer or "", command.authorization or "", key) is not None
    )
    had = till.store.bought_by(till.shop, command.customer or "") if known else Counter[str]()
    popular = till.store.bought_with(till.shop, sorted(held)) if held else Counter[str]()
    popular = popular or till.store.bought_by(till.shop, None)
    shelf = till.shelf(each.id for each in till.catalog.products)
    able = [each for each in till.catalog.products if each.id not in held and _may_be_offered(each, shelf)]
    first = _most(able, had or popular, FAMILIAR)
    sold = till.catalog.by_id
    kinds = {each.category for each in first} | {sold[each].category for each in had if each in sold}
    others = [each for each in able if each not in first and each.id not in had and each.category not in kinds]
    new = _most(others, popular, NEW) or others[:NEW]
    return Recommended(tuple(each.id for each in (*first, *new)), bool(had))


def _most(products: Iterable[Product], times: Counter[str], most: int) -> list[Product]:
    """Those ordered most often; of equals the first in the shop file."""
    ordered = sorted((each for each in products if times[each.id]), key=lambda each: -times[each.id])
    return ordered[:most]


def _may_be_offered(product: Product, shelf: Shelf) -> bool:
    return product.by_voice and product.min_age is None and _is_there(product, shelf)


def _is_there(product: Product, shelf: Shelf) -> bool:
    level = shelf.levels.get(product.id)
    return product.id in shelf.prices and (level is None or level > 0)
