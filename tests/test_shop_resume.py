"""What one call left in its cart is taken up in the next: by the same number, for half an hour, and only a copy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.cart import Cart
from commerce.commands import (
    CartChanged,
    CartOpened,
    ChangeCart,
    ClearCart,
    OpenCart,
    OrderPlaced,
    PlaceOrder,
    ResumeCart,
    SetLineQuantity,
    UndoCart,
)
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from tests.small_shop import KIOSK, Caller, StandingClock, open_kiosk

PHONE = "+1 555-0100"


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock)


def dropped(shop: Shop, call: str = "first", phone: str | None = PHONE) -> Caller:
    """A call that broke off with two waters and a cake in its cart."""
    caller = Caller(shop, call)
    caller.say(OpenCart(call, phone))
    caller.add("water", 2)
    caller.add("cake")
    return caller


def left(shop: Shop, call: str = "second", phone: str | None = PHONE) -> int:
    opened = Caller(shop, call).say(OpenCart(call, phone))
    assert isinstance(opened, CartOpened)
    return opened.left


def resumed(shop: Shop, call: str = "second") -> Cart:
    changed = shop.execute(ResumeCart(call), f"{call}/resume")
    assert isinstance(changed, CartChanged)
    assert changed.refusals == ()
    return changed.cart


def goods(cart: Cart) -> list[tuple[str, Decimal]]:
    return [(line.product, line.quantity) for line in cart.lines]


def later(shop: Shop, call: str = "second") -> Caller:
    """Who has said something in this call already."""
    caller = Caller(shop, call)
    caller.turn = 9
    return caller


TWO_WATERS_AND_A_CAKE = [("water", Decimal(2)), ("cake", Decimal(1))]


def test_the_cart_goes_on_in_the_next_call(shop: Shop) -> None:
    dropped(shop)
    assert left(shop, phone="1 555 0100") == 2, "numbers are compared by their digits"
    assert goods(resumed(shop)) == TWO_WATERS_AND_A_CAKE
    second = later(shop)
    more = second.add("toast", 1)
    assert more.refusals, "toast needs its bread"
    second.say(ChangeCart("second", (SetLineQuantity(1, Decimal(3)),)))
    assert isinstance(second.say(PlaceOrder(second.confirmed_quote().id)), OrderPlaced)


def test_it_is_a_copy_that_can_be_undone(shop: Shop) -> None:
    first = dropped(shop)
    left(shop)
    resumed(shop)
    undone = shop.execute(UndoCart("second"), "second/7")
    assert isinstance(undone, CartChanged)
    assert undone.cart.lines == ()
    still = first.say(OpenCart("first"))
    assert isinstance(still, CartOpened)
    assert goods(still.cart) == TWO_WATERS_AND_A_CAKE


def test_new_lines_get_new_ids(shop: Shop) -> None:
    dropped(shop)
    left(shop)
    resumed(shop)
    lines = later(shop).add("cheese", 1).cart.lines
    assert len({line.id for line in lines}) == 3


@pytest.mark.parametrize(("seconds", "lines"), [(0, 2), (29 * 60, 2), (30 * 60 - 1, 2), (30 * 60, 0)])
def test_it_waits_half_an_hour(seconds: int, lines: int, shop: Shop, clock: StandingClock) -> None:
    dropped(shop)
    clock.move(seconds=seconds)
    assert left(shop) == lines
    assert len(resumed(shop).lines) == lines


@pytest.mark.parametrize("phone", ["15550101", None, "", "anonymous"])
def test_others_are_offered_nothing(phone: str | None, shop: Shop) -> None:
    dropped(shop)
    dropped(shop, "unknown", None)
    dropped(shop, "withheld", "anonymous")
    assert left(shop, phone=phone) == 0
    assert resumed(shop).lines == ()


def test_what_was_bought_or_cleared_is_not_offered(shop: Shop) -> None:
    first = dropped(shop)
    dropped(shop, "later", "15550100")
    later(shop, "later").say(ClearCart("later"))
    assert left(shop) == 0, "the last cart counts, and it is empty"
    quote = first.confirmed_quote()
    assert isinstance(first.say(PlaceOrder(quote.id)), OrderPlaced)
    assert left(shop, "third") == 0


def test_a_call_that_touched_nothing_does_not_hide_the_one_before(shop: Shop) -> None:
    dropped(shop)
    assert left(shop, "second") == 2
    assert left(shop, "third") == 2
    resumed(shop, "third")
    assert left(shop, "fourth") == 2
    assert goods(resumed(shop, "fourth")) == TWO_WATERS_AND_A_CAKE


def test_it_comes_at_todays_prices_without_what_is_gone(tmp_path: Path, clock: StandingClock) -> None:
    shop = open_kiosk(tmp_path / "shop.db", clock)
    dropped(shop)
    shop.close()
    without_cake = KIOSK.replace('name = "cake"', 'name = "muffin"').replace("price = 1.00", "price = 1.25")
    catalog = parse_shop(without_cake, Path("kiosk.toml"))
    shop = Shop(catalog, Store(tmp_path / "shop.db", clock), CommerceSettings(pin_free_limit=""))
    assert left(shop) == 1
    cart = resumed(shop)
    assert goods(cart) == [("water", Decimal(2))]
    assert cart.total == Money(250, "USD")


def test_nothing_is_mixed_into_a_cart_that_has_something(shop: Shop) -> None:
    dropped(shop)
    left(shop)
    later(shop).add("cheese", 1)
    assert [product for product, _ in goods(resumed(shop))] == ["cheese"]


def test_another_shop_on_the_same_database_knows_nothing_of_it(tmp_path: Path, clock: StandingClock) -> None:
    dropped(open_kiosk(tmp_path / "shop.db", clock))
    catalog = parse_shop(KIOSK.replace("Kiosk", "Stall"), Path("stall.toml"))
    stall = Shop(catalog, Store(tmp_path / "shop.db", clock), CommerceSettings())
    assert left(stall) == 0


def test_it_can_be_switched_off_and_then_no_number_is_kept(clock: StandingClock) -> None:
    shop = open_kiosk(clock=clock, settings=replace(CommerceSettings(pin_free_limit=""), resume_minutes=0))
    dropped(shop)
    assert left(shop) == 0
    assert shop.store._rows("SELECT 1 FROM carts WHERE caller IS NOT NULL") == []


def test_the_number_is_forgotten_when_it_is_of_no_more_use(tmp_path: Path, clock: StandingClock) -> None:
    database = tmp_path / "shop.db"
    dropped(open_kiosk(database, clock), "old")
    clock.move(minutes=20)
    dropped(open_kiosk(database, clock), "young")
    clock.move(minutes=10)
    kept = open_kiosk(database, clock).store._rows("SELECT id FROM carts WHERE caller IS NOT NULL")
    assert [row["id"] for row in kept] == ["young"]
