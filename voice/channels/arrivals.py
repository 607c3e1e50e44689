"""Knows calls that were answered and wait to be taken. Does not know how they came in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from voice.channels.live import LiveChannel

Call = TypeVar("Call", bound=LiveChannel)


class Arrivals(Generic[Call]):
    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Call | None] = asyncio.Queue()

    def put(self, call: Call) -> None:
        self._waiting.put_nowait(call)

    def end(self) -> None:
        """No more will come."""
        self._waiting.put_nowait(None)

    async def taken(self) -> AsyncIterator[Call]:
        """Every call once, until the end."""
        while (call := await self._waiting.get()) is not None:
            yield call
