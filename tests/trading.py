"""A shop here with everything elsewhere, behind a real HTTP server, and one caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from commerce.commands import (
    AddLine,
    ChangeCart,
    CheckStock,
    Command,
    ConfirmQuote,
    PlaceOrder,
    QuoteCart,
)
from commerce.connected import ConnectedShop
from commerce.connectors import KINDS, Connectors
from commerce.local_connectors import LocalBackEnd
from commerce.outbox import hand_over
from commerce.outcomes import (
    CartChanged,
    OrderPlaced,
    Outcome,
    Quote,
    Quoted,
    StockKnown,
)
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.store import Store
from tests.back_office import Desk, open_desk
from tests.small_shop import StandingClock, kiosk, open_kiosk
from voxcart.connecting import HttpSettings
from voxcart.http_connectors import HttpBackEnd

PHONE, PIN = "15550100100", "8362"
PAUSE = timedelta(seconds=5)


@dataclass
class Trade:
    """A shop here, its back office behind HTTP, and one caller."""

    desk: Desk
    office: Shop
    shop: Shop
    connected: ConnectedShop
    back_end: HttpBackEnd
    clock: StandingClock
    turn: int = 0

    def say(self, command: Command, key: str | None = None) -> Outcome:
        self.turn += 1
        return self.connected.execute(command, key or f"call-1/{self.turn}")

    def add(self, product: str, quantity: str = "1") -> CartChanged:
        changed = self.say(ChangeCart("call-1", (AddLine(product, Decimal(quantity)),)))
        assert isinstance(changed, CartChanged), changed
        return changed

    def quote(self) -> Quote:
        quoted = self.say(QuoteCart("call-1"))
        assert isinstance(quoted, Quoted), quoted
        self.say(ConfirmQuote(quoted.quote.id))
        return quoted.quote

    def order(self, product: str, quantity: str = "1") -> str:
        self.add(product, quantity)
        placed = self.say(PlaceOrder(self.quote().id))
        assert isinstance(placed, OrderPlaced), placed
        return placed.number

    def hand_over(self) -> None:
        hand_over(self.shop.till, self.back_end, PAUSE)

    def level(self, product: str) -> Decimal | None:
        known = self.say(CheckStock((product,)))
        assert isinstance(known, StockKnown), known
        return known.levels[0][1]

    def tickets(self) -> list[tuple[str, str]]:
        with self.shop.store.transaction():
            return [(row["reason"], row["call"]) for row in self.shop.store.tickets()]


@contextmanager
def trading() -> Iterator[Trade]:
    clock = StandingClock()
    office = open_kiosk()
    shop = Shop(kiosk(), Store(None, clock), CommerceSettings(pin_free_limit=""), elsewhere=frozenset(KINDS))
    ledger = LocalBackEnd(office)
    with open_desk(ledger) as desk:
        back_end = HttpBackEnd(HttpSettings(desk.url, pause_ms=1, failures=10**6), "USD")
        connected = ConnectedShop(shop, Connectors(back_end, back_end, back_end, back_end))
        yield Trade(desk, office, shop, connected, back_end, clock)
        back_end.close()
    shop.close()
    office.close()
