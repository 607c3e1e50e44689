"""Orders that are placed: told, ordered again, cancelled and moved on; only for who proved to be the customer."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from commerce.after import (
    NEXT,
    STATUSES,
    BasketTaken,
    CancelOrder,
    FindLatest,
    NoOrders,
    OrderCancelled,
    ProofNeeded,
    Status,
    TakeBasket,
    TooLate,
)
from commerce.commands import CheckPin, FindOrder, OrderFound, OrderPlaced, OrderUnknown, PinAccepted, PlaceOrder
from commerce.customers import add_customer
from commerce.errors import CommerceError
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.small_shop import Caller, StandingClock, open_kiosk

PIN = "8362"


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


class Customer(Caller):
    """Who has given the PIN in this call."""

    def __init__(self, shop: Shop, customer: str, call: str) -> None:
        super().__init__(shop, call)
        self.customer = customer
        self.proof = self.prove()

    def prove(self) -> str:
        accepted = self.say(CheckPin(self.customer, self.call, PIN))
        assert isinstance(accepted, PinAccepted)
        return accepted.authorization

    def buy(self, *goods: tuple[str, int]) -> str:
        for each, quantity in goods:
            self.add(each, quantity)
        placed = self.say(PlaceOrder(self.confirmed_quote().id, self.customer, self.prove()))
        assert isinstance(placed, OrderPlaced)
        return placed.number


@pytest.fixture
def ann(shop: Shop) -> Customer:
    return Customer(shop, add_customer(shop.till, "Ann", "5550100100", PIN)[0], "call-1")


def stock(shop: Shop, product_id: str) -> Decimal | None:
    with shop.store.transaction():
        return shop.store.products(shop.till.shop, [product_id])[product_id][1]


def test_the_newest_order_is_told(ann: Customer, clock: StandingClock) -> None:
    assert ann.say(FindLatest(ann.customer, ann.proof)) == NoOrders()
    first = ann.buy(("cake", 1))
    clock.move(minutes=1)
    second = ann.buy(("water", 2))
    found = ann.say(FindLatest(ann.customer, ann.proof))
    assert isinstance(found, OrderFound)
    assert found.number == second
    assert found.lines is not None
    ann.shop.set_status(second, "delivered")
    rather = ann.say(FindLatest(ann.customer, ann.proof, under_way=True))
    assert isinstance(rather, OrderFound)
    assert rather.number == first


@pytest.mark.parametrize("what", ["nobody", "another call", "another customer", "too late", "a wrong PIN"])
def test_without_proof_nothing_is_told_and_nothing_done(
    what: str, ann: Customer, shop: Shop, clock: StandingClock
) -> None:
    number = ann.buy(("cake", 1))
    bob = Customer(shop, add_customer(shop.till, "Bob", "5550100101", PIN)[0], "call-2")
    customer, proof, asker = ann.customer, ann.proof, Caller(shop, "call-1")
    asker.turn = 50
    match what:
        case "nobody":
            proof = ""
        case "another call":
            asker = Caller(shop, "call-3")
        case "another customer":
            proof, asker = bob.proof, bob
        case "too late":
            clock.move(seconds=301)
        case "a wrong PIN":
            asker.say(CheckPin(customer, "call-1", "9174"))
            [row] = [row for row in [shop.store.pin_check(key=f"call-1/{asker.turn}")] if row]
            proof = row["id"]
    for command in (
        FindLatest(customer, proof),
        TakeBasket("call-1", customer, proof, "usual"),
        CancelOrder(number, customer, proof),
    ):
        assert asker.say(command) == ProofNeeded()
    told = Caller(shop, "call-9").say(FindOrder(number, customer, "call-9", proof))
    assert isinstance(told, OrderFound)
    assert told.lines is None
    assert stock(shop, "cake") == 4


def test_what_is_usual_is_what_was_ordered_most_often(ann: Customer, clock: StandingClock) -> None:
    for goods in ((("cake", 1), ("water", 2)), (("latte", 1),), (("water", 2), ("cake", 1)), (("toast", 1),)):
        clock.move(minutes=1)
        if goods == (("toast", 1),):
            continue
        ann.buy(*goods)
    clock.move(minutes=1)
    ann.proof = ann.prove()
    taken = ann.say(TakeBasket(ann.call, ann.customer, ann.proof, "usual"))
    assert isinstance(taken, BasketTaken)
    assert {(line.product, line.quantity) for line in taken.cart.lines} == {("cake", 1), ("water", 2)}


def test_the_last_order_comes_at_todays_prices_without_what_is_sold_out(ann: Customer, shop: Shop) -> None:
    ann.buy(("cake", 2), ("water", 1))
    shop.set_price("water", shop.till.money(250))
    shop.set_stock("cake", Decimal(1))
    ann.add("water", 1)
    taken = ann.say(TakeBasket(ann.call, ann.customer, ann.proof, "last"))
    assert isinstance(taken, BasketTaken)
    assert [line.product for line in taken.taken] == ["water"]
    assert [(line.product, line.quantity) for line in taken.missing] == [("cake", 2)]
    [line] = taken.cart.lines
    assert (line.quantity, line.total.minor) == (2, 500)


def test_what_is_no_longer_in_the_shop_file_is_named(ann: Customer, shop: Shop) -> None:
    number = ann.buy(("cake", 1), ("water", 1))
    with shop.store.transaction():
        shop.store._run("UPDATE order_lines SET product = 'lemon_tart' WHERE number = ? AND product = 'cake'", number)
    taken = ann.say(TakeBasket(ann.call, ann.customer, ann.proof, "last"))
    assert isinstance(taken, BasketTaken)
    assert taken.gone == ("lemon tart",)


def test_a_cancelled_order_is_in_stock_again_once(ann: Customer, shop: Shop) -> None:
    number = ann.buy(("cake", 2))
    assert stock(shop, "cake") == 3
    cancelled = ann.say(CancelOrder(number, ann.customer, ann.proof))
    assert isinstance(cancelled, OrderCancelled)
    assert stock(shop, "cake") == 5
    assert ann.say(CancelOrder(number, ann.customer, ann.proof)) == TooLate(number, "cancelled")
    assert stock(shop, "cake") == 5
    assert ann.say(TakeBasket(ann.call, ann.customer, ann.proof, "usual")) == NoOrders()


def test_the_same_cancellation_twice_is_one(ann: Customer, shop: Shop) -> None:
    number = ann.buy(("cake", 2))
    command, key = CancelOrder(number, ann.customer, ann.proof), ann.key()
    assert shop.execute(command, key) == shop.execute(command, key)
    assert stock(shop, "cake") == 5


def test_to_change_an_order_it_becomes_a_cart_again(ann: Customer) -> None:
    number = ann.buy(("cake", 5))
    changed = ann.say(CancelOrder(number, ann.customer, ann.proof, ann.call))
    assert isinstance(changed, OrderCancelled)
    assert changed.cart is not None
    assert [(line.product, line.quantity) for line in changed.cart.lines] == [("cake", 5)]
    assert ann.buy(("water", 1)) != number


@pytest.mark.parametrize("status", ["packed", "sent", "delivered"])
def test_what_is_packed_is_not_cancelled_by_a_caller(ann: Customer, shop: Shop, status: Status) -> None:
    number = ann.buy(("cake", 1))
    shop.set_status(number, status)
    assert ann.say(CancelOrder(number, ann.customer, ann.proof)) == TooLate(number, status)
    assert stock(shop, "cake") == 4


def test_nobody_cancels_the_order_of_another(ann: Customer, shop: Shop) -> None:
    number = ann.buy(("cake", 1))
    bob = Customer(shop, add_customer(shop.till, "Bob", "5550100101", PIN)[0], "call-2")
    assert bob.say(CancelOrder(number, bob.customer, bob.proof)) == OrderUnknown(number)
    assert bob.say(CancelOrder("999999", bob.customer, bob.proof)) == OrderUnknown("999999")


@pytest.mark.parametrize(("before", "after"), list(product(STATUSES, STATUSES)))
def test_an_order_becomes_only_what_it_can(before: Status, after: Status, ann: Customer, shop: Shop) -> None:
    number = ann.buy(("cake", 1))
    if before != "placed":
        shop.set_status(number, before)
    if after in NEXT[before]:
        shop.set_status(number, after)
        assert shop.orders()[0].status == after
        assert stock(shop, "cake") == (5 if after == "cancelled" else 4)
    else:
        with pytest.raises(CommerceError, match=before):
            shop.set_status(number, after)
        assert shop.orders()[0].status == before


def test_an_unknown_order_becomes_nothing(shop: Shop) -> None:
    with pytest.raises(CommerceError, match="999999"):
        shop.set_status("999999", "packed")
