"""Knows number words, quantities and digit strings. Knows what is counted by none of them. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nlu.language import Language

EXTRAS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "three_quarters": Decimal("0.75")}


def number_words(number: int, language: Language) -> list[str]:
    """A whole number below 1,000 in words."""
    spoken = {value: word for word, value in reversed(list(language.numbers.items()))}
    if number in spoken and number < 100:
        return [spoken[number]]
    if number < 100:
        return [spoken[number // 10 * 10], spoken[number % 10]]
    rest = number_words(number % 100, language) if number % 100 else []
    return [spoken[number // 100], spoken[100], *rest]


def thousand_ways(figures: str, language: Language) -> list[list[str]]:
    """How whole thousands are said that are written in figures: "one thousand" and "a thousand"."""
    number = int(figures) if figures.isdigit() else 0
    if number % 1000 or not 1000 <= number < 1000_000:
        return []
    spoken = {value: word for word, value in language.numbers.items()}
    ones = ([article] for article in sorted(language.articles)) if number == 1000 else ()
    return [[*count, spoken[1000]] for count in (number_words(number // 1000, language), *ones)]


def read_number(words: Sequence[str], at: int, language: Language) -> tuple[Decimal, int] | None:
    """The quantity that begins at a word, and where it ends; the longest that is a number."""
    said = _said(words, at, language)
    counted = _counted(words, at, language)
    best = max((found for found in (said, counted) if found), key=lambda found: found[1], default=None)
    if best is None:
        return None
    value, end = best
    for part, extra in EXTRAS.items():
        for phrase in language.number_parts[part]:
            tail = phrase.split()
            if list(words[end : end + len(tail)]) == tail:
                return value + extra, end + len(tail)
    return value, end


def _said(words: Sequence[str], at: int, language: Language) -> tuple[Decimal, int] | None:
    for length in range(min(5, len(words) - at), 0, -1):
        value = language.numbers_said.get(tuple(words[at : at + length]))
        if value is not None:
            return value, at + length
    return None


def _counted(words: Sequence[str], at: int, language: Language) -> tuple[Decimal, int] | None:
    try:
        if words[at][0].isdigit():
            return Decimal(words[at]), at + 1
    except (ArithmeticError, IndexError):
        return None
    total, end = _whole(words, at, language)
    if end == at:
        return None
    if end < len(words) and words[end] in language.number_parts["point"]:
        digits = ""
        place = end + 1
        while place < len(words) and words[place] in language.digits:
            digits += language.digits[words[place]]
            place += 1
        if digits:
            return Decimal(f"{total}.{digits}"), place
    return Decimal(total), end


def _whole(words: Sequence[str], at: int, language: Language) -> tuple[int, int]:
    """(value, end); end == at where there is none. Two numbers side by side stay two ("two twenty ounce")."""
    thousands = current = last = 0
    end = place = at
    ands = language.number_parts["and"]
    while place < len(words):
        word = words[place]
        if word in ands and last in (100, 1000) and place + 1 < len(words) and _is_small(words[place + 1], language):
            place += 1
            continue
        value = 1 if place == at and _is_article(words, at, language) else language.numbers.get(word)
        if value is None:
            break
        if value == 100 and 0 < current < 100 and last < 100:
            current *= 100
        elif value == 1000 and current:
            thousands, current = thousands + current * 1000, 0
        elif value >= 100:
            break
        elif end == at or last in (100, 1000) or (last >= 20 and last < 100 and last % 10 == 0 and 0 < value < 10):
            current += value
        else:
            break
        last = value
        place += 1
        end = place
    return thousands + current, end


def _is_article(words: Sequence[str], at: int, language: Language) -> bool:
    """The "a" of "a hundred"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return language.numbers.get(following, 0) >= 100 and language.numbers_said.get((words[at],)) == 1


def _is_small(word: str, language: Language) -> bool:
    return 0 < language.numbers.get(word, 0) < 100


def read_digits(words: Sequence[str], language: Language) -> tuple[str, bool]:
    """The digits said, in order, and whether every word was part of them.

    Digits singly, in pairs ("twelve thirty four"), repeated ("double five"), as figures, or in hundreds.
    """
    digits, clear = "", True
    place = 0
    while place < len(words):
        word = words[place]
        following = words[place + 1] if place + 1 < len(words) else ""
        if word.isdigit():
            digits += word
        elif word in language.digit_repeats and following in language.digits:
            digits += language.digits[following] * language.digit_repeats[word]
            place += 1
        elif word in language.digits and following in language.digit_words["hundred"]:
            rest, end = _rest_of_hundred(words, place + 2, language)
            digits += language.digits[word] + rest
            place = end - 1
        elif word in language.digits and following in language.digit_words["thousand"]:
            digits += language.digits[word] + "000"
            place += 1
        elif word in language.digits:
            digits += language.digits[word]
        elif 10 <= language.numbers.get(word, 0) < 100:
            value, end = _whole(words, place, language)
            digits += str(value)
            place = end - 1
        elif word not in language.digit_words["fillers"]:
            clear = False
        place += 1
    return digits, clear


def _rest_of_hundred(words: Sequence[str], at: int, language: Language) -> tuple[str, int]:
    """The two digits after "eight hundred", and where they end: "and five", "twelve", or nothing said."""
    joined = at < len(words) and words[at] in language.number_parts["and"]
    value, end = _whole(words, at + joined, language)
    single = value < 10 and end < len(words) and words[end] in language.digits
    if end == at + joined or value >= 100 or (single and not joined):
        return "00", at
    return f"{value:02d}", end


def read_letters(words: Sequence[str], language: Language) -> str | None:
    """The word that is spelled, by the names of letters or the telephone alphabet; None if it is not all letters."""
    letters, repeat = "", 1
    for word in words:
        if word in language.digit_repeats and repeat == 1:
            repeat = language.digit_repeats[word]
        elif word in language.letters:
            letters += language.letters[word] * repeat
            repeat = 1
        else:
            return None
    return letters if letters and repeat == 1 else None
