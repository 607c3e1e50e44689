"""Knows how fast the clock of a replayed line runs beside the clock on the wall. Does not know what is on the line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Literal, Protocol, TypeAlias

from voice.audio import FRAME_SAMPLES, RATE_HZ

FRAME_S = FRAME_SAMPLES / RATE_HZ
SETTLING = 3
"""Turns of the event loop in which a task that has just stopped thinking can begin to speak."""

PaceName: TypeAlias = Literal["real", "honest", "frozen"]


class Pace(Protocol):
    def thinking(self) -> AbstractContextManager[None]:
        """Held while the assistant computes."""
        ...

    async def tick(self) -> None:
        """Return when the next frame is due."""
        ...

    @property
    def behind(self) -> bool:
        """Whether a frame is due that belongs to time already spent thinking."""
        ...


def pace_named(name: PaceName) -> Pace:
    match name:
        case "real":
            return RealPace()
        case "honest":
            return HonestPace()
        case "frozen":
            return FrozenPace()


class RealPace:
    """One frame every 20 ms of wall time; a late frame is followed by the next at once."""

    behind = False

    def __init__(self) -> None:
        self._due: float | None = None

    @contextmanager
    def thinking(self) -> Iterator[None]:
        yield

    async def tick(self) -> None:
        now = perf_counter()
        self._due = now if self._due is None else self._due + FRAME_S
        await asyncio.sleep(max(0.0, self._due - now))


class FrozenPace:
    """As fast as possible, and not at all while the assistant thinks: what is replayed twice is equal twice."""

    behind = False

    def __init__(self) -> None:
        self._open = 0
        self._closed = asyncio.Event()

    @contextmanager
    def thinking(self) -> Iterator[None]:
        self._open += 1
        self._closed.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._closed.set()

    async def tick(self) -> None:
        await asyncio.sleep(0)
        while self._open:
            await self._closed.wait()
            await _settle()


class HonestPace:
    """As fast as possible, but thinking takes as long on the line as on the wall, to the frame."""

    def __init__(self) -> None:
        self._open = 0
        self._since = 0.0
        self._owed_s = 0.0
        self._closed = asyncio.Event()

    @contextmanager
    def thinking(self) -> Iterator[None]:
        if not self._open:
            self._since = perf_counter()
            self._closed.clear()
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._owed_s += perf_counter() - self._since
                self._closed.set()

    @property
    def _due_s(self) -> float:
        return self._owed_s + (perf_counter() - self._since if self._open else 0.0)

    @property
    def behind(self) -> bool:
        return self._due_s >= FRAME_S

    async def tick(self) -> None:
        await asyncio.sleep(0)
        while self._open and not self.behind:
            try:
                await asyncio.wait_for(self._closed.wait(), FRAME_S - self._due_s)
                await _settle()
            except TimeoutError:
                break
        self._owed_s = self._owed_s - FRAME_S if self._open else max(0.0, self._owed_s - FRAME_S)


async def _settle() -> None:
    for _ in range(SETTLING):
        await asyncio.sleep(0)
