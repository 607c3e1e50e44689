"""The command for who wants to know what callers had to tell. Knows how to print it; nothing is judged."""

from __future__ import annotations

from contextlib import closing

from rich.markup import escape
from rich.table import Table

from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, print_json


def comments(shop: ShopOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what callers wanted to tell after the rating, newest first."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            rows = store.comments()
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("at", "call", "rating", "said", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["at"][:16], escape(row["call"]), str(row["rating"] or ""), escape(row["said"]))
    out.print(table if rows else "Nobody has told anything.")
