"""Whatever is kept as JSON comes back equal and of the same type."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce import codec, commands, edits, outcomes
from commerce.cart import Cart, Chosen, Line
from commerce.codec import from_json, to_json
from commerce.money import Money

MONEY = st.builds(Money, st.integers(), st.just("USD"))
QUANTITIES = st.decimals(allow_nan=False, allow_infinity=False, places=3)
LINES = st.builds(
    Line, st.integers(), st.text(), QUANTITIES, st.lists(st.builds(Chosen, st.text(), st.text())).map(tuple), MONEY
)
CARTS = st.builds(Cart, st.text(), st.just("USD"), st.lists(LINES, max_size=3).map(tuple), st.none() | st.integers())
EDITS = st.builds(edits.SetLineOptions, st.integers(), st.just(()), st.just((("a", "b"),)))
VALUES = st.one_of(
    CARTS,
    st.builds(commands.ChangeCart, st.text(), st.lists(EDITS, max_size=2).map(tuple), st.booleans()),
    st.builds(outcomes.QuantityDoubted, st.text(), QUANTITIES, EDITS, st.booleans()),
    st.builds(outcomes.Quote, st.text(), CARTS, MONEY, st.text(), st.booleans()),
    st.builds(outcomes.PinLocked, st.none() | st.datetimes(timezones=st.just(UTC))),
    st.builds(outcomes.CartEmpty),
    st.builds(outcomes.StockKnown, st.just((("a", Decimal("1.5")), ("b", None)))),
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    text = to_json(value)
    assert from_json(text) == value
    assert type(from_json(text)) is type(value)
    assert text.isascii()
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("module", [commands, outcomes, edits])
def test_every_command_and_outcome_has_a_form(module: object) -> None:
    kinds = [each for each in vars(module).values() if isinstance(each, type) and dataclasses.is_dataclass(each)]
    assert kinds
    assert all(codec._KINDS[kind.__name__] is kind for kind in kinds)
    assert all("kind" not in {each.name for each in dataclasses.fields(kind)} for kind in kinds)


def test_times_keep_their_zone() -> None:
    moment = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert from_json(to_json((moment, Decimal("0.500")))) == (moment, Decimal("0.5"))
