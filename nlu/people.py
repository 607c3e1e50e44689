"""Knows how people are told apart by the names they go by. Knows no customer. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.intent import Person
from nlu.language import Language
from nlu.phrasebook import Words
from nlu.text import words_of


@dataclass(frozen=True, slots=True)
class _Said:
    """Where a name is said: the `whole` of it, or its first word only."""

    name: str
    start: int
    end: int
    whole: bool

    def gives_way(self, other: _Said) -> bool:
        """Whether the same words are rather the other name."""
        if other.name == self.name or not (other.start <= self.start and self.end <= other.end):
            return False
        longer = other.end - other.start > self.end - self.start
        return longer or (other.whole and not self.whole)


def ways_to_say(name: str, language: Language) -> list[str]:
    """The name as it is said, whole and by its first word."""
    return [" ".join(way) for way in _ways(name, language)]


def person(words: Sequence[str], names: Sequence[str], language: Language) -> Person | None:
    """The one of the names that is said; None where there is none, or more than one."""
    said = [
        _Said(name, at, at + len(way), way == ways[0])
        for name in names
        for ways in [_ways(name, language)]
        for way in ways
        for at in range(len(words))
        if tuple(words[at : at + len(way)]) == way
    ]
    found = {each.name for each in said if not any(each.gives_way(other) for other in said)}
    return Person(found.pop()) if len(found) == 1 else None


def _ways(name: str, language: Language) -> list[Words]:
    words = tuple(words_of(name, language))
    return [way for way in dict.fromkeys((words, words[:1])) if way]
