"""Kamailio, a SIP proxy, in processes of its own. Knows how it is started and ended, not what it is told to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.telephones import eventually


@dataclass(frozen=True, slots=True)
class Kamailio:
    """`process` is the first of a group of processes."""

    process: asyncio.subprocess.Process
    port: int
    log: Path

    @property
    def is_up(self) -> bool:
        with suppress(OSError):
            return f"{self.port:04X}" in Path("/proc/net/udp").read_text("ascii")
        return False

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@asynccontextmanager
async def kamailio(text: str, port: int, folder: Path) -> AsyncIterator[Kamailio]:
    """With that configuration, which listens on `port`."""
    program = shutil.which("kamailio", path=os.environ["PATH"] + ":/usr/sbin")
    assert program, "kamailio is missing: apt-get install --no-install-recommends kamailio"
    config, log, pid = folder / "kamailio.cfg", folder / "kamailio.log", folder / "kamailio.pid"
    _write(config, text)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(program, "-f", config, "-DD", "-E", "-m", "32", "-M", "4", "-P", pid, "-Y", folder),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    found = Kamailio(process, port, log)
    try:
        await eventually(lambda: found.is_up, "kamailio listens")
        yield found
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
