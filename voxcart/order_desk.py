"""Commands for who packs and sends what was ordered. Knows how to ask and to print; the work is elsewhere."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from commerce.after import STATUSES, Status
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.orders import order_json
from voxcart.redress_desk import return_json
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json

order_app = typer.Typer(no_args_is_help=True, help="One order: what it is, and what becomes of it.")

Number = Annotated[str, typer.Argument(help="The order's number.")]


@order_app.command("show")
def order_show(number: Number, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show an order as JSON."""
    with closing(open_shop(load_config(config), shop)) as front:
        found = next((each for each in front.shop.orders() if each.number == number), None)
        if found is None:
            raise ConfigError(f"There is no order {number!r}. List them: voxcart orders")
        store = front.shop.store
        with store.transaction():
            returned = [
                return_json(row, found, front.catalog, store) for row in store.returns(front.shop.till.shop, number)
            ]
        print_json(order_json(found, front.catalog) | ({"returns": returned} if returned else {}))


@order_app.command("set")
def order_set(
    number: Number,
    status: Annotated[str, typer.Argument(help="packed, sent, delivered or cancelled.")],
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what has become of an order: callers hear it. What is cancelled is in stock again."""
    with closing(open_shop(load_config(config), shop)) as front:
        front.shop.set_status(number, _status(status))
    plain(f"{number}: {status}")


@order_app.command("outbox")
def order_outbox(shop: ShopOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what waits to be handed over to your own system, and what it refused, oldest first (docs/connectors.md)."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            rows = store.untaken(front.shop.till.shop)
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("number", "what", "tries", "again at", "refused", box=None, pad_edge=False)
    for row in rows:
        due = "" if row["refused"] else row["due"][:19]
        table.add_row(row["number"], row["kind"], str(row["tries"]), due, escape(row["refused"] or ""))
    out.print(table if rows else "Everything is handed over.")


@order_app.command("payments")
def order_payments(shop: ShopOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what waits to be charged, paid back or let go, and what was refused, oldest first (docs/payments.md)."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            rows = store.tasks(front.shop.till.shop)
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("order", "what", "tries", "again at", "refused", box=None, pad_edge=False)
    for row in rows:
        due = "" if row["failed"] else row["due"][:19]
        table.add_row(row["number"] or "", row["kind"], str(row["tries"]), due, escape(row["failed"] or ""))
    out.print(table if rows else "Nothing waits.")


def _status(text: str) -> Status:
    found = next((each for each in STATUSES if each == text), None)
    if found is None:
        raise ConfigError(f"There is no status {text!r}. An order can be {', '.join(STATUSES)}.")
    return found
