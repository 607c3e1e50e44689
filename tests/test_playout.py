"""What counts as heard: by the clock, held back by marks that have not come back."""

from __future__ import annotations

from voice.audio import RATE_HZ
from voice.channels.playout import MARK_SAMPLES, PATIENCE_S, Playout

FRAME = RATE_HZ // 50


def sent(playout: Playout, frames: int, now: float) -> list[int]:
    """Send so many frames at once; returns the marks that were due."""
    numbers = []
    for number in range(frames):
        playout.send(FRAME, now)
        mark = playout.mark(is_end=number == frames - 1)
        numbers += [] if mark is None else [mark]
    return numbers


def with_a_mark_back() -> tuple[Playout, int]:
    """One that sent 100 ms at 10.0, and the mark behind them, which has come back."""
    playout = Playout(can_mark=True)
    (mark,) = sent(playout, 5, 10.0)
    playout.reached(mark)
    return playout, mark


def test_by_the_clock_audio_is_heard_as_it_is_sent() -> None:
    playout = Playout(can_mark=False)
    assert sent(playout, 5, 10.0) == []
    assert playout.ahead(10.0) == 5 * FRAME
    assert playout.heard(10.06) == 3 * FRAME
    assert not playout.has_heard(5 * FRAME, 10.06)
    assert playout.has_heard(5 * FRAME, 10.1)


def test_a_pause_is_no_credit() -> None:
    playout = Playout(can_mark=False)
    sent(playout, 1, 10.0)
    sent(playout, 5, 12.0)
    assert playout.ahead(12.0) == 5 * FRAME


def test_what_is_dropped_was_not_heard() -> None:
    playout = Playout(can_mark=False)
    sent(playout, 5, 10.0)
    assert playout.drop(10.04) == 3 * FRAME
    assert playout.sent == 2 * FRAME
    assert playout.ahead(10.04) == 0
    assert playout.has_heard(2 * FRAME, 10.04)


def test_marks_come_every_100_ms_and_at_the_end() -> None:
    playout, first = with_a_mark_back()
    assert sent(playout, 7, 10.1) == [first + 1, first + 2]
    assert MARK_SAMPLES == 5 * FRAME


def test_audio_is_not_heard_before_its_mark_has_come_back() -> None:
    playout, _ = with_a_mark_back()
    second, third = sent(playout, 7, 10.1)
    assert not playout.has_heard(playout.sent, 10.3)
    playout.reached(second)
    assert playout.heard(10.3) == 12 * FRAME
    assert not playout.has_heard(playout.sent, 10.3)
    playout.reached(third)
    assert playout.has_heard(playout.sent, 10.3)


def test_what_a_late_line_has_not_played_counts_as_dropped() -> None:
    playout, _ = with_a_mark_back()
    sent(playout, 10, 10.1)
    assert playout.drop(10.4) == 5 * FRAME  # the clock says all, but the mark in the middle is out


def test_a_mark_that_was_forgotten_is_no_matter() -> None:
    playout = Playout(can_mark=True)
    (first,) = sent(playout, 5, 10.0)
    playout.drop(10.0)
    playout.reached(first)
    playout.reached(99)
    sent(playout, 5, 10.0)
    assert not playout.has_heard(playout.sent, 10.5)


def test_a_peer_without_marks_is_asked_once_and_then_believed() -> None:
    playout = Playout(can_mark=True)
    assert len(sent(playout, 15, 10.0)) == 1
    assert not playout.has_heard(playout.sent, 10.4)
    assert playout.has_heard(playout.sent, 10.31 + PATIENCE_S)
    assert sent(playout, 15, 20.0) == []
    assert playout.has_heard(playout.sent, 20.31)


def test_a_mark_lost_on_the_way_ends_nothing() -> None:
    playout, _ = with_a_mark_back()
    sent(playout, 5, 10.1)
    assert playout.has_heard(playout.sent, 10.21 + PATIENCE_S)
    assert len(sent(playout, 5, 20.0)) == 1
