"""Is the total of a cart always the sum of its lines, to the cent, from the cart to the quote to the stored order?

Random carts of both sample shops, with options, pieces and weights. A reference adds exact fractions up on its own.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from time import perf_counter

from benchmarks import report
from commerce.cart import Cart, Chosen
from commerce.catalog import Catalog, Product
from commerce.commands import AddLine, ChangeCart, Confirmed, ConfirmQuote, OrderPlaced, PlaceOrder, QuoteCart, Quoted
from commerce.delivery import ReceiveAtShop
from commerce.settings import CommerceSettings
from commerce.shop import Shop, open_shop
from commerce.shop_file import load_shop

SHOPS = Path(__file__).parent.parent / "commerce" / "shops"
SEED = 7


def random_line(shop: Catalog, dice: random.Random) -> AddLine:
    product = dice.choice(shop.products)
    weight = Decimal(dice.randint(1, 9999)).scaleb(-3)
    quantity = Decimal(dice.randint(1, 12)) if product.unit == "each" else weight
    groups = (shop.group_by_id[group] for group in product.options if dice.random() < 0.5)
    return AddLine(product.id, quantity, tuple(Chosen(group.id, dice.choice(group.values).id) for group in groups))


def reference_total(shop: Catalog, cart: Cart) -> int:
    """Minor units: each line's exact price rounded half up."""
    return sum(
        floor(Fraction(line.quantity) * unit_price(shop, shop.by_id[line.product], line.options) + Fraction(1, 2))
        for line in cart.lines
    )


def unit_price(shop: Catalog, product: Product, options: tuple[Chosen, ...]) -> int:
    prices = {(group.id, value.id): value.price.minor for group in shop.groups for value in group.values}
    return product.price.minor + sum(prices[chosen.group, chosen.value] for chosen in options)


def buy(shop: Shop, call: str, dice: random.Random) -> bool | None:
    """Whether the totals agree; None if nothing of the cart was to be had."""
    edits = tuple(random_line(shop.catalog, dice) for _ in range(dice.randint(1, 6)))
    shop.execute(ChangeCart(call, edits), f"{call}/1")
    shop.execute(ReceiveAtShop(call), f"{call}/1.1")
    quoted = shop.execute(QuoteCart(call), f"{call}/2")
    if not isinstance(quoted, Quoted):
        return None
    quote = quoted.quote
    assert isinstance(shop.execute(ConfirmQuote(quote.id), f"{call}/3"), Confirmed)
    placed = shop.execute(PlaceOrder(quote.id), f"{call}/4")
    assert isinstance(placed, OrderPlaced), placed
    with shop.store.transaction():
        stored = shop.store.order(shop.till.shop, placed.number)
        lines = [line["total"] for line in shop.store.order_lines(placed.number)]
    expected = reference_total(shop.catalog, quote.cart)
    assert stored is not None
    return bool(expected == quote.total.minor == placed.total.minor == stored["total"] == sum(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--carts", type=int, default=100_000, help="in all")
    carts = parser.parse_args().carts
    rows = []
    for name in ("coffee", "grocery"):
        dice = random.Random(SEED)
        settings = CommerceSettings(pin_free_limit="", voice_limit="")
        shop = open_shop(uncounted(load_shop(SHOPS / f"{name}.toml")), None, settings)
        began = perf_counter()
        results = [buy(shop, f"{name}-{number}", dice) for number in range(carts // 2)]
        took = perf_counter() - began
        shop.close()
        wrong = results.count(False)
        rows.append({"shop": name, "bought": results.count(True), "not_bought": results.count(None), "wrong": wrong,
                     "carts_a_second": round(len(results) / took)})  # fmt: skip
    report.write("money", rows, seed=SEED)


def uncounted(shop: Catalog) -> Catalog:
    """Without stock and minimum, so that nearly every cart can be bought."""
    return replace(shop, minimum_order=None, products=tuple(replace(each, stock=None) for each in shop.products))


if __name__ == "__main__":
    main()
