from __future__ import annotations

from voice.channels.sip_keys import Presses


def counted(*reports: tuple[float, str]) -> str:
    """Reports are ("5", pressed) or ("", released) with their time in seconds."""
    presses, keys = Presses(), ""
    for at, key in reports:
        keys += presses.down(key, at) if key else presses.up(at)
    return keys


def test_a_key_counts_when_it_goes_down() -> None:
    assert counted((0.0, "5")) == "5"


def test_the_same_key_counts_again_after_it_was_released() -> None:
    assert counted((0.0, "1"), (0.1, ""), (0.3, "1"), (0.4, "")) == "11"


def test_a_key_whose_end_was_lost_counts_and_so_does_the_next() -> None:
    assert counted((0.0, "1"), (0.4, "2"), (0.5, "")) == "12"


def test_a_beginning_that_its_end_overtook_does_not_count_twice() -> None:
    assert counted((0.0, "7"), (0.10, ""), (0.12, "7"), (0.14, "")) == "7"


def test_another_key_at_once_counts() -> None:
    assert counted((0.0, "7"), (0.10, ""), (0.12, "8")) == "78"


def test_the_press_that_the_stack_hides_after_a_stray_counts() -> None:
    """To the stack the stray was the beginning of the next press."""
    stray = (0.0, "1"), (0.10, ""), (0.12, "1"), (0.13, "")
    assert counted(*stray, (0.6, "")) == "11"
    assert counted(*stray, (0.6, ""), (0.9, "1"), (1.0, "")) == "111"
