"""Commands for who takes back what was ordered. Knows how to ask and to print; the work is elsewhere."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.table import Table

from commerce.buying import Order
from commerce.catalog import Catalog
from commerce.database import Row
from commerce.money import Money
from commerce.returns import settle_return
from commerce.store import Store
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.orders import goods_of
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json

return_app = typer.Typer(no_args_is_help=True, help="What customers send back.")

Number = Annotated[str, typer.Argument(help="The number of the return, as the caller has heard it.")]


@return_app.command("list")
def return_list(
    everything: Annotated[bool, typer.Option("--all", help="Those that are settled, too.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is to come back, newest first."""
    with closing(open_shop(load_config(config), shop)) as front:
        store, orders = front.shop.store, {each.number: each for each in front.shop.orders()}
        with store.transaction():
            rows = [row for row in store.returns(front.shop.till.shop) if everything or row["done"] is None]
            found = [return_json(row, orders[row["of"]], front.catalog, store) for row in rows]
    if as_json:
        for each in found:
            print_json(each)
        return
    table = Table("number", "made", "order", "goods", "refund", "reason", "settled", box=None, pad_edge=False)
    for each in found:
        goods, done = "\n".join(each["goods"]), (each["settled"] or "")[:16]
        table.add_row(each["number"], each["made"][:16], each["order"], goods, each["refund"], each["reason"], done)
    out.print(table if found else "Nothing is to come back.")


@return_app.command("settle")
def return_settle(
    number: Number,
    restock: Annotated[bool, typer.Option("--restock", help="The goods are as new: they are in stock again.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """It has arrived, and the money was paid back."""
    with closing(open_shop(load_config(config), shop)) as front:
        settle_return(front.shop.till, number, restock)
    plain(f"{number}: settled")


def return_json(row: Row, order: Order, catalog: Catalog, store: Store) -> dict[str, Any]:
    """To be called inside a transaction. Amounts are decimal strings in the shop's currency."""
    quantities, refund = store.return_lines(row["number"]), Money(row["refund"], row["currency"])
    lines = [replace(line, quantity=quantities[line.id]) for line in order.lines if line.id in quantities]
    return {
        "number": row["number"],
        "made": row["made"],
        "order": row["of"],
        "goods": [goods_of(line, catalog) for line in lines],
        "refund": str(refund.decimal),
        "way": row["way"],
        "reason": row["reason"],
        "said": row["said"],
        "exchange": bool(row["exchange"]),
        "settled": row["done"],
    }
