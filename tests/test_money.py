"""Money is whole minor units; nothing is lost or made on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.money import Money, minor_digits


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("4.50", "USD", 450), ("4", "EUR", 400), ("0.05", "PLN", 5), ("-0.50", "USD", -50), ("120", "JPY", 120),
     ("0.00", "JPY", 0), ("1.234", "KWD", 1234), ("4.500", "USD", 450)],
)  # fmt: skip
def test_a_plain_amount_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("4.505", "USD"), ("4,50", "USD"), ("", "USD"), ("1e3", "USD"), ("NaN", "USD"), ("4.5", "JPY"), (" 4", "USD"),
     ("4.50", "ZZZ"), ("4.50", "usd"), ("٤", "USD"), ("9" * 13, "USD")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimal|currency"):
        Money.parse(text, currency)


@given(st.integers(-(10**11), 10**11), st.sampled_from(["USD", "JPY", "KWD", "PLN"]))
def test_an_amount_survives_being_written(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money.decimal), currency) == money
    assert -money.decimal.as_tuple().exponent == minor_digits(currency)


def test_money_is_added_and_taken_away() -> None:
    assert Money(450, "USD") + Money(50, "USD") - Money(100, "USD") == Money(400, "USD")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("minor", "quantity", "total"), [(799, "0.5", 400), (799, "0.25", 200), (1, "0.5", 1), (333, "3", 999)]
)
def test_a_weighed_price_is_rounded_half_up(minor: int, quantity: str, total: int) -> None:
    assert Money(minor, "USD").times(Decimal(quantity)) == Money(total, "USD")


@given(st.integers(0, 10**7), st.integers(0, 10**5))
def test_pieces_are_exact(minor: int, quantity: int) -> None:
    assert Money(minor, "USD").times(Decimal(quantity)).minor == minor * quantity
