"""The sample shop with coupons and delivery, in conversations."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import load_shop
from commerce.store import Store
from tests.small_shop import StandingClock
from tests.talk import PHONE, SHOPS, Talk

PIZZERIA = load_shop(SHOPS / "pizzeria.toml")


def open_pizzeria(clock: StandingClock, pin_free_limit: str = "50.00") -> Shop:
    return Shop(PIZZERIA, Store(None, clock), CommerceSettings(pin_free_limit=pin_free_limit))


def on_the_phone(
    month: int = 5,
    day: int = 1,
    hour: int = 16,
    minute: int = 0,
    pin_free_limit: str = "50.00",
    caller: str | None = PHONE,
) -> Talk:
    """A call in 2026, at this time in the shop's zone."""
    clock = StandingClock()
    clock.time = datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(PIZZERIA.time_zone)).astimezone(UTC)
    return Talk(caller, shop=open_pizzeria(clock, pin_free_limit), clock=clock)
