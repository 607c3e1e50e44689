"""What everything must do that a merchant's catalogue, stock, orders or customers are asked of, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from commerce.cart import Chosen, Line
from commerce.connectors import OrderCopy, Patron
from commerce.customers import add_customer
from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.money import Money
from tests.offices import OFFICES, Office

PHONE, PIN = "+1 555-0100100", "8362"


@pytest.fixture(params=OFFICES, ids=lambda opener: opener.__name__)
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    with request.param() as opened:
        yield opened


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def line(product: str, quantity: str = "1", number: int = 1) -> Line:
    return Line(number, product, Decimal(quantity), (Chosen("size", "large"),), usd(100))


def order(number: str = "412790", *lines: Line) -> OrderCopy:
    lines = lines or (line("cake", "2"),)
    total = sum((each.total for each in lines), usd(0))
    placed = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
    return OrderCopy(number, placed, total, lines, Patron("100200", "15550100100", "Ann", ""), "card")


# ---- catalogue -------------------------------------------------------------------------------------------------


def test_listings_tell_name_price_and_unit(office: Office) -> None:
    found = {each.id: each for each in office.catalogue.listings()}
    assert set(found) == {"latte", "toast", "cake", "water", "cheese"}
    assert (found["cheese"].name, found["cheese"].price, found["cheese"].unit) == ("cheese", usd(799), "kg")


def test_prices_are_those_of_now_and_only_of_what_is_sold(office: Office) -> None:
    assert office.catalogue.prices(["cake", "unicorn"]) == {"cake": usd(333)}
    office.ledger_shop.set_price("cake", usd(444))
    assert office.catalogue.prices(["cake"]) == {"cake": usd(444)}
    assert office.catalogue.prices([]) == {}


def test_names_of_products_are_data(office: Office) -> None:
    odd = ["cake'; DROP TABLE products; --", "ci&id=cake", "größe/../x", "", "a b"]
    assert office.catalogue.prices(odd) == {}
    assert office.stock.levels(odd) == {}


# ---- stock -----------------------------------------------------------------------------------------------------


def test_levels_are_exact_and_what_is_not_counted_is_there(office: Office) -> None:
    office.ledger_shop.set_stock("cheese", Decimal("2.125"))
    levels = office.stock.levels(["cheese", "latte", "cake", "unicorn"])
    assert levels == {"cheese": Decimal("2.125"), "latte": None, "cake": Decimal(5)}


# ---- orders ----------------------------------------------------------------------------------------------------


def test_an_order_is_taken_with_its_goods(office: Office) -> None:
    assert office.orders.status("412790") is None
    assert office.orders.take(order())
    assert office.orders.status("412790") == "placed"
    assert office.stock.levels(["cake"]) == {"cake": Decimal(3)}
    assert office.ledger.taken() == ["412790"]


def test_the_same_order_again_is_that_order(office: Office) -> None:
    first = office.orders.take(order())
    assert [office.orders.take(order()) for _ in range(3)] == [first] * 3
    assert office.ledger.taken() == ["412790"]
    assert office.stock.levels(["cake"]) == {"cake": Decimal(3)}


def test_an_order_of_what_is_not_there_is_refused_as_a_whole(office: Office) -> None:
    with pytest.raises(BackEndRefused, match="cake"):
        office.orders.take(order("412790", line("water", "7"), line("cake", "6", 2)))
    assert office.ledger.taken() == []
    assert office.stock.levels(["cake", "water"]) == {"cake": Decimal(5), "water": Decimal(2000)}


def test_a_cancelled_order_gives_its_goods_back_once(office: Office) -> None:
    office.orders.take(order())
    office.orders.cancel("412790")
    office.orders.cancel("412790")
    assert office.orders.status("412790") == "cancelled"
    assert office.stock.levels(["cake"]) == {"cake": Decimal(5)}
    assert office.orders.take(order()), "who hands it over again learns no other number"
    assert office.orders.status("412790") == "cancelled"


def test_what_is_packed_is_not_cancelled(office: Office) -> None:
    office.orders.take(order())
    office.ledger.move("412790", "packed")
    assert office.orders.status("412790") == "packed"
    with pytest.raises(BackEndRefused):
        office.orders.cancel("412790")
    assert office.orders.status("412790") == "packed"


def test_what_was_never_ordered_is_not_cancelled(office: Office) -> None:
    with pytest.raises(BackEndRefused):
        office.orders.cancel("999999")


def test_weights_and_prices_arrive_as_they_were(office: Office) -> None:
    cheese = Line(1, "cheese", Decimal("0.335"), (), usd(799))
    office.orders.take(OrderCopy("500500", datetime(2030, 5, 1, tzinfo=UTC), cheese.total, (cheese,)))
    assert office.stock.levels(["cheese"]) == {"cheese": Decimal("2.665")}
    with office.ledger_shop.store.transaction():
        row = office.ledger_shop.store.taken_order("kiosk", "500500")
    assert row is not None
    assert '"minor":268' in row["body"]


# ---- customers -------------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_number_and_by_telephone(office: Office) -> None:
    number, _ = add_customer(office.ledger_shop.till, "Zoë O'Neil", PHONE, PIN, "40.00")
    expected = Patron(number, "15550100100", "Zoë O'Neil", "40.00")
    assert office.customers.find(number) == expected
    assert office.customers.find("15550100100") == expected
    assert office.customers.find("15550100101") is None
    assert office.customers.find("1' OR '1'='1") is None


# ---- no answer -------------------------------------------------------------------------------------------------


def test_what_cannot_be_reached_is_said_to_be_unavailable(office: Office) -> None:
    office.fail()
    for ask in (
        office.catalogue.listings,
        lambda: office.catalogue.prices(["cake"]),
        lambda: office.stock.levels(["cake"]),
        lambda: office.orders.take(order()),
        lambda: office.orders.cancel("412790"),
        lambda: office.orders.status("412790"),
        lambda: office.customers.find("15550100100"),
    ):
        with pytest.raises(BackEndUnavailable):
            ask()
