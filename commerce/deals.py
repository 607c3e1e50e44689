"""Knows what a product costs while a deal of the shop runs. Knows no clock and no stock. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from commerce.catalog import Catalog, Deal, Product
from commerce.money import Money


def running(deals: Iterable[Deal], today: date) -> tuple[Deal, ...]:
    """Those whose first day has come and whose last day is not over, in the shop's time zone."""
    return tuple(each for each in deals if (each.starts or today) <= today <= (each.ends or today))


def price_today(product: Product, price: Money, catalog: Catalog, today: date) -> Money:
    """The lowest that a running deal makes of the price; deals do not add up, and none makes anything dearer."""
    made = [_made(each, price) for each in running(catalog.deals, today) if _is_for(each, product)]
    return min([price, *made])


def _is_for(deal: Deal, product: Product) -> bool:
    return product.id == deal.product or (deal.category is not None and product.category == deal.category)


def _made(deal: Deal, price: Money) -> Money:
    if deal.price is not None:
        return deal.price
    left = (Decimal(price.minor) * (100 - deal.percent) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(left), price.currency)
