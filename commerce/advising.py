"""Knows how goods are found by what they are, and which are recommended to whom. Knows no wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from commerce.after import ProofNeeded
from commerce.catalog import Product
from commerce.choosing import FindProducts, ProductsFound, Recommend, Recommended, Trait
from commerce.pin_tries import proof
from commerce.preferences import ForgetPreferences, KeepPreferences, PreferencesForgotten, PreferencesKept
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
    return (
        wanted.category in (None, product.category)
        and wanted.brand in (None, product.brand)
        and (not wanted.among or product.id in wanted.among)
        and _traits(product).issuperset(wanted.traits)
    )


def recommend(till: Till, command: Recommend, key: str) -> Recommended:
    """By how often it was ordered: with what is in the cart, by the customer, or by all. Only what can be had now and
    is what the customer likes, and nothing that needs a question of its own."""
    kept = read_cart(till, command.cart)
    held = {line.product for line in kept.cart.lines} if kept else set()
    known = bool(command.customer and command.authorization) and (
        proof(till, command.customer or "", command.authorization or "", key) is not None
    )
    had = till.store.bought_by(till.shop, command.customer or "") if known else Counter[str]()
    popular = till.store.bought_with(till.shop, sorted(held)) if held else Counter[str]()
    popular = popular or till.store.bought_by(till.shop, None)
    shelf = till.shelf(each.id for each in till.catalog.products)
    liked = set(till.store.preferences(command.customer or "")) if known else set()
    able = [
        each
        for each in till.catalog.products
        if each.id not in held and _may_be_offered(each, shelf) and _traits(each).issuperset(liked)
    ]
    first = _most(able, had or popular, FAMILIAR)
    sold = till.catalog.by_id
    kinds = {each.category for each in first} | {sold[each].category for each in had if each in sold}
    others = [each for each in able if each not in first and each.id not in had and each.category not in kinds]
    new = _most(others, popular, NEW) or others[:NEW]
    return Recommended(tuple(each.id for each in (*first, *new)), bool(had))


def keep_preferences(till: Till, command: KeepPreferences, key: str) -> PreferencesKept | ProofNeeded:
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    till.store.note_consent(command.customer, "preferences", True, f"call {command.call}")
    for about, value in command.traits:
        till.store.keep_preference(command.customer, about, value)
    return PreferencesKept(tuple(till.store.preferences(command.customer)))


def forget_preferences(till: Till, command: ForgetPreferences, key: str) -> PreferencesForgotten | ProofNeeded:
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    till.store.note_consent(command.customer, "preferences", False, f"call {command.call}")
    till.store.drop_preferences(command.customer)
    return PreferencesForgotten()


def _traits(product: Product) -> set[Trait]:
    return {(about, value) for about, values in product.traits for value in values}


def _most(products: Iterable[Product], times: Counter[str], most: int) -> list[Product]:
    """Those ordered most often; of equals the first in the shop file."""
    ordered = sorted((each for each in products if times[each.id]), key=lambda each: -times[each.id])
    return ordered[:most]


def _may_be_offered(product: Product, shelf: Shelf) -> bool:
    return product.by_voice and product.min_age is None and _is_there(product, shelf)


def _is_there(product: Product, shelf: Shelf) -> bool:
    level = shelf.levels.get(product.id)
    return product.id in shelf.prices and (level is None or level > 0)
