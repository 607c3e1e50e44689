"""Knows how people say when something is to come: "tomorrow after five". Knows no time that can be had. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nlu.intent import When
from nlu.language import Language
from nlu.numbers import read_number
from nlu.phrasebook import Words

MIDDAY = 12 * 60
PARTS = {"morning": 0, "afternoon": MIDDAY, "evening": 17 * 60}
"""From when on they are, where no hour is said."""


@dataclass(slots=True)
class _Found:
    when: When
    any: bool = False
    ended: bool = False
    """The "and seven" of "between five and seven" says nothing more."""


def read_time(words: Sequence[str], language: Language) -> When | None:
    """All of the words as a time; None if some of them are none."""
    said, at, found = tuple(words), 0, _Found(When())
    while at < len(said):
        end = _day(said, at, language, found) or _hour(said, at, language, found) or _word(said, at, language, found)
        if not end:
            return None
        at = end
    return found.when if found.any else None


def _day(said: Words, at: int, language: Language, found: _Found) -> int:
    for length in range(min(3, len(said) - at), 0, -1):
        if day := language.days.get(said[at : at + length]):
            tonight = _starts(said, at, language, "evening")
            found.when, found.any = replace(found.when, day=day), True
            if tonight and found.when.minute is None:
                found.when = replace(found.when, minute=PARTS["evening"], how="after", part="pm")
            return at + length
    return 0


def _hour(said: Words, at: int, language: Language, found: _Found) -> int:
    """ "half past five", "five thirty", "five", "noon"."""
    extra = 0
    start = at
    for key, minutes in (("half", 30), ("quarter", 15)):
        if length := _starts(said, at, language, key):
            extra, start = minutes, at + length
    if length := _starts(said, at, language, "noon"):
        return _set(found, MIDDAY, "pm", at + length)
    number = read_number(said, start, language)
    if number is None or not 0 < number[0] <= 24 or number[0] != int(number[0]):
        return 0
    hour, end = int(number[0]), number[1]
    following = read_number(said, end, language)
    if not extra and following and 9 < following[0] < 60:
        extra, end = int(following[0]), following[1]
    return _set(found, (hour * 60 + extra) % (24 * 60), None, end)


def _set(found: _Found, minute: int, part: Literal["am", "pm"] | None, end: int) -> int:
    if not found.ended:
        found.when = replace(found.when, minute=minute, part=part or found.when.part)
    found.any = found.ended = True
    return end


def _word(said: Words, at: int, language: Language, found: _Found) -> int:
    hour_known = found.ended
    for how in ("after", "before", "at"):
        if length := _starts(said, at, language, how):
            found.when = found.when if hour_known else replace(found.when, how=how)
            return at + length
    for part in ("am", "pm"):
        if hour_known and (length := _starts(said, at, language, part)):
            found.when = replace(found.when, part=part)
            return at + length
    for name, minute in PARTS.items():
        if not hour_known and (length := _starts(said, at, language, name)):
            bound = replace(found.when, minute=minute, how="after", part="pm")
            morning = replace(found.when, minute=MIDDAY, how="before", part="pm")
            found.when, found.any = morning if name == "morning" else bound, True
            return at + length
    for key in ("clock", "soonest", "idle"):
        if length := _starts(said, at, language, key):
            found.any = found.any or key == "soonest"
            return at + length
    return 0


def _starts(said: Words, at: int, language: Language, key: str) -> int:
    """The length of the longest of these phrases that begins there."""
    return len(language.times[key].leading(said, at))
