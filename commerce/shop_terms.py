"""Knows how a merchant writes down what is taken back and how complaints are answered. Knows no order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from commerce.money import Money
from commerce.pledges import REASONS, Reason, Terms, Way
from commerce.shop_tables import ComplaintsTable, Place, Price, ReturnsTable, nearest

MOST_HOURS = 24 * 60
"""So many hours of opening are looked ahead at most."""


def read_terms(
    path: Path,
    returns: Mapping[str, Any] | None,
    complaints: Mapping[str, Any] | None,
    price: Callable[[Place, Price, str], Money],
) -> Terms:
    """`price` reads an amount in the shop's currency. Raises ShopFileError."""
    taken = None if returns is None else _returns(Place(path, "[returns]"), returns)
    place = Place(path, "[complaints]")
    table = ComplaintsTable() if complaints is None else place.read(complaints, ComplaintsTable)
    if not 1 <= table.answer_hours <= MOST_HOURS:
        raise place.fault(f"the key 'answer_hours' must be from 1 to {MOST_HOURS}")
    goodwill = tuple(_apology(place, reason, amount, price) for reason, amount in table.goodwill.items())
    days, way = taken or (None, "bring")
    return Terms(days, way, table.answer_hours, goodwill)


def _returns(place: Place, raw: Mapping[str, Any]) -> tuple[int | None, Way]:
    table = place.read(raw, ReturnsTable)
    if table.days < 1:
        raise place.fault("the key 'days' must be at least 1")
    return table.days, table.way


def _apology(
    place: Place, written: str, amount: Price, price: Callable[[Place, Price, str], Money]
) -> tuple[Reason, Money]:
    inside = place.inside("goodwill")
    reason = next((each for each in REASONS if each == written), None)
    if reason is None:
        raise inside.fault(f"there is no reason {written!r}{nearest(written, list(REASONS))}")
    money = price(inside, amount, written)
    if money.minor < 1:
        raise inside.fault(f"the amount for {written!r} must be above 0")
    return reason, money
