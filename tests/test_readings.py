from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from voice.readings import best_reading, remembered
from voice.recognizer import UNKNOWN, Transcript, Word


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
    transcript, meaning = best_reading(heard(first, *others), understand, 3.0)
    assert transcript.text == meaning.text == believed
    assert transcript.over_prompt


def test_a_reading_that_is_much_less_likely_is_not_believed() -> None:
    far = Transcript("a latte", "fake", log_likelihood=-3.1)
    transcript, _ = best_reading(Transcript("a lot a", "fake", alternatives=(far,)), understand, 3.0)
    assert transcript.text == "a lot a"


def test_a_reading_that_is_mostly_unknown_speech_is_not_believed() -> None:
    words = (Word("a", 0.0, 0.1), Word("latte", 0.1, 0.3), Word(UNKNOWN, 0.3, 2.0))
    first = Transcript("a lot", "fake", (Word("a", 0.0, 0.2), Word("lot", 0.2, 2.0)))
    both = Transcript("a lot", "fake", first.words, alternatives=(Transcript("a latte", "fake", words),))
    transcript, meaning = best_reading(both, understand, 3.0)
    assert transcript.text == "a lot"
    assert not meaning.understood


def test_a_reading_is_understood_once() -> None:
    asked: list[str] = []

    def count(said: Transcript) -> Read:
        asked.append(said.text)
        return understand(said)

    once = remembered(count)
    said = Transcript("a latte", "fake")
    assert once(said) is once(replace(said, log_likelihood=-1.0))
    once(replace(said, over_prompt=True))
    assert asked == ["a latte", "a latte"]
