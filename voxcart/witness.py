"""Commands for receipts: show them, check them, take them elsewhere. Knows how to ask and to print only."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from commerce.receipts import as_lines, first_flaw, from_lines, public_key
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.terminal import ConfigOption, ShopOption, plain, print_json

receipt_app = typer.Typer(no_args_is_help=True, help="What witnesses each order: signed and chained.")


@receipt_app.command("show")
def receipt_show(
    number: Annotated[str, typer.Argument(help="The order's number.")],
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the receipt of an order: which total was agreed to, when, in which turn and where in the call."""
    with closing(open_shop(load_config(config), shop)) as front:
        found = next((each for each in front.shop.receipts() if each.number == number), None)
    if found is None:
        raise ConfigError(f"There is no receipt of an order {number!r}. List the orders: voxcart orders")
    print_json({**json.loads(found.body), "hash": found.hash, "before": found.before, "signature": found.signature})


@receipt_app.command("verify")
def receipt_verify(
    file: Annotated[Path | None, typer.Option("--file", help="An export, instead of this shop's database.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="The public key to check with; default: this shop's.")
    ] = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Check every receipt: content, place in the chain, signature, books. Exit code 1 names the first that is wrong."""
    with closing(open_shop(load_config(config), shop)) as front:
        signer = public_key(key) if key else front.shop.till.receipt_key.public_key()
        receipts = front.shop.receipts() if file is None else from_lines(_lines(file))
        books = front.shop.books() if file is None else {each.number: {} for each in receipts}
    flaw = first_flaw(receipts, books, signer)
    if flaw is not None:
        plain(f"Receipt {flaw.place}, order {flaw.number}: {flaw.what}.")
        raise typer.Exit(1)
    plain(f"{len(receipts)} receipts, each as it was signed.")


@receipt_app.command("export")
def receipt_export(shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Write all receipts to standard output, one JSON object a line, for somebody else to keep."""
    with closing(open_shop(load_config(config), shop)) as front:
        for line in as_lines(front.shop.receipts()):
            print(line)


@receipt_app.command("key")
def receipt_key(shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show the public key that receipts are checked with."""
    with closing(open_shop(load_config(config), shop)) as front:
        print(front.shop.till.receipt_key.public_key().public_bytes_raw().hex())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read ({error}). Name a file of: voxcart receipt export") from error
