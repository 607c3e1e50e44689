"""A shop whose orders can be paid in every way, and callers who pay, for tests."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from commerce.catalog import Catalog
from commerce.charging import ChargingShop, pay_due
from commerce.commands import CheckPin, OrderPlaced, Outcome, PinAccepted, PlaceOrder, Quote, QuoteCart, Quoted
from commerce.commands import ConfirmQuote as ConfirmQuote
from commerce.customers import add_customer, change_customer, set_card
from commerce.payments import CHARGED, PayBy, Payments, SavedCard, WayKept
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from commerce.terms import Way
from tests.bank import GOOD, Bank
from tests.small_shop import KIOSK, Caller, StandingClock

PHONE, PIN = "15550100", "8362"
STRANGER = "15550199"
EVERY_WAY = f'{KIOSK}\n[payment]\nnote = "As you like."\nways = ["delivery", "card", "link", "invoice"]\n'
SETTINGS = CommerceSettings(pin_free_limit="50.00")
PAUSE = timedelta(seconds=5)
CAKE = 333
"""What one costs."""


def catalog(text: str = EVERY_WAY) -> Catalog:
    return parse_shop(text, Path("kiosk.toml"))


def open_paid(
    database: Path | None = None,
    clock: StandingClock | None = None,
    settings: CommerceSettings = SETTINGS,
    charges: frozenset[Way] = CHARGED,
    text: str = EVERY_WAY,
    texts: bool = True,
) -> Shop:
    store = Store(database, clock or StandingClock(), settings.busy_timeout_ms)
    return Shop(catalog(text), store, settings, charges=charges, texts=texts)


class Buyer(Caller):
    """Ann, who has a saved card and may pay later, calls a shop that has money moved by `payments`."""

    def __init__(
        self,
        shop: Shop,
        payments: Payments,
        call: str = "call-1",
        card: tuple[str, str] | None = GOOD,
        enrol: bool = True,
        phone: str | None = PHONE,
    ) -> None:
        super().__init__(shop, call)
        self.payments = payments
        self.charging = ChargingShop(shop, shop.till, payments)
        self.phone = phone
        if enrol:
            self.customer, _ = add_customer(shop.till, "Ann", PHONE, PIN)
            change_customer(shop.till, PHONE, {"invoice": "yes"})
            if card:
                set_card(shop.till, PHONE, *card, SavedCard("visa", "4242"))
        else:
            self.customer = shop.store.customers()[0]["id"]
        self.proof: str | None = None

    def give_pin(self) -> str:
        accepted = self.say(CheckPin(self.customer, self.call, PIN))
        assert isinstance(accepted, PinAccepted)
        self.proof = accepted.authorization
        return self.proof

    def pay_by(self, way: Way) -> Outcome:
        return self.say(PayBy(self.call, way, self.customer if self.proof else None, self.proof, self.phone))

    def total(self) -> Quote:
        asked = QuoteCart(self.call, self.customer if self.proof else None, self.proof, self.phone)
        outcome = self.say(asked)
        assert isinstance(outcome, Quoted), outcome
        self.say(ConfirmQuote(outcome.quote.id))
        return outcome.quote

    def place(self, quote: Quote) -> PlaceOrder:
        return PlaceOrder(quote.id, self.customer if self.proof else None, self.proof, self.phone)

    def order(self, quote: Quote) -> Outcome:
        return self.charging.execute(self.place(quote), self.key())

    def buy(self, way: Way, product: str = "cake", quantity: int = 1) -> OrderPlaced:
        """All of it, with the PIN."""
        self.add(product, quantity)
        self.give_pin()
        assert self.pay_by(way) == WayKept(way)
        placed = self.order(self.total())
        assert isinstance(placed, OrderPlaced), placed
        return placed

    def settle(self) -> None:
        """Whatever is due to be paid, paid back or let go."""
        pay_due(self.shop.till, self.payments, PAUSE)


def shop_and_bank() -> tuple[Shop, Bank, Buyer]:
    shop, bank = open_paid(), Bank()
    return shop, bank, Buyer(shop, bank)


def state_of(shop: Shop) -> str:
    [order] = shop.orders()
    assert order.payment is not None
    return order.payment.state
