"""Knows how the command line prints, and the options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def plain(text: str) -> None:
    """Print what others wrote: brackets in it are no markup."""
    out.print(text, markup=False)


ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings; default: config.toml here.")]
ShopOption = Annotated[str | None, typer.Option("--shop", help="A shop file, or a sample: coffee, grocery.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
