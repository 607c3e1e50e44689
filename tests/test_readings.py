from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from voice.readings import best_reading, settle
from voice.recognizer import UNKNOWN, Transcript, Word
from voice.settings import Decoding


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


@dataclass(frozen=True)
class Number:
    dictated: str | None
    understood: bool = True


def read_number(said: Transcript) -> Number:
    digits = said.text.replace(" ", "")
    return Number(digits if digits.isdigit() else None, bool(digits))


def spoken_number(*ways: tuple[str, float]) -> Transcript:
    first, *others = (Transcript(text, "fake", log_likelihood=-worse) for text, worse in ways)
    return replace(first, alternatives=tuple(others))


@pytest.mark.parametrize(
    ("ways", "second", "settled", "asked"),
    [
        ((("4 7 3 9", 0),), None, "4 7 3 9", False),
        ((("4 7 3 9", 0), ("4 7 3 5", 5.0)), None, "4 7 3 9", False),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), "4739", "4 7 3 9", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), "4735", "4 7 3 5", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), "4732", "", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), "", "", True),
        ((("4 7 pay 9", 0), ("4 7 3 9", 4.0)), "4739", "4 7 3 9", True),
        ((("4 7 pay 9", 0), ("4 7 3 9", 6.5)), "4739", "", True),
        ((("4 7 pay 9", 0), ("4 7 3 9", 6.5)), "1111", "", True),
        ((("help", 0),), "4739", "help", False),
    ],
)
async def test_a_number_counts_only_beyond_doubt(
    ways: tuple[tuple[str, float], ...], second: str | None, settled: str, asked: bool
) -> None:
    heard_again: list[str | None] = []

    async def hear_again() -> Number:
        heard_again.append(second)
        return Number(second)

    transcript, meaning = await settle(spoken_number(*ways), read_number, hear_again, Decoding())
    assert transcript.text == settled
    assert meaning.understood == bool(settled)
    assert bool(heard_again) == asked


async def test_without_a_second_opinion_the_likeliest_reading_stays() -> None:
    async def hear_again() -> None:
        return None

    spoken = spoken_number(("4 7 3 9", 0), ("4 7 3 5", 2.0))
    transcript, _ = await settle(spoken, read_number, hear_again, Decoding())
    assert transcript.text == "4 7 3 9"
