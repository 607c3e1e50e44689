"""What the database forgets: quotes that nobody can buy any more, and events that are too old. Never an order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce.commands import ConfirmQuote, OrderPlaced, PlaceOrder, QuoteVoid
from commerce.shop import Shop
from commerce.store import Store
from tests.small_shop import Caller, StandingClock, open_kiosk
from voxcart.build import open_shop
from voxcart.config import Config, StoreChoice


def kept_quotes(shop: Shop) -> list[str]:
    return [row["id"] for row in shop.store._rows("SELECT id FROM quotes ORDER BY rowid")]


def quoting(shop: Shop, call: str) -> Caller:
    caller = Caller(shop, call)
    caller.add("water")
    return caller


def test_the_next_quote_of_a_cart_takes_the_place_of_expired_ones() -> None:
    clock = StandingClock()
    shop = open_kiosk(clock=clock)
    one, other = quoting(shop, "one"), quoting(shop, "other")
    old = [one.quote().id, one.confirmed_quote().id]
    others = other.quote().id
    clock.move(seconds=299)
    young = one.quote().id
    assert kept_quotes(shop) == [*old, others, young], "a quote stands for 300 seconds"
    clock.move(seconds=1)
    new = one.quote().id
    assert kept_quotes(shop) == [others, young, new]
    assert shop.store._rows("SELECT * FROM confirmations") == []
    assert one.say(ConfirmQuote(old[1])) == QuoteVoid("unknown")


def test_expired_quotes_go_when_the_shop_opens(tmp_path: Path) -> None:
    clock = StandingClock()
    shop = open_kiosk(tmp_path / "shop.db", clock)
    buyer = quoting(shop, "buyer")
    bought = buyer.confirmed_quote().id
    assert isinstance(buyer.say(PlaceOrder(bought)), OrderPlaced)
    quoting(shop, "leaver").confirmed_quote()
    shop.close()
    clock.move(days=400)
    shop = open_kiosk(tmp_path / "shop.db", clock)
    assert kept_quotes(shop) == [bought]
    [order] = shop.orders()
    assert order.lines[0].product == "water"
    assert Caller(shop, "late").say(PlaceOrder(bought)) == QuoteVoid("used")


def test_events_before_a_time_are_forgotten_and_leave_no_trace_in_the_file(tmp_path: Path) -> None:
    clock = StandingClock()
    store = Store(tmp_path / "shop.db", clock)
    for call, words in (("old", "xylophone"), ("older than it seems", "zither"), ("young", "harpsichord")):
        store.append_event(call, f"{call}/1", "heard", {"words": words})
        clock.move(days=1)
    start = StandingClock()()
    assert store.forget_events(start) == 0
    assert store.forget_events(start + timedelta(days=1, seconds=1)) == 2
    assert [each.call for each in store.calls()] == ["young"]
    store.close()
    content = (tmp_path / "shop.db").read_bytes()
    assert b"harpsichord" in content
    assert b"xylophone" not in content


def test_all_events_may_be_forgotten_and_numbers_go_on() -> None:
    clock = StandingClock()
    store = Store(None, clock)
    assert store.forget_events(clock() + timedelta(days=1)) == 0
    last = [store.append_event("c", f"c/{turn}", "heard", {}) for turn in range(3)][-1]
    assert store.forget_events(clock() + timedelta(days=1)) == 3
    assert store.append_event("d", "d/1", "heard", {}) == last + 1


def test_a_clock_that_was_set_back_loses_no_young_event() -> None:
    clock = StandingClock()
    store = Store(None, clock)
    store.append_event("young", "young/1", "heard", {})
    clock.move(days=-30)
    store.append_event("set back", "back/1", "heard", {})
    assert store.forget_events(clock() + timedelta(days=10)) == 0


@pytest.mark.parametrize(("days", "kept"), [(90, ["new"]), (91, ["new", "old"]), (0, ["new", "old"])])
def test_the_event_log_is_kept_as_long_as_configured(days: int, kept: list[str], tmp_path: Path) -> None:
    config = Config(base=tmp_path, store=StoreChoice("shop.db", days))
    now = datetime(2031, 1, 1, tzinfo=UTC)
    store = Store(config.database, lambda: now - timedelta(days=90, seconds=1))
    store.append_event("old", "old/1", "heard", {})
    store.clock = lambda: now - timedelta(days=89)
    store.append_event("new", "new/1", "heard", {})
    store.close()
    front = open_shop(config, clock=lambda: now)
    assert [each.call for each in front.shop.store.calls()] == kept
    front.close()
