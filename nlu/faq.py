"""Knows which question of the merchant's FAQ was asked in other words. Knows no answer. PURE."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from nlu.lexicon import Lexicon
from nlu.text import words_of

CUTOFF = 0.55
MARGIN = 0.1
UNSEEN = 0.75
"""How much of a word's weight counts that no question holds."""


class FaqIndex:
    """Questions as sets of weighted word stems: the rarer a word among the questions, the more it says."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._questions: list[tuple[str, frozenset[str]]] = []
        seen: Counter[str] = Counter()
        for faq in lexicon.vocabulary.faqs:
            sets = [self._stems(words_of(question, lexicon.language)) for question in faq.questions]
            self._questions += [(faq.id, each) for each in sets if each]
            seen.update({stem for each in sets for stem in each})
        many = max(len(lexicon.vocabulary.faqs), 1)
        self._weights = {stem: 1.0 + math.log(many / count) for stem, count in seen.items()}
        self._unseen = UNSEEN * (1.0 + math.log(many))

    def _stems(self, words: Sequence[str]) -> frozenset[str]:
        language = self._lexicon.language
        text = f" {' '.join(words)} "
        for said, counted in language.synonyms.items():
            text = text.replace(f" {said} ", f" {counted} ")
        return frozenset(self._lexicon.stem(word) for word in text.split() if word not in language.stop_words)

    def match(self, words: Sequence[str]) -> str | None:
        """The id of the one question that is near enough and ahead of those of other ids."""
        asked = self._stems(words)
        if not asked:
            return None
        best: dict[str, float] = {}
        for faq, stems in self._questions:
            best[faq] = max(best.get(faq, 0.0), self._likeness(asked, stems))
        ranked = sorted(best.items(), key=lambda hit: -hit[1])
        if not ranked or ranked[0][1] < CUTOFF:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN:
            return None
        return ranked[0][0]

    def _likeness(self, asked: frozenset[str], stems: frozenset[str]) -> float:
        shared = sum(self._weights[stem] for stem in asked & stems)
        total = sum(self._weights.get(stem, self._unseen) for stem in asked)
        whole = sum(self._weights[stem] for stem in stems)
        return 2 * shared / (total + whole)
