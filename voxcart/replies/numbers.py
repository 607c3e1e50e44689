"""Knows how numbers become words, digit by digit or whole. Knows no sentence. PURE."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from num2words import num2words


def plain(number: Decimal) -> int | Decimal:
    """Without trailing zeros: plural rules tell 1 from 1.0."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def number_words(number: Decimal, language: str) -> str:
    """ "one thousand two hundred and four", "two point five"."""
    words: str = num2words(plain(number), lang=language)
    return words.replace(",", "")


def ordinal_words(place: int, language: str) -> str:
    """ "first", "second"."""
    words: str = num2words(place, lang=language, to="ordinal")
    return words


def digit_groups(digits: str, language: str) -> str:
    """Digit by digit in groups of three, with a pause between the groups; a lone last digit joins the group before."""
    groups = _in_threes(digits)
    return ", ".join(" ".join(number_words(Decimal(digit), language) for digit in group) for group in groups)


def _in_threes(text: str) -> list[str]:
    cuts = list(range(0, len(text), 3))
    if len(text) > 3 and len(text) % 3 == 1:
        cuts.pop()
    return [text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def spelled_out(text: str, language: str) -> str:
    """Letter by letter, digit by digit, as `digit_groups`: "K O W, one zero"."""
    runs = ["".join(run) for _, run in groupby(filter(str.isalnum, text), key=str.isdigit)]
    return ", ".join(digit_groups(run, language) if run.isdigit() else _letters(run) for run in runs)


def _letters(text: str) -> str:
    return ", ".join(" ".join(group) for group in _in_threes(text.upper()))


def amount_class(quantity: Decimal) -> str:
    """Fractions that have a name of their own."""
    return {Decimal("0.5"): "half", Decimal("0.25"): "quarter"}.get(quantity, "other")
