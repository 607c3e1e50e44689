"""The shop against a small model of it: whatever is commanded in whatever order, the books and the model agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from commerce import buying
from commerce.after import CancelOrder, OrderCancelled, TakeBasket
from commerce.commands import (
    AddLine,
    ChangeCart,
    CheckPin,
    ClearCart,
    Command,
    Confirmed,
    ConfirmQuote,
    OrderPlaced,
    Outcome,
    PinAccepted,
    PlaceOrder,
    QuoteCart,
    Quoted,
    QuoteVoid,
    RedoCart,
    RemoveLine,
    SetLineQuantity,
    UndoCart,
)
from commerce.customers import add_customer
from commerce.errors import KeyReused, StoreError
from commerce.money import Money
from commerce.outcomes import PinNeeded, Quote, StockChanged
from commerce.settings import CommerceSettings
from commerce.store import Store
from commerce.till import read_cart
from tests.small_shop import StandingClock, open_kiosk

LIMIT, CONFIRMED_S, QUOTED_S, SESSION_S = 500, 60, 300, 300
SETTINGS = CommerceSettings(pin_free_limit="5.00", confirmation_s=CONFIRMED_S, quote_s=QUOTED_S,
                            session_idle_s=SESSION_S, pin_tries=50)  # fmt: skip
PIN, WRONG = "4719", "8352"
CALLS = ("call-1", "call-2")
COUNTED = {"cake": Decimal(5), "toast": Decimal(10), "cheese": Decimal(3)}


@pytest.fixture(scope="module", autouse=True)
def quick_hash() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("commerce.pin.MEMORY_KIB", 64)
        yield


@dataclass
class Told:
    """A quote as the caller heard it. `cart`: how often its cart had changed by then; `price`: how often prices had."""

    quote: Quote
    call: str
    cart: int
    price: int
    made: datetime
    agreed: datetime | None = None
    order: str | None = None


@dataclass
class Proof:
    authorization: str
    call: str
    at: datetime
    used: bool = False


class Business(RuleBasedStateMachine):
    quotes, proofs, orders = Bundle("quotes"), Bundle("proofs"), Bundle("orders")

    @initialize()
    def open(self) -> None:
        self.clock = StandingClock()
        self.shop = open_kiosk(clock=self.clock, settings=SETTINGS)
        self.customer, _ = add_customer(self.shop.till, "Ann", "5550100100", PIN)
        self.turn = self.prices = 0
        self.changes = dict.fromkeys(CALLS, 0)
        self.stock = dict(COUNTED)
        self.placed: dict[str, Told] = {}
        self.cancelled: set[str] = set()
        self.proof_of_old: Proof | None = None
        self.last: tuple[Command, str, Outcome] | None = None

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.close()

    def say(self, call: str, command: Command) -> Outcome:
        self.turn += 1
        before = {each: self.cart(each) for each in CALLS}
        key = f"{call}/{self.turn}"
        outcome = self.shop.execute(command, key)
        self.last = command, key, outcome
        for each in CALLS:
            self.changes[each] += before[each] != self.cart(each)
        return outcome

    def cart(self, call: str) -> tuple[object, ...]:
        """What is in it, without what it costs."""
        with self.shop.store.transaction():
            kept = read_cart(self.shop.till, call)
        return tuple((line.id, line.product, line.quantity, line.options) for line in kept.cart.lines) if kept else ()

    # ---- what callers do -----------------------------------------------------------------------------------------

    @rule(call=st.sampled_from(CALLS), product=st.sampled_from(["cake", "water", "latte", "toast", "cheese"]),
          quantity=st.sampled_from([1, 2, 4]))  # fmt: skip
    def add(self, call: str, product: str, quantity: int) -> None:
        self.say(call, ChangeCart(call, (AddLine(product, Decimal(quantity)),)))

    @rule(call=st.sampled_from(CALLS), line=st.integers(1, 4), quantity=st.integers(0, 3))
    def change(self, call: str, line: int, quantity: int) -> None:
        edit = SetLineQuantity(line, Decimal(quantity)) if quantity else RemoveLine(line)
        self.say(call, ChangeCart(call, (edit,)))

    @rule(call=st.sampled_from(CALLS), what=st.sampled_from([UndoCart, RedoCart, ClearCart]))
    def move(self, call: str, what: type[UndoCart]) -> None:
        self.say(call, what(call))

    @rule(target=quotes, call=st.sampled_from(CALLS))
    def quote(self, call: str) -> object:
        outcome = self.say(call, QuoteCart(call, self.customer))
        return self._told(call, outcome.quote) if isinstance(outcome, Quoted) else multiple()

    @rule(told=quotes)
    def agree(self, told: Told) -> None:
        void = self._void(told)
        outcome = self.say(told.call, ConfirmQuote(told.quote.id))
        assert isinstance(outcome, QuoteVoid) == bool(void), (void, outcome)
        if isinstance(outcome, Confirmed):
            told.agreed = told.agreed or self.clock()
            assert outcome.expires == told.agreed + timedelta(seconds=CONFIRMED_S)

    @rule(target=proofs, call=st.sampled_from(CALLS), pin=st.sampled_from([PIN, PIN, WRONG]))
    def prove(self, call: str, pin: str) -> object:
        outcome = self.say(call, CheckPin(self.customer, call, pin))
        assert isinstance(outcome, PinAccepted) == (pin == PIN)
        return Proof(outcome.authorization, call, self.clock()) if isinstance(outcome, PinAccepted) else multiple()

    @rule(target=orders, told=quotes, proof=st.none() | proofs)
    def buy(self, told: Told, proof: Proof | None) -> object:
        return self._buy(told, proof)

    @rule(target=orders, call=st.sampled_from(CALLS), pause=st.sampled_from([0, 0, 0, 59, 61, 300]),
          old=st.booleans(), product=st.sampled_from(["cake", "latte"]),
          twist=st.sampled_from(["", "", "change", "again"]))  # fmt: skip
    def buy_as_one_should(self, call: str, pause: int, old: bool, product: str, twist: str) -> object:
        """But for a pause after the yes, the PIN of an `old` order, a changed cart, or an order placed twice."""
        self.say(call, ChangeCart(call, (AddLine(product, Decimal(2)),)))
        outcome = self.say(call, QuoteCart(call, self.customer))
        if not isinstance(outcome, Quoted):
            return multiple()
        told = self._told(call, outcome.quote)
        self.agree(told)
        proof = self.proof_of_old if old and self.proof_of_old else self.prove(call, PIN)
        assert isinstance(proof, Proof)
        self.clock.move(seconds=pause)
        self.proof_of_old = proof
        if twist == "change":
            self.say(call, ChangeCart(call, (AddLine("water", Decimal(1)),)))
        number = self._buy(told, proof)
        if twist == "again":
            self._buy(told, self.prove(call, PIN))
        return number

    def _buy(self, told: Told, proof: object) -> object:
        assert proof is None or isinstance(proof, Proof)
        void, proved = self._void(told), self._proves(proof, told)
        left = {each: self.left(each) for each in COUNTED}
        outcome = self.say(told.call, PlaceOrder(told.quote.id, self.customer, proof.authorization if proof else None))
        if not isinstance(outcome, OrderPlaced):
            assert isinstance(outcome, QuoteVoid) == bool(void or told.agreed is None), (void, outcome)
            excused = void or told.agreed is None or told.price != self.prices or not proved
            assert excused or isinstance(outcome, StockChanged), outcome
            if isinstance(outcome, PinNeeded):
                assert not proved
            if isinstance(outcome, StockChanged):
                assert any(told.quote.cart.held(each) > left[each] for each in COUNTED)
            return multiple()
        assert not void
        assert told.agreed is not None
        assert proved
        assert outcome.total == told.quote.total
        assert outcome.lines == told.quote.cart.lines
        told.order = outcome.number
        self.placed[outcome.number] = told
        if proof and told.quote.total.minor > LIMIT:
            proof.used = True
        return outcome.number

    @rule(number=consumes(orders), proof=proofs, into=st.none() | st.sampled_from(CALLS))
    def cancel(self, number: str, proof: Proof, into: str | None) -> None:
        outcome = self.say(proof.call, CancelOrder(number, self.customer, proof.authorization, into))
        fresh = self.clock() < proof.at + timedelta(seconds=SESSION_S)
        assert isinstance(outcome, OrderCancelled) == (fresh and number not in self.cancelled)
        if isinstance(outcome, OrderCancelled):
            self.cancelled.add(number)

    @rule(proof=proofs)
    def the_usual(self, proof: Proof) -> None:
        self.say(proof.call, TakeBasket(proof.call, self.customer, proof.authorization, "usual"))

    @rule(seconds=st.sampled_from([1, 30, 59, 61, 299]))
    def wait(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    # ---- what others do ------------------------------------------------------------------------------------------

    @rule(product=st.sampled_from(["cake", "latte"]), minor=st.sampled_from([333, 420, 500]))
    def price(self, product: str, minor: int) -> None:
        self.shop.set_price(product, Money(minor, "USD"))
        self.prices += 1

    @rule(product=st.sampled_from(sorted(COUNTED)), level=st.integers(0, 6))
    def count_again(self, product: str, level: int) -> None:
        self.stock[product] += level - self.left(product)
        self.shop.set_stock(product, Decimal(level))

    @rule()
    def the_same_key_again(self) -> None:
        if self.last is None:
            return
        command, key, outcome = self.last
        assert self.shop.execute(command, key) == outcome
        with pytest.raises(KeyReused):
            self.shop.execute(ClearCart("another"), key)

    # ---- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def stock_and_orders_together_are_constant(self) -> None:
        if not hasattr(self, "shop"):
            return
        sold = dict.fromkeys(COUNTED, Decimal(0))
        for order in self.shop.orders():
            for line in order.lines if order.status != "cancelled" else ():
                if line.product in sold:
                    sold[line.product] += line.quantity
        assert {each: self.left(each) + sold[each] for each in COUNTED} == self.stock
        assert min(map(self.left, COUNTED)) >= 0

    @invariant()
    def the_books_hold_what_was_agreed_to(self) -> None:
        if not hasattr(self, "shop"):
            return
        kept = {each.number: each for each in self.shop.orders()}
        assert set(kept) == set(self.placed)
        assert len({told.quote.id for told in self.placed.values()}) == len(kept), "one yes, one order"
        for number, told in self.placed.items():
            assert kept[number].total == told.quote.total
            assert kept[number].total.minor == sum(line.total.minor for line in kept[number].lines)
        assert set(self.shop.books()) == {each.number for each in self.shop.receipts()}

    # ---- the model -----------------------------------------------------------------------------------------------

    def left(self, product: str) -> Decimal:
        with self.shop.store.transaction():
            level = self.shop.store.products(self.shop.till.shop, (product,))[product][1]
        assert level is not None
        return level

    def _told(self, call: str, quote: Quote) -> Told:
        return Told(quote, call, self.changes[call], self.prices, self.clock())

    def _void(self, told: Told) -> str:
        now = self.clock()
        if told.order:
            return "it was bought"
        if told.cart != self.changes[told.call]:
            return "its cart was changed"
        if now >= told.made + timedelta(seconds=QUOTED_S):
            return "it was made long ago"
        if told.agreed and now >= told.agreed + timedelta(seconds=CONFIRMED_S):
            return "it was agreed to long ago"
        return ""

    def _proves(self, proof: Proof | None, told: Told) -> bool:
        if told.quote.total.minor <= LIMIT:
            return True
        fresh = proof is not None and self.clock() < proof.at + timedelta(seconds=SESSION_S)
        return proof is not None and fresh and not proof.used and proof.call == told.call


TestBusiness = Business.TestCase
OFTEN = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestBusiness.settings = OFTEN


# ---- faults that could be made -----------------------------------------------------------------------------------


def a_changed_cart_voids_nothing(patch: pytest.MonkeyPatch) -> None:
    right = buying._void
    patch.setattr(buying, "_void", lambda till, row: right(till, row | {"cart_revision": row["revision"]}))


def a_yes_stands_for_ever(patch: pytest.MonkeyPatch) -> None:
    right = buying._void
    patch.setattr(buying, "_void", lambda till, row: right(till, row | {"expires": None}))


def a_yes_is_never_used_up(patch: pytest.MonkeyPatch) -> None:
    right = buying._void
    patch.setattr(
        buying, "_void", lambda till, row: right(till, row | {"used": None, "cart_revision": row["revision"]})
    )


def nothing_is_taken_from_the_shelf(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "take_stock", lambda *_: True)


def a_pin_serves_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "use_pin_check", lambda *_: None)


@pytest.mark.parametrize(
    "fault",
    [
        a_changed_cart_voids_nothing,
        a_yes_stands_for_ever,
        a_yes_is_never_used_up,
        nothing_is_taken_from_the_shelf,
        a_pin_serves_twice,
    ],
    ids=lambda each: each.__name__,
)
def test_a_fault_is_found(fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    quickly = settings(
        OFTEN, max_examples=300, phases=[Phase.generate], database=None, report_multiple_bugs=False, derandomize=True
    )
    with pytest.raises((AssertionError, StoreError, sqlite3.IntegrityError)):
        run_state_machine_as_test(Business, settings=quickly)
