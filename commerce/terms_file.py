"""Knows how a merchant writes the terms of a shop: coupons, delivery, payment. Knows no product and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from commerce.catalog import Coupon, Delivery, OpenSpan, Zone
from commerce.coupons import plain
from commerce.delivery import shape
from commerce.money import Money
from commerce.shop_tables import CouponTable, DeliveryTable, PaymentTable, Place, Price, ZoneTable, nearest
from commerce.terms import WAYS, Way

ReadHours = Callable[[Mapping[str, Any], str], tuple[tuple[OpenSpan, ...], ...]]
"""(table, its name) -> the spans of each weekday; raises ShopFileError."""
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


def read_delivery(
    file: Path, raw: Mapping[str, Any], time_zone: str | None, price: ReadPrice, hours: ReadHours
) -> Delivery | None:
    """None where there is only a note, or nothing: then nobody is asked how an order is to be received."""
    place = Place(file, "[delivery]")
    table = place.read(raw, DeliveryTable)
    if not table.zones:
        if table.note is None:
            raise place.fault("give a 'note' that tells callers how you deliver, or [[delivery.zones]]")
        return None
    if not any(slots := hours(table.slots, "[delivery.slots]")):
        raise place.fault("there are zones, so [delivery.slots] must name when you deliver")
    if time_zone is None:
        raise place.fault("there are slots, so the key 'time_zone' is needed at the top of the file")
    for key, least in (("lead_minutes", 0), ("days_ahead", 0)):
        if getattr(table, key) < least:
            raise place.fault(f"the key {key!r} must not be below {least}")
    zones = tuple(
        _zone(Place(file, f"[[delivery.zones]] number {n}"), each, table, price)
        for n, each in enumerate(table.zones, 1)
    )
    formats = [table.postcode_format] if isinstance(table.postcode_format, str) else table.postcode_format
    whole = (code for zone in zones for code in zone.postcodes if not code.endswith("*"))
    return Delivery(
        zones=zones,
        slots=slots,
        lead_minutes=table.lead_minutes,
        days_ahead=table.days_ahead,
        holidays=tuple(table.holidays),
        pickup=table.pickup,
        postcode_formats=tuple(plain(each) for each in formats) or tuple(dict.fromkeys(map(shape, whole))),
    )


def _zone(place: Place, raw: Mapping[str, Any], shared: DeliveryTable, price: ReadPrice) -> Zone:
    table = place.read(raw, ZoneTable)
    codes = tuple(plain(each) + ("*" if each.strip().endswith("*") else "") for each in table.postcodes)
    if not codes or "" in codes:
        raise place.fault("the key 'postcodes' must name postcodes, or their beginnings such as \"100*\"")
    minimum = shared.minimum_order if table.minimum_order is None else table.minimum_order
    free_from = shared.free_from if table.free_from is None else table.free_from
    return Zone(
        postcodes=codes,
        name=table.name,
        fee=price(place, shared.fee if table.fee is None else table.fee, "fee", 0),
        minimum_order=None if minimum is None else price(place, minimum, "minimum_order", 0),
        free_from=None if free_from is None else price(place, free_from, "free_from", 0),
    )


def read_payment(file: Path, raw: Mapping[str, Any] | None) -> tuple[Way, ...]:
    """() where there is only a note, or nothing: then nobody is asked how they pay."""
    if raw is None:
        return ()
    place = Place(file, "[payment]")
    table = place.read(raw, PaymentTable)
    if table.note is None and not table.ways:
        raise place.fault("give a 'note' that tells callers how they pay, or 'ways' to choose from")
    for each, count in Counter(table.ways).items():
        if each not in WAYS:
            raise place.fault(f"the key 'ways' cannot hold {each!r}{nearest(each, list(WAYS))}")
        if count > 1:
            raise place.fault(f"the key 'ways' holds {each!r} {count} times")
    return tuple(way for each in table.ways for way in WAYS if way == each)
