"""Knows how to find the names nearest to a text among very many. Does not know what the names stand for. PURE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

GRAM = 3
RAREST = 12
CANDIDATES = 96


class NameIndex:
    """An inverted trigram index whose candidates are ranked by rapidfuzz's `ratio`, 0 to 100.

    A full scan of 100,000 names takes tens of milliseconds, this about one (benchmarks/lookup.py).
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        postings: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            for gram in _grams(name):
                postings[gram].append(number)
        self._lengths = np.array([len(name) for name in self.names], dtype=np.int32)
        self._postings = {gram: np.array(numbers, dtype=np.int32) for gram, numbers in postings.items()}

    def nearest(self, text: str, limit: int = 5, cutoff: float = 0.0) -> list[tuple[int, float]]:
        """(number of the name, score), best first; equal scores in the order of the names."""
        numbers = self._candidates(text)
        found = process.extract(
            text, [self.names[number] for number in numbers], scorer=fuzz.ratio, limit=limit, score_cutoff=cutoff
        )
        ranked = [(int(numbers[place]), float(score)) for _, score, place in found]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))

    def _candidates(self, text: str) -> list[int]:
        """The names that share most of the text's rarest trigrams; among those, the ones nearest in length."""
        known = [self._postings[gram] for gram in _grams(text) if gram in self._postings]
        if not known:
            return []
        rarest = sorted(known, key=len)[:RAREST]
        shared = np.bincount(np.concatenate(rarest), minlength=len(self.names))
        numbers = np.flatnonzero(shared)
        if len(numbers) > CANDIDATES:
            apart = np.abs(self._lengths[numbers] - len(text))
            scores = shared[numbers] - 0.99 * apart / (apart + len(text))
            numbers = np.sort(numbers[np.argpartition(-scores, CANDIDATES)[:CANDIDATES]])
        return [int(number) for number in numbers]


def _grams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[at : at + GRAM] for at in range(len(padded) - GRAM + 1)}
