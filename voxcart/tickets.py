"""Commands for who calls customers back: what waits, what is known of it, what is done. Opens no ticket itself."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from commerce.commands import CloseTicket
from commerce.database import Row
from commerce.store import Store
from voxcart.build import new_call_id, open_shop
from voxcart.config import load_config
from voxcart.errors import VoxcartError
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json

ticket_app = typer.Typer(no_args_is_help=True, help="Callers who asked for a person.")

Number = Annotated[str, typer.Argument(help="The ticket's number, as the caller has heard it.")]


@ticket_app.command("list")
def ticket_list(
    everything: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who waits to be called back, newest first."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            found = [_told(row) for row in store.tickets() if everything or row["closed"] is None]
    if as_json:
        for ticket in found:
            print_json(ticket)
        return
    table = Table("number", "opened", "caller", "customer", "reason", "done", box=None, pad_edge=False)
    for each in found:
        row = (each["number"], each["opened"][:16], each["caller"], each["customer"], each["reason"], each["closed"])
        table.add_row(*(escape(str(cell or "")) for cell in row))
    out.print(table if found else "Nobody waits to be called back.")


@ticket_app.command("show")
def ticket_show(number: Number, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show the conversation and the cart of a ticket, as JSON."""
    with closing(open_shop(load_config(config), shop)) as front:
        row = _known(front.shop.store, number)
    print_json({**_told(row), "summary": json.loads(row["summary"])})


@ticket_app.command("done")
def ticket_done(number: Number, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """The caller was called back."""
    with closing(open_shop(load_config(config), shop)) as front:
        _known(front.shop.store, number)
        front.shop.execute(CloseTicket(number), f"{new_call_id()}/0")
    plain(f"{number}: done")


def _known(store: Store, number: str) -> Row:
    with store.transaction():
        found = store.ticket(number)
    if found is None:
        raise VoxcartError(f"There is no ticket {number!r}. List them: voxcart ticket list --all")
    return found


def _told(row: Row) -> dict[str, Any]:
    story = json.loads(row["summary"])
    known = {"caller": row["phone"] or story.get("caller"), "customer": story.get("customer")}
    return {each: row[each] for each in ("number", "opened", "call", "reason", "closed")} | known
