"""Knows how a merchant writes the terms of a shop: its coupons. Knows no product and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from commerce.catalog import Coupon
from commerce.coupons import plain
from commerce.money import Money
from commerce.shop_tables import CouponTable, Place, Price

ReadPrice = Callable[[Place, Price, str, int], Money]
"""(table, price, its key, the least it may be) -> money; raises ShopFileError."""


def read_coupons(file: Path, tables: Iterable[Mapping[str, Any]], price: ReadPrice) -> tuple[Coupon, ...]:
    coupons = tuple(_coupon(Place(file, f"[[coupons]] number {n}"), raw, price) for n, raw in enumerate(tables, 1))
    for code, count in Counter(plain(each.code) for each in coupons).items():
        if count > 1:
            raise Place(file, "[[coupons]]").fault(f"the code {code!r} is there {count} times")
    return coupons


def _coupon(place: Place, raw: Mapping[str, Any], price: ReadPrice) -> Coupon:
    table = place.read(raw, CouponTable)
    if not plain(table.code).isascii() or not plain(table.code):
        raise place.fault(f"the code {table.code!r} cannot be said: it needs letters from a to z, or digits")
    if (table.amount is None) == (table.percent is None):
        raise place.fault("give either an 'amount' or 'percent' off")
    if table.percent is not None and not 0 < table.percent <= 100:
        raise place.fault("the key 'percent' must be from 1 to 100")
    if table.starts and table.ends and table.ends < table.starts:
        raise place.fault(f"it ends on {table.ends}, before it starts")
    return Coupon(
        code=table.code,
        percent=table.percent or 0,
        amount=None if table.amount is None else price(place, table.amount, "amount", 1),
        minimum=None if table.minimum is None else price(place, table.minimum, "minimum", 0),
        starts=table.starts,
        ends=table.ends,
        once=table.once,
    )
