"""Knows every name of a shop in a sentence as callers say it. Knows no sound. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from nlu.lexicon import Lexicon
from nlu.numbers import read_number
from nlu.sampling import Sampler
from nlu.vocabulary import OptionGroup


@dataclass(frozen=True, slots=True)
class Saying:
    """`sentence` asks for the `product`, with the value `choice` (group, value) if there is one. `name`, of the product
    or the value, is what the sentence is about, as it is said."""

    sentence: str
    name: str
    product: str
    choice: tuple[str, str] | None = None


def sayings(lexicon: Lexicon, seed: int) -> list[Saying]:
    """One sentence for each name of each product, then for each name of each value that a product takes."""
    speaker = _Speaker(lexicon, seed)
    shop = lexicon.vocabulary
    said = [
        Saying(speaker.order(name), name, product.id)
        for product in shop.products
        for name in dict.fromkeys(map(lexicon.said, product.spoken))
    ]
    return said + [saying for group in shop.groups for saying in _of_values(group, lexicon, speaker)]


def _of_values(group: OptionGroup, lexicon: Lexicon, speaker: _Speaker) -> Iterator[Saying]:
    """Each value with one of the products that take it, in turn."""
    takers = [product for product in lexicon.vocabulary.products if group.id in product.options]
    if not takers:
        return
    turn = cycle(takers)
    for value in group.values:
        for name in dict.fromkeys(map(lexicon.said, value.spoken)):
            taker = next(turn)
            product = lexicon.said(taker.spoken[0])
            sentence = speaker.order_with(name, product) if group.amounts else speaker.order(f"{name} {product}")
            yield Saying(sentence, name, taker.id, (group.id, value.id))


class _Speaker:
    """Puts names into the frames that the recogniser is taught, always with "an" where it is due."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._lexicon = lexicon
        self._sampler = Sampler(lexicon, seed)
        self._amends = [(re.compile(pattern), new) for pattern, new in lexicon.language.amends]

    def order(self, thing: str) -> str:
        return self._amended(f"{self._sampler.frame('carriers')} {self._article(thing)} {thing}")

    def order_with(self, value: str, thing: str) -> str:
        return f"{self.order(thing)} {self._sampler.frame('with')} {value}"

    def _article(self, thing: str) -> str:
        """One that does not count what is several."""
        several = self._lexicon.is_plural(thing.split()[-1])
        article = self._sampler.frame("articles")
        while several and read_number([article], 0, self._lexicon.language):
            article = self._sampler.frame("articles")
        return article

    def _amended(self, sentence: str) -> str:
        for pattern, new in self._amends:
            sentence = pattern.sub(new, sentence)
        return sentence
