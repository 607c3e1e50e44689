"""Knows how the command line prints, and the options that many commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def visible(text: str) -> str:
    """The text with every character that could move a cursor, end a line or colour a word written as JSON writes it."""
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def plain(text: str) -> None:
    """Print what others wrote: brackets in it are no markup."""
    out.print(visible(text), markup=False)


def complain(error: object) -> None:
    """Say on standard error what could not be done."""
    err.print(visible(f"voxcart: {error}"), markup=False)


def print_json(row: object) -> None:
    """One line for one object, whatever is in it."""
    print(visible(json.dumps(row, ensure_ascii=False)), flush=True)


ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings; default: config.toml here.")]
ShopOption = Annotated[str | None, typer.Option("--shop", help="A shop file, or a sample: coffee, grocery.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
