"""What whoever moves the money must do, in memory and at Stripe: the same contract for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.money import Money
from commerce.payments import Declined, Held, Hold, Payments, SavedCard
from tests import bank as fakes
from tests.bank import Bank
from tests.stripe_house import BROKE, GOOD, KEY, Door, stripe_house
from voxcart.stripe_payments import StripePayments

TEN = Money(1000, "USD")
_numbers = count(1)


@dataclass
class Side:
    """Whom we ask, and what is seen from the other side of it: (state, charged, paid back) of a hold."""

    payments: Payments
    good: tuple[str, str]
    broke: tuple[str, str]
    inside: Any

    def hold(self, card: tuple[str, str] | None = None, amount: Money = TEN) -> Hold:
        return Hold(f"hold-{next(_numbers)}", amount, *(card or self.good))

    def held(self) -> tuple[Hold, str]:
        hold = self.hold()
        answer = self.payments.authorize(hold)
        assert isinstance(answer, Held)
        return hold, answer.reference

    def books(self, reference: str) -> tuple[str, int, int]:
        if isinstance(self.inside, Bank):
            account = self.inside.accounts[reference]
            return account.state, account.captured, account.refunded
        found = self.inside.ask("GET", f"/v1/payment_intents/{reference}")
        states = {"requires_capture": "held", "succeeded": "captured", "canceled": "void"}
        charge = found["latest_charge"]
        charged = charge["amount"] if found["status"] == "succeeded" else 0
        return states[found["status"]], charged, charge["amount_refunded"]

    def holds(self) -> int:
        """How many holds there are, whatever became of them."""
        return len(self.inside.accounts if isinstance(self.inside, Bank) else self.inside.intents())


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with stripe_house() as opened:
        yield opened


@pytest.fixture(params=["in memory", "stripe"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "in memory":
        bank = Bank()
        return Side(bank, fakes.GOOD, fakes.BROKE, bank)
    door: Door = request.getfixturevalue("door")
    payments = StripePayments(KEY, door.url, "https://shop.example/thanks")
    return Side(payments, door.save_card(GOOD), door.save_card(BROKE), door)


def test_held_then_charged_once(side: Side) -> None:
    hold, reference = side.held()
    assert side.books(reference) == ("held", 0, 0)
    assert side.payments.authorize(hold) == Held(reference)
    for _ in range(2):
        side.payments.capture(reference, f"{hold.id}/capture")
    assert side.books(reference) == ("captured", 1000, 0)


def test_a_card_that_is_declined_holds_nothing(side: Side) -> None:
    before = side.payments.authorize(hold := side.hold(side.broke))
    assert isinstance(before, Declined)
    assert side.payments.authorize(hold) == before
    side.payments.release(hold, "", f"{hold.id}/release")


def test_what_is_released_is_void(side: Side) -> None:
    hold, reference = side.held()
    for _ in range(2):
        side.payments.release(hold, reference, f"{hold.id}/release")
    assert side.books(reference) == ("void", 0, 0)
    with pytest.raises(BackEndRefused):
        side.payments.capture(reference, f"{hold.id}/capture")


def test_what_was_charged_already_is_paid_back_when_it_is_released(side: Side) -> None:
    hold, reference = side.held()
    side.payments.capture(reference, f"{hold.id}/capture")
    side.payments.refund(reference, Money(300, "USD"), f"{hold.id}/refund/1")
    for _ in range(2):
        side.payments.release(hold, reference, f"{hold.id}/release")
    assert side.books(reference) == ("captured", 1000, 1000)


def test_a_part_is_paid_back_once_and_never_more_than_was_charged(side: Side) -> None:
    hold, reference = side.held()
    side.payments.capture(reference, f"{hold.id}/capture")
    for _ in range(2):
        side.payments.refund(reference, Money(400, "USD"), f"{hold.id}/refund/1")
    assert side.books(reference) == ("captured", 1000, 400)
    with pytest.raises(BackEndRefused):
        side.payments.refund(reference, Money(601, "USD"), f"{hold.id}/refund/2")
    assert side.books(reference) == ("captured", 1000, 400)


@pytest.mark.parametrize("trouble", ["lose_answers", "away"])
def test_a_hold_whose_answer_is_lost_is_found_by_its_id_and_released(side: Side, trouble: str) -> None:
    hold, before = side.hold(), side.holds()
    setattr(side.inside, trouble, 1)
    with pytest.raises(BackEndUnavailable):
        side.payments.authorize(hold)
    side.payments.release(hold, "", f"{hold.id}/release")
    assert side.holds() == before + 1, "asked with the same id, it is the same hold"
    answer = side.payments.authorize(hold)
    assert isinstance(answer, Held)
    assert side.books(answer.reference)[0] == "void"


def test_a_charge_whose_answer_is_lost_is_charged_once(side: Side) -> None:
    hold, reference = side.held()
    side.inside.lose_answers = 1
    with pytest.raises(BackEndUnavailable):
        side.payments.capture(reference, f"{hold.id}/capture")
    side.payments.capture(reference, f"{hold.id}/capture")
    assert side.books(reference) == ("captured", 1000, 0)


def test_a_link_is_one_link_and_can_be_withdrawn(side: Side) -> None:
    payment = f"link-{next(_numbers)}"
    made = side.payments.link(payment, TEN, "Luna Pizza 412790")
    assert made.url.startswith("https://")
    assert side.payments.link(payment, TEN, "Luna Pizza 412790") == made
    for _ in range(2):
        side.payments.release(None, made.reference, f"{payment}/release")


def test_who_paid_before_the_link_was_withdrawn_has_it_back(side: Side) -> None:
    payment = f"link-{next(_numbers)}"
    made = side.payments.link(payment, TEN, "Luna Pizza 412790")
    if isinstance(side.inside, Bank):
        side.inside.pay(payment)
        reference = f"pi_{payment}"
    else:
        side.inside.pay(made.reference)
        reference = side.inside.sessions[made.reference]["payment_intent"]
    for _ in range(2):
        side.payments.release(None, made.reference, f"{payment}/release")
    assert side.books(reference) == ("captured", 1000, 1000)


def test_a_saved_card_is_told_by_its_last_digits_and_only_of_its_customer(side: Side) -> None:
    assert side.payments.saved_card(*side.good) == SavedCard("visa", "4242")
    with pytest.raises(BackEndRefused):
        side.payments.saved_card("cus_nobody", side.good[1])


def test_a_key_that_is_not_taken_is_trouble_and_no_decline(door: Door) -> None:
    payments = StripePayments("wrong", door.url)
    with pytest.raises(BackEndUnavailable, match="key"):
        payments.authorize(Hold("hold-x", TEN, *door.save_card(GOOD)))


def test_an_answer_that_takes_too_long_is_none_and_its_hold_is_let_go(door: Door) -> None:
    payments = StripePayments(KEY, door.url, timeout_s=0.3)
    hold = Hold("hold-slow", TEN, *door.save_card(GOOD))
    before = len(door.intents())
    door.slow_s = 1.0
    with pytest.raises(BackEndUnavailable):
        payments.authorize(hold)
    payments.release(hold, "", "hold-slow/release")
    made = [each for each in door.intents() if each["metadata"].get("payment") == "hold-slow"]
    assert [each["status"] for each in made] == ["canceled"]
    assert len(door.intents()) == before + 1


def test_nobody_there_is_trouble() -> None:
    with pytest.raises(BackEndUnavailable):
        StripePayments(KEY, "http://127.0.0.1:9").authorize(Hold("hold-y", TEN, "cus_1", "pm_1"))
