"""Knows which words of a catalogue the parser needs. Does not know how they are parsed or priced. PURE."""

from __future__ import annotations

from commerce import catalog
from nlu import vocabulary


def vocabulary_of(shop: catalog.Catalog) -> vocabulary.Vocabulary:
    """The shop's names under the catalogue's own ids."""
    return vocabulary.Vocabulary(
        language=shop.language,
        products=tuple(_product(product) for product in shop.products),
        groups=tuple(_group(group) for group in shop.groups),
        categories=tuple(vocabulary.Name(each.id, (each.name, *each.aliases)) for each in shop.categories),
        faqs=tuple(vocabulary.Faq(entry.id, entry.questions) for entry in shop.faqs),
        codes=tuple(each.code for each in shop.coupons),
        pays=bool(shop.ways),
        delivers=shop.delivers is not None,
        postcodes=tuple(code for zone in shop.delivers.zones for code in zone.postcodes) if shop.delivers else (),
        postcode_forms=shop.delivers.postcode_formats if shop.delivers else (),
    )


def _product(product: catalog.Product) -> vocabulary.Product:
    return vocabulary.Product(
        id=product.id,
        spoken=(product.name, *product.aliases),
        category=product.category,
        brand=product.brand,
        options=product.options,
        unit=product.unit,
        pack=product.pack,
        traits=product.traits,
    )


def _group(group: catalog.OptionGroup) -> vocabulary.OptionGroup:
    return vocabulary.OptionGroup(
        id=group.id,
        spoken=(group.name, *group.aliases),
        choose=group.choose,
        values=tuple(vocabulary.Name(value.id, (value.name, *value.aliases)) for value in group.values),
        amounts=tuple(vocabulary.Name(amount.id, (amount.name, *amount.aliases)) for amount in group.amounts),
    )
