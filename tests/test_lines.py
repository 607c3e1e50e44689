from __future__ import annotations

import pytest

from tests.small_shop import kiosk
from voxcart.lines import Callers, Lines, refusal
from voxcart.replies import Replies


def test_so_many_calls_are_taken_and_no_more() -> None:
    lines = Lines(2)
    first, second = lines.admit(), lines.admit()
    assert first is not None
    assert second is not None
    assert lines.open_calls == 2
    assert lines.admit() is None
    assert lines.open_calls == 2


def test_a_call_that_has_ended_makes_room_for_one() -> None:
    lines = Lines(1)
    admission = lines.admit()
    assert admission is not None
    with admission:
        assert lines.admit() is None
    assert lines.open_calls == 0
    assert lines.admit() is not None
    assert lines.admit() is None


def test_a_call_that_fails_makes_room_as_well() -> None:
    lines = Lines(1)
    admission = lines.admit()
    assert admission is not None
    with pytest.raises(ZeroDivisionError), admission:
        raise ZeroDivisionError
    assert lines.open_calls == 0


def test_a_place_is_given_back_once() -> None:
    lines = Lines(2)
    first, second = lines.admit(), lines.admit()
    assert first is not None
    assert second is not None
    with first:
        pass
    with first:
        pass
    assert lines.open_calls == 1


def test_who_is_not_taken_hears_a_sentence_and_is_hung_up_on() -> None:
    catalog = kiosk()
    prompt = refusal(Replies.load(catalog.language, catalog), "busy")
    assert "busy" in prompt.text
    assert prompt.hang_up
    assert not prompt.interruptible


def test_a_number_is_taken_so_often_and_no_more_until_time_has_passed() -> None:
    now = [1000.0]
    callers = Callers(most=3, window_s=300, clock=lambda: now[0])
    for _ in range(3):
        assert callers.may_call("15550100")
        now[0] += 60
    assert not callers.may_call("15550100")
    assert callers.may_call("15550101")
    now[0] = 1300.5
    assert callers.may_call("15550100")
    assert not callers.may_call("15550100")


def test_calls_that_were_let_go_do_not_count() -> None:
    now = [0.0]
    callers = Callers(most=1, window_s=300, clock=lambda: now[0])
    assert callers.may_call("15550100")
    for _ in range(20):
        now[0] += 10
        assert not callers.may_call("15550100")
    now[0] = 301
    assert callers.may_call("15550100")


def test_who_withholds_the_number_is_not_counted() -> None:
    callers = Callers(most=1)
    assert all(callers.may_call(None) and callers.may_call("") for _ in range(3))


def test_without_a_limit_every_number_may_call() -> None:
    callers = Callers()
    assert all(callers.may_call("15550100") for _ in range(100))
