"""Knows what in a caller's words may be personal: long numbers, cards, mail addresses. Knows no shop. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.language import Language
from nlu.numbers import read_digits, read_number
from nlu.text import words_of

MASK = "•••"
LONGEST_OPEN_NUMBER = 3
"""Longer numbers may be somebody's PIN, telephone number or card."""
CARD_DIGITS = range(13, 20)
"""ISO/IEC 7812: so many digits, the last of them a check digit (Luhn)."""
FIGURES = re.compile(r"[+(]?\d(?:[\s./()-]*\d)*")
WRITTEN_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
MOST_BEFORE_AT = 6


def redact(text: str, language: Language) -> str:
    """The text with `MASK` in place of each long number, in figures or words, and of each mail address."""
    text = WRITTEN_MAIL.sub(MASK, text)
    text = FIGURES.sub(lambda found: MASK if _digits_in(found[0]) > LONGEST_OPEN_NUMBER else found[0], text)
    words = text.split()
    for begin, end in reversed(_spans(words, language)):
        words[begin:end] = [MASK]
    return " ".join(words)


def is_card(digits: str) -> bool:
    """Whether this can be the number of a payment card."""
    return digits.isdigit() and len(digits) in CARD_DIGITS and _luhn(digits) == 0


def card_in(text: str, language: Language) -> bool:
    """Whether the number of a payment card is said somewhere in the text."""
    if any(is_card("".join(filter(str.isdigit, found))) for found in FIGURES.findall(text)):
        return True
    words = words_of(text, language)
    return any(is_card(_said(words[begin:end], language)) for begin, end in _numbers(words, language))


def _luhn(digits: str) -> int:
    doubled = (sum(divmod(2 * int(each), 10)) for each in digits[-2::-2])
    return (sum(doubled) + sum(int(each) for each in digits[-1::-2])) % 10


def _digits_in(text: str) -> int:
    return sum(each.isdigit() for each in text)


def _spans(words: Sequence[str], language: Language) -> list[tuple[int, int]]:
    """What is to be masked, in order and apart from each other."""
    plain = [word.strip(".,;:!?").lower() for word in words]
    numbers = [each for each in _numbers(plain, language) if _is_long(plain[each[0] : each[1]], language)]
    found: list[tuple[int, int]] = []
    for begin, end in sorted([*numbers, *_mail(plain, language)]):
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _is_long(words: Sequence[str], language: Language) -> bool:
    if len(_said(words, language)) <= LONGEST_OPEN_NUMBER:
        return False
    amount = read_number(words, 0, language)
    return amount is None or amount[1] < len(words) or all(word in language.digits for word in words)


def _said(words: Sequence[str], language: Language) -> str:
    return read_digits(words, language)[0]


def _numbers(words: Sequence[str], language: Language) -> list[tuple[int, int]]:
    """The longest stretches of spoken digits, with "um" and the like inside but not around them."""
    found: list[tuple[int, int]] = []
    begin = end = -1
    for at, word in enumerate(words):
        if _is_number(word, language):
            begin, end = (at if begin < 0 else begin), at + 1
        elif begin >= 0 and word not in language.digit_words["fillers"]:
            found.append((begin, end))
            begin = -1
    return found if begin < 0 else [*found, (begin, end)]


def _is_number(word: str, language: Language) -> bool:
    tens = 10 <= language.numbers.get(word, 0) < 100
    parts = language.digit_words["hundred"] | language.digit_words["thousand"]
    return word.isdigit() or word in language.digits or tens or word in language.digit_repeats or word in parts


def _mail(words: Sequence[str], language: Language) -> list[tuple[int, int]]:
    """ "john dot smith at example dot com": from where the name begins to where the domain ends."""
    told = language.mail_words
    found = []
    for at, word in enumerate(words):
        if word not in told["at"]:
            continue
        dot = next((place for place in range(at + 2, min(at + 5, len(words))) if words[place] in told["dot"]), None)
        if dot is None or dot + 1 >= len(words):
            continue
        end = dot + 2
        while end + 1 < len(words) and words[end] in told["dot"]:
            end += 2
        begin = at
        while begin > 0 and at - begin < MOST_BEFORE_AT and words[begin - 1] not in told["before"]:
            begin -= 1
        found.append((begin, end))
    return found
