"""Commands for who runs the shop: models and shop files. Knows how to ask and print; the work is elsewhere."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from commerce.shop_file import load_shop
from commerce.shop_import import import_csv
from voice import fetch, models
from voice.errors import VoiceError
from voice.soundalike import SoundAlikeRecognizer
from voxcart.build import Front, open_recognizer, open_shop
from voxcart.config import Config, load_config
from voxcart.errors import ConfigError
from voxcart.shop_check import Aloud, Compiled, compile_shop, mouth_and_ears, speak_names, to_speak
from voxcart.shop_report import as_json as report
from voxcart.shop_report import show_alike, show_aloud, show_compiled
from voxcart.terminal import ConfigOption, JsonOption, err, out, plain, print_json

models_app = typer.Typer(no_args_is_help=True, help="The speech models on this machine.")
shop_app = typer.Typer(no_args_is_help=True, help="Shop files.")

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
    everything: Annotated[bool, typer.Option("--all", help="Also the voice that checks and tests speak with.")] = False,
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
        plain(f"{name}: fetched and verified")


@models_app.command("verify")
def models_verify(names: Names = None, config: ConfigOption = None) -> None:
    """Hash every file of the models again."""
    settings = load_config(config).voice.models
    for name in _chosen(names):
        models.verify(name, settings)
        plain(f"{name}: as published")


@models_app.command("remove")
def models_remove(names: Annotated[list[str], typer.Argument()], config: ConfigOption = None) -> None:
    """Delete fetched models. Your own folders are never touched."""
    settings = load_config(config).voice.models
    for name in _chosen(names):
        plain(f"{name}: {'removed' if models.remove(name, settings) else 'was not here'}")


# ---- shop files --------------------------------------------------------------------------------------------------


@shop_app.command("check")
def shop_check(
    shop: Annotated[str, typer.Argument(help="A shop file, or a sample: coffee, grocery.")],
    speech: Annotated[bool, typer.Option(help="Speak the names and hear them back.")] = True,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Speak so many names at most.")] = 500,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compile a shop file, speak its names, hear them back, and propose aliases. Exit code 1: some are not heard."""
    settings = load_config(config)
    began = perf_counter()
    front = open_shop(settings, shop, in_memory=True)
    try:
        recognizer = open_recognizer(settings, front)
    except VoiceError as error:
        err.print(f"The names were not checked: {error}", markup=False)
        raise typer.Exit(1) from error
    compiled = compile_shop(front, recognizer)
    seconds = perf_counter() - began
    if not as_json:
        show_compiled(compiled, seconds, out)
    aloud = _speak(settings, front, recognizer, compiled, limit) if speech else None
    if as_json:
        print_json(report(compiled, seconds, aloud, front.catalog))
    else:
        show_alike(compiled, aloud, out)
        if aloud is not None:
            show_aloud(aloud, front.catalog, out)
    if not compiled.is_fine or (speech and (aloud is None or not aloud.is_fine)):
        raise typer.Exit(1)


def _speak(
    settings: Config, front: Front, recognizer: SoundAlikeRecognizer, compiled: Compiled, limit: int
) -> Aloud | None:
    """Speak the names under a bar; None, and why, where there is no voice to speak with."""
    sayings = to_speak(compiled, limit, settings.nlu.seed)
    columns = (TextColumn("speaking names"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with (
            mouth_and_ears(settings, front, recognizer) as (say, ears),
            Progress(*columns, console=err, transient=True) as progress,
        ):
            bar = progress.add_task("", total=len(sayings))
            speaking = speak_names(front, ears, say, compiled, sayings, lambda _: progress.advance(bar))
            return asyncio.run(speaking)
    except VoiceError as error:
        err.print(f"The names were not spoken: {error}", markup=False)
        return None


@shop_app.command("import")
def shop_import(
    table: Annotated[Path, typer.Argument(help="CSV with name, and price, brand, size, category, stock if known.")],
    to: Annotated[Path, typer.Argument(help="The shop file to write.")],
    name: Annotated[str, typer.Option("--name", help="The shop's name.")] = "My Shop",
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217 code.")] = "USD",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> None:
    """Make a shop file from a product table. Missing prices are made up from the barcode: correct them."""
    if to.exists() and not overwrite:
        raise ConfigError(f"{to} exists already. Name another file, or add --overwrite.")
    made = import_csv(table, name, currency)
    try:
        to.write_text(made.text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{to} cannot be written: {error.strerror}.") from error
    load_shop(to)
    plain(
        f"{to}: {made.products} products" + (f", {made.skipped} rows without a name left out" if made.skipped else "")
    )
