"""Knows how numbers become words, digit by digit or whole. Knows no sentence. PURE."""

from __future__ import annotations

from decimal import Decimal

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
    cuts = list(range(0, len(digits), 3))
    if len(digits) > 3 and len(digits) % 3 == 1:
        cuts.pop()
    groups = (digits[start:end] for start, end in zip(cuts, [*cuts[1:], len(digits)], strict=True))
    return ", ".join(" ".join(number_words(Decimal(digit), language) for digit in group) for group in groups)


def amount_class(quantity: Decimal) -> str:
    """Fractions that have a name of their own."""
    return {Decimal("0.5"): "half", Decimal("0.25"): "quarter"}.get(quantity, "other")
