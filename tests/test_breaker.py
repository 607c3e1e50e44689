"""When a back end that fails is left alone, and when it is asked again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voxcart.breaker import Breaker

FRESH = Breaker(most_failures=3, rest_s=30.0)


def ask(breaker: Breaker, now: float, works: bool) -> Breaker:
    assert breaker.may_ask(now)
    breaker = breaker.asked()
    return breaker.answered() if works else breaker.failed(now)


def opened(at: float = 0.0) -> Breaker:
    breaker = FRESH
    for _ in range(3):
        breaker = ask(breaker, at, works=False)
    return breaker


def test_failures_in_a_row_open_it_and_an_answer_between_them_counts_anew() -> None:
    breaker = ask(ask(ask(ask(FRESH, 0, False), 0, False), 0, True), 0, False)
    assert breaker.may_ask(0)
    assert not opened().may_ask(0)
    assert not opened().may_ask(29.9)


def test_after_its_rest_one_question_is_let_through() -> None:
    breaker = opened()
    assert breaker.may_ask(30.0)
    breaker = breaker.asked()
    assert not breaker.may_ask(30.0)
    assert not breaker.may_ask(99.0)


def test_its_answer_closes_it_and_its_failure_opens_it_for_as_long_again() -> None:
    probe = opened().asked()
    assert probe.answered() == FRESH
    again = probe.failed(31.0)
    assert not again.may_ask(60.9)
    assert again.may_ask(61.0)


def test_what_was_asked_before_it_opened_prolongs_nothing() -> None:
    assert opened().failed(20.0) == opened()


@given(st.lists(st.tuples(st.floats(0, 50), st.booleans()), max_size=60))
def test_it_always_comes_back(steps: list[tuple[float, bool]]) -> None:
    breaker, now = FRESH, 0.0
    for wait, works in steps:
        now += wait
        if breaker.may_ask(now):
            breaker = ask(breaker, now, works)
    assert breaker.may_ask(now + 30.0)
    assert ask(breaker, now + 30.0, works=True) == FRESH
