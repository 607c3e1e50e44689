"""What was read aloud and confirmed is what is bought, with a PIN where one is needed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from commerce.commands import (
    AboveLimit,
    BelowMinimum,
    CartEmpty,
    CheckPin,
    CheckStock,
    Confirmed,
    ConfirmQuote,
    FindOrder,
    NothingToUndo,
    OpenCart,
    OrderFound,
    OrderPlaced,
    OutOfStock,
    PinAccepted,
    PinNeeded,
    PlaceOrder,
    PriceChanged,
    Quote,
    QuoteCart,
    QuoteVoid,
    StockChanged,
    StockKnown,
    UndoCart,
)
from commerce.customers import add_customer
from commerce.errors import CommerceError
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop, open_shop
from tests.small_shop import Caller, StandingClock, kiosk, open_kiosk


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock)


@pytest.fixture
def caller(shop: Shop) -> Caller:
    return Caller(shop)


def test_what_was_read_aloud_is_what_is_bought(shop: Shop, caller: Caller) -> None:
    caller.add("cake", 2)
    caller.add("cheese", "0.5")
    quote = caller.confirmed_quote()
    placed = caller.say(PlaceOrder(quote.id))
    assert placed == OrderPlaced(placed.number, Money(666 + 400, "USD"), quote.cart.lines)  # type: ignore[union-attr]
    assert isinstance(placed, OrderPlaced)
    assert placed.number.isdigit()
    assert len(placed.number) == 6
    [order] = shop.orders()
    assert (order.number, order.total, order.lines) == (placed.number, quote.total, quote.cart.lines)
    levels = caller.say(CheckStock(("cake", "cheese")))
    assert levels == StockKnown((("cake", Decimal(3)), ("cheese", Decimal("2.5"))))


def test_an_order_leaves_an_empty_cart_that_cannot_be_undone(caller: Caller) -> None:
    caller.add("cake")
    caller.say(PlaceOrder(caller.confirmed_quote().id))
    outcome = caller.say(UndoCart("call-1"))
    assert isinstance(outcome, NothingToUndo)
    assert outcome.cart.lines == ()


@pytest.mark.parametrize("cart", ["never opened", "call-1"])
def test_an_empty_cart_is_not_quoted(caller: Caller, cart: str) -> None:
    caller.say(OpenCart("call-1"))
    assert caller.say(QuoteCart(cart)) == CartEmpty()


def test_a_quote_needs_a_yes(caller: Caller) -> None:
    caller.add("cake")
    assert caller.say(PlaceOrder(caller.quote().id)) == QuoteVoid("not_confirmed")
    assert caller.say(PlaceOrder("unknown")) == QuoteVoid("unknown")
    assert caller.say(ConfirmQuote("unknown")) == QuoteVoid("unknown")


def test_a_second_yes_neither_orders_again_nor_lasts_longer(caller: Caller, clock: StandingClock) -> None:
    caller.add("cake")
    quote = caller.confirmed_quote()
    clock.move(seconds=50)
    again = caller.say(ConfirmQuote(quote.id))
    assert isinstance(again, Confirmed)
    assert (again.expires - clock()).total_seconds() == 10
    assert isinstance(caller.say(PlaceOrder(quote.id)), OrderPlaced)
    assert caller.say(PlaceOrder(quote.id)) == QuoteVoid("used")
    assert caller.say(ConfirmQuote(quote.id)) == QuoteVoid("used")


def test_a_yes_stands_for_a_minute(caller: Caller, clock: StandingClock) -> None:
    caller.add("cake")
    quote = caller.confirmed_quote()
    clock.move(seconds=60)
    assert caller.say(PlaceOrder(quote.id)) == QuoteVoid("expired")
    assert caller.say(ConfirmQuote(quote.id)) == QuoteVoid("expired")


def test_a_price_read_aloud_stands_for_a_time(caller: Caller, clock: StandingClock) -> None:
    caller.add("cake")
    quote = caller.quote()
    clock.move(seconds=300)
    assert caller.say(ConfirmQuote(quote.id)) == QuoteVoid("expired")


@pytest.mark.parametrize("and_back", [False, True])
def test_any_change_of_the_cart_voids_the_yes(caller: Caller, and_back: bool) -> None:
    caller.add("cake")
    quote = caller.confirmed_quote()
    caller.add("latte")
    if and_back:
        caller.say(UndoCart("call-1"))
    assert caller.say(PlaceOrder(quote.id)) == QuoteVoid("cart_changed")
    assert caller.say(ConfirmQuote(quote.id)) == QuoteVoid("cart_changed")


def test_two_confirmed_quotes_of_a_cart_are_one_order(shop: Shop, caller: Caller) -> None:
    caller.add("cake")
    quotes = [caller.confirmed_quote(), caller.confirmed_quote()]
    outcomes = [caller.say(PlaceOrder(quote.id)) for quote in quotes]
    assert isinstance(outcomes[0], OrderPlaced)
    assert outcomes[1] == QuoteVoid("cart_changed")
    assert len(shop.orders()) == 1


def test_a_price_that_moved_is_told_before_it_is_charged(shop: Shop, caller: Caller) -> None:
    caller.add("cake", 2)
    quote = caller.confirmed_quote()
    shop.set_price("cake", Money(400, "USD"))
    outcome = caller.say(PlaceOrder(quote.id))
    assert isinstance(outcome, PriceChanged)
    assert (outcome.old_total, outcome.quote.total) == (Money(666, "USD"), Money(800, "USD"))
    assert caller.say(PlaceOrder(outcome.quote.id)) == QuoteVoid("not_confirmed")
    caller.say(ConfirmQuote(outcome.quote.id))
    placed = caller.say(PlaceOrder(outcome.quote.id))
    assert isinstance(placed, OrderPlaced)
    assert placed.total == Money(800, "USD")


def test_what_was_sold_meanwhile_is_told(shop: Shop, caller: Caller) -> None:
    caller.add("cake", 3)
    quote = caller.confirmed_quote()
    shop.set_stock("cake", Decimal(2))
    assert caller.say(PlaceOrder(quote.id)) == StockChanged((OutOfStock("cake", Decimal(3), Decimal(2)),))
    assert caller.say(QuoteCart("call-1")) == StockChanged((OutOfStock("cake", Decimal(3), Decimal(2)),))
    assert shop.orders() == ()


def test_limits_are_kept() -> None:
    shop = open_kiosk(settings=CommerceSettings(pin_free_limit="", voice_limit="20.00"))
    shop = Shop(replace(shop.catalog, minimum_order=Money(400, "USD")), shop.store, shop.till.settings)
    customer, _ = add_customer(shop.till, "Ann", "555 0100 100", limit="10.00")
    caller = Caller(shop)
    caller.add("cake")
    assert caller.say(QuoteCart("call-1")) == BelowMinimum(Money(333, "USD"), Money(400, "USD"))
    caller.add("cake", 3)
    assert caller.quote().total == Money(1332, "USD")
    assert caller.say(QuoteCart("call-1", customer)) == AboveLimit(Money(1332, "USD"), Money(1000, "USD"))
    quote = caller.confirmed_quote()
    assert caller.say(PlaceOrder(quote.id, customer)) == AboveLimit(Money(1332, "USD"), Money(1000, "USD"))
    caller.add("latte", 2)
    assert caller.say(QuoteCart("call-1")) == AboveLimit(Money(2172, "USD"), Money(2000, "USD"))


def test_a_limit_that_is_no_amount_is_refused_at_the_start() -> None:
    with pytest.raises(CommerceError, match=r"commerce\.voice_limit: 'lots' is not an amount"):
        open_shop(kiosk(), None, CommerceSettings(voice_limit="lots"))


# ---- with a PIN ---------------------------------------------------------------------------------------------


@pytest.fixture
def pin_shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock, settings=CommerceSettings(pin_free_limit="5.00"))


def confirmed(shop: Shop, call: str, cakes: int) -> tuple[Caller, Quote]:
    caller = Caller(shop, call)
    caller.add("cake", cakes)
    return caller, caller.confirmed_quote()


def authorized(caller: Caller, customer: str, pin: str) -> str:
    accepted = caller.say(CheckPin(customer, caller.call, pin))
    assert isinstance(accepted, PinAccepted)
    return accepted.authorization


def test_small_orders_need_no_pin_and_larger_ones_do(pin_shop: Shop) -> None:
    caller, quote = confirmed(pin_shop, "a", 1)
    assert not quote.needs_pin
    assert isinstance(caller.say(PlaceOrder(quote.id)), OrderPlaced)
    caller, quote = confirmed(pin_shop, "b", 2)
    assert quote.needs_pin
    assert caller.say(PlaceOrder(quote.id)) == PinNeeded(quote)


def test_an_accepted_pin_buys_one_order_in_its_own_call(pin_shop: Shop) -> None:
    ann, pin = add_customer(pin_shop.till, "Ann", "5550100100")
    bob, _ = add_customer(pin_shop.till, "Bob", "5550100101")
    caller, quote = confirmed(pin_shop, "a", 2)
    accepted = authorized(caller, ann, pin)
    other_call, other_quote = confirmed(pin_shop, "b", 2)
    assert other_call.say(PlaceOrder(other_quote.id, ann, accepted)) == PinNeeded(other_quote)
    for customer, authorization in ((bob, accepted), (None, accepted), (ann, "made up"), (ann, None)):
        assert caller.say(PlaceOrder(quote.id, customer, authorization)) == PinNeeded(quote)
    assert isinstance(caller.say(PlaceOrder(quote.id, ann, accepted)), OrderPlaced)
    assert pin_shop.orders()[0].customer == ann
    caller.add("water", 9)
    quote = caller.confirmed_quote()
    assert caller.say(PlaceOrder(quote.id, ann, accepted)) == PinNeeded(quote), "used once"


def test_an_accepted_pin_is_forgotten_after_a_time(pin_shop: Shop, clock: StandingClock) -> None:
    ann, pin = add_customer(pin_shop.till, "Ann", "5550100100")
    caller = Caller(pin_shop, "a")
    accepted = authorized(caller, ann, pin)
    clock.move(seconds=300)
    caller.add("cake", 2)
    quote = caller.confirmed_quote()
    assert caller.say(PlaceOrder(quote.id, ann, accepted)) == PinNeeded(quote)


def test_a_rejected_pin_authorizes_nothing(pin_shop: Shop) -> None:
    ann, pin = add_customer(pin_shop.till, "Ann", "5550100100")
    caller, quote = confirmed(pin_shop, "a", 2)
    caller.say(CheckPin(ann, "a", str(int(pin) + 1)))
    [check] = [row for row in [pin_shop.store.pin_check(key=f"a/{caller.turn}")] if row]
    assert caller.say(PlaceOrder(quote.id, ann, check["id"])) == PinNeeded(quote)


def test_an_order_is_found_by_its_number_but_told_only_to_its_customer(pin_shop: Shop) -> None:
    ann, pin = add_customer(pin_shop.till, "Ann", "5550100100")
    caller, quote = confirmed(pin_shop, "call-1", 2)
    proof = authorized(caller, ann, pin)
    placed = caller.say(PlaceOrder(quote.id, ann, proof))
    assert isinstance(placed, OrderPlaced)
    for asker in ({"customer": ann, "authorization": proof}, {"call": "call-1"}):
        found = caller.say(FindOrder(placed.number, **asker))
        assert isinstance(found, OrderFound)
        assert (found.lines, found.total) == (quote.cart.lines, quote.total)
    for asker in (
        {},
        {"customer": ann},
        {"customer": "999999", "authorization": proof},
        {"call": "call-"},
        {"call": "call-11"},
        {"call": ""},
    ):
        found = caller.say(FindOrder(placed.number, **asker))
        assert isinstance(found, OrderFound)
        assert (found.lines, found.total) == (None, None)
