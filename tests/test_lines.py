from __future__ import annotations

import pytest

from tests.small_shop import kiosk
from voxcart.lines import Lines, busy_prompt
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
    prompt = busy_prompt(Replies.load(catalog.language, catalog))
    assert "busy" in prompt.text
    assert prompt.hang_up
    assert not prompt.interruptible
