"""Knows what callers say of where an order goes and when, for a recogniser to listen for. Knows no shop. PURE."""

from __future__ import annotations

from random import Random

from nlu.language import Language
from nlu.numbers import number_words

LETTERED = 0.1
"""So many houses have a letter."""
DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
NEAR, FAR = 40, 300
"""Most houses have small numbers."""


class TermSampler:
    """The same for the same seed."""

    def __init__(self, language: Language, seed: int) -> None:
        self._language = language
        self._random = Random(seed)
        signs = [*language.digits.items(), *language.letters.items()]
        self._ways = {each: [said for said, sign in signs if sign == each] for _, each in signs}

    def code(self, form: str, begins: str = "") -> str:
        """A code that looks so, one sign after the other: 9 for a digit, A for a letter."""
        drawn = (self._random.choice(DIGITS if each == "9" else LETTERS) for each in form[len(begins) :])
        signs = begins.lower() + "".join(drawn)
        return " ".join(self._random.choice(self._ways[each]) for each in signs if each in self._ways)

    def house(self) -> str:
        """The number of a house, and perhaps a letter after it."""
        number = self._random.choice((self._random.randint(1, NEAR), self._random.randint(1, FAR)))
        said = " ".join(number_words(number, self._language))
        letter = self._random.choice(list(self._language.letters))
        return f"{said} {letter}" if self._random.random() < LETTERED else said

    def time(self) -> str:
        """When something is to come: a day, an hour, or both."""
        times, choice = self._language.times, self._random.choice
        day = " ".join(choice(list(self._language.days)))
        hour = " ".join(number_words(self._random.randint(1, 12), self._language))
        words = f"{' '.join(choice(list(times[choice(('at', 'after', 'before'))])))} {hour}"
        part = " ".join(choice(list(times[choice(("am", "pm"))])))
        return choice((day, f"{day} {words}", words, f"{words} {part}", f"{day} {part}"))
