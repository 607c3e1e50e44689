"""How two hearings of the same speech decide together, with made-up likelihoods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from voice.audio import hiss, read_audio, silence, through_telephone
from voice.recognizer import Transcript, Word
from voice.settings import Decoding
from voice.weighing import settle, together, wants_second, weighed


@dataclass(frozen=True)
class Read:
    text: str
    understood: bool = True
    replaceable: bool = False
    can_replace: bool = False
    topics: frozenset[str] = frozenset()


ORDER = Path(__file__).parent.parent / "audio_fixtures" / "orders" / "3abdea43.flac"
KNOWN = {
    "a latte": Read("a latte", can_replace=True, topics=frozenset({"latte"})),
    "a large latte": Read("a large latte", can_replace=True, topics=frozenset({"latte", "large"})),
    "a mocha": Read("a mocha", can_replace=True, topics=frozenset({"mocha"})),
    "yes": Read("yes"),
    "a lattice": Read("a lattice", replaceable=True),
}


def understand(said: Transcript) -> Read:
    return KNOWN.get(said.text, Read(said.text, understood=False, replaceable=True))


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
        ([("a latte", 0.0), ("a mocha", -0.5)], CLEAR, True),
        ([("a latte", 0.0), ("gibberish", -0.5)], CLEAR, False),
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


UNLIKELY = (Word("a", 0.0, 0.5), Word("latte", 0.5, 2.0))
"""Two seconds for which a likelihood of 100 is little."""


def taken(text: str, likelihood: float, words: tuple[Word, ...] = UNLIKELY) -> Transcript:
    return Transcript(text, "fake", words, log_likelihood=likelihood)


def test_an_unlikely_sound_with_rivals_is_heard_again_on_a_clear_line_too() -> None:
    rival = Transcript("a mocha", "fake", log_likelihood=99.0)
    for likelihood, wanted in ((100.0, True), (220.0, False)):
        said = replace(taken("a latte", likelihood), alternatives=(replace(rival, log_likelihood=likelihood - 2),))
        assert wants_second(said, understand(said), understand, CLEAR, Decoding()) is wanted
    alone = taken("a latte", 100.0)
    assert not wants_second(alone, understand(alone), understand, CLEAR, Decoding())


@pytest.mark.parametrize(
    ("second", "pcm", "believed"),
    [
        ("a latte", CLEAR, "a latte"),
        ("a large latte", CLEAR, "a large latte"),
        ("five four one", CLEAR, "five four one"),
        ("yes", CLEAR, "yes"),
        ("five four one", NOISY, "a latte"),
        ("", CLEAR, "a latte"),
    ],
)
def test_an_unlikely_sound_counts_only_if_the_second_hearing_speaks_of_the_same(
    second: str, pcm: bytes, believed: str
) -> None:
    said = taken("a latte", 100.0)
    again = Transcript(second, "second")
    transcript, meaning = together(said, (said, understand(said)), again, understand, pcm, Decoding())
    assert transcript.text == meaning.text == believed


def test_a_likely_sound_needs_no_confirmation() -> None:
    said = taken("a latte", 220.0)
    again = Transcript("five four one", "second")
    assert together(said, (said, understand(said)), again, understand, CLEAR, Decoding())[0].text == "a latte"


@pytest.mark.parametrize(
    ("again", "believed"), [("a lattice", "a lattice"), ("a latte", "a latte"), ("nonsense", "a latte")]
)
def test_what_makes_no_sense_is_believed_if_both_hear_it(again: str, believed: str) -> None:
    """ "A croissant with soy milk" sounds like "a cocoa with soy milk", which can be had."""
    said = replace(taken("a lattice", 220.0), alternatives=(replace(taken("a latte", 219.0)),))
    certain = said.alternatives[0], understand(said.alternatives[0])
    assert wants_second(said, certain[1], understand, CLEAR, Decoding())
    second = Transcript(again, "fake")
    assert together(said, certain, second, understand, CLEAR, Decoding())[0].text == believed


def test_on_a_telephone_line_less_is_likely_enough() -> None:
    sound = read_audio(ORDER)
    rival = Transcript("a mocha", "fake", log_likelihood=188.0)
    said = replace(taken("a latte", 190.0), alternatives=(rival,))
    assert wants_second(said, understand(said), understand, sound, Decoding())
    assert not wants_second(said, understand(said), understand, through_telephone(sound), Decoding())
