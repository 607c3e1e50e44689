"""Commands are carried out once per key; what was read aloud and confirmed is what is bought."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.money import SHOPS, buy, uncounted
from commerce.cart import Chosen
from commerce.commands import (
    AboveLimit,
    AddLine,
    BelowMinimum,
    CartChanged,
    CartEmpty,
    CartOpened,
    ChangeCart,
    CheckPin,
    CheckStock,
    ClearCart,
    Confirmed,
    ConfirmQuote,
    CustomerFound,
    CustomerUnknown,
    FindOrder,
    IdentifyCustomer,
    NothingToUndo,
    OpenCart,
    OpenTicket,
    OrderFound,
    OrderPlaced,
    OrderUnknown,
    OutOfStock,
    PinAccepted,
    PinNeeded,
    PlaceOrder,
    PriceChanged,
    Quote,
    QuoteCart,
    QuoteVoid,
    RedoCart,
    RemoveLine,
    SetLineQuantity,
    StockChanged,
    StockKnown,
    TicketOpened,
    UndoCart,
)
from commerce.customers import add_customer
from commerce.errors import CommerceError, KeyReused
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop, open_shop
from commerce.shop_file import load_shop, parse_shop
from commerce.store import Store
from tests.small_shop import KIOSK, Caller, StandingClock, kiosk, open_kiosk

BUTTER = (Chosen("bread", "brown"), Chosen("extras", "butter"))


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock)


@pytest.fixture
def caller(shop: Shop) -> Caller:
    return Caller(shop)


def lines_of(outcome: object) -> list[tuple[str, int]]:
    assert isinstance(outcome, CartOpened | CartChanged | NothingToUndo)
    return [(line.product, int(line.quantity)) for line in outcome.cart.lines]


# ---- keys ---------------------------------------------------------------------------------------------------


def test_a_command_is_carried_out_once_per_key(shop: Shop) -> None:
    add = ChangeCart("c", (AddLine("cake", Decimal(1)),))
    first = shop.execute(add, "c/1")
    assert shop.execute(add, "c/1") == first
    assert lines_of(shop.execute(OpenCart("c"), "c/2")) == [("cake", 1)]


def test_a_key_does_not_serve_two_commands(shop: Shop) -> None:
    shop.execute(ChangeCart("c", (AddLine("cake", Decimal(1)),)), "c/1")
    with pytest.raises(KeyReused):
        shop.execute(ChangeCart("c", (AddLine("cake", Decimal(2)),)), "c/1")
    with pytest.raises(KeyReused):
        shop.execute(OpenCart("c"), "c/1")
    assert lines_of(shop.execute(OpenCart("c"), "c/2")) == [("cake", 1)]


# ---- carts --------------------------------------------------------------------------------------------------


def test_edits_that_cannot_be_done_do_not_hold_up_the_others(caller: Caller) -> None:
    edits = (AddLine("cake", Decimal(9)), AddLine("latte", Decimal(1)), AddLine("toast", Decimal(1), BUTTER))
    outcome = caller.say(ChangeCart("call-1", edits))
    assert isinstance(outcome, CartChanged)
    assert outcome.refusals == (OutOfStock("cake", Decimal(9), Decimal(5)),)
    assert [(change.before, change.after) for change in outcome.changes] == [
        (None, line) for line in outcome.cart.lines
    ]
    assert lines_of(outcome) == [("latte", 1), ("toast", 1)]


def test_undo_and_redo_restore_the_carts_exactly(caller: Caller) -> None:
    carts = [caller.add("cake", 2).cart, caller.add("latte").cart]
    changed = caller.say(ChangeCart("call-1", (SetLineQuantity(1, Decimal(3)), RemoveLine(2))))
    assert isinstance(changed, CartChanged)
    undone = [caller.say(UndoCart("call-1")) for _ in range(4)]
    empty = replace(carts[0], lines=(), touched=None)
    assert [each.cart for each in undone if isinstance(each, CartChanged)] == [carts[1], carts[0], empty]
    assert isinstance(undone[3], NothingToUndo)
    redone = [caller.say(RedoCart("call-1")) for _ in range(4)]
    assert [each.cart for each in redone if isinstance(each, CartChanged)] == [*carts, changed.cart]
    assert isinstance(redone[3], NothingToUndo)


def test_a_change_after_undo_forgets_what_was_undone(caller: Caller) -> None:
    caller.add("cake")
    caller.say(UndoCart("call-1"))
    latte = caller.add("latte").cart
    assert caller.say(RedoCart("call-1")) == NothingToUndo(latte)
    assert [line.id for line in latte.lines] == [2], "the id of a line is never given again"


def test_a_cleared_cart_can_be_had_back(caller: Caller) -> None:
    full = caller.add("cake").cart
    assert lines_of(caller.say(ClearCart("call-1"))) == []
    assert lines_of(caller.say(UndoCart("call-1"))) == lines_of(CartOpened(full))


def test_a_refused_change_is_nothing_to_undo(caller: Caller) -> None:
    caller.add("cake", 9)
    assert isinstance(caller.say(UndoCart("call-1")), NothingToUndo)


def test_carts_are_kept_over_a_restart(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    kept = Caller(shop).add("cake", 2).cart
    shop.close()
    assert open_kiosk(tmp_path / "shop.db").execute(OpenCart("call-1"), "k") == CartOpened(kept)


def test_stock_is_answered_as_the_database_has_it(shop: Shop, caller: Caller) -> None:
    asked = CheckStock(("cake", "latte", "cheese", "unicorn"))
    shop.set_stock("cake", Decimal(0))
    assert caller.say(asked) == StockKnown(
        (("cake", Decimal(0)), ("latte", None), ("cheese", Decimal(3)), ("unicorn", Decimal(0)))
    )
    assert caller.add("cake").refusals == (OutOfStock("cake", Decimal(1), Decimal(0)),)


def test_prices_come_from_the_file_and_stock_from_the_database(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    shop.set_stock("cake", Decimal(2))
    shop.close()
    catalog = kiosk()
    dearer = replace(
        catalog, products=tuple(replace(each, price=each.price + Money(100, "USD")) for each in catalog.products)
    )
    again = Shop(dearer, Store(tmp_path / "shop.db", StandingClock()), CommerceSettings())
    assert Caller(again).add("cake", 3).refusals == (OutOfStock("cake", Decimal(3), Decimal(2)),)
    assert Caller(again, "b").add("cake").cart.total == Money(433, "USD")


def test_a_product_that_left_the_file_leaves_the_carts(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    caller = Caller(shop)
    caller.add("latte")
    caller.add("cake")
    shop.close()
    catalog = kiosk()
    smaller = replace(catalog, products=tuple(each for each in catalog.products if each.id != "cake"))
    again = Shop(smaller, Store(tmp_path / "shop.db", StandingClock()))
    assert lines_of(again.execute(OpenCart("call-1"), "later")) == [("latte", 1)]


def test_an_option_that_left_the_file_takes_its_line_along(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    caller = Caller(shop)
    caller.add("latte", 1, Chosen("milk", "oat_milk"))
    caller.add("latte", 2)
    shop.close()
    catalog = kiosk()
    groups = tuple(replace(group, values=group.values[:1]) if group.id == "milk" else group for group in catalog.groups)
    again = Shop(replace(catalog, groups=groups), Store(tmp_path / "shop.db", StandingClock()))
    assert lines_of(again.execute(OpenCart("call-1"), "later")) == [("latte", 2)]


def test_a_cart_in_another_currency_is_begun_anew(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    Caller(shop).add("latte")
    shop.close()
    euros = parse_shop(KIOSK.replace("USD", "EUR"), Path("kiosk.toml"))
    again = Shop(euros, Store(tmp_path / "shop.db", StandingClock()))
    assert lines_of(again.execute(OpenCart("call-1"), "later")) == []
    assert Caller(again, "b").add("latte").cart.total == Money(420, "EUR")


def test_what_is_not_sold_has_neither_stock_nor_price(shop: Shop) -> None:
    with pytest.raises(CommerceError, match="no product with the id 'unicorn'"):
        shop.set_stock("unicorn", Decimal(1))
    with pytest.raises(CommerceError, match="no product with the id 'unicorn'"):
        shop.set_price("unicorn", Money(1, "USD"))


def test_two_shops_may_share_a_database(tmp_path: Path) -> None:
    store = Store(tmp_path / "shop.db", StandingClock())
    kiosks = [Shop(replace(kiosk(), name=name), store, CommerceSettings(pin_free_limit="")) for name in ("A", "B")]
    kiosks[0].set_stock("cake", Decimal(0))
    assert Caller(kiosks[0], "a").add("cake").refusals
    buyer = Caller(kiosks[1], "b")
    buyer.add("cake")
    placed = buyer.say(PlaceOrder(buyer.confirmed_quote().id))
    assert isinstance(placed, OrderPlaced)
    assert [len(each.orders()) for each in kiosks] == [0, 1]
    assert kiosks[0].execute(FindOrder(placed.number, call="b"), "x") == OrderUnknown(placed.number)


# ---- buying -------------------------------------------------------------------------------------------------


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


# ---- finding ------------------------------------------------------------------------------------------------


def test_an_order_is_found_by_its_number_but_told_only_to_its_customer(pin_shop: Shop) -> None:
    ann, pin = add_customer(pin_shop.till, "Ann", "5550100100")
    caller, quote = confirmed(pin_shop, "call-1", 2)
    placed = caller.say(PlaceOrder(quote.id, ann, authorized(caller, ann, pin)))
    assert isinstance(placed, OrderPlaced)
    for asker in ({"customer": ann}, {"call": "call-1"}):
        found = caller.say(FindOrder(placed.number, **asker))
        assert isinstance(found, OrderFound)
        assert (found.lines, found.total) == (quote.cart.lines, quote.total)
    for asker in ({}, {"customer": "999999"}, {"call": "call-"}, {"call": "call-11"}, {"call": ""}):
        found = caller.say(FindOrder(placed.number, **asker))
        assert isinstance(found, OrderFound)
        assert (found.lines, found.total) == (None, None)


NASTY = [
    "' OR '1'='1",
    "%",
    "_",
    "*",
    '"',
    "a' --",
    "NEAR(",
    "\x00",
    "\r\n",
    "\x1b[31m",
    "；",
    "",
    "?",
    "1; DROP TABLE orders",
]


@pytest.mark.parametrize("text", NASTY)
def test_metacharacters_find_and_break_nothing(shop: Shop, caller: Caller, text: str) -> None:
    add_customer(shop.till, "Ann", "5550100100")
    caller.add("cake")
    caller.say(PlaceOrder(caller.confirmed_quote().id))
    assert caller.say(FindOrder(text)) == OrderUnknown(text)
    assert caller.say(IdentifyCustomer(text)) == CustomerUnknown()
    assert caller.say(CheckStock((text,))) == StockKnown(((text, Decimal(0)),))
    assert caller.add(text).refusals == (OutOfStock(text, Decimal(1), Decimal(0)),)
    assert isinstance(caller.say(OpenCart(text)), CartOpened)
    assert isinstance(caller.say(OpenTicket(text, text, text)), TicketOpened)
    assert len(shop.orders()) == 1
    assert lines_of(caller.say(OpenCart("call-1"))) == []


def test_a_customer_is_found_by_telephone_or_number(shop: Shop, caller: Caller) -> None:
    ann, _ = add_customer(shop.till, "Ann", "+1 (555) 010-0100")
    for digits in ("15550100100", "001 555 0100100", ann):
        assert caller.say(IdentifyCustomer(digits)) == CustomerFound(ann)
    for digits in ("5550100100", "1555010010", ann[:-1], ""):
        assert caller.say(IdentifyCustomer(digits)) == CustomerUnknown()


def test_a_ticket_keeps_the_conversation(shop: Shop, caller: Caller) -> None:
    outcome = caller.say(OpenTicket("call-1", "asked for a human", '{"turns": []}'))
    assert isinstance(outcome, TicketOpened)
    with shop.store.transaction():
        [ticket] = shop.store.tickets()
    assert (ticket["number"], ticket["call"], ticket["reason"]) == (outcome.number, "call-1", "asked for a human")
    assert ticket["summary"] == '{"turns": []}'


def test_order_numbers_do_not_collide_when_the_dice_fall_alike() -> None:
    falls = iter([7, 7, 7, 8])
    shop = Shop(kiosk(), Store(None, StandingClock()), CommerceSettings(pin_free_limit=""), draw=lambda _: next(falls))
    for number in ("100007", "100008"):
        caller = Caller(shop, number)
        caller.add("latte")
        placed = caller.say(PlaceOrder(caller.confirmed_quote().id))
        assert isinstance(placed, OrderPlaced)
        assert placed.number == number


def test_numbers_grow_when_six_digits_are_used_up() -> None:
    shop = Shop(kiosk(), Store(None, StandingClock()), draw=lambda _: 7)
    opened = [shop.execute(OpenTicket("c", "asked", "{}"), f"c/{turn}") for turn in range(3)]
    assert opened == [TicketOpened("100007"), TicketOpened("1000007"), TicketOpened("10000007")]


# ---- money --------------------------------------------------------------------------------------------------

GOODS = st.tuples(
    st.sampled_from(["latte", "toast", "cake", "water", "cheese"]),
    st.integers(1, 4),
    st.sampled_from([(), (Chosen("size", "large"),), (Chosen("milk", "oat_milk"),), BUTTER]),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(GOODS, min_size=1, max_size=6))
def test_the_total_read_aloud_is_the_total_stored(goods: list[tuple[str, int, tuple[Chosen, ...]]]) -> None:
    shop = MONEY_SHOP
    for product in ("toast", "cake", "water", "cheese"):
        shop.set_stock(product, None)
    caller = Caller(shop, f"money-{next(NUMBERS)}")
    for product, quantity, options in goods:
        caller.add(product, f"{quantity}.125" if product == "cheese" else quantity, *options)
    if not lines_of(caller.say(OpenCart(caller.call))):
        return
    quote = caller.confirmed_quote()
    placed = caller.say(PlaceOrder(quote.id))
    assert isinstance(placed, OrderPlaced)
    [stored] = [order for order in shop.orders() if order.number == placed.number]
    assert quote.total == placed.total == stored.total
    assert stored.total.minor == sum(line.total.minor for line in stored.lines)
    assert [type(line.unit_price.minor) for line in stored.lines] == [int] * len(stored.lines)


MONEY_SHOP = open_kiosk(settings=CommerceSettings(pin_free_limit="", voice_limit=""))
NUMBERS = iter(range(10**6))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coffee", "grocery"])
def test_ten_thousand_carts_cost_what_their_lines_cost(name: str) -> None:
    dice = random.Random(51)
    shop = open_shop(uncounted(load_shop(SHOPS / f"{name}.toml")), None, MONEY_SHOP.till.settings)
    results = Counter(buy(shop, f"call-{number}", dice) for number in range(5000))
    assert set(results) == {True}
