"""Knows a line whose caller follows a script and whose clock may run faster than the wall's. Does not know engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TypeAlias

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, Frame, hiss
from voice.channels import Keys
from voice.channels.caller import Cue, ScriptedCaller
from voice.channels.pace import Pace, PaceName, pace_named

QUEUE_BYTES = 5 * FRAME_BYTES
HISS_DBFS = -70.0
HISS_FRAMES = 500

Tap: TypeAlias = Callable[[bytes, bytes, int], None]
"""Takes both sides of every frame, the caller's and the assistant's, and the frame's first sample."""


class FileChannel:
    """A call replayed from cues.

    Pace `real` runs with the wall clock; `honest` as fast as possible, but thinking takes as long on the line as it
    takes on the wall; `frozen` stands still while the assistant thinks, so that every replay is the same.
    Each frame of the caller comes with one frame of the assistant (silence if nothing is queued). A quiet caller's
    line carries a faint hiss, as lines do. After the last cue and `silence_s` without a voice on either side
    the caller hangs up, and in any case after three minutes without an act.
    """

    def __init__(
        self,
        cues: Sequence[Cue],
        *,
        caller: str | None = None,
        pace: PaceName = "honest",
        silence_s: float = 20.0,
        on_frame: Tap | None = None,
    ) -> None:
        self.caller = caller
        self._script = ScriptedCaller(cues, silence_s)
        self._pace: Pace = pace_named(pace)
        self._on_frame = on_frame
        self._queue = bytearray()
        self._position = 0
        self._at_work = 0
        self._ended = False
        self._advanced = asyncio.Event()
        self._hiss = hiss(HISS_FRAMES * FRAME_SAMPLES, HISS_DBFS, seed=1)

    @property
    def played(self) -> int:
        return self._position

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        while True:
            await self._pace.tick()
            pcm, key = (b"", "") if self._ended else self._script.act()
            if self._ended or self._script.gone:
                break
            start = self._position
            frame = Frame(start, pcm or self._hiss_at(start))
            yield self._advance(frame)
            if key:
                yield Keys(key, start)
        self._end()

    async def play(self, pcm: bytes) -> None:
        with self._working():
            while self._pace.behind and not self._ended:
                await self._advanced.wait()
            rest = memoryview(pcm)
            while rest and not self._ended:
                room = QUEUE_BYTES - len(self._queue)
                self._queue += rest[:room]
                rest = rest[room:]
                if rest:
                    await self._advanced.wait()

    def flush(self) -> int:
        dropped = len(self._queue) // 2
        self._queue.clear()
        self._script.hear_break()
        return dropped

    async def drain(self) -> None:
        while self._queue and not self._ended:
            await self._advanced.wait()
        self._script.hear_end()

    def thinking(self) -> AbstractContextManager[None]:
        return self._thinking()

    async def hang_up(self) -> None:
        self._end()

    @contextmanager
    def _thinking(self) -> Iterator[None]:
        with self._working(), self._pace.thinking():
            yield

    @contextmanager
    def _working(self) -> Iterator[None]:
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    def _advance(self, frame: Frame) -> Frame:
        """Play what is queued beside the caller's frame, and let whoever waits for room go on."""
        playing = bytes(self._queue[:FRAME_BYTES])
        del self._queue[:FRAME_BYTES]
        self._script.hear(bool(playing), bool(self._at_work))
        self._position = frame.end
        if self._on_frame:
            self._on_frame(frame.pcm, playing.ljust(FRAME_BYTES, b"\0"), frame.start)
        self._wake()
        return replace(frame, said=playing)

    def _wake(self) -> None:
        self._advanced.set()
        if not self._ended:
            self._advanced = asyncio.Event()

    def _hiss_at(self, start: int) -> bytes:
        at = 2 * start % len(self._hiss)
        return self._hiss[at : at + FRAME_BYTES]

    def _end(self) -> None:
        self._ended = True
        self._wake()
