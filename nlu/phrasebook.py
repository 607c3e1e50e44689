"""Knows phrases by how an utterance begins or ends with them. Knows nothing of what they mean. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]


class Phrases:
    """A set of word sequences in their order; what it finds takes as long for ten thousand phrases as for ten."""

    __slots__ = ("_all", "_lengths")

    def __init__(self, phrases: Iterable[Words]) -> None:
        self._all = dict.fromkeys(each for each in phrases if each)
        self._lengths = tuple(sorted({len(each) for each in self._all}, reverse=True))

    def __contains__(self, words: object) -> bool:
        return words in self._all

    def __iter__(self) -> Iterator[Words]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __add__(self, others: Iterable[Words]) -> Phrases:
        return Phrases(chain(self._all, others))

    def starting(self, words: Sequence[str], at: int = 0) -> Iterator[Words]:
        """Those that stand in `words` from `at` on, the longest first."""
        for length in self._lengths:
            here = tuple(words[at : at + length])
            if len(here) == length and here in self._all:
                yield here

    def leading(self, words: Sequence[str], at: int = 0) -> Words:
        """The longest that stands in `words` from `at` on; empty where none does."""
        return next(self.starting(words, at), ())

    def trailing(self, words: Sequence[str]) -> Words:
        """The longest that `words` end with; empty where none does."""
        for length in self._lengths:
            here = tuple(words[max(0, len(words) - length) :])
            if len(here) == length and here in self._all:
                return here
        return ()

    def stripped(self, words: Sequence[str]) -> Words:
        """`words` without these at both ends, as often as they stand there."""
        left = tuple(words)
        while found := self.leading(left):
            left = left[len(found) :]
        while found := self.trailing(left):
            left = left[: -len(found)]
        return left
