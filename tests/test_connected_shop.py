"""A shop whose stock, prices, customers and orders are elsewhere: what is sold is what is told there, at that time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from commerce.after import CancelOrder, FindLatest, TakeBasket
from commerce.aftercare import follow
from commerce.commands import (
    AddLine,
    ChangeCart,
    CheckPin,
    CheckStock,
    ConfirmQuote,
    FindOrder,
    IdentifyCustomer,
    PlaceOrder,
    QuoteCart,
    RemoveLine,
)
from commerce.connectors import Kind, Unavailable
from commerce.customers import add_customer, list_customers
from commerce.money import Money
from commerce.outbox import NOT_CANCELLED, REFUSED, hand_over
from commerce.outcomes import (
    CartChanged,
    CustomerFound,
    CustomerUnknown,
    OrderFound,
    OrderPlaced,
    OutOfStock,
    PinAccepted,
    PriceChanged,
    Quoted,
    StockChanged,
)
from commerce.pricing import CheckPrices, PricesKnown
from tests.trading import PAUSE, PHONE, PIN, Trade, trading


@pytest.fixture
def trade() -> Iterator[Trade]:
    with trading() as opened:
        yield opened


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# ---- prices and stock ------------------------------------------------------------------------------------------


def test_what_is_added_has_the_price_and_the_stock_of_elsewhere(trade: Trade) -> None:
    trade.office.set_price("cake", usd(500))
    trade.office.set_stock("cake", Decimal(2))
    changed = trade.add("cake", "3")
    assert [type(each) for each in changed.refusals] == [OutOfStock]
    assert changed.refusals[0] == OutOfStock("cake", Decimal(3), Decimal(2))
    assert trade.add("cake", "2").cart.total == usd(1000)


def test_both_are_asked_again_at_the_total_and_at_the_yes(trade: Trade) -> None:
    trade.add("cake", "2")
    trade.office.set_price("cake", usd(400))
    assert trade.quote().total == usd(800)
    quote = trade.quote()
    trade.office.set_price("cake", usd(450))
    changed = trade.say(PlaceOrder(quote.id))
    assert isinstance(changed, PriceChanged)
    assert changed.quote.total == usd(900)
    quote = trade.quote()
    trade.office.set_stock("cake", Decimal(1))
    gone = trade.say(PlaceOrder(quote.id))
    assert isinstance(gone, StockChanged)
    assert gone.missing == (OutOfStock("cake", Decimal(2), Decimal(1)),)
    assert trade.shop.orders() == ()


def test_what_is_not_sold_any_more_cannot_be_bought_and_comes_back_with_its_stock(trade: Trade) -> None:
    trade.add("cake")
    answer = trade.desk.answer

    def without_cake(method: str, target: str, body: object) -> tuple[int, object]:
        status, told = answer(method, target, body)
        if target.startswith("/prices"):
            told["prices"].pop("cake", None)
        return status, told

    trade.desk.answer = without_cake
    assert isinstance(trade.say(QuoteCart("call-1")), StockChanged)
    assert trade.add("cake").refusals
    assert trade.say(CheckPrices(("cake", "latte"))) == PricesKnown((("cake", None), ("latte", usd(420))))
    trade.desk.answer = answer
    assert trade.level("cake") == 5
    trade.add("cake")
    assert trade.quote().total == usd(666)


@pytest.mark.parametrize("path", ["stock", "prices"])
def test_without_an_answer_nothing_is_added_quoted_or_ordered(trade: Trade, path: str) -> None:
    trade.add("cake")
    quote = trade.quote()
    trade.desk.always[path] = 500
    what: Kind = "stock" if path == "stock" else "catalogue"
    asked = CheckStock(("cake",)) if path == "stock" else CheckPrices(("cake",))
    commands = [ChangeCart("call-1", (AddLine("water", Decimal(1)),)), asked, QuoteCart("call-1"), PlaceOrder(quote.id)]
    for command in commands:
        assert trade.say(command) == Unavailable(what)
    assert trade.shop.orders() == ()
    del trade.desk.always[path]
    assert [line.product for line in trade.quote().cart.lines] == ["cake"]
    assert isinstance(trade.say(PlaceOrder(quote.id)), OrderPlaced), "the first yes still counts"


def test_each_question_is_asked_where_its_answer_is(trade: Trade) -> None:
    trade.office.set_price("cake", usd(444))
    assert trade.say(CheckPrices(("cake",))) == PricesKnown((("cake", usd(444)),))
    assert trade.level("cake") == 5
    assert [path.partition("?")[0] for _, path, _ in trade.desk.asked] == ["/prices", "/stock"]


def test_what_is_only_taken_out_needs_nobody(trade: Trade) -> None:
    trade.add("cake")
    trade.desk.always["*"] = 500
    removed = trade.say(ChangeCart("call-1", (RemoveLine(1),)))
    assert isinstance(removed, CartChanged)
    assert removed.cart.lines == ()


def test_a_turn_that_is_done_is_told_again_though_nobody_answers(trade: Trade) -> None:
    trade.add("cake")
    quote = trade.quote()
    placed = trade.say(PlaceOrder(quote.id), "call-1/99")
    trade.desk.always["*"] = "closed"
    assert trade.say(PlaceOrder(quote.id), "call-1/99") == placed
    assert len(trade.shop.orders()) == 1


def test_nobody_waits_for_another_callers_question(trade: Trade) -> None:
    """The database is free while elsewhere is asked."""
    answer = trade.desk.answer

    def answer_and_sell(method: str, target: str, body: object) -> tuple[int, object]:
        with trade.shop.store.transaction():
            trade.shop.store.keep_age("call-2", 18, True)
        return answer(method, target, body)

    trade.desk.answer = answer_and_sell
    assert trade.add("cake").changes


# ---- orders ----------------------------------------------------------------------------------------------------


def test_an_order_is_handed_over_once(trade: Trade) -> None:
    number = trade.order("cake", "2")
    assert trade.desk.ledger.taken() == []
    trade.hand_over()
    trade.hand_over()
    assert trade.desk.ledger.taken() == [number]
    assert trade.desk.count()[f"PUT /orders/{number}"] == 1


def test_until_it_is_taken_its_goods_are_not_sold_again(trade: Trade) -> None:
    trade.order("cake", "4")
    assert trade.level("cake") == 1
    trade.hand_over()
    assert trade.level("cake") == 1
    assert trade.desk.ledger.levels(["cake"]) == {"cake": Decimal(1)}


def test_an_order_that_arrives_while_the_stock_is_asked_is_counted_off_once_too_often_rather_than_not(
    trade: Trade,
) -> None:
    trade.order("cake", "4")
    answer = trade.desk.answer

    def hand_over_then_answer(method: str, target: str, body: object) -> tuple[int, object]:
        told = answer(method, target, body)
        if target.startswith("/stock"):
            trade.desk.answer = answer
            trade.desk.one_at_a_time.release()
            trade.hand_over()
            trade.desk.one_at_a_time.acquire()
        return told

    trade.desk.answer = hand_over_then_answer
    assert trade.level("cake") == 1
    assert trade.level("cake") == 1


def test_a_back_end_that_is_dead_for_a_day_loses_no_order(trade: Trade) -> None:
    trade.desk.always["orders"] = "closed"
    numbers = [trade.order("cake"), trade.order("water", "3")]
    for _ in range(150):
        trade.hand_over()
        trade.clock.move(minutes=10)
    assert trade.desk.ledger.taken() == []
    assert trade.tickets() == []
    trade.desk.always.clear()
    trade.hand_over()
    assert sorted(trade.desk.ledger.taken()) == sorted(numbers)


def test_pauses_grow(trade: Trade) -> None:
    trade.desk.always["orders"] = 503
    number = trade.order("cake")
    waits = []
    for _ in range(9):
        began = trade.clock()
        again = hand_over(trade.shop.till, trade.back_end, PAUSE)
        assert again is not None
        waits.append((again - began).total_seconds())
        trade.clock.time = again
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert trade.desk.count()[f"PUT /orders/{number}"] == 18


def test_an_order_whose_answer_was_lost_is_not_doubled(trade: Trade) -> None:
    trade.desk.mishaps["orders"] = ["after"] * 5
    number = trade.order("cake", "2")
    for _ in range(4):
        trade.hand_over()
        trade.clock.move(minutes=10)
    assert trade.desk.ledger.taken() == [number]
    assert trade.desk.ledger.levels(["cake"]) == {"cake": Decimal(3)}


def test_an_order_that_is_refused_is_cancelled_and_people_are_told(trade: Trade) -> None:
    number = trade.order("cake", "5")
    trade.office.set_stock("cake", Decimal(1))
    trade.hand_over()
    trade.hand_over()
    assert trade.tickets() == [(REFUSED, "call-1")]
    [order] = trade.shop.orders()
    assert (order.number, order.status) == (number, "cancelled")
    assert trade.desk.count()[f"PUT /orders/{number}"] == 1


def enrolled(trade: Trade) -> tuple[str, str]:
    """A customer here and there, and the proof of a PIN."""
    customer, _ = add_customer(trade.shop.till, "Ann", PHONE, PIN)
    accepted = trade.say(CheckPin(customer, "call-1", PIN))
    assert isinstance(accepted, PinAccepted)
    return customer, accepted.authorization


def bought(trade: Trade, customer: str) -> str:
    trade.add("cake", "2")
    quoted = trade.say(QuoteCart("call-1", customer))
    assert isinstance(quoted, Quoted)
    trade.say(ConfirmQuote(quoted.quote.id))
    placed = trade.say(PlaceOrder(quoted.quote.id, customer))
    assert isinstance(placed, OrderPlaced)
    return placed.number


def test_who_ordered_is_told_with_the_order(trade: Trade) -> None:
    customer, _ = enrolled(trade)
    bought(trade, customer)
    trade.hand_over()
    assert trade.desk.bodies[-1]["customer"] == {"number": customer, "phone": PHONE, "name": "Ann"}
    assert PIN not in str(trade.desk.bodies)


def test_a_cancellation_follows_its_order(trade: Trade) -> None:
    customer, proof = enrolled(trade)
    number = bought(trade, customer)
    trade.say(CancelOrder(number, customer, proof))
    trade.hand_over()
    assert trade.desk.ledger.status(number) == "cancelled"
    assert trade.desk.ledger.levels(["cake"]) == {"cake": Decimal(5)}
    assert [method for method, path, _ in trade.desk.asked if path.startswith("/orders")] == ["PUT", "DELETE"]


def test_callers_hear_what_became_of_an_order_there(trade: Trade) -> None:
    customer, proof = enrolled(trade)
    number = bought(trade, customer)
    assert isinstance(trade.say(FindOrder(number)), OrderFound)
    trade.hand_over()
    trade.desk.ledger.move(number, "sent")
    for command in (FindOrder(number), FindLatest(customer, proof)):
        found = trade.say(command)
        assert isinstance(found, OrderFound)
        assert found.status == "sent"
    assert type(trade.say(CancelOrder(number, customer, proof))).__name__ == "TooLate"


def test_what_became_of_an_order_is_not_guessed(trade: Trade) -> None:
    customer, proof = enrolled(trade)
    number = bought(trade, customer)
    trade.hand_over()
    trade.desk.always["orders"] = "garbage"
    for command in (FindOrder(number), FindLatest(customer, proof), CancelOrder(number, customer, proof)):
        assert trade.say(command) == Unavailable("orders")
    assert trade.shop.orders()[0].status == "placed"


def test_a_cancellation_that_is_refused_is_told_to_people(trade: Trade) -> None:
    customer, proof = enrolled(trade)
    number = bought(trade, customer)
    trade.hand_over()
    trade.say(CancelOrder(number, customer, proof))
    trade.desk.ledger.move(number, "packed")
    trade.hand_over()
    assert trade.tickets() == [(NOT_CANCELLED, "call-1")]


def test_an_order_goes_no_way_back(trade: Trade) -> None:
    number = trade.order("cake")
    trade.shop.set_status(number, "sent")
    with trade.shop.store.transaction():
        follow(trade.shop.till, number, "packed")
        follow(trade.shop.till, "999999", "packed")
    assert trade.shop.orders()[0].status == "sent"


def test_the_usual_is_asked_for_before_it_is_taken(trade: Trade) -> None:
    customer, proof = enrolled(trade)
    bought(trade, customer)
    trade.office.set_price("cake", usd(700))
    taken = trade.say(TakeBasket("call-1", customer, proof, "usual"))
    assert taken.cart.total == usd(1400)


# ---- customers -------------------------------------------------------------------------------------------------


def test_who_is_a_customer_is_told_there_and_how_they_prove_it_here(trade: Trade) -> None:
    customer, _ = enrolled(trade)
    assert trade.say(IdentifyCustomer(PHONE)) == CustomerUnknown()
    theirs, _ = add_customer(trade.office.till, "Ann", f"+{PHONE}", "7413", "25.00")
    assert trade.say(IdentifyCustomer(PHONE)) == CustomerFound(customer)
    assert trade.say(IdentifyCustomer(theirs)) == CustomerFound(customer)
    assert list_customers(trade.shop.till)[0].limit == "25.00"


def test_who_has_no_pin_here_cannot_order_with_one(trade: Trade) -> None:
    add_customer(trade.office.till, "Bob", "15550100999", "7413")
    assert trade.say(IdentifyCustomer("15550100999")) == CustomerUnknown()


def test_customers_that_cannot_be_looked_up_are_neither_known_nor_unknown(trade: Trade) -> None:
    enrolled(trade)
    trade.desk.always["customers"] = "cut"
    assert trade.say(IdentifyCustomer(PHONE)) == Unavailable("customers")
