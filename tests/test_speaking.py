from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import LETTER_SAMPLES, FakeChannel, FakeSynthesizer, prompt
from voice.audio import RATE_HZ
from voice.prompt import Prompt
from voice.settings import Speech
from voice.speaking import Speaking, split_sentences

TEXT = "The first one. Here is the second. And a third."
SENTENCES = list(split_sentences(TEXT))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("Yes.", ("Yes.",)),
        ("One latte. Anything else?", ("One latte.", "Anything else?")),
        ("Once more: two five.", ("Once more:", "two five.")),
        ("Really?! Well…  All right", ("Really?!", "Well…", "All right")),
        ('He said "no." Then left.', ('He said "no."', "Then left.")),
        ("It is 4.50 now.", ("It is 4.50 now.",)),
    ],
)
def test_sentences(text: str, pieces: tuple[str, ...]) -> None:
    assert split_sentences(text) == pieces


def test_a_long_sentence_is_cut_at_commas() -> None:
    pieces = split_sentences("We have lattes, mochas, cappuccinos, espressos, and four kinds of tea.", longest=30)
    assert pieces == ("We have lattes, mochas,", "cappuccinos, espressos,", "and four kinds of tea.")


@given(st.text(alphabet='ab ,.?!"\n…', max_size=80), st.integers(5, 60))
def test_the_pieces_are_the_text(text: str, longest: int) -> None:
    assert " ".join(split_sentences(text, longest)) == " ".join(text.split())


class Line:
    """A channel whose frames are consumed, and one prompt on it."""

    def __init__(self, said: Prompt | str = TEXT) -> None:
        self.channel = FakeChannel()
        self.synthesizer = FakeSynthesizer()
        self.ends: list[int] = []
        self.first_audio: list[float] = []
        self.speaking = Speaking(
            prompt(said),
            self.channel,
            self.synthesizer,
            Speech(sentence_gap_ms=120),
            on_first_audio=self.first_audio.append,
            on_end=lambda: self.ends.append(self.channel.played),
        )
        self._frames = self.channel.frames()

    async def pass_ms(self, ms: int) -> None:
        until = self.channel.played + RATE_HZ * ms // 1000
        while self.channel.played < until:
            await anext(self._frames)

    @property
    def heard(self) -> list[str]:
        return self.synthesizer.heard_in(self.channel.assistant)


@pytest.fixture
async def line() -> Line:
    return Line()


async def test_sentences_are_said_in_order_with_a_gap(line: Line) -> None:
    line.speaking.start()
    assert line.speaking.is_playing
    await line.pass_ms(9000)
    assert line.heard == SENTENCES
    samples = sum(map(len, SENTENCES)) * LETTER_SAMPLES + 2 * RATE_HZ * 120 // 1000
    assert line.speaking.ended_at == pytest.approx(samples, abs=2 * 320)
    assert line.speaking.is_finished
    assert line.ends == [line.speaking.ended_at]
    assert len(line.first_audio) == 1


async def test_the_next_sentence_is_made_while_one_plays(line: Line) -> None:
    line.speaking.start()
    await line.pass_ms(100)
    assert line.synthesizer.said == SENTENCES[:2]


async def test_stop_silences_and_start_repeats_the_broken_sentence(line: Line) -> None:
    line.speaking.start()
    first_ms = len(SENTENCES[0]) * 60 + 120
    await line.pass_ms(first_ms + 500)
    line.speaking.stop()
    stopped_at = line.channel.played
    assert (line.speaking.ended_at, line.speaking.stopped_at) == (stopped_at, 1)
    await line.pass_ms(1000)
    assert not any(line.channel.assistant[2 * stopped_at :])
    line.speaking.start()
    assert line.speaking.ended_at is None
    await line.pass_ms(9000)
    assert line.heard == [SENTENCES[0], SENTENCES[1], SENTENCES[1], SENTENCES[2]]
    assert len(line.ends) == len(line.first_audio) == 1


@pytest.mark.parametrize("ms", range(0, 2940, 140))
async def test_stopped_at_is_the_sentence_in_the_ear(line: Line, ms: int) -> None:
    line.speaking.start()
    await line.pass_ms(ms)
    line.speaking.stop()
    last = SENTENCES.index(line.heard[-1]) if line.heard else 0
    # The pause after a sentence counts to it; where one has just begun, the one before may be said again.
    assert last - 1 <= line.speaking.stopped_at <= last
    begun_ms = sum(len(sentence) * 60 + 120 for sentence in SENTENCES[:last])
    if ms - begun_ms > 120:
        assert line.speaking.stopped_at == last


async def test_a_prompt_stopped_before_it_began_begins_anew(line: Line) -> None:
    line.speaking.start()
    line.speaking.stop()
    await line.speaking.aclose()
    line.speaking.start()
    await line.pass_ms(9000)
    assert line.heard == SENTENCES


async def test_closing_leaves_no_task_and_no_sound(line: Line) -> None:
    for ms in (0, 20, 500):
        line.speaking.start()
        await line.pass_ms(ms)
        await line.speaking.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert line.channel.flush() == 0
    assert line.ends == []


async def test_rate_and_gain_of_the_prompt() -> None:
    slow = Line(Prompt("Slowly.", prompt("").listening, rate=0.5))
    slow.speaking.start()
    await slow.pass_ms(2000)
    assert slow.speaking.ended_at == pytest.approx(len("Slowly.") * LETTER_SAMPLES * 2, abs=640)
    loud = Line(Prompt("Loud.", prompt("").listening, gain_db=20.0))
    loud.speaking.start()
    await loud.pass_ms(1000)
    assert max(loud.channel.assistant) == 10


async def test_an_empty_prompt_ends_at_once() -> None:
    line = Line("")
    line.speaking.start()
    await line.pass_ms(100)
    assert line.speaking.is_finished
    assert len(line.ends) == 1


async def test_a_failing_voice_is_told(line: Line) -> None:
    async def fail(_sentence: str, _rate: float = 1.0) -> bytes:
        raise RuntimeError("no voice")

    line.synthesizer.say = fail  # type: ignore[method-assign, assignment]
    line.speaking.start()
    await line.pass_ms(100)
    assert isinstance(line.speaking.failure, RuntimeError)
    assert len(line.ends) == 1
