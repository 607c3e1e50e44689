from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from voice.audio import hiss, silence
from voice.readings import best_reading, remembered, settle, wants_second, weighed
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
    ("first", "second", "settled", "asked"),
    [
        ((("4 7 3 9", 0),), (), "4 7 3 9", False),
        ((("4 7 3 9", 0), ("4 7 3 5", 8.0)), (), "4 7 3 9", False),
        ((("4 7 3 9", 0), ("4 7 3 5", 7.0)), (("4 7 3 9", 0),), "4 7 3 9", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 7.0)), (("4 7 3 5", 0),), "4 7 3 5", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), (("4 7 3 5", 0), ("4 7 3 9", 0.5)), "", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), (("4 7 3 9", 0), ("4 7 3 5", 0.5)), "4 7 3 9", True),
        ((("4 7 3 9", 0), ("4 7 3 5", 2.0)), (("hello", 0),), "", True),
        ((("4 7 pay 9", 0), ("4 7 3 9", 4.0)), (("4 7 3 9", 0),), "4 7 3 9", True),
        ((("4 7 pay 9", 0),), (("4 7 3 9", 0), ("4 7 3 5", 3.0)), "4 7 3 9", True),
        ((("4 7 pay 9", 0),), (("4 7 3 9", 0), ("4 7 3 5", 0.5)), "", True),
        ((("4 7 pay 9", 0),), (("", 0),), "", True),
    ],
)
async def test_a_number_counts_only_beyond_doubt(
    first: tuple[tuple[str, float], ...], second: tuple[tuple[str, float], ...], settled: str, asked: bool
) -> None:
    heard_again: list[Transcript] = []

    async def hear_again() -> Transcript:
        heard_again.append(spoken_number(*second))
        return heard_again[-1]

    transcript, meaning = await settle(spoken_number(*first), read_number, hear_again, Decoding())
    assert transcript.text == settled
    assert meaning.understood == bool(settled)
    assert bool(heard_again) == asked


async def test_without_a_second_opinion_the_likeliest_reading_stays() -> None:
    async def hear_again() -> None:
        return None

    spoken = spoken_number(("4 7 3 9", 0), ("4 7 3 5", 2.0))
    transcript, _ = await settle(spoken, read_number, hear_again, Decoding())
    assert transcript.text == "4 7 3 9"


# ---- two hearings ----------------------------------------------------------------------------------------------------


def ways(*readings: tuple[str, float]) -> Transcript:
    first, *others = (Transcript(text, "fake", log_likelihood=likelihood) for text, likelihood in readings)
    return replace(first, alternatives=tuple(others))


@pytest.mark.parametrize(
    ("first", "second", "believed"),
    [
        ([("a latte", 0.0), ("a mocha", -1.0)], [("a mocha", 0.0), ("a latte", -2.0)], "a mocha"),
        ([("a latte", 0.0), ("a mocha", -5.0)], [("a mocha", 0.0), ("a latte", -2.0)], "a latte"),
        ([("a latte", 0.0)], [("a mocha", -40.0)], "a mocha"),
        ([("a latte", 0.0), ("a mocha", -9.0)], [("gibberish", 0.0)], "a latte"),
        ([("gibberish", 0.0)], [("thank you", 0.0), ("a mocha", -3.0)], "a mocha"),
        ([("gibberish", 0.0)], [("yes", 0.0)], None),
        ([("a lattice", 0.0)], [("a lattice", 0.0)], None),
    ],
)
def test_two_hearings_decide_together(
    first: list[tuple[str, float]], second: list[tuple[str, float]], believed: str | None
) -> None:
    both = weighed(replace(ways(*first), over_prompt=True), ways(*second), understand, Decoding())
    assert (both and both[0].text) == believed
    assert both is None or (both[1] is understand(both[0]) and both[0].over_prompt)


def test_ways_that_mean_the_same_count_together() -> None:
    @dataclass(frozen=True)
    class Meant(Read):
        gist: str = ""

    def meant(said: Transcript) -> Meant:
        return Meant(said.text, can_replace=True, gist=said.text.split()[-1])

    first = ways(("a latte", 0.0), ("one mocha", -0.4), ("a mocha", -0.5))
    both = weighed(first, ways(("", 0.0)), meant, Decoding())
    assert both is not None
    assert both[1].gist == "mocha"


NOISY = hiss(16_000, -30, seed=1)
CLEAR = silence(8_000) + NOISY


@pytest.mark.parametrize(
    ("readings", "pcm", "wanted"),
    [
        ([("gibberish", 0.0)], CLEAR, True),
        ([("a latte", 0.0), ("a mocha", -2.0)], NOISY, True),
        ([("a latte", 0.0), ("a mocha", -2.0)], CLEAR, False),
        ([("a latte", 0.0), ("a mocha", -4.0)], NOISY, False),
        ([("a latte", 0.0), ("gibberish", -2.0)], NOISY, True),
        ([("a lattice", 0.0)], NOISY, True),
        ([("a lattice", 0.0)], CLEAR, False),
        ([("yes", 0.0), ("a latte", -1.0)], NOISY, False),
    ],
)
def test_a_second_hearing_is_wanted_for_doubt_on_a_noisy_line(
    readings: list[tuple[str, float]], pcm: bytes, wanted: bool
) -> None:
    heard = ways(*readings)
    assert wants_second(heard, understand(heard), understand, pcm, Decoding()) is wanted


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
