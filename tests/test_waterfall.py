from __future__ import annotations

import numpy as np
import pytest

from tests.fakes import prompt, silent
from voice import events
from voice.audio import FRAME_SAMPLES
from voice.call import StageTimes
from voxcart.waterfall import Turn, Waterfall, percentiles

TIMES = StageTimes(endpoint=300.0, recognise=20.0, understand=10.0, act=5.0, first_audio=45.0)
QUIET = silent(20)
LOUD = np.full(FRAME_SAMPLES, 5000, "<i2").tobytes()


class Line:
    """A call whose frames are counted."""

    def __init__(self) -> None:
        self.waterfall = Waterfall()
        self._at = 0

    def run(self, frames: int, caller: bytes = QUIET, assistant: bytes = QUIET) -> None:
        for _ in range(frames):
            self.waterfall.frame(caller, assistant, self._at)
            self._at += FRAME_SAMPLES

    def answer(self, times: StageTimes = TIMES) -> None:
        self.waterfall.watch(events.Saying(prompt("Okay."), self._at))
        self.waterfall.watch(events.Timed(times))


def test_the_wait_runs_from_the_callers_last_sound_to_the_first_of_the_answer() -> None:
    line = Line()
    line.run(10, caller=LOUD)
    line.run(15)
    line.answer()
    line.run(4)
    line.run(5, assistant=LOUD)
    (turn,) = line.waterfall.turns
    assert turn.waited == pytest.approx(19 * 20, abs=0.1)
    assert turn.sum == 380
    assert [stage for stage, _ in turn.stages] == ["endpoint", "recognise", "understand", "act", "first_audio"]


def test_what_the_caller_says_over_the_answer_begins_no_wait() -> None:
    line = Line()
    line.run(10, caller=LOUD)
    line.answer()
    line.run(3, caller=LOUD)
    line.run(5, assistant=LOUD)
    (turn,) = line.waterfall.turns
    assert turn.waited == pytest.approx(3 * 20, abs=0.1)


def test_greeting_and_answers_to_silence_are_no_turns() -> None:
    line = Line()
    line.answer()
    line.run(5, assistant=LOUD)
    line.run(5, caller=LOUD)
    line.answer(StageTimes(act=5.0, first_audio=1.0))
    line.run(5, assistant=LOUD)
    assert line.waterfall.turns == []


def test_each_stage_begins_where_the_one_before_it_ended() -> None:
    assert Turn((("endpoint", 300.0), ("act", 20.0), ("first_audio", 5.0)), 340.0).bars() == [
        ("endpoint", 0.0, 300.0),
        ("act", 300.0, 20.0),
        ("first_audio", 320.0, 5.0),
    ]


def test_percentiles_count_the_turns_in_which_a_stage_ran() -> None:
    turns = [Turn((("endpoint", 300.0),), 310.0), Turn((("endpoint", 200.0), ("second_pass", 500.0)), 710.0)]
    assert percentiles(turns) == [
        ("endpoint", 250.0, pytest.approx(295.0), 2),
        ("second_pass", 500.0, 500.0, 1),
        ("sum", 500.0, pytest.approx(680.0), 2),
        ("waited", 510.0, pytest.approx(690.0), 2),
    ]
    assert percentiles([]) == []
