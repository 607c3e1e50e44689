"""Commands for who wants customers to be told. Knows how to ask and to print; the work is elsewhere."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer
from rich.table import Table

from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.notices import open_messenger
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json

notices_app = typer.Typer(no_args_is_help=True, help="What customers are told of their orders, by webhook and mail.")


@notices_app.command("send")
def notices_send(
    again: Annotated[bool, typer.Option("--again", help="Those that were given up, too.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Send what is due. The server does this by itself. Exit code 1 if something could not be sent."""
    settings = load_config(config)
    if not settings.notices.tells:
        raise ConfigError("There is no way to tell anybody. Set notices.webhook or notices.mail_host in config.toml.")
    messenger = open_messenger(settings)
    with closing(open_shop(settings, shop)) as front:
        if again:
            with front.shop.store.transaction():
                front.shop.store.retry_notices(front.shop.till.shop)
        done, failed = messenger.send_due(front)
    plain(f"{done} sent, {failed} failed")
    if failed:
        raise typer.Exit(1)


@notices_app.command("list")
def notices_list(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits to be sent, newest first."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            found = [row for row in store.notices(front.shop.till.shop) if everything or row["over"] is None]
    if as_json:
        for row in found:
            print_json({name: value for name, value in row.items() if name not in ("sequence", "shop")})
        return
    table = Table("at", "what", "number", "state", "tries", "became", box=None, pad_edge=False)
    for row in found:
        cells = (row[name] for name in ("kind", "number", "state"))
        table.add_row(row["at"][:16], *cells, str(row["tries"]), row["ended"] or "")
    out.print(table if found else "Nobody waits to be told anything.")
