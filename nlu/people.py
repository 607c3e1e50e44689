"""Knows how people are told apart by the names they go by. Knows no customer. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.intent import Person
from nlu.language import Language
from nlu.text import words_of


def ways_to_say(name: str, language: Language) -> list[str]:
    """The name as it is said, whole and by its first word."""
    words = words_of(name, language)
    return [" ".join(way) for way in dict.fromkeys((tuple(words), tuple(words[:1]))) if way]


def person(words: Sequence[str], names: Sequence[str], language: Language) -> Person | None:
    """The one of the names that is said; None where none or more than one fits. The whole of a name goes first."""
    for length in ("whole", "first"):
        said = {name: _way(name, length, language) for name in names}
        found = [name for name, way in said.items() if way and _holds(words, way)]
        longest = max((len(said[name]) for name in found), default=0)
        found = [name for name in found if len(said[name]) == longest]
        if found:
            return Person(found[0]) if len(found) == 1 else None
    return None


def _way(name: str, length: str, language: Language) -> tuple[str, ...]:
    words = words_of(name, language)
    return tuple(words if length == "whole" else words[:1])


def _holds(words: Sequence[str], way: tuple[str, ...]) -> bool:
    return any(tuple(words[at : at + len(way)]) == way for at in range(len(words)))
