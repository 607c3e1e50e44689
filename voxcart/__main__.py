"""The command line: one function per sub-command. Knows how to ask and to print; the work is done elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Table

from commerce.errors import CommerceError
from nlu.errors import NluError
from voice import fetch, models
from voice.errors import VoiceError
from voxcart.config import load_config
from voxcart.errors import VoxcartError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="An offline voice line for shops.")
models_app = typer.Typer(no_args_is_help=True, help="The speech models on this machine.")
shop_app = typer.Typer(no_args_is_help=True, help="Shop files.")
customer_app = typer.Typer(no_args_is_help=True, help="Customers who may order with a PIN.")
app.add_typer(models_app, name="models")
app.add_typer(shop_app, name="shop")
app.add_typer(customer_app, name="customer")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings; default: config.toml here.")]
ShopOption = Annotated[str | None, typer.Option("--shop", help="A shop file, or a sample: coffee, grocery.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
Names = Annotated[list[str] | None, typer.Argument(help="Model names; default: those needed to run.")]


def _chosen(names: list[str] | None, everything: bool = False) -> list[str]:
    """The models meant: those named, or all that are needed."""
    for name in names or ():
        models.model(name)
    return names or [model.name for model in models.known().values() if model.needed or everything]


# ---- models ------------------------------------------------------------------------------------------------------


@models_app.command("list")
def models_list(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every model: purpose, source package, licence, size, hash, and whether it is here."""
    settings = load_config(config).voice.models
    if as_json:
        for model in models.known().values():
            row = msgspec.to_builtins(model) | {"state": models.state(model.name, settings)}
            out.print_json(data=row)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "here", "what", "package", "licence", "download", "archive sha256"):
        table.add_column(column)
    for model in models.known().values():
        packages = "\n".join(f"{archive.package} {archive.version}" for archive in model.archives)
        hashes = "\n".join(archive.sha256[:16] for archive in model.archives)
        size = f"{model.download_size / 1e6:.0f} MB"
        state = models.state(model.name, settings)
        table.add_row(model.name, state, model.title, packages, model.licence, size, hashes)
    Console(width=160 if not sys.stdout.isatty() else None).print(table)


@models_app.command("fetch")
def models_fetch(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the models that only tests use.")] = False,
    config: ConfigOption = None,
) -> None:
    """Fetch what is missing: checked against its published hash, whole or not at all."""
    settings = load_config(config).voice.models
    wanted = [name for name in _chosen(names, everything) if models.state(name, settings) not in ("fetched", "own")]
    columns = (TextColumn("{task.description:<16}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=err, disable=not wanted) as progress:
        bars: dict[str, TaskID] = {}

        def show(state: fetch.Progress) -> None:
            if state.name not in bars:
                bars[state.name] = progress.add_task(state.name, total=state.total)
            progress.update(bars[state.name], completed=state.done)

        fetch.fetch(wanted, settings, show)
    for name in wanted:
        out.print(f"{name}: fetched and verified")


@models_app.command("verify")
def models_verify(names: Names = None, config: ConfigOption = None) -> None:
    """Hash every file of the models again."""
    settings = load_config(config).voice.models
    for name in _chosen(names):
        models.verify(name, settings)
        out.print(f"{name}: as published")


@models_app.command("remove")
def models_remove(names: Annotated[list[str], typer.Argument()], config: ConfigOption = None) -> None:
    """Delete fetched models. Your own folders are never touched."""
    settings = load_config(config).voice.models
    for name in _chosen(names):
        out.print(f"{name}: {'removed' if models.remove(name, settings) else 'was not here'}")


# ---- the end -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 done but not well, 2 could not be done, 130 interrupted."""
    try:
        app()
    except (VoxcartError, VoiceError, NluError, CommerceError) as error:
        err.print(f"voxcart: {error}", style=None, markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
