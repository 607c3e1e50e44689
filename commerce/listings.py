"""Knows how a merchant's catalogue and the shop file become one catalogue. Asks nobody. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from commerce.catalog import Catalog, Category, Product
from commerce.connectors import Listing
from commerce.errors import BackEndUnavailable

UNITS = ("each", "kg", "g", "lb", "oz", "l", "ml")


def with_listings(catalog: Catalog, listings: Collection[Listing]) -> Catalog:
    """What is listed is sold, at those prices; how it is said, and its options, come from the shop file if they are
    there. What is only in the file is not sold. Raises BackEndUnavailable where the listings cannot be a shop's."""
    listed = {each.id: each for each in listings}
    wrong = _wrong(listings)
    if wrong:
        raise BackEndUnavailable(f"The catalogue at [connectors] url cannot be sold: {wrong}.")
    known = [replace(each, price=listed[each.id].price) for each in catalog.products if each.id in listed]
    new = [_product(each) for each in listings if each.id not in catalog.by_id]
    groups = {each.id for each in catalog.categories}
    more = dict.fromkeys(each.category for each in new if each.category and each.category not in groups)
    categories = (*catalog.categories, *(Category(each, each.replace("_", " ")) for each in more))
    kept = {each.id for each in known}
    deals = tuple(each for each in catalog.deals if each.product is None or each.product in kept)
    return replace(catalog, products=(*known, *new), categories=categories, deals=deals)


def _product(listing: Listing) -> Product:
    aliases = tuple(each for each in listing.aliases if _is_sayable(each))
    return Product(listing.id, listing.name, aliases, listing.category, listing.price, listing.unit)


def _wrong(listings: Collection[Listing]) -> str:
    twice = [product for product, times in Counter(each.id for each in listings).items() if times > 1]
    unsayable = [each.id for each in listings if not each.id or not _is_sayable(each.name)]
    unmeasured = [each.id for each in listings if each.unit not in UNITS]
    if not listings:
        return "there is nothing in it"
    if twice:
        return f"{twice[0]!r} is in it more than once"
    if unsayable:
        return f"{unsayable[0]!r} has no name that can be said"
    return f"the unit of {unmeasured[0]!r} must be one of {', '.join(UNITS)}" if unmeasured else ""


def _is_sayable(name: str) -> bool:
    return name.isprintable() and any(letter.isalpha() for letter in name)
