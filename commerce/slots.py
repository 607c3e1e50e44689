"""Knows which times of delivery can be had, and which of them was meant. Is told the time and reads no clock. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from commerce.catalog import Delivery
from commerce.terms import Slot

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HALF_DAY, DAY = 12 * 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """When it should come. `day`: "today", "tomorrow" or a weekday; `minute` of the day as it was said, so that without
    `part` five may be in the morning or in the evening."""

    day: str | None = None
    minute: int | None = None
    how: Literal["at", "after", "before"] = "at"
    part: Literal["am", "pm"] | None = None


def offered(terms: Delivery, now: datetime) -> tuple[Slot, ...]:
    """The soonest first. `now` in the shop's time zone. A slot is there until its cut-off, to the minute."""
    days = (now.date() + timedelta(days=ahead) for ahead in range(terms.days_ahead + 1))
    slots = (slot for day in days for slot in slots_of(day, terms, now))
    return tuple(sorted((each for each in slots if now <= cut_off(each, terms)), key=lambda each: each.starts))


def slots_of(day: date, terms: Delivery, now: datetime) -> tuple[Slot, ...]:
    """All of that day, too late or not; none on holidays."""
    if day in terms.holidays:
        return ()
    spans = terms.slots[day.weekday()]
    return tuple(Slot(_at(day, each.opens, now), _end(day, each.opens, each.closes, now)) for each in spans)


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)


def _end(day: date, opens: time, closes: time, now: datetime) -> datetime:
    """One may end at midnight or after it."""
    return _at(day + timedelta(days=int(closes <= opens)), closes, now)


def cut_off(slot: Slot, terms: Delivery) -> datetime:
    """The last moment in which it can be ordered."""
    return slot.starts - timedelta(minutes=terms.lead_minutes)


def fitting(slots: Iterable[Slot], wish: Wish, today: date) -> tuple[Slot, ...]:
    """Those that the wish leaves. Where the half of the day was not said, the later one counts if anything fits it."""
    on_day = [each for each in slots if _is_on(each, wish.day, today)]
    if wish.minute is None:
        return tuple(on_day)
    for minute in _minutes(wish.minute, wish.part):
        if found := tuple(each for each in on_day if _fits(each, minute, wish.how)):
            return found
    return ()


def _is_on(slot: Slot, day: str | None, today: date) -> bool:
    match day:
        case "today" | "now":
            return slot.starts.date() == today
        case "tomorrow":
            return slot.starts.date() == today + timedelta(days=1)
        case str() if day in DAYS:
            return slot.starts.weekday() == DAYS.index(day)
        case _:
            return True


def _minutes(said: int, part: str | None) -> tuple[int, ...]:
    if said > HALF_DAY + 59:
        return (said,)
    morning = said % HALF_DAY
    match part:
        case "am":
            return (morning,)
        case "pm":
            return (morning + HALF_DAY,)
        case _:
            return (morning + HALF_DAY, morning)


def _fits(slot: Slot, minute: int, how: str) -> bool:
    starts = slot.starts.hour * 60 + slot.starts.minute
    ends = starts + int((slot.ends - slot.starts).total_seconds() // 60)
    match how:
        case "after":
            return starts >= minute
        case "before":
            return ends <= minute
        case _:
            return starts <= minute < ends


def named_day(day: str | None, today: date) -> date | None:
    """The next such day."""
    match day:
        case "today" | "now":
            return today
        case "tomorrow":
            return today + timedelta(days=1)
        case str() if day in DAYS:
            return today + timedelta(days=(DAYS.index(day) - today.weekday()) % 7)
        case _:
            return None
