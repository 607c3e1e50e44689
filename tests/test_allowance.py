"""How much a peer may send: a call and a backlog always, a flood never."""

from __future__ import annotations

from voice.channels.allowance import FRAMES_PER_S, MOST_FRAMES, Allowance


def test_a_call_of_an_hour_is_no_flood() -> None:
    allowance = Allowance()
    assert all(allowance.spend(1, at * 0.02) for at in range(3600 * 50))


def test_a_minute_that_waited_on_the_way_is_no_flood() -> None:
    allowance = Allowance()
    assert all(allowance.spend(1, 5.0) for _ in range(60 * 50))


def test_more_than_that_is() -> None:
    allowance = Allowance()
    assert not all(allowance.spend(1, 5.0) for _ in range(int(MOST_FRAMES) + 1))


def test_silence_saves_up_no_more_than_once() -> None:
    allowance = Allowance()
    allowance.spend(1, 0.0)
    assert allowance.spend(MOST_FRAMES, 36_000.0)
    assert not allowance.spend(1, 36_000.0)
    assert allowance.spend(1, 36_000.0 + 2 / FRAMES_PER_S)


def test_a_small_message_costs_as_much_as_a_frame() -> None:
    allowance = Allowance()
    assert not all(allowance.spend(0.01, 0.0) for _ in range(int(MOST_FRAMES) + 1))
