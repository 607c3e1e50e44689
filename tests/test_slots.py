"""Which times of delivery can be had, to the minute, over holidays; which one "tomorrow after five" means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.slots import Wish, cut_off, fitting, offered
from tests.pizzeria import PIZZERIA

ZONE = ZoneInfo("America/New_York")
TERMS = PIZZERIA.delivers
assert TERMS is not None


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZONE)


def starts(now: datetime, wish: Wish | None = None) -> list[str]:
    assert TERMS is not None
    slots = offered(TERMS, now)
    found = slots if wish is None else fitting(slots, wish, now.date())
    return [f"{each.starts:%d %H:%M}" for each in found]


def test_a_slot_is_there_until_its_cut_off_to_the_minute() -> None:
    assert starts(at(5, 1, 21, 59))[0] == "01 22:30"
    assert starts(at(5, 1, 22, 0))[0] == "01 22:30"
    assert starts(at(5, 1, 22, 0, 1))[0] == "02 12:00"
    assert starts(at(5, 1, 22, 1))[0] == "02 12:00"


def test_holidays_are_left_out() -> None:
    assert [each[:2] for each in starts(at(12, 24, 18))] == ["24", "24", *4 * ["26"]]
    assert starts(at(12, 24, 18), Wish("tomorrow")) == []


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        (Wish("tomorrow", 5 * 60, "after"), "02 17:00"),
        (Wish("tomorrow", 17 * 60, "after"), "02 17:00"),
        (Wish("tomorrow", 5 * 60, "after", "am"), "02 12:00"),
        (Wish(None, 8 * 60, "at"), "01 19:00"),
        (Wish("today", 10 * 60, "after"), "01 22:30"),
        (Wish("tomorrow", 12 * 60 + 30, "at"), "02 12:00"),
        (Wish("tomorrow", 14 * 60, "before"), "02 12:00"),
        (Wish("sunday"), "03 12:00"),
        (Wish(), "01 17:00"),
        (Wish("monday"), None),
        (Wish("tomorrow", 3 * 60, "at"), None),
        (Wish("today", 23 * 60, "after"), None),
    ],
    ids=str,
)
def test_a_wish_is_a_slot_that_is_offered(wish: Wish, first: str | None) -> None:
    """Row 56 of the features: a Friday, at half past two."""
    assert next(iter(starts(at(5, 1, 14, 30), wish)), None) == first


def test_summer_time_does_not_move_a_slot() -> None:
    assert starts(at(3, 7, 22, 30))[0] == "08 12:00", "the clocks change in that night"
    assert TERMS is not None
    [first, *_] = offered(TERMS, at(3, 7, 22, 30))
    assert first.starts.astimezone(UTC).hour == 16


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_none_is_too_late_or_on_a_holiday_or_out_of_reach(now: datetime) -> None:
    assert TERMS is not None
    here = now.replace(tzinfo=ZONE)
    for slot in offered(TERMS, here):
        assert here <= cut_off(slot, TERMS)
        assert slot.starts.date() not in TERMS.holidays
        assert slot.starts.date() - here.date() <= timedelta(days=TERMS.days_ahead)
    assert date(2026, 12, 25) in TERMS.holidays
