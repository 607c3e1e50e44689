from __future__ import annotations

from dataclasses import dataclass

import pytest

from voice.recognizer import UNKNOWN, Transcript, Word
from voice.words import best_reading


@dataclass(frozen=True)
class Read:
    text: str
    understood: bool = True
    replaceable: bool = False
    can_replace: bool = False


KNOWN = {
    "a latte": Read("a latte", can_replace=True),
    "a mocha": Read("a mocha", can_replace=True),
    "yes": Read("yes"),
    "a lattice": Read("a lattice", replaceable=True),
}


def understand(said: Transcript) -> Read:
    return KNOWN.get(said.text, Read(said.text, understood=False, replaceable=True))


def heard(text: str, *others: str) -> Transcript:
    return Transcript(text, "fake", over_prompt=True, alternatives=tuple(Transcript(each, "fake") for each in others))


@pytest.mark.parametrize(
    ("first", "others", "believed"),
    [
        ("a latte", ("a mocha",), "a latte"),
        ("a lot a", ("a ladder", "a latte", "a mocha"), "a latte"),
        ("a lattice", ("a latte",), "a latte"),
        ("a lattice", ("a ladder",), "a lattice"),
        ("yeah s", ("yes",), "yeah s"),
        ("a lot a", (), "a lot a"),
    ],
)
def test_the_likeliest_certain_reading_is_believed(first: str, others: tuple[str, ...], believed: str) -> None:
    transcript, meaning = best_reading(heard(first, *others), understand)
    assert transcript.text == meaning.text == believed
    assert transcript.over_prompt


def test_a_reading_that_is_mostly_unknown_speech_is_not_believed() -> None:
    words = (Word("a", 0.0, 0.1), Word("latte", 0.1, 0.3), Word(UNKNOWN, 0.3, 2.0))
    first = Transcript("a lot", "fake", (Word("a", 0.0, 0.2), Word("lot", 0.2, 2.0)))
    both = Transcript("a lot", "fake", first.words, alternatives=(Transcript("a latte", "fake", words),))
    transcript, meaning = best_reading(both, understand)
    assert transcript.text == "a lot"
    assert not meaning.understood
