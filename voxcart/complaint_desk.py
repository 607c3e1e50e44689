"""Commands for who answers complaints. Knows how to ask and to print; the work is elsewhere."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from commerce.complaints import answer_complaint
from commerce.database import Row
from commerce.shop import utc_now
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import VoxcartError
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json

complaint_app = typer.Typer(no_args_is_help=True, help="What customers complain of.")

Number = Annotated[str, typer.Argument(help="The complaint's number, as the caller has heard it.")]


@complaint_app.command("list")
def complaint_list(
    everything: Annotated[bool, typer.Option("--all", help="Those that are answered, too.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits for an answer, the most urgent first."""
    with closing(open_shop(load_config(config), shop)) as front:
        store, now = front.shop.store, utc_now()
        with store.transaction():
            rows = store.complaints(front.shop.till.shop)
        found = [_told(row, now) for row in rows if everything or row["answered"] is None]
    if as_json:
        for each in found:
            print_json(each)
        return
    table = Table("number", "promised", "customer", "caller", "order", "reason", "said", box=None, pad_edge=False)
    for each in found:
        late = " (late)" if each["late"] else ""
        cells = (each[name] for name in ("customer", "caller", "order", "reason", "said"))
        table.add_row(each["number"], each["promised"][:16] + late, *(escape(str(cell or "")) for cell in cells))
    out.print(table if found else "No complaint waits for an answer.")


@complaint_app.command("show")
def complaint_show(number: Number, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show a complaint as JSON, with its answer and the apology for it."""
    with closing(open_shop(load_config(config), shop)) as front:
        store = front.shop.store
        with store.transaction():
            row = store.complaint(front.shop.till.shop, number)
            apology = store.goodwill_for(number)
    if row is None:
        raise VoxcartError(f"There is no complaint {number!r}. List them: voxcart complaint list --all")
    print_json(_told(row, utc_now()) | {"apology": apology})


@complaint_app.command("answer")
def complaint_answer(
    number: Number,
    answer: Annotated[str, typer.Argument(help="What the customer hears who asks for it, word for word.")],
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Answer a complaint. The customer hears it by telephone."""
    with closing(open_shop(load_config(config), shop)) as front:
        answer_complaint(front.shop.till, number, answer)
    plain(f"{number}: answered")


def _told(row: Row, now: datetime) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in ("shop", "of")}
    late = row["answered"] is None and datetime.fromisoformat(row["promised"]) < now
    return shown | {"order": row["of"], "late": late}
