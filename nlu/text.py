"""Knows how written and recognised text becomes comparable words. Knows no meaning. PURE."""

from __future__ import annotations

import re
import unicodedata

from nlu.language import Language
from nlu.numbers import number_words

_GLUED = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DECIMAL = re.compile(r"^\d+\.\d+$")
_NOT_WORD = re.compile(r"[^\w'.]+|(?<!\d)\.|\.(?!\d)|_")
_COMMA = re.compile(r"[,;](?!\d{3}\b)")
LONGEST_WORDS = 3
"""Numbers of up to this many digits are read as words; longer ones are telephone and order numbers."""


def words_of(text: str, language: Language) -> list[str]:
    """Lower-case words without punctuation and accents; numbers and units as they are said: "16oz" is sixteen ounce."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for symbol, spoken in language.symbols.items():
        plain = plain.replace(symbol, f" {spoken} ")
    plain = _GLUED.sub(" ", _GROUPED.sub("", plain))
    words: list[str] = []
    counted = False
    for word in _NOT_WORD.sub(" ", plain).split():
        word = word.strip("'")
        if counted and word in language.abbreviations:
            words.append(language.abbreviations[word])
            continue
        counted = word[:1].isdigit() or word in language.numbers
        if word.isdigit() and len(word) <= LONGEST_WORDS and not (len(word) > 1 and word[0] == "0"):
            words += number_words(int(word), language)
        elif _DECIMAL.match(word):
            words += _decimal_words(word, language)
        elif word:
            words.append(word)
    return words


def commas(text: str, language: Language) -> frozenset[int]:
    """The places of the words that stand after a comma; what is heard has none."""
    places, at = set(), 0
    for part in _COMMA.split(text):
        places.add(at)
        at += len(words_of(part, language))
    return frozenset(places - {0})


def _decimal_words(written: str, language: Language) -> list[str]:
    whole, _, digits = written.partition(".")
    if len(whole) > LONGEST_WORDS:
        return [written]
    said = [word for digit in digits for word in number_words(int(digit), language)]
    return [*number_words(int(whole), language), language.number_parts["point"][0], *said]


def plural(name: str, language: Language) -> str:
    """How a name is said of several."""
    for pattern, new in language.plurals:
        said, changed = re.subn(pattern, new, name, count=1)
        if changed:
            return said
    return name


def stem(word: str, language: Language) -> str:
    """What a name, its plural and its abbreviation have in common: not a word, only good for comparing."""
    word = language.irregular.get(word, word)
    word = language.units.get(word, word)
    for endings in language.endings:
        for old, new in endings:
            if word.endswith(old) and len(word) - len(old) >= 2:
                word = word[: len(word) - len(old)] + new
                break
    return word


def is_unfinished(text: str, language: Language) -> bool:
    """Whether the words so far end as no sentence does: "I'd like", "a latte and"."""
    return bool(language.unfinished.trailing(words_of(text, language)))
