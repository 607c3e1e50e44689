"""Carts are changed, undone, kept over restarts; prices come from the file and stock from the database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.cart import Chosen
from commerce.commands import (
    AddLine,
    CartChanged,
    CartOpened,
    ChangeCart,
    CheckStock,
    ClearCart,
    FindOrder,
    NothingToUndo,
    OpenCart,
    OrderPlaced,
    OrderUnknown,
    OutOfStock,
    PlaceOrder,
    RedoCart,
    RemoveLine,
    SetLineQuantity,
    StockKnown,
    UndoCart,
)
from commerce.errors import CommerceError
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
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
