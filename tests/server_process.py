"""`voxcart serve` in a process of its own, on this machine alone."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from voice.settings import Sip
from voxcart.phone import at_home, free_ports
from voxcart.softphone import until

START_S = 120


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Process, Sip]]:
    """Its files are in `folder`, what it says in `serve.out` and `serve.log`, its figures at the SIP port and 4.

    What still runs in the end is killed.
    """
    sip = at_home(Sip(), free_ports(6))
    config, told, log = (folder / name for name in ("config.toml", "serve.out", "serve.log"))
    settings = f'[store]\ndatabase = "{folder}/shop.db"\n[sip]\nport = {sip.port}\n[metrics]\nport = {sip.port + 4}\n'
    _write(config, settings)
    command = (sys.executable, "-m", "voxcart", "serve", "--config", config)
    with _open(told) as output, _open(log) as errors:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=errors)
    try:
        await until(lambda: "Calls come in" in _read(told) or process.returncode is not None, START_S)
        assert process.returncode is None, _read(log)
        yield process, sip
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _open(path: Path) -> BinaryIO:
    return path.open("wb")


def _read(log: Path) -> str:
    return log.read_text("utf-8", "replace")
