"""A small shop for tests: a kiosk with counted, weighed and optional goods, a clock that stands until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from commerce.cart import Chosen
from commerce.catalog import Catalog
from commerce.commands import (
    AddLine,
    CartChanged,
    ChangeCart,
    Command,
    Confirmed,
    ConfirmQuote,
    Outcome,
    Quote,
    QuoteCart,
    Quoted,
)
from commerce.connectors import Kind
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store

KIOSK = """
name = "Kiosk"
currency = "USD"
max_quantity = 20

[returns]
days = 14

[complaints]
answer_hours = 4

[complaints.goodwill]
quality = 2.50

[options.size]
default = "medium"
values = [{ name = "small", price = -0.50 }, "medium", { name = "large", price = 0.75 }]

[options.milk]
values = ["milk", { name = "oat milk", price = 0.60 }]
amounts = ["a bit of", "lots of"]

[options.bread]
required = true
values = ["white", "brown"]

[options.extras]
choose = "many"
values = [{ name = "butter", price = 0.40 }, { name = "jam", price = 0.55 }]

[[products]]
name = "latte"
price = 4.20
options = ["size", "milk"]

[[products]]
name = "toast"
price = 1.90
stock = 10
options = ["bread", "extras"]

[[products]]
name = "cake"
price = 3.33
stock = 5

[[products]]
name = "water"
price = 1.00
stock = 2000

[[products]]
name = "cheese"
price = 7.99
unit = "kg"
stock = 3

[[coupons]]
code = "CAKE5"
percent = 5
once = false
"""


@cache
def kiosk() -> Catalog:
    return parse_shop(KIOSK, Path("kiosk.toml"))


class StandingClock:
    """Tells the same time until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Caller:
    """Gives commands in one call, each under a key of its own."""

    def __init__(self, shop: Shop, call: str = "call-1") -> None:
        self.shop = shop
        self.call = call
        self.turn = 0

    def key(self) -> str:
        self.turn += 1
        return f"{self.call}/{self.turn}"

    def say(self, command: Command) -> Outcome:
        return self.shop.execute(command, self.key())

    def add(self, product: str, quantity: str | int = 1, *options: Chosen, sure: bool = False) -> CartChanged:
        outcome = self.say(ChangeCart(self.call, (AddLine(product, Decimal(quantity), options),), sure))
        assert isinstance(outcome, CartChanged)
        return outcome

    def quote(self, customer: str | None = None) -> Quote:
        outcome = self.say(QuoteCart(self.call, customer))
        assert isinstance(outcome, Quoted), outcome
        return outcome.quote

    def confirmed_quote(self) -> Quote:
        quote = self.quote()
        assert isinstance(self.say(ConfirmQuote(quote.id)), Confirmed)
        return quote


def open_kiosk(
    database: Path | None = None,
    clock: StandingClock | None = None,
    settings: CommerceSettings | None = None,
    elsewhere: frozenset[Kind] = frozenset(),
) -> Shop:
    """Without a PIN unless the settings say otherwise."""
    settings = settings or CommerceSettings(pin_free_limit="")
    store = Store(database, clock or StandingClock(), settings.busy_timeout_ms)
    return Shop(kiosk(), store, settings, elsewhere=elsewhere)
