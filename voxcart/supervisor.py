"""Knows how systemd is told that the line is ready, alive and ending. Does not know what the line does."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from voice.tasks import end

ALIVE_PER_WATCHDOG = 3
"""So many signs of life in the time after which the program is taken for dead."""


class Supervisor:
    """Whoever started the program, where that is systemd (`Type=notify`); else nobody is told anything.

    Source: sd_notify(3) and sd_watchdog_enabled(3). The library for it, sdnotify, waits for systemd to read and leaves
    a socket open.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        named = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + named[1:] if named.startswith("@") else named
        self._watchdog_s = int(environment.get("WATCHDOG_USEC", "0")) / 1e6

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Ready; the event loop that runs this is the sign of life."""
        self._tell(b"READY=1")
        alive = asyncio.create_task(self._stay_alive(), name="watchdog")
        try:
            yield
        finally:
            await end(alive)
            self._tell(b"STOPPING=1")

    async def _stay_alive(self) -> None:
        while self._watchdog_s:
            self._tell(b"WATCHDOG=1")
            await asyncio.sleep(self._watchdog_s / ALIVE_PER_WATCHDOG)

    def _tell(self, state: bytes) -> None:
        """What systemd has no room for is lost."""
        if self._address:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd, suppress(OSError):
                systemd.setblocking(False)
                systemd.sendto(state, self._address)
