"""The shopping list of a household: merged, kept, taken to a cart without anything getting lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.cart import Chosen
from commerce.commands import (
    ChangeList,
    ClearList,
    FindMembers,
    ListChanged,
    ListKnown,
    ListMoved,
    ListToCart,
    Member,
    MembersKnown,
    OptionMissing,
    OutOfStock,
    PlaceOrder,
    ReadList,
    RedoCart,
    SetLineQuantity,
    ShoppingList,
    UndoCart,
)
from commerce.customers import add_customer, list_customers
from commerce.edits import AddLine, CartEdit, RemoveLine
from commerce.errors import KeyReused, StoreError
from commerce.money import Money
from commerce.outcomes import CartChanged, Failed, OrderPlaced
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from tests.small_shop import KIOSK, Caller, StandingClock, kiosk, open_kiosk


def line(product: str, quantity: int = 1, *options: tuple[str, str]) -> AddLine:
    return AddLine(product, Decimal(quantity), tuple(Chosen(*each) for each in options))


def change(shop: Shop, key: str, *edits: CartEdit, household: str = "home") -> ListChanged:
    outcome = shop.execute(ChangeList(household, edits), key)
    assert isinstance(outcome, ListChanged)
    return outcome


def listed(shop: Shop, key: str = "look/0", household: str = "home") -> ShoppingList:
    known = shop.execute(ReadList(household), key)
    assert isinstance(known, ListKnown)
    return known.list


def held(shopping: ShoppingList) -> list[tuple[str, int]]:
    return [(each.product, int(each.quantity)) for each in shopping.cart.lines]


def moved(shop: Shop, key: str, cart: str = "call") -> ListMoved:
    outcome = shop.execute(ListToCart("home", cart), key)
    assert isinstance(outcome, ListMoved)
    return outcome


@pytest.fixture
def shop() -> Shop:
    return open_kiosk()


def test_equal_lines_become_one_and_others_do_not(shop: Shop) -> None:
    change(shop, "a/1", line("water", 2), line("latte", 1, ("size", "large")))
    change(shop, "b/1", line("water"), line("latte"))
    assert held(listed(shop)) == [("water", 3), ("latte", 1), ("latte", 1)]


def test_every_household_and_shop_has_its_own(shop: Shop) -> None:
    change(shop, "a/1", line("water"))
    change(shop, "a/2", line("cake"), household="office")
    assert held(listed(shop)) == [("water", 1)]
    other = Shop(replace(kiosk(), name="Another"), shop.store)
    assert held(listed(other, "look/1")) == []


def test_the_same_key_adds_once_and_only_for_the_same_command(shop: Shop) -> None:
    assert change(shop, "a/1", line("water")) == change(shop, "a/1", line("water"))
    assert held(listed(shop)) == [("water", 1)]
    with pytest.raises(KeyReused):
        change(shop, "a/1", line("water", 2))


def test_lines_go_and_change(shop: Shop) -> None:
    first = change(shop, "a/1", line("water", 3), line("cake")).list.cart.lines
    change(shop, "a/2", RemoveLine(first[0].id, Decimal(1)), RemoveLine(first[1].id))
    assert held(listed(shop)) == [("water", 2)]
    change(shop, "a/3", SetLineQuantity(first[0].id, Decimal(5)))
    assert held(listed(shop, "look/1")) == [("water", 5)]


def test_what_is_sold_out_today_may_be_on_the_list(shop: Shop) -> None:
    shop.set_stock("cake", Decimal(0))
    assert not change(shop, "a/1", line("cake")).refusals


def test_a_required_choice_is_asked_for(shop: Shop) -> None:
    [refusal] = change(shop, "a/1", line("toast")).refusals
    assert isinstance(refusal, OptionMissing)
    assert held(listed(shop)) == []


def test_clearing_empties_it(shop: Shop) -> None:
    change(shop, "a/1", line("water"))
    cleared = shop.execute(ClearList("home"), "a/2")
    assert isinstance(cleared, ListChanged)
    assert len(cleared.changes) == 1
    assert held(listed(shop)) == []


def test_it_survives_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    before = Shop(kiosk(), Store(database, StandingClock()))
    change(before, "a/1", line("water", 2))
    before.close()
    after = Shop(kiosk(), Store(database, StandingClock()))
    change(after, "b/1", line("water"))
    assert held(listed(after)) == [("water", 3)]
    after.close()


class TestToTheCart:
    def test_what_went_into_the_cart_leaves_the_list(self, shop: Shop) -> None:
        change(shop, "a/1", line("water", 2), line("cake"))
        shop.set_price("water", Money(150, "USD"))
        outcome = moved(shop, "call/1")
        assert [(each.product, int(each.quantity)) for each in outcome.cart.lines] == [("water", 2), ("cake", 1)]
        assert outcome.cart.lines[0].unit_price == Money(150, "USD")
        assert held(outcome.list) == held(listed(shop)) == []

    def test_it_joins_what_is_in_the_cart_already(self, shop: Shop) -> None:
        Caller(shop, "call").add("water")
        change(shop, "a/1", line("water", 2))
        assert [each.quantity for each in moved(shop, "call/99").cart.lines] == [3]

    def test_what_is_sold_out_stays_on_the_list(self, shop: Shop) -> None:
        change(shop, "a/1", line("water"), line("cake", 2))
        shop.set_stock("cake", Decimal(1))
        outcome = moved(shop, "call/1")
        assert outcome.refusals == (OutOfStock("cake", Decimal(2), Decimal(1)),)
        assert [each.product for each in outcome.moved] == ["water"]
        assert held(listed(shop)) == [("cake", 2)]

    def test_what_the_shop_has_no_more_is_named_and_stays(self, shop: Shop) -> None:
        change(shop, "a/1", line("water"), line("cake"), line("latte", 1, ("milk", "oat_milk")))
        without = KIOSK.replace('[[products]]\nname = "cake"\nprice = 3.33\nstock = 5\n', "")
        without = without.replace('{ name = "oat milk", price = 0.60 }', '"soy milk"')
        today = Shop(parse_shop(without, Path("kiosk.toml")), shop.store)
        outcome = moved(today, "call/1")
        assert [each.product for each in outcome.moved] == ["water"]
        assert [each.name for each in outcome.list.discontinued] == ["cake", "latte"]
        assert [each.name for each in listed(today).discontinued] == ["cake", "latte"]
        tomorrow = Shop(kiosk(), shop.store)
        assert [name for name, _ in held(listed(tomorrow, "look/2"))] == ["cake", "latte"]

    def test_both_or_neither(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        change(shop, "a/1", line("water"))

        def full(*_: object) -> None:
            raise StoreError("no room")

        with monkeypatch.context() as broken:
            broken.setattr(shop.store, "push_cart", full)
            assert isinstance(shop.execute(ListToCart("home", "call"), "call/1"), Failed)
        assert held(listed(shop)) == [("water", 1)]
        assert [each.product for each in moved(shop, "call/1").moved] == ["water"]

    def test_taken_back_it_is_on_the_list_again_with_what_came_meanwhile(self, shop: Shop) -> None:
        change(shop, "a/1", line("water", 2), line("cake"))
        moved(shop, "call/1")
        change(shop, "a/2", line("water"))
        undone = shop.execute(UndoCart("call"), "call/2")
        assert isinstance(undone, CartChanged)
        assert undone.relisted
        assert undone.cart.lines == ()
        assert sorted(held(listed(shop, "a/3"))) == [("cake", 1), ("water", 3)]
        redone = shop.execute(RedoCart("call"), "call/3")
        assert isinstance(redone, CartChanged)
        assert [(each.product, int(each.quantity)) for each in redone.cart.lines] == [("water", 2), ("cake", 1)]
        assert held(listed(shop, "a/4")) == [("water", 1)]

    def test_only_what_came_from_the_list_goes_back_to_it(self, shop: Shop) -> None:
        change(shop, "a/1", line("water"))
        moved(shop, "call/91")
        Caller(shop, "call").add("cake")
        undone = shop.execute(UndoCart("call"), "call/92")
        assert isinstance(undone, CartChanged)
        assert not undone.relisted
        assert held(listed(shop)) == []
        again = shop.execute(UndoCart("call"), "call/93")
        assert isinstance(again, CartChanged)
        assert again.relisted

    def test_what_was_bought_does_not_go_back_to_the_list(self, shop: Shop) -> None:
        change(shop, "a/1", line("water"))
        moved(shop, "call/91")
        buyer = Caller(shop, "call")
        assert isinstance(buyer.say(PlaceOrder(buyer.confirmed_quote().id)), OrderPlaced)
        buyer.add("cake")
        undone = buyer.say(UndoCart("call"))
        assert isinstance(undone, CartChanged)
        assert held(listed(shop)) == []

    def test_twice_with_one_key_is_once(self, shop: Shop) -> None:
        change(shop, "a/1", line("water"))
        assert moved(shop, "call/1") == moved(shop, "call/1")
        assert [each.quantity for each in moved(shop, "call/2").cart.lines] == [1]


def test_customers_belong_to_a_household(shop: Shop) -> None:
    ada, _ = add_customer(shop.till, "Ada", "15550100", "4719", household="home")
    add_customer(shop.till, "Bob", "15550101", "4719")
    assert shop.execute(FindMembers("home"), "a/1") == MembersKnown((Member(ada, "Ada"),))
    assert [each.household for each in list_customers(shop.till)] == ["home", None]
