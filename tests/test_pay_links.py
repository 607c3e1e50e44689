"""Links to pay by: made once, told once, paid once, and not for what was cancelled; what is forgotten of payments."""

from __future__ import annotations

from datetime import timedelta

from commerce.charging import hear_event
from commerce.commands import OrderPlaced
from commerce.coupons import UseCoupon
from commerce.customers import change_customer, set_card
from commerce.money import Money
from commerce.payments import (
    PaymentEvent,
    SavedCard,
    WayClosed,
    WayKept,
    WayUnproved,
)
from commerce.shop import Shop
from tests.bank import BROKE, GOOD, Bank
from tests.payers import CAKE, EVERY_WAY, PHONE, STRANGER, Buyer, open_paid, shop_and_bank, state_of
from tests.small_shop import StandingClock


def payment_of(shop: Shop, number: str) -> dict[str, object]:
    with shop.store.transaction():
        row = shop.store.payment_of_order(number)
    assert row is not None
    return row


def test_a_link_is_made_once_and_told_once_and_paid_by_its_event_once() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("link")
    ann.settle()
    ann.settle()
    row = payment_of(shop, placed.number)
    assert (row["state"], row["url"]) == ("due", f"https://pay.example/{row['id']}")
    with shop.store.transaction():
        notices = [each for each in shop.store.notices(shop.till.shop) if each["kind"] == "payment"]
    assert len(notices) == 1
    event = PaymentEvent("evt_1", "paid", str(row["id"]), f"pi_{row['id']}", bank.pay(str(row["id"])))
    assert hear_event(shop.till, event)
    assert not hear_event(shop.till, event)
    assert not hear_event(shop.till, PaymentEvent("evt_2", "paid", "link-of-nobody", "pi_1", Money(1, "USD")))
    [order] = shop.orders()
    assert order.payment is not None
    assert (order.payment.state, order.payment.captured) == ("paid", Money(CAKE, "USD"))


def test_a_link_goes_to_the_number_that_calls_or_to_who_has_proved_to_be_the_customer() -> None:
    shop, bank = open_paid(), Bank()
    stranger = Buyer(shop, bank, phone=STRANGER)
    stranger.add("cake")
    assert stranger.pay_by("link") == WayKept("link")
    quote = stranger.total()
    assert not quote.needs_pin
    placed = stranger.order(quote)
    assert isinstance(placed, OrderPlaced)
    assert payment_of(shop, placed.number)["phone"] == STRANGER
    withheld = Buyer(shop, bank, "call-2", enrol=False, phone=None)
    withheld.add("cake")
    assert withheld.pay_by("link") == WayUnproved("link")
    withheld.give_pin()
    assert withheld.pay_by("link") == WayKept("link")
    assert withheld.total().needs_pin


def test_where_there_is_only_mail_a_link_goes_to_customers_with_an_address() -> None:
    shop = open_paid(texts=False)
    ann = Buyer(shop, Bank())
    ann.add("cake")
    assert ann.pay_by("link") == WayUnproved("link")
    ann.give_pin()
    assert ann.pay_by("link") == WayClosed("link")
    change_customer(shop.till, PHONE, {"email": "ann@example.com"})
    assert ann.pay_by("link") == WayKept("link")
    assert ann.total().needs_pin


def test_a_link_of_a_cancelled_order_cannot_be_paid_and_who_has_paid_has_it_back() -> None:
    for paid in (False, True):
        shop, bank, ann = shop_and_bank()
        placed = ann.buy("link")
        ann.settle()
        name = str(payment_of(shop, placed.number)["id"])
        amount = bank.pay(name) if paid else None
        shop.set_status(placed.number, "cancelled")
        if paid:
            hear_event(shop.till, PaymentEvent("evt_1", "paid", name, f"pi_{name}", amount))
        ann.settle()
        assert bank.kept == 0
        assert state_of(shop) == "released"
        assert bank.accounts[f"cs_{name}"].state == ("captured" if paid else "void")


def test_a_link_that_is_not_told_yet_dies_with_its_order() -> None:
    shop, bank, ann = shop_and_bank()
    placed = ann.buy("link")
    shop.set_status(placed.number, "cancelled")
    ann.settle()
    assert not [each for each in bank.asked if each.startswith("link")]
    with shop.store.transaction():
        assert not [each for each in shop.store.notices(shop.till.shop) if each["kind"] == "payment"]


def test_an_event_about_another_amount_or_currency_pays_nothing() -> None:
    shop, _, ann = shop_and_bank()
    placed = ann.buy("link")
    ann.settle()
    name = str(payment_of(shop, placed.number)["id"])
    for number, amount in enumerate((Money(CAKE + 1, "USD"), Money(CAKE, "EUR"), None)):
        hear_event(shop.till, PaymentEvent(f"evt_{number}", "paid", name, "pi_1", amount))
    assert state_of(shop) == "due"
    hear_event(shop.till, PaymentEvent("evt_9", "expired", name))
    assert state_of(shop) == "expired"


def test_a_free_order_charges_nothing() -> None:
    shop, bank = (
        open_paid(text=EVERY_WAY.replace('code = "CAKE5"\npercent = 5', 'code = "FREE"\npercent = 100')),
        Bank(),
    )
    for way in ("card", "link"):
        ann = Buyer(shop, bank, f"call-{way}", enrol=not shop.store.customers())
        ann.say(UseCoupon(ann.call, "FREE"))
        ann.buy(way)
        ann.settle()
    assert bank.asked == []


def test_old_tries_are_forgotten_and_payments_of_orders_are_not() -> None:
    clock, bank = StandingClock(), Bank()
    shop = open_paid(clock=clock)
    ann = Buyer(shop, bank, card=BROKE)
    ann.add("cake")
    ann.give_pin()
    ann.pay_by("card")
    ann.order(ann.total())
    set_card(shop.till, PHONE, *GOOD, SavedCard("visa", "4242"))
    ann.pay_by("card")
    ann.order(ann.total())
    ann.settle()
    clock.move(days=30)
    shop.store.forget_conversations(clock() - timedelta(days=1))
    with shop.store.transaction():
        assert [row["state"] for row in shop.store._rows("SELECT state FROM payments")] == ["captured"]


def test_whose_number_a_link_went_to_is_forgotten() -> None:
    clock, bank = StandingClock(), Bank()
    shop = open_paid(clock=clock)
    stranger = Buyer(shop, bank, phone=STRANGER)
    stranger.add("cake")
    stranger.pay_by("link")
    placed = stranger.order(stranger.total())
    assert isinstance(placed, OrderPlaced)
    stranger.settle()
    clock.move(days=30)
    shop.store.forget_conversations(clock() - timedelta(days=29))
    row = payment_of(shop, placed.number)
    assert (row["phone"], row["url"], row["state"]) == (None, None, "due")
