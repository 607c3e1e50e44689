"""Knows until when something is promised that takes so many opening hours. Knows no clock. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from commerce.catalog import OpenSpan

LOOKED_AHEAD_DAYS = 366
STEP = timedelta(minutes=30)
"""Times that are promised are full or half hours."""

Week = Sequence[Sequence[OpenSpan]]


def promised(now: datetime, hours: int, week: Week | None, zone: tzinfo) -> datetime:
    """When so many hours in which the shop is open are over, in UTC; hours of the clock where it has none."""
    left = timedelta(hours=hours)
    for opens, closes in _open_from(now, week or (), zone):
        begins = max(opens, now)
        if closes - begins >= left:
            return _rounded_up(begins + left)
        left -= max(closes - begins, timedelta())
    return _rounded_up(now.astimezone(UTC) + left)


def _open_from(now: datetime, week: Week, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """When the shop is open from now on, in UTC. What began yesterday may go on past midnight."""
    today = now.astimezone(zone).date()
    for ahead in range(-1, LOOKED_AHEAD_DAYS if any(week) else -1):
        day = today + timedelta(days=ahead)
        for span in week[day.weekday()]:
            last = day if span.closes > span.opens else day + timedelta(days=1)
            opens = datetime.combine(day, span.opens, zone).astimezone(UTC)
            closes = datetime.combine(last, span.closes, zone).astimezone(UTC)
            if closes > now:
                yield opens, closes


def _rounded_up(moment: datetime) -> datetime:
    """No zone of today lies a part of half an hour from UTC."""
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % STEP
    return moment + (STEP - past if past else past)
