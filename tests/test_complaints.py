"""A complaint gets a number and a time; it is answered once; who apologises pays once, and only to customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from commerce.after import ProofNeeded
from commerce.catalog import OpenSpan
from commerce.complaints import answer_complaint, grant
from commerce.errors import CommerceError, ShopFileError
from commerce.money import Money
from commerce.pledges import REASONS, Reason
from commerce.promises import promised
from commerce.redress import (
    ClaimGoodwill,
    ComplaintFound,
    ComplaintOpened,
    ComplaintUnknown,
    FindComplaint,
    GoodwillGranted,
    NoComplaints,
    NoGoodwill,
    OpenComplaint,
)
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from nlu import intent
from tests.small_shop import KIOSK, Caller, StandingClock, open_kiosk
from tests.test_returns import Ann

CALLER = "+1 555 0100"


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock, settings=CommerceSettings(pin_free_limit="0.00"))


@pytest.fixture
def ann(shop: Shop) -> Ann:
    return Ann(shop)


def opened(caller: Caller, reason: Reason = "quality", **who: str | None) -> ComplaintOpened:
    made = caller.say(OpenComplaint(caller.call, reason, "it was cold", CALLER, **who))
    assert isinstance(made, ComplaintOpened)
    return made


def by(ann: Ann) -> dict[str, str | None]:
    return {"customer": ann.customer, "authorization": ann.prove()}


# ---- when it is promised -------------------------------------------------------------------------------------------

NINE_TO_FIVE = (OpenSpan(time(9), time(17)),)
WEEK = (NINE_TO_FIVE,) * 5 + ((OpenSpan(time(10), time(12)),), ())
LATE_BAR = ((OpenSpan(time(20), time(2)),),) * 7
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("now", "hours", "week", "then"),
    [
        ("2030-05-01 10:00", 4, WEEK, "2030-05-01 14:00"),
        ("2030-05-01 15:00", 4, WEEK, "2030-05-02 11:00"),
        ("2030-05-01 17:00", 8, WEEK, "2030-05-02 17:00"),
        ("2030-05-01 03:00", 1, WEEK, "2030-05-01 10:00"),
        ("2030-05-03 16:00", 4, WEEK, "2030-05-06 10:00"),
        ("2030-05-01 10:01", 4, WEEK, "2030-05-01 14:30"),
        ("2030-05-01 01:00", 2, LATE_BAR, "2030-05-01 21:00"),
        ("2030-05-01 10:00", 24, None, "2030-05-02 10:00"),
        ("2030-05-01 10:00", 24, ((),) * 7, "2030-05-02 10:00"),
        ("2030-03-09 16:00", 26, ((OpenSpan(time(0), time(0)),),) * 7, "2030-03-10 19:00"),
    ],
)
def test_the_hours_of_a_promise_are_those_in_which_the_shop_is_open(
    now: str, hours: int, week: tuple[tuple[OpenSpan, ...], ...] | None, then: str
) -> None:
    begins = datetime.fromisoformat(now).replace(tzinfo=NEW_YORK).astimezone(UTC)
    ends = promised(begins, hours, week, NEW_YORK)
    assert f"{ends.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" == then
    assert ends.utcoffset() == begins.utcoffset()


# ---- filed, asked for, answered ------------------------------------------------------------------------------------


def test_it_has_a_number_and_a_promised_time(shop: Shop, clock: StandingClock) -> None:
    made = opened(Caller(shop, "call-1"))
    assert len(made.number) == 6
    assert made.promised == clock().replace(hour=16)
    assert made.apology == Money(250, "USD")
    assert opened(Caller(shop, "call-2"), "late").apology is None


def test_who_calls_again_hears_its_state(shop: Shop) -> None:
    made = opened(Caller(shop, "call-1"))
    later = Caller(shop, "call-2")
    found = later.say(FindComplaint(made.number))
    assert isinstance(found, ComplaintFound)
    assert (found.answered, found.answer, found.promised) == (False, None, made.promised)
    answer_complaint(shop.till, made.number, "We baked\n a new one.")
    found = later.say(FindComplaint(made.number))
    assert isinstance(found, ComplaintFound)
    assert (found.answered, found.answer) == (True, None), "a number alone tells no answer"
    found = later.say(FindComplaint(made.number, CALLER))
    assert isinstance(found, ComplaintFound)
    assert found.answer == "We baked a new one."
    assert later.say(FindComplaint("100000")) == ComplaintUnknown("100000")


def test_a_customers_answer_needs_the_pin(ann: Ann, shop: Shop) -> None:
    assert ann.say(FindComplaint(None, CALLER, **by(ann))) == NoComplaints()
    made = opened(ann, **by(ann))
    answer_complaint(shop.till, made.number, "Sorry.")
    other = Caller(shop, "call-other")
    found = other.say(FindComplaint(made.number, CALLER))
    assert isinstance(found, ComplaintFound)
    assert (found.answer, found.of_customer) == (None, True)
    assert other.say(FindComplaint(None, CALLER, ann.customer, "")) == ProofNeeded()
    theirs = ann.say(FindComplaint(None, None, **by(ann)))
    assert isinstance(theirs, ComplaintFound)
    assert theirs.answer == "Sorry."


def test_without_proof_nobody_is_the_customer(ann: Ann, shop: Shop) -> None:
    number = opened(Caller(shop, "call-9"), customer=ann.customer, authorization="made up").number
    with shop.store.transaction():
        row = shop.store.complaint(shop.till.shop, number)
    assert row is not None
    assert row["customer"] is None


def test_it_is_answered_once_with_something_that_can_be_said(shop: Shop) -> None:
    number = opened(Caller(shop)).number
    for bad in ("", "  ", "x" * 501, "a\x00b"):
        with pytest.raises(CommerceError, match="1 to 500 characters"):
            answer_complaint(shop.till, number, bad)
    answer_complaint(shop.till, number, "Sorry.")
    with pytest.raises(CommerceError, match="was answered on 2030-05-01"):
        answer_complaint(shop.till, number, "Sorry again.")
    with pytest.raises(CommerceError, match="voxcart complaint list"):
        answer_complaint(shop.till, "000000", "Sorry.")


# ---- apologies -----------------------------------------------------------------------------------------------------


def test_an_apology_follows_the_rules_of_the_shop_file(ann: Ann, shop: Shop) -> None:
    ann.has_got(("cake", 1))
    made = opened(ann, **by(ann))
    granted = ann.say(ClaimGoodwill(made.number, **by(ann)))
    assert isinstance(granted, GoodwillGranted)
    assert granted.amount == Money(250, "USD")
    assert granted.code.isdecimal()
    assert len(granted.code) == 8
    with shop.store.transaction():
        row = shop.store.goodwill(granted.code)
    assert row is not None
    assert (row["customer"], row["amount"], row["complaint"], row["used"]) == (ann.customer, 250, made.number, None)
    assert ann.say(ClaimGoodwill(made.number, **by(ann))) == granted, "the same one, not another"


def test_it_is_never_worth_more_than_the_order(ann: Ann) -> None:
    ann.has_got(("water", 1))
    granted = ann.say(ClaimGoodwill(opened(ann).number, **by(ann)))
    assert isinstance(granted, GoodwillGranted)
    assert granted.amount == Money(100, "USD")


@pytest.mark.parametrize("what", ["no order", "an old order", "another reason", "a month ago", "unknown", "of another"])
def test_nobody_is_apologised_to_again_and_again(what: str, ann: Ann, shop: Shop, clock: StandingClock) -> None:
    if what != "no order":
        ann.has_got(("cake", 1))
    if what == "an old order":
        clock.move(days=31)
    made = opened(ann, "late" if what == "another reason" else "quality")
    asker, number = ann, made.number
    match what:
        case "a month ago":
            assert isinstance(ann.say(ClaimGoodwill(number, **by(ann))), GoodwillGranted)
            clock.move(days=29)
            number = opened(ann).number
        case "unknown":
            number = "100000"
        case "of another":
            asker = Ann(shop, "5550100101")
            asker.has_got(("cake", 1))
    assert asker.say(ClaimGoodwill(number, **by(asker))) == NoGoodwill()


def test_an_apology_needs_the_pin(ann: Ann) -> None:
    ann.has_got(("cake", 1))
    assert ann.say(ClaimGoodwill(opened(ann).number, ann.customer, "")) == ProofNeeded()


def test_codes_differ(ann: Ann, shop: Shop) -> None:
    drawn = iter([5, 5, 6])
    till = replace(shop.till, draw=lambda _most: next(drawn))
    with shop.store.transaction():
        codes = [grant(till, ann.customer, Money(100, "USD"), "other") for _ in range(2)]
    assert codes == ["10000005", "10000006"]


# ---- the shop file -------------------------------------------------------------------------------------------------


def test_reasons_are_those_that_can_be_heard() -> None:
    assert set(REASONS) == set(intent.Reason.__args__)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "quality = 2.50",
            "qualty = 2.50",
            r"\[complaints\], in 'goodwill': there is no reason 'qualty'; did you mean",
        ),
        ("quality = 2.50", "quality = 0", "must be above 0"),
        ("quality = 2.50", "quality = 2.505", "decimal places"),
        ("answer_hours = 4", "answer_hours = 0", r"\[complaints\]: the key 'answer_hours' must be from 1"),
        ("days = 14", "days = 0", r"\[returns\]: the key 'days' must be at least 1"),
        ("days = 14", "way = 'label'", "the key 'days' is missing"),
        ("days = 14", "days = 14\nway = 'fly'", "cannot be 'fly'"),
    ],
)
def test_a_slip_of_the_pen_is_found(before: str, after: str, says: str, tmp_path) -> None:
    assert before in KIOSK
    with pytest.raises(ShopFileError, match=says):
        parse_shop(KIOSK.replace(before, after, 1), tmp_path / "kiosk.toml")
