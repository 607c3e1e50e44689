"""Asterisk as it is at the other end of an AudioSocket, from the description of its protocol."""

from __future__ import annotations

import asyncio
import struct
from time import perf_counter
from uuid import UUID

ID = UUID("40325ec2-5efd-4bd3-805f-fffff5550100")
HANG_UP, WHO, KEY, SLIN, SLIN_16K, ERROR = b"\0\0\0", 1, 3, 0x10, 0x12, 0xFF


def packed(kind: int, payload: bytes) -> bytes:
    return struct.pack("!BH", kind, len(payload)) + payload


class Asterisk:
    """One call passed on. `heard` is what the shop said, `times` when each frame of it came."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.heard = bytearray()
        self.times: list[float] = []
        self.kinds: set[int] = set()
        self.hung_up = False
        self.is_over = False
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            while True:
                kind, length = struct.unpack("!BH", await self._reader.readexactly(3))
                payload = await self._reader.readexactly(length)
                self.hung_up = self.hung_up or kind == 0
                if kind:
                    self.kinds.add(kind)
                    self.times.append(perf_counter())
                    self.heard += payload
        except (asyncio.IncompleteReadError, OSError):
            self.is_over = True

    def send(self, kind: int, payload: bytes = b"") -> None:
        self._writer.write(packed(kind, payload))

    def scribble(self, data: bytes) -> None:
        self._writer.write(data)

    async def speak(self, pcm: bytes, kind: int = SLIN, frame: int = 320) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, at in enumerate(range(0, len(pcm), frame)):
            await asyncio.sleep(max(0.0, began + number * 0.02 - loop.time()))
            self.send(kind, pcm[at : at + frame])

    async def close(self) -> None:
        self._writer.close()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
