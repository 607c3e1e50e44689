"""Whom the shop may contact: exactly who agreed, when they agreed, once. By a clock that stands until it is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce import contacting
from commerce.commands import ClearCart, OpenCart, PlaceOrder
from commerce.contacts import AlertKept, ContactSettings, KeepAlert, LeftCart, NoNumber, is_quiet, permitted, reminder
from commerce.customers import add_customer
from commerce.errors import CommerceError
from commerce.outcomes import OrderPlaced
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from nlu.intent import Simple
from tests.commandline import runner
from tests.small_shop import Caller, StandingClock, open_kiosk
from tests.talk import NO, Talk, add
from voxcart.build import open_shop
from voxcart.config import load_config

PHONE = "15550100123"
ALL_DAY = ContactSettings((5, 60, 1440), "00:00", "00:00")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Iterator[Shop]:
    shop = open_kiosk(clock=clock, settings=CommerceSettings(pin_free_limit=""))
    yield shop
    shop.close()


def leave(shop: Shop, call: str = "call-1", phone: str = PHONE) -> Caller:
    caller = Caller(shop, call)
    caller.say(OpenCart(call, phone))
    caller.add("water")
    return caller


def agreed(shop: Shop, phone: str = PHONE) -> str:
    customer, _ = add_customer(shop.till, "Ann", phone)
    contacting.set_consent(shop.till, customer, "reminders", True, "on paper")
    return customer


def ids(shop: Shop, settings: ContactSettings = ALL_DAY) -> list[str]:
    return [each.id for each in contacting.queue(shop.till, settings)]


def test_each_tier_comes_once_and_in_its_time(shop: Shop, clock: StandingClock) -> None:
    agreed(shop)
    leave(shop)
    seen: dict[int, list[str]] = {}
    for minute in range(0, 3 * 1440, 5):
        if found := ids(shop):
            seen[minute] = found
            for each in found:
                contacting.done(shop.till, each, ALL_DAY)
        clock.move(minutes=5)
    assert seen == {5: ["cart-call-1-0"], 60: ["cart-call-1-1"], 1440: ["cart-call-1-2"]}


def test_without_consent_or_after_it_was_withdrawn_nobody_is_reminded(shop: Shop, clock: StandingClock) -> None:
    leave(shop)
    customer, _ = add_customer(shop.till, "Ann", PHONE)
    clock.move(hours=2)
    assert ids(shop) == []
    contacting.set_consent(shop.till, customer, "offers", True, "on paper")
    assert ids(shop) == [], "another purpose"
    contacting.set_consent(shop.till, customer, "reminders", True, "on paper")
    assert ids(shop) == ["cart-call-1-1"]
    contacting.set_consent(shop.till, customer, "reminders", False, "by letter")
    assert ids(shop) == []
    ledger = [(row["purpose"], row["given"], row["how"]) for row in contacting.consents(shop.till, customer)]
    assert ledger == [("offers", 1, "on paper"), ("reminders", 1, "on paper"), ("reminders", 0, "by letter")]


def test_what_was_ordered_emptied_or_left_by_another_is_not_reminded_of(shop: Shop, clock: StandingClock) -> None:
    customer = agreed(shop)
    caller = leave(shop)
    leave(shop, "call-other", "15550199999")
    clock.move(hours=2)
    assert ids(shop) == ["cart-call-1-1"]
    quote = caller.confirmed_quote()
    assert isinstance(caller.say(PlaceOrder(quote.id, customer)), OrderPlaced)
    assert ids(shop) == []
    again = leave(shop, "call-2")
    clock.move(hours=2)
    assert ids(shop) == ["cart-call-2-1"]
    again.say(ClearCart("call-2"))
    clock.move(hours=2)
    assert ids(shop) == []


def test_who_speaks_is_not_reminded(shop: Shop, clock: StandingClock) -> None:
    agreed(shop)
    leave(shop)
    clock.move(minutes=4)
    shop.store.append_event("call-1", "call-1/7", "turn", {})
    clock.move(minutes=4)
    assert ids(shop) == [], "eight minutes after the cart, four after the last word"
    clock.move(minutes=1)
    assert ids(shop) == ["cart-call-1-0"]


def test_quiet_hours_put_off_and_leave_only_the_last(shop: Shop, clock: StandingClock) -> None:
    agreed(shop)
    zone = ZoneInfo(shop.catalog.time_zone)
    settings = ContactSettings((5, 60, 1440), "20:00", "09:00")
    clock.time = datetime(2030, 5, 1, 19, 57, tzinfo=zone).astimezone(UTC)
    leave(shop)
    for hours in range(1, 13):
        clock.time = datetime(2030, 5, 1, 20, 57, tzinfo=zone).astimezone(UTC) + timedelta(hours=hours - 1)
        assert ids(shop, settings) == [], f"{hours} hours later"
    clock.time = datetime(2030, 5, 2, 9, 0, tzinfo=zone).astimezone(UTC)
    assert ids(shop, settings) == ["cart-call-1-1"], "not both that fell into the night"
    contacting.done(shop.till, "cart-call-1-1", settings)
    assert ids(shop, settings) == []


@given(
    st.datetimes(datetime(2030, 1, 1), datetime(2031, 1, 1)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_permitted_moment_is_never_quiet_and_never_earlier(at: datetime, begins: time, ends: time) -> None:
    settings = ContactSettings(quiet_from=f"{begins:%H:%M}", quiet_until=f"{ends:%H:%M}")
    moment = at.replace(tzinfo=UTC)
    found = permitted(moment, moment, settings)
    assert found >= moment
    assert not is_quiet(found.time(), begins, ends)


@given(st.sets(st.integers(0, 2)), st.integers(0, 3 * 1440))
def test_a_reminder_is_due_and_not_told(told: set[int], minutes: int) -> None:
    left = datetime(2030, 5, 1, 12, tzinfo=UTC)
    found = reminder(LeftCart("c", "1", PHONE, left, frozenset(told)), left + timedelta(minutes=minutes), ALL_DAY)
    if found is not None:
        assert ALL_DAY.remind_after_minutes[found.tier] <= minutes
        assert all(tier < found.tier for tier in told)


def test_done_needs_a_contact_that_is_permitted(shop: Shop) -> None:
    with pytest.raises(CommerceError, match="voxcart contacts list"):
        contacting.done(shop.till, "cart-call-1-0", ALL_DAY)


# ---- back in stock -------------------------------------------------------------------------------------------------


def test_a_restock_makes_one_contact_for_who_asked(shop: Shop) -> None:
    shop.set_stock("cake", Decimal(0))
    caller = Caller(shop)
    for _ in range(2):
        assert caller.say(KeepAlert(("cake",), "+1 555 0100", "call-1")) == AlertKept(("cake",))
    assert ids(shop) == []
    shop.set_stock("cake", Decimal(3))
    (contact,) = contacting.queue(shop.till, ALL_DAY)
    assert (contact.reason, contact.phone, contact.product) == ("back_in_stock", "15550100", "cake")
    shop.set_stock("cake", Decimal(4))
    assert ids(shop) == [contact.id]
    contacting.done(shop.till, contact.id, ALL_DAY)
    shop.set_stock("cake", Decimal(0))
    shop.set_stock("cake", Decimal(5))
    assert ids(shop) == []


def test_nobody_waits_for_ever(shop: Shop, clock: StandingClock) -> None:
    shop.set_stock("cake", Decimal(0))
    Caller(shop).say(KeepAlert(("cake",), PHONE, "call-1"))
    clock.move(days=91)
    shop.set_stock("cake", Decimal(3))
    assert ids(shop) == []


def test_without_a_number_nobody_can_be_told(shop: Shop) -> None:
    assert Caller(shop).say(KeepAlert(("cake",), "", "call-1")) == NoNumber()


async def test_tell_me_when_it_is_back() -> None:
    talk = Talk(caller=PHONE)
    talk.shop.set_stock("chocolate_cookie", Decimal(0))
    await talk.greet()
    assert "out of" in await talk.say(add("chocolate_cookie"))
    said = await talk.say(Simple("alert"))
    assert said.startswith("Okay. I'll let you know when we have chocolate cookie again")
    talk.shop.set_stock("chocolate_cookie", Decimal(5))
    assert [each.product for each in contacting.queue(talk.shop.till, ALL_DAY)] == ["chocolate_cookie"]
    assert not talk.mind.snapshot()[1].lines, "what was offered instead is not wanted"


async def test_tell_me_of_nothing_and_without_a_number() -> None:
    talk = Talk()
    assert "Sorry, of what?" in await talk.says(Simple("alert"))
    talk.shop.set_stock("chocolate_cookie", Decimal(0))
    await talk.say(add("chocolate_cookie"))
    await talk.say(NO)
    await talk.say(add("chocolate_cookie"))
    assert "can't see your number" in await talk.say(Simple("alert"))


async def test_do_not_call_me_any_more() -> None:
    talk = Talk(caller=PHONE)
    customer, _ = add_customer(talk.shop.till, "Ann", PHONE)
    contacting.set_consent(talk.shop.till, customer, "reminders", True, "on paper")
    assert "We won't contact you" in await talk.says(Simple("no_contact"))
    assert [row["given"] for row in contacting.consents(talk.shop.till, customer)] == [1, 0, 0]
    unknown = Talk(caller="15550199999")
    assert await unknown.says(Simple("no_contact")) == talk.prompts[-1].text, "tells nobody who is a customer"


# ---- the command line ----------------------------------------------------------------------------------------------


def test_the_queue_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called = runner(monkeypatch, capsys)
    (tmp_path / "config.toml").write_text('[contacts]\nquiet_from = "00:00"\nquiet_until = "00:00"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert called("customer", "add", "Ann", PHONE).code == 0
    refused = called("customer", "consent", PHONE, "reminders")
    assert refused.code != 0
    assert "--how" in refused.err
    assert "reminders  given  on paper" in called("customer", "consent", PHONE, "reminders", "--how", "on paper").out
    assert "reminders or offers" in called("customer", "consent", PHONE, "letters", "--how", "x").err
    assert "Nobody is to be contacted now" in called("contacts", "list").out
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    with closing(open_shop(load_config(), clock=lambda: long_ago)) as front:
        leave_coffee = Caller(front.shop)
        leave_coffee.say(OpenCart("call-1", PHONE))
        leave_coffee.add("latte")
    told = json.loads(called("contacts", "list", "--json").out)
    assert (told["id"], told["phone"]) == ("cart-call-1-1", PHONE)
    assert "latte" not in told["say"]
    assert called("contacts", "done", told["id"]).code == 0
    assert "Nobody" in called("contacts", "list").out
    again = called("contacts", "done", told["id"])
    assert again.code != 0
    assert "voxcart contacts list" in again.err
