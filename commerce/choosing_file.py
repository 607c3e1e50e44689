"""Knows how a merchant writes what goods are like and what goes with them. Knows no price and no stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from commerce.catalog import Product
from commerce.shop_tables import Place, nearest


def read_traits(place: Place, raw: Mapping[str, str | list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Raises ShopFileError for what cannot be said."""
    traits = []
    for about, written in raw.items():
        values = tuple(dict.fromkeys([written] if isinstance(written, str) else written))
        for each in (about, *values):
            if not each.isprintable() or not any(character.isalnum() for character in each):
                raise place.fault(f"the key 'traits': {each!r} cannot be said")
        if values:
            traits.append((about, values))
    return tuple(traits)


def with_companions(file: Path, products: Iterable[Product]) -> tuple[Product, ...]:
    """`goes_with` as ids, where names were written. Raises ShopFileError for what the shop does not have."""
    products = tuple(products)
    ids = {name: each.id for each in products for name in (each.name, each.id)}
    found = []
    for each in products:
        for name in each.goes_with:
            if name not in ids or ids[name] == each.id:
                hint = "" if name in ids else nearest(name, sorted(ids))
                what = "is itself" if name in ids else f"names {name!r}, but there is no such product{hint}"
                raise Place(file, f"[[products]] ({each.name})").fault(f"the key 'goes_with' {what}")
        found.append(replace(each, goes_with=tuple(dict.fromkeys(ids[name] for name in each.goes_with))))
    return tuple(found)
