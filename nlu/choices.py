"""Knows which of the things just offered was picked. Knows nothing of the cart. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.draft import Draft
from nlu.intent import Choice, Pick
from nlu.lexicon import Lexicon, Product
from nlu.numbers import read_number
from nlu.phrases import Phrase
from nlu.text import words_of


def pick(phrases: Sequence[Phrase], lexicon: Lexicon, focus: Sequence[str]) -> Pick | None:
    """The pick that the phrases are; `focus` holds the ids of the products, or of the group and product, offered."""
    if len(phrases) != 1 or phrases[0].lost_things or phrases[0].lost_options or phrases[0].same:
        return None
    phrase = phrases[0]
    if numbered := _numbered(phrase, lexicon, focus):
        return Pick(options=(numbered,))
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


def _numbered(phrase: Phrase, lexicon: Lexicon, focus: Sequence[str]) -> Choice | None:
    """The one option of the group asked about that has the number in its name: "24", of a "box of 24"."""
    asked = [each for each in focus if each in lexicon.groups]
    if phrase.is_closed or phrase.counted is None or phrase.unit or phrase.position or len(asked) != 1:
        return None
    language = lexicon.language
    said = phrase.counted
    fitting = [
        each.id
        for each in lexicon.groups[asked[0]].values
        for name in each.spoken[:1]
        for words in [words_of(name, language)]
        if any((found := read_number(words, at, language)) and found[0] == said for at in range(len(words)))
    ]
    return Choice(asked[0], fitting[0]) if len(fitting) == 1 else None


def _offered(product: Product, focus: Sequence[str]) -> str | None:
    if product.guessed:
        return None
    among = [each for each in product.ids if each in focus]
    if len(among) == 1:
        return among[0]
    return product.ids[0] if len(product.ids) == 1 and not focus else None
