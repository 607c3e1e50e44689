"""Knows which of the things just offered was picked. Knows nothing of the cart. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.draft import Draft
from nlu.intent import Pick
from nlu.lexicon import Lexicon, Product
from nlu.phrases import Phrase


def pick(phrases: Sequence[Phrase], lexicon: Lexicon, focus: Sequence[str]) -> Pick | None:
    """The pick that the phrases are; `focus` holds the ids of the products, or of the group and product, offered."""
    if len(phrases) != 1 or phrases[0].lost_things or phrases[0].lost_options or phrases[0].same:
        return None
    phrase = phrases[0]
    several = phrase.quantity if not (phrase.article or phrase.quantity == 1) else None
    if several is not None and phrase.product is None and phrase.position is None and phrase.by is None:
        return None
    draft = Draft(lexicon, lambda _: (), tuple(focus))
    options = draft.choices(phrase, tuple(each for each in focus if each in lexicon.groups)) if phrase.values else ()
    if draft.broken or draft.clash or draft.not_sold:
        return None
    if phrase.product is not None:
        offered = _offered(phrase.product, focus)
        if offered is None or (phrase.quantity is not None and phrase.quantity != 1):
            return None
        return Pick(product=offered, options=options, position=phrase.position)
    if phrase.position is not None or phrase.by is not None:
        return Pick(phrase.position, None, options, phrase.by, several)
    return Pick(options=options) if options else None


def _offered(product: Product, focus: Sequence[str]) -> str | None:
    if product.guessed:
        return None
    among = [each for each in product.ids if each in focus]
    if len(among) == 1:
        return among[0]
    return product.ids[0] if len(product.ids) == 1 and not focus else None
