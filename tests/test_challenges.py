"""Some digits of the PIN are asked for, others each time: what was overheard is of no use."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from commerce.commands import CheckPin, PinAccepted, PinLocked, PinRejected
from commerce.customers import add_customer
from commerce.pin_tries import change_pin
from commerce.proofs import AskPin, PinAsked
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.small_shop import StandingClock, open_kiosk

PIN = "836274"
PHONE = "5550100100"
ASKING = CommerceSettings(pin_free_limit="0.00", pin_challenge=2)


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
def shop() -> Shop:
    return open_kiosk(settings=ASKING)


class Line:
    """A call after the other."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.calls = shop, 0

    def call(self) -> str:
        self.calls += 1
        return f"call-{self.calls}"

    def asked(self, customer: str) -> tuple[int, ...]:
        outcome = self.shop.execute(AskPin(customer), f"{self.call()}/1")
        assert isinstance(outcome, PinAsked)
        return outcome.positions

    def answered(self, customer: str, digits: str, positions: tuple[int, ...]) -> object:
        call = self.call()
        return self.shop.execute(CheckPin(customer, call, digits, positions), f"{call}/1")


def at(positions: tuple[int, ...], pin: str = PIN) -> str:
    return "".join(pin[each - 1] for each in positions)


def test_what_one_call_gave_away_does_not_help_in_the_next(shop: Shop) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    line = Line(shop)
    first = line.asked(ann)
    overheard = at(first)
    assert isinstance(line.answered(ann, overheard, first), PinAccepted)
    second = line.asked(ann)
    assert second != first
    assert line.answered(ann, overheard, second) == PinRejected(2)
    assert line.answered(ann, overheard, first) == PinRejected(1), "only what is asked counts"
    assert isinstance(line.answered(ann, at(second), second), PinAccepted)


@pytest.mark.parametrize("pin", ["838362", "727411", "4739"])
def test_no_answer_fits_the_next_question_even_where_digits_repeat(shop: Shop, pin: str) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, pin)
    line = Line(shop)
    for _ in range(30):
        before = line.asked(ann)
        assert isinstance(line.answered(ann, at(before, pin), before), PinAccepted)
        after = line.asked(ann)
        assert at(after, pin) != at(before, pin)


def test_hanging_up_brings_no_easier_question(shop: Shop) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    line = Line(shop)
    first = line.asked(ann)
    assert {line.asked(ann) for _ in range(10)} == {first}
    wrong = str((int(PIN[first[0] - 1]) + 1) % 10) + PIN[first[1] - 1]
    assert line.answered(ann, wrong, first) == PinRejected(2)
    assert line.asked(ann) == first


def test_every_pair_of_digits_is_asked_for_in_time(shop: Shop) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    line = Line(shop)
    seen = set()
    for _ in range(300):
        question = line.asked(ann)
        seen.add(question)
        assert isinstance(line.answered(ann, at(question), question), PinAccepted)
    assert seen == set(combinations(range(1, 7), 2))


def test_the_whole_pin_is_asked_for_until_its_parts_are_known(tmp_path: Path) -> None:
    """Whoever was enrolled before has only a hash of the whole."""
    database = tmp_path / "shop.db"
    before = open_kiosk(database, settings=CommerceSettings(pin_free_limit="0.00"))
    ann, _ = add_customer(before.till, "Ann", PHONE, PIN)
    assert Line(before).asked(ann) == ()
    before.close()
    after = open_kiosk(database, settings=ASKING)
    line = Line(after)
    assert line.asked(ann) == ()
    assert line.answered(ann, "91748", ()) == PinRejected(2)
    assert line.asked(ann) == ()
    assert isinstance(line.answered(ann, PIN, ()), PinAccepted)
    assert len(line.asked(ann)) == 2


def test_a_new_pin_has_new_parts(shop: Shop) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    line = Line(shop)
    line.asked(ann)
    change_pin(shop.till, ann, PIN, "9174")
    question = line.asked(ann)
    assert max(question) <= 4
    assert isinstance(line.answered(ann, at(question, "9174"), question), PinAccepted)


def test_wrong_digits_count_and_lock_like_a_wrong_pin(shop: Shop) -> None:
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    line = Line(shop)
    question = line.asked(ann)
    outcomes = [line.answered(ann, "00", question) for _ in range(3)]
    assert isinstance(outcomes[-1], PinLocked)
    assert isinstance(line.answered(ann, at(question), question), PinLocked)


def test_questions_outlive_the_program_and_parts_are_no_clear_digits(tmp_path: Path) -> None:
    database, clock = tmp_path / "shop.db", StandingClock()
    shop = open_kiosk(database, clock, ASKING)
    ann, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    first = Line(shop).asked(ann)
    with shop.store.transaction():
        parts = shop.store.pin_parts(ann)
    shop.close()
    assert len(parts) == 15
    assert len(set(parts.values())) == 15
    assert all(each.startswith("$argon2id$") for each in parts.values())
    assert Line(open_kiosk(database, clock, ASKING)).asked(ann) == first


def test_a_short_pin_is_asked_for_whole() -> None:
    shop = open_kiosk(settings=CommerceSettings(pin_challenge=4))
    ann, _ = add_customer(shop.till, "Ann", PHONE, "9174")
    assert Line(shop).asked(ann) == ()
