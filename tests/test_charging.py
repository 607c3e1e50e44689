"""Money is charged if and only if there is an order; what is paid back is never more than was charged."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from commerce.after import CancelOrder
from commerce.charging import pay_due
from commerce.commands import OrderPlaced, PinNeeded, QuoteCart, Quoted, QuoteVoid
from commerce.customers import change_customer, drop_card, set_card
from commerce.errors import ShopFileError, StoreError
from commerce.money import Money
from commerce.payments import (
    PayBy,
    PaymentRefused,
    SavedCard,
    WayClosed,
    WayKept,
    WayNeeded,
    WayUnproved,
)
from commerce.redress import FindReturn, OrderReturned, ReturnOffered, ReturnOrder
from commerce.returns import settle_return
from commerce.settings import CommerceSettings
from commerce.terms import Payment
from tests.bank import BROKE, Bank
from tests.payers import CAKE, EVERY_WAY, PAUSE, PHONE, STRANGER, Buyer, catalog, open_paid, shop_and_bank, state_of
from tests.small_shop import StandingClock

# ---- which way -----------------------------------------------------------------------------------------------


def test_a_shop_that_names_ways_asks_and_nothing_tells_of_a_customer_before_the_pin() -> None:
    _, _, ann = shop_and_bank()
    ann.add("cake")
    answers = []
    for phone in (PHONE, STRANGER):
        answers.append(
            [ann.say(QuoteCart(ann.call, None, None, phone)), ann.say(PayBy(ann.call, "card", None, None, phone))]
        )
    assert answers[0] == answers[1] == [WayNeeded(("delivery", "link"), ("card", "invoice")), WayUnproved("card")]
    ann.give_pin()
    assert ann.say(QuoteCart(ann.call, ann.customer, ann.proof, PHONE)) == WayNeeded(
        ("delivery", "card", "link", "invoice")
    )


def test_a_customer_without_card_or_credit_is_not_offered_them() -> None:
    shop, bank = open_paid(), Bank()
    ann = Buyer(shop, bank, card=None)
    change_customer(shop.till, PHONE, {"invoice": ""})
    ann.add("cake")
    ann.give_pin()
    assert ann.say(QuoteCart(ann.call, ann.customer, ann.proof, PHONE)) == WayNeeded(("delivery", "link"))
    assert ann.pay_by("card") == WayClosed("card")
    assert ann.pay_by("invoice") == WayClosed("invoice")


def test_without_pins_only_what_needs_none() -> None:
    shop = open_paid(settings=CommerceSettings(pin_free_limit=""))
    ann = Buyer(shop, Bank())
    ann.add("cake")
    assert ann.pay_by("card") == WayClosed("card")
    assert ann.say(QuoteCart(ann.call, None, None, PHONE)) == WayNeeded(("delivery", "link"))
    quoted = ann.say(QuoteCart(ann.call))
    assert isinstance(quoted, Quoted)
    assert quoted.quote.payment == Payment("delivery"), "where one way is left, nobody is asked"


def test_where_nobody_moves_money_there_is_neither_card_nor_link() -> None:
    ann = Buyer(open_paid(charges=frozenset()), Bank())
    ann.add("cake")
    ann.give_pin()
    assert [ann.pay_by(way) for way in ("card", "link")] == [WayClosed("card"), WayClosed("link")]
    assert ann.pay_by("invoice") == WayKept("invoice")


def test_the_way_is_part_of_what_is_agreed_to() -> None:
    _, _, ann = shop_and_bank()
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    assert quote.payment is not None
    assert (quote.payment.way, quote.card, quote.needs_pin) == ("card", "4242", True)
    ann.pay_by("delivery")
    assert ann.order(quote) == QuoteVoid("cart_changed")
    again = ann.total()
    assert again.cart_hash != quote.cart_hash
    assert isinstance(ann.order(again), OrderPlaced)


def test_card_and_invoice_need_the_pin_however_small_the_order() -> None:
    for way in ("card", "invoice"):
        shop, _, ann = shop_and_bank()
        ann.add("cake")
        proof = ann.give_pin()
        ann.pay_by(way)
        quote = ann.total()
        ann.proof = None
        outcome = ann.order(quote)
        assert isinstance(outcome, PinNeeded)
        assert shop.orders() == ()
        ann.proof = proof
        assert isinstance(ann.order(quote), OrderPlaced)


def test_another_card_than_was_told_is_not_charged() -> None:
    shop, bank, ann = shop_and_bank()
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    set_card(shop.till, PHONE, "cus_ann", "pm_other", SavedCard("visa", "1111"))
    assert ann.order(quote) == WayClosed("card")
    drop_card(shop.till, PHONE)
    assert bank.asked == []


# ---- if and only if there is an order ------------------------------------------------------------------------


def test_a_card_is_held_before_the_order_and_charged_after_it() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("card")
    assert (bank.held, bank.kept) == (CAKE, 0)
    assert state_of(shop) == "authorized"
    ann.settle()
    ann.settle()
    assert (bank.held, bank.kept) == (0, CAKE)
    [order] = shop.orders()
    assert order.payment is not None
    assert (order.payment.state, order.payment.captured) == ("captured", Money(CAKE, "USD"))
    assert shop.books()[placed.number]["payment"] == "card"
    assert [each.split()[0] for each in bank.asked] == ["authorize", "capture"]


def test_invoice_and_delivery_are_written_down_and_nobody_is_asked() -> None:
    for way in ("invoice", "delivery"):
        shop, bank, ann = shop_and_bank()
        ann.buy(way)
        ann.settle()
        [order] = shop.orders()
        assert order.payment is not None
        assert (order.payment.way, order.payment.state) == (way, "")
        assert bank.asked == []


def test_a_declined_card_orders_nothing_and_leaves_the_other_ways() -> None:
    shop, bank = open_paid(), Bank()
    ann = Buyer(shop, bank, card=BROKE)
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    place, key = ann.place(quote), ann.key()
    refused = PaymentRefused("declined", ("delivery", "link", "invoice"))
    assert ann.charging.execute(place, key) == refused
    assert ann.charging.execute(place, key) == refused, "the same command again has the same answer"
    assert (shop.orders(), bank.held, len(bank.asked)) == ((), 0, 1)
    ann.pay_by("delivery")
    assert isinstance(ann.order(ann.total()), OrderPlaced), "the PIN was not used up"


@pytest.mark.parametrize("trouble", ["lose_answers", "away"])
def test_no_answer_is_no_order_and_what_may_be_held_is_let_go(trouble: str) -> None:
    shop, bank, ann = shop_and_bank()
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    setattr(bank, trouble, 1)
    assert ann.order(quote) == PaymentRefused("unavailable", ("delivery", "link", "invoice"))
    assert shop.orders() == ()
    ann.settle()
    assert (bank.held, bank.kept) == (0, 0)
    assert pay_due(shop.till, bank, PAUSE) is None
    ann.pay_by("card")
    assert isinstance(ann.order(ann.total()), OrderPlaced), "later it works, under another key"
    ann.settle()
    assert bank.kept == CAKE


def test_a_hold_whose_order_cannot_be_is_let_go() -> None:
    """Somebody else buys the last cake between the hold and the order."""
    shop, bank, ann = shop_and_bank()
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    bank.after = lambda _question: shop.set_stock("cake", Decimal(0))
    assert not isinstance(ann.order(quote), OrderPlaced)
    bank.after = lambda _question: None
    assert bank.held == CAKE
    ann.settle()
    assert (bank.held, bank.kept, shop.orders()) == (0, 0, ())


def test_nothing_is_held_for_what_cannot_be_ordered_anyway() -> None:
    shop, bank, ann = shop_and_bank()
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()
    shop.set_stock("cake", Decimal(0))
    ann.order(quote)
    assert bank.asked == []


def test_a_hold_that_is_answered_too_late_is_let_go_and_nothing_is_ordered() -> None:
    clock, bank = StandingClock(), Bank()
    shop = open_paid(clock=clock)
    ann = Buyer(shop, bank)
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    quote = ann.total()

    def others_give_it_up(question: str) -> None:
        if question == "authorize":
            bank.after = lambda _question: None
            clock.move(seconds=121)
            pay_due(shop.till, bank, PAUSE)

    bank.after = others_give_it_up
    assert isinstance(ann.order(quote), PaymentRefused)
    assert (bank.held, bank.kept, shop.orders()) == (0, 0, ())


def test_a_capture_is_tried_until_it_is_done_and_charges_once() -> None:
    clock, bank = StandingClock(), Bank()
    shop = open_paid(clock=clock)
    ann = Buyer(shop, bank)
    ann.buy("card")
    bank.lose_answers = 1
    assert pay_due(shop.till, bank, PAUSE) == clock() + PAUSE
    assert state_of(shop) == "authorized"
    clock.move(seconds=5)
    bank.away = 1
    assert pay_due(shop.till, bank, PAUSE) == clock() + 2 * PAUSE
    clock.move(seconds=10)
    ann.settle()
    assert (state_of(shop), bank.kept) == ("captured", CAKE)


def test_two_couriers_at_once_charge_and_pay_back_once() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("card", quantity=2)

    def another_comes_first(_question: str) -> None:
        bank.before = lambda _question: None
        ann.settle()

    bank.before = another_comes_first
    ann.settle()
    assert bank.kept == 2 * CAKE
    shop.set_status(placed.number, "delivered")
    settle_return(shop.till, returned(ann, 1), restock=False)
    bank.before = another_comes_first
    ann.settle()
    assert bank.kept == CAKE
    [order] = shop.orders()
    assert order.payment is not None
    assert (order.payment.captured, order.payment.refunded) == (Money(2 * CAKE, "USD"), Money(CAKE, "USD"))


def test_what_can_never_be_charged_is_told_to_people() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("card")
    next(iter(bank.accounts.values())).state = "void"
    ann.settle()
    assert state_of(shop) == "failed"
    with shop.store.transaction():
        [ticket] = shop.store.tickets()
    assert ticket["reason"] == "payment failed"
    assert json.loads(ticket["summary"])["order"] == placed.number


# ---- paid back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before it is charged", "after it is charged", "charged and not noted"])
def test_a_cancelled_order_costs_nothing(when: str) -> None:
    clock, bank = StandingClock(), Bank()
    shop = open_paid(clock=clock)
    ann = Buyer(shop, bank)
    placed = ann.buy("card")
    if when != "before it is charged":
        bank.lose_answers = int(when == "charged and not noted")
        ann.settle()
    ann.charging.execute(CancelOrder(placed.number, ann.customer, ann.proof or ""), ann.key())
    clock.move(seconds=60)
    ann.settle()
    assert (bank.held, bank.kept) == (0, 0)
    assert state_of(shop) == "released"


def test_the_merchant_cancels_and_it_is_paid_back() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("card")
    ann.settle()
    shop.set_status(placed.number, "cancelled")
    ann.settle()
    assert bank.kept == 0
    [order] = shop.orders()
    assert order.payment is not None
    assert order.payment.refunded == Money(CAKE, "USD")


def returned(ann: Buyer, quantity: int) -> str:
    """The number of a return of so many cakes."""
    offered = ann.say(FindReturn(ann.customer, ann.proof or ""))
    assert isinstance(offered, ReturnOffered)
    [line] = offered.lines
    some = (replace(line, quantity=Decimal(quantity)),)
    refund = Money(CAKE * quantity, "USD")
    outcome = ann.say(ReturnOrder(offered.number, ann.customer, ann.proof or "", some, refund, "quality", "stale"))
    assert isinstance(outcome, OrderReturned)
    return outcome.number


def test_what_comes_back_is_paid_back_once_and_never_more_than_was_charged() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("card", quantity=3)
    ann.settle()
    shop.set_status(placed.number, "delivered")
    first, second = returned(ann, 1), returned(ann, 2)
    settle_return(shop.till, first, restock=False)
    ann.settle()
    ann.settle()
    assert bank.kept == 2 * CAKE
    account = next(iter(bank.accounts.values()))
    account.refunded += 1  # by hand, at the bank
    with shop.store.transaction():
        shop.store.add_refunded(shop.store.payment_of_order(placed.number)["id"], 1)  # type: ignore[index]
    settle_return(shop.till, second, restock=False)
    ann.settle()
    assert bank.kept == 0, "two cakes less what was paid back already"
    assert account.refunded == account.captured == 3 * CAKE


def test_the_books_themselves_hold_no_refund_above_what_was_charged() -> None:
    shop, _, ann = shop_and_bank()
    placed = ann.buy("card")
    with pytest.raises(StoreError), shop.store.transaction():
        shop.store.add_refunded(shop.store.payment_of_order(placed.number)["id"], 1)  # type: ignore[index]


def test_what_was_never_charged_is_not_paid_back() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("invoice")
    shop.set_status(placed.number, "delivered")
    settle_return(shop.till, returned(ann, 1), restock=True)
    ann.settle()
    assert bank.asked == []


# ---- the shop file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ("", "give a 'note'"),
        ('ways = ["cart"]', "did you mean 'card'"),
        ('ways = ["card", "card"]', "2 times"),
        ('ways = "card"', "a list in [brackets]"),
        ('way = ["card"]', "did you mean 'ways'"),
    ],
)
def test_a_wrong_table_is_named(payment: str, said: str) -> None:
    with pytest.raises(ShopFileError) as raised:
        catalog(EVERY_WAY.partition("[payment]")[0] + f"[payment]\n{payment}\n")
    assert "[payment]" in str(raised.value)
    assert said in str(raised.value)
