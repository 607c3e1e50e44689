"""How orders are listed: names a person knows, amounts a program can add."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from commerce.buying import Order
from commerce.cart import Chosen, Line
from commerce.money import Money
from tests.small_shop import kiosk
from voxcart.orders import order_json, order_rows, written

LATTE = Line(
    1, "latte", Decimal(2), (Chosen("size", "large"), Chosen("milk", "oat_milk", "lots_of")), Money(555, "USD")
)
CHEESE = Line(2, "cheese", Decimal("0.5"), (), Money(799, "USD"))


def order(*lines: Line) -> Order:
    placed = datetime(2030, 5, 1, 12, 30, tzinfo=UTC)
    return Order(number="123456", status="placed", customer="7", lines=lines, total=Money(1510, "USD"), placed=placed)


def test_a_row_has_the_spoken_names() -> None:
    [row] = order_rows([order(LATTE, CHEESE)], kiosk())
    goods = "2 latte, large, lots of oat milk\n0.5 cheese"
    assert row == ("123456", "2030-05-01 12:30 UTC", "placed", goods, "$15.10", "")


def test_json_has_decimal_strings() -> None:
    found = order_json(order(LATTE), kiosk())
    assert (found["total"], found["currency"], found["placed"]) == ("15.10", "USD", "2030-05-01T12:30:00+00:00")
    latte = {"product": "latte", "quantity": 2, "options": ["large", "lots of oat milk"]}
    assert found["lines"] == [latte | {"unit_price": "5.55", "total": "11.10"}]


def test_what_was_refused_is_listed() -> None:
    plain = replace(LATTE, options=(Chosen("size", "large"), Chosen("milk", "milk", wanted=False)))
    [[_, _, _, goods, _, _]] = order_rows([order(plain)], kiosk())
    assert goods == "2 latte, large, -milk"
    [line] = order_json(order(plain), kiosk())["lines"]
    assert (line["options"], line["without"]) == (["large"], ["milk"])


def test_what_the_shop_file_no_longer_has_is_shown_by_its_id() -> None:
    gone = replace(LATTE, product="mate", options=(Chosen("leaf", "green"), Chosen("size", "giant")))
    [line] = order_json(order(gone), kiosk())["lines"]
    assert (line["product"], line["options"]) == ("mate", ["green", "giant"])


@pytest.mark.parametrize(
    ("minor", "currency", "text"), [(5, "USD", "$0.05"), (123456789, "EUR", "€1,234,567.89"), (500, "JPY", "¥500")]
)
def test_amounts_as_people_write_them(minor: int, currency: str, text: str) -> None:
    assert written(Money(minor, currency), kiosk()) == text
