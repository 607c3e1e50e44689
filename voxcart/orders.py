"""Knows how placed orders are listed, as rows and as JSON. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel.numbers import format_currency

from commerce.buying import Order
from commerce.cart import Chosen, Line
from commerce.catalog import Catalog
from commerce.money import Money
from voxcart.hear import number


def order_rows(orders: Iterable[Order], catalog: Catalog) -> list[tuple[str, str, str, str, str, str]]:
    """(number, placed, status, goods, total, how it is paid) of each."""
    return [
        (
            order.number,
            f"{order.placed:%Y-%m-%d %H:%M} UTC",
            order.status,
            "\n".join(goods_of(line, catalog) for line in order.lines),
            written(order.total, catalog),
            _paid(order),
        )
        for order in orders
    ]


def order_json(order: Order, catalog: Catalog) -> dict[str, Any]:
    """Amounts are decimal strings in the shop's currency."""
    return {
        "number": order.number,
        "placed": order.placed.isoformat(),
        "status": order.status,
        "customer": order.customer,
        "currency": order.total.currency,
        "total": str(order.total.decimal),
        **_terms(order),
        **_payment(order),
        "lines": [
            {
                "product": _name(line, catalog),
                "quantity": number(line.quantity),
                "options": _options(line, catalog),
                **_without(line, catalog),
                "unit_price": str(line.unit_price.decimal),
                "total": str(line.total.decimal),
            }
            for line in order.lines
        ],
    }


def _paid(order: Order) -> str:
    if order.payment is None:
        return ""
    back = order.payment.refunded
    parts = (order.payment.way, order.payment.state, f"{back.decimal} paid back" if back and back.minor else "")
    return ", ".join(part for part in parts if part)


def _payment(order: Order) -> dict[str, Any]:
    paid = order.payment
    if paid is None:
        return {}
    told: dict[str, Any] = {"way": paid.way}
    if paid.captured is not None and paid.refunded is not None:
        told |= {"state": paid.state, "charged": str(paid.captured.decimal), "paid_back": str(paid.refunded.decimal)}
    return {"payment": told | ({"url": paid.url} if paid.url else {})}


def _terms(order: Order) -> dict[str, Any]:
    """What there is beside the goods."""
    off, handover = order.discount, order.handover
    told: dict[str, Any] = {"coupon": off.code, "discount": str(off.amount.decimal)} if off else {}
    if handover is None:
        return told
    told |= {"handover": handover.way, "fee": str(handover.fee.decimal)}
    if where := handover.address:
        told["address"] = {"street": where.street, "house": where.house, "postcode": where.postcode}
    if when := handover.slot:
        told["slot"] = [when.starts.isoformat(), when.ends.isoformat()]
    return told


def written(money: Money, catalog: Catalog) -> str:
    return str(format_currency(money.decimal, money.currency, locale=catalog.language))


def goods_of(line: Line, catalog: Catalog) -> str:
    options = "".join(f", {value}" for value in _options(line, catalog))
    options += "".join(f", -{value}" for value in _without(line, catalog).get("without", ()))
    return f"{number(line.quantity)} {_name(line, catalog)}{options}"


def _name(line: Line, catalog: Catalog) -> str:
    product = catalog.by_id.get(line.product)
    return product.name if product else line.product


def _options(line: Line, catalog: Catalog) -> list[str]:
    """The names chosen; ids where the shop file no longer has them."""
    return _names((each for each in line.options if each.wanted), catalog)


def _without(line: Line, catalog: Catalog) -> dict[str, list[str]]:
    """What the buyer refused, where anything was."""
    refused = _names((each for each in line.options if not each.wanted), catalog)
    return {"without": refused} if refused else {}


def _names(options: Iterable[Chosen], catalog: Catalog) -> list[str]:
    said = []
    for chosen in options:
        group = catalog.group_by_id.get(chosen.group)
        names = {value.id: value.name for value in group.values} if group else {}
        amounts = {amount.id: amount.name for amount in group.amounts} if group else {}
        name = names.get(chosen.value, chosen.value)
        said.append(f"{amounts.get(chosen.amount, chosen.amount)} {name}" if chosen.amount else name)
    return said
