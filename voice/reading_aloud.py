"""Knows how many sentences are spoken one after the other, the next while the last is listened to. Does not listen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from voice.audio import RATE_HZ, silence

AHEAD = 3
BEFORE_S, AFTER_S = 0.3, 0.5
"""Silence around each sentence, as a line has it."""


async def read_aloud(say: Callable[[str], Awaitable[bytes]], sentences: Iterable[str]) -> AsyncIterator[bytes]:
    """16 kHz mono s16le audio of each sentence, in their order. `say` works in a thread of its own."""
    before, after = silence(round(BEFORE_S * RATE_HZ)), silence(round(AFTER_S * RATE_HZ))
    waiting: deque[asyncio.Task[bytes]] = deque()

    async def spoken(sentence: str) -> bytes:
        return before + await say(sentence) + after

    try:
        for sentence in sentences:
            waiting.append(asyncio.create_task(spoken(sentence)))
            await asyncio.sleep(0)  # so that it is asked for before anybody listens
            if len(waiting) > AHEAD:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
