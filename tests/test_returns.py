"""What has arrived can be returned: in time, once, for what was paid; what has not arrived cannot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from commerce.after import CancelOrder, NoOrders, ProofNeeded, Status
from commerce.cart import Line
from commerce.commands import CheckPin, OrderPlaced, OrderUnknown, PinAccepted, PlaceOrder
from commerce.customers import add_customer
from commerce.errors import CommerceError
from commerce.pledges import Terms
from commerce.redress import FindReturn, NotReturnable, OrderReturned, ReturnOffered, ReturnOrder, refund_for
from commerce.returns import settle_return
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


class Ann(Caller):
    """A customer, who gives the PIN whenever it is needed."""

    numbers = count()

    def __init__(self, shop: Shop, phone: str = "5550100100") -> None:
        super().__init__(shop, f"call-{next(self.numbers)}")
        self.customer, _ = add_customer(shop.till, "Ann", phone, PIN)

    def prove(self) -> str:
        accepted = self.say(CheckPin(self.customer, self.call, PIN))
        assert isinstance(accepted, PinAccepted)
        return accepted.authorization

    def has_got(self, *goods: tuple[str, int], status: Status = "delivered") -> str:
        for each, quantity in goods:
            self.add(each, quantity)
        placed = self.say(PlaceOrder(self.confirmed_quote().id, self.customer, self.prove()))
        assert isinstance(placed, OrderPlaced)
        if status != "placed":
            self.shop.set_status(placed.number, status)
        return placed.number

    def finds(self) -> object:
        return self.say(FindReturn(self.customer, self.prove()))

    def offered(self) -> ReturnOffered:
        found = self.finds()
        assert isinstance(found, ReturnOffered), found
        return found

    def wants(self, offered: ReturnOffered, *lines: Line, into: str | None = None) -> ReturnOrder:
        chosen = lines or offered.lines
        refund = refund_for(offered, chosen)
        return ReturnOrder(offered.number, self.customer, self.prove(), chosen, refund, "damaged", "it broke", into)

    def returns(self, offered: ReturnOffered, *lines: Line, into: str | None = None) -> OrderReturned:
        returned = self.say(self.wants(offered, *lines, into=into))
        assert isinstance(returned, OrderReturned), returned
        return returned


@pytest.fixture
def ann(shop: Shop) -> Ann:
    return Ann(shop)


def some(line: Line, quantity: int) -> Line:
    return replace(line, quantity=Decimal(quantity))


def test_a_delivered_order_is_offered_with_its_items_and_its_refund(ann: Ann) -> None:
    number = ann.has_got(("cake", 2), ("water", 3))
    offered = ann.offered()
    assert offered.number == number
    assert [(line.product, line.quantity) for line in offered.lines] == [("cake", 2), ("water", 3)]
    assert offered.refund.minor == 2 * 333 + 3 * 100
    assert offered.way == "bring"


@pytest.mark.parametrize("status", ["placed", "packed", "sent"])
def test_a_pending_order_cannot_be_returned_and_it_is_told_why(ann: Ann, status: Status) -> None:
    number = ann.has_got(("cake", 1), status=status)
    assert ann.finds() == NotReturnable(number, status)
    [order] = ann.shop.orders()
    line = order.lines[0]
    command = ReturnOrder(number, ann.customer, ann.prove(), (line,), line.total, "late", "")
    assert ann.say(command) == NotReturnable(number, status)


def test_the_newest_that_can_be_returned_is_offered(ann: Ann, clock: StandingClock) -> None:
    assert ann.finds() == NoOrders()
    first = ann.has_got(("cake", 1))
    clock.move(minutes=1)
    ann.has_got(("water", 1), status="sent")
    clock.move(minutes=1)
    cancelled = ann.has_got(("water", 1), status="placed")
    ann.say(CancelOrder(cancelled, ann.customer, ann.prove()))
    assert ann.offered().number == first


def test_after_the_window_nothing_is_taken_back(ann: Ann, clock: StandingClock) -> None:
    number = ann.has_got(("cake", 1), status="placed")
    clock.move(days=30)
    ann.shop.set_status(number, "delivered")
    clock.move(days=14)
    assert ann.offered().number == number, "the days count from the delivery"
    clock.move(seconds=1)
    assert ann.finds() == NotReturnable(number, "late")


def test_a_shop_without_returns_takes_none(ann: Ann) -> None:
    number = ann.has_got(("cake", 1))
    catalog = replace(ann.shop.catalog, terms=Terms())
    ann.shop.till = replace(ann.shop.till, catalog=catalog)
    assert ann.finds() == NotReturnable(number, "never")


def test_it_is_returned_once(ann: Ann) -> None:
    number = ann.has_got(("cake", 2))
    offered = ann.offered()
    command, key = ann.wants(offered), ann.key()
    assert ann.shop.execute(command, key) == ann.shop.execute(command, key)
    assert ann.say(replace(command, authorization=ann.prove())) == NotReturnable(number, "returned")
    assert ann.finds() == NotReturnable(number, "returned")
    with ann.shop.store.transaction():
        [row] = ann.shop.store.returns(ann.shop.till.shop)
    assert (row["of"], row["refund"], row["reason"], row["said"]) == (number, 666, "damaged", "it broke")
    assert len(row["number"]) == 6


def test_a_part_comes_back_and_then_the_rest_and_never_more_than_was_paid(ann: Ann) -> None:
    ann.has_got(("cake", 3), ("water", 2))
    offered = ann.offered()
    cake = offered.lines[0]
    assert ann.returns(offered, some(cake, 1)).refund.minor == 333
    left = ann.offered()
    assert [line.quantity for line in left.lines] == [2, 2]
    assert left.refund.minor == 2 * 333 + 200
    assert ann.say(ann.wants(offered, cake)) == left, "what was offered before no longer stands"
    assert ann.returns(left, *left.lines).refund.minor == 866
    with ann.shop.store.transaction():
        assert ann.shop.store.refunded(left.number) == 3 * 333 + 200
    assert isinstance(ann.finds(), NotReturnable)


@pytest.mark.parametrize("what", ["more", "nothing", "another line", "twice", "a higher price", "a higher refund"])
def test_nobody_gets_more_than_was_offered(ann: Ann, what: str) -> None:
    ann.has_got(("cake", 2), ("water", 1))
    offered = ann.offered()
    cake = offered.lines[0]
    lines: dict[str, tuple[Line, ...]] = {
        "more": (some(cake, 3),),
        "nothing": (some(cake, 0),),
        "another line": (replace(cake, id=9),),
        "twice": (cake, cake),
        "a higher price": (replace(cake, unit_price=ann.shop.till.money(9999)),),
        "a higher refund": (cake,),
    }
    command = ann.wants(offered, cake)
    command = replace(command, lines=lines[what])
    if what == "a higher refund":
        command = replace(command, refund=ann.shop.till.money(9999))
    assert ann.say(command) == offered
    with ann.shop.store.transaction():
        assert ann.shop.store.returns(ann.shop.till.shop) == []


def test_only_who_proved_to_be_the_customer_returns_and_only_their_own(ann: Ann, shop: Shop) -> None:
    number = ann.has_got(("cake", 1))
    command = ann.wants(ann.offered())
    bob = Ann(shop, "5550100101")
    assert bob.say(command) == ProofNeeded()
    assert bob.say(FindReturn(ann.customer, bob.prove())) == ProofNeeded()
    theirs = replace(command, customer=bob.customer, authorization=bob.prove())
    assert bob.say(theirs) == OrderUnknown(number)
    assert bob.finds() == NoOrders()


def test_in_exchange_the_same_goods_are_a_cart(ann: Ann) -> None:
    ann.has_got(("cake", 4), ("water", 1))
    ann.shop.set_stock("cake", Decimal(0))
    returned = ann.returns(ann.offered(), into=ann.call)
    assert returned.cart is not None
    assert [line.product for line in returned.cart.lines] == ["water"]
    assert [line.product for line in returned.missing] == ["cake"]


@pytest.mark.parametrize(("restock", "level"), [(False, 3), (True, 5)])
def test_the_merchant_settles_it_once_and_may_sell_it_again(ann: Ann, restock: bool, level: int) -> None:
    ann.has_got(("cake", 2))
    number, till = ann.returns(ann.offered()).number, ann.shop.till
    settle_return(till, number, restock)
    with ann.shop.store.transaction():
        assert ann.shop.store.products(till.shop, ["cake"])["cake"][1] == level
    with pytest.raises(CommerceError, match="was settled on 2030-05-01"):
        settle_return(till, number, restock)
    with pytest.raises(CommerceError, match="voxcart return list"):
        settle_return(till, "000000", restock)
