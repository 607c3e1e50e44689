"""Knows what can be meant of the terms of an order: less to pay, where it goes and when. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AskPayment:
    """How can I pay."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """I have a coupon; `code` in letters and digits, None = not said yet. `wanted` false: take it off again."""

    code: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Spelled:
    """Letters and digits in the order said, where they were asked for; `clear` is false where words were among them."""

    text: str
    clear: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A name in its own words, where one was asked for: a street, and the `number` that was said with it."""

    text: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A time. `day`: "today", "tomorrow" or a weekday; `minute` of the day as it was said: five may be 5 or 17 o'clock
    where no `part` of the day tells. All empty = as soon as possible."""

    day: str | None = None
    minute: int | None = None
    how: Literal["at", "after", "before"] = "at"
    part: Literal["am", "pm"] | None = None
