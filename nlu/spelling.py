"""Knows how names and codes are spelled: letters, alphabets, "K as in Karol", digits. Knows no word by heart. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.language import Language
from nlu.numbers import number_words, read_number

FIRST_PAIR = 10
"""Below, a number is one digit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`text`: letters in capitals and digits; `spelled`: nothing in it was a word said as a whole."""

    text: str
    spelled: bool


def read_spelling(words: Sequence[str], language: Language) -> Reading:
    """What is spelled, letter by letter, digit by digit, in numbers, and in words as they are: "summer ten"."""
    text, spelled, repeat, at = "", True, 1, 0
    while at < len(words):
        if words[at] in language.digit_repeats and at + 1 < len(words):
            repeat, at = language.digit_repeats[words[at]], at + 1
            continue
        piece, at, known = _piece(words, at, language)
        text, repeat, spelled = text + piece * repeat, 1, spelled and known
    return Reading(text, spelled)


def _piece(words: Sequence[str], at: int, language: Language) -> tuple[str, int, bool]:
    """What begins there, where it ends, and whether it is known to be spelled."""
    word = words[at]
    if example := _example(words, at, language):
        return example
    number = read_number(words, at, language)
    if number and number[0] >= FIRST_PAIR and number[0] == int(number[0]):
        return str(int(number[0])), number[1], True
    for known in (language.letters, language.digits):
        if word in known:
            return known[word].upper(), at + 1, True
    if word in language.spelling_fillers:
        return "", at + 1, True
    return "".join(each for each in word.upper() if each.isalnum()), at + 1, False


def _example(words: Sequence[str], at: int, language: Language) -> tuple[str, int, bool] | None:
    """ "K as in Karol": the word tells the letter, which is easily misheard alone. With a letter of another word before
    it, it is neither."""
    for link in language.spelling_links:
        for before in (1, 0):
            start = at + before
            end = start + len(link)
            if tuple(words[start:end]) != link or end >= len(words) or not words[end][0].isalpha():
                continue
            letter = words[end][0].upper()
            said = language.letters.get(words[at], "").upper() if before else letter
            if said:
                return letter, end + 1, said == letter
    return None


def same_code(text: str, codes: Iterable[str]) -> str | None:
    """The one of the codes that it is; a letter O and a zero are said alike."""
    return next((code for code in codes if _alike(code) == _alike(text)), None)


def _alike(code: str) -> str:
    return "".join(each for each in code.upper() if each.isalnum()).replace("O", "0")


def said_so(code: str, language: Language) -> list[str]:
    """A code in words, for who listens: its letters together as a word and one by one, its digits in both ways."""
    runs: list[str] = []
    for each in code.lower():
        if not each.isalnum():
            continue
        if runs and runs[-1].isdigit() == each.isdigit():
            runs[-1] += each
        else:
            runs.append(each)
    names = {letter: said for said, letter in reversed(list(language.letters.items()))}
    digits = {digit: said for said, digit in reversed(list(language.digits.items()))}
    singly = " ".join(names.get(each, digits.get(each, each)) for run in runs for each in run)
    short = [" ".join(number_words(int(run), language)) if run.isdigit() and len(run) < 3 else run for run in runs]
    return [" ".join(short), singly]
