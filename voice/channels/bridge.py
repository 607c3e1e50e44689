"""Knows a call that another telephone system has answered and passes on. Does not know by which protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Protocol

import structlog

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, Frame, silence
from voice.channels import Keys
from voice.channels.allowance import Allowance
from voice.channels.concealment import Timeline
from voice.channels.live import Said, Tap, Untransferable
from voice.channels.playout import Playout

POLL_S = 0.01
AHEAD_SAMPLES = RATE_HZ // 10
PATIENCE_S = 0.1
"""TCP loses nothing: so long late audio is waited for, and then made up."""
HELD_UP_S = 0.1
"""A longer time between two looks is not the peer's fault: the process was held up."""
TAIL_S = 0.15
"""What is still on its way to the ear when a farewell has been sent."""
KEYPAD = frozenset("0123456789*#ABCD")

logger = structlog.get_logger(__name__)


class Wire(Protocol):
    """What a protocol can send. Nothing waits, and nothing fails: what comes after the end is dropped."""

    lead_samples: int
    """So far ahead of the ear audio is sent."""
    needs_silence: bool
    """Whether the peer has nothing to play unless it is sent."""
    can_mark: bool

    def send(self, frame: bytes) -> None:
        """20 ms of 16 kHz mono s16le."""
        ...

    def clear(self) -> bool:
        """Have the peer forget what it has not played; False where it cannot."""
        ...

    def mark(self, number: int) -> None:
        """Have the peer tell when it has played all that was sent."""
        ...

    def hang_up(self) -> None:
        """Say goodbye and let the peer go."""
        ...


class BridgeChannel(Untransferable):
    """What the peer sends is told by `hear`, `press`, `reach` and `end`. Whoever waits for the line moves it on."""

    why_not = "the system before this one must do that"

    def __init__(self, wire: Wire, caller: str | None, media_timeout_s: float) -> None:
        self.caller = caller
        self.on_frame: Tap | None = None
        self._wire = wire
        self._timeout_s = media_timeout_s
        self._timeline = Timeline(PATIENCE_S)
        self._playout = Playout(wire.can_mark)
        self._queue = bytearray()
        self._said = Said()
        self._said_end = 0
        self._keys: list[str] = []
        self._allowance = Allowance()
        self._unheard_s = 0.0
        self._last_said = 0.0
        self._is_over = False

    @property
    def played(self) -> int:
        return self._timeline.position

    @property
    def concealed(self) -> int:
        """Samples of the caller's side that never came and were made up."""
        return self._timeline.concealed

    @property
    def is_over(self) -> bool:
        return self._is_over

    def hear(self, pcm: bytes) -> None:
        """16 kHz mono s16le of any length."""
        self._unheard_s = 0.0
        if self._may_send(len(pcm) / FRAME_BYTES):
            self._timeline.feed(pcm)

    def press(self, key: str) -> None:
        if self._may_send() and key.upper() in KEYPAD:
            self._keys.append(key.upper())

    def reach(self, number: int) -> None:
        """A mark came back."""
        if self._may_send():
            self._playout.reached(number)

    def pass_over(self) -> None:
        """Something came that means nothing here; it counts as sent all the same."""
        self._may_send()

    def end(self, reason: str) -> None:
        """The peer has gone, or must go. Only the first time counts."""
        if not self._is_over:
            self._is_over = True
            made_up_ms = self.concealed * 1000 // RATE_HZ
            logger.info("line closed", reason=reason, made_up_ms=made_up_ms)
            self._wire.hang_up()

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        now = perf_counter()
        while not self._is_over:
            before, now = now, perf_counter()
            self._unheard_s += min(now - before, HELD_UP_S)
            for frame in self._timeline.frames(now):
                yield self._said.beside(frame, self.on_frame)
            keys, self._keys = self._keys, []
            for key in keys:
                yield Keys(key, self.played)
            if 0 < self._timeout_s < self._unheard_s:
                self.end("no audio")
            await self._a_moment()

    async def play(self, pcm: bytes) -> None:
        rest = memoryview(pcm)
        while rest and not self._is_over:
            if room := 2 * self._room():
                self._queue += rest[:room]
                self._said.add(rest[:room])
                rest = rest[room:]
                self._move()
            else:
                await self._a_moment()

    def flush(self) -> int:
        dropped = len(self._queue) // 2
        self._queue.clear()
        if self._wire.clear():
            dropped += self._playout.drop(perf_counter())
        self._said_end = self._playout.sent
        self._said.drop(dropped)
        return dropped

    async def drain(self) -> None:
        while not self._is_over and (self._queue or not self._playout.has_heard(self._said_end, perf_counter())):
            await self._a_moment()

    def thinking(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def hang_up(self) -> None:
        if not self._is_over:
            await asyncio.sleep(max(0.0, self._last_said + TAIL_S - perf_counter()))
            self.end("hung up")

    def _may_send(self, frames: float = 1.0) -> bool:
        may = self._allowance.spend(frames, perf_counter())
        if not may:
            self.end("flooded")
        return may and not self._is_over

    def _room(self) -> int:
        """So many samples may be queued now."""
        return max(0, AHEAD_SAMPLES - len(self._queue) // 2 - self._playout.ahead(perf_counter()))

    async def _a_moment(self) -> None:
        self._move()
        await asyncio.sleep(POLL_S)

    def _move(self) -> None:
        """Send what is due."""
        now = perf_counter()
        while not self._is_over and self._playout.ahead(now) < self._wire.lead_samples:
            if not self._send_next(now):
                return

    def _send_next(self, now: float) -> bool:
        """One frame of speech, or of silence where the peer needs it. The last of a sentence is filled up in time."""
        is_whole = len(self._queue) >= FRAME_BYTES
        if is_whole or (self._queue and self._playout.ahead(now) < FRAME_SAMPLES):
            frame = bytes(self._queue[:FRAME_BYTES])
            del self._queue[:FRAME_BYTES]
            self._wire.send(frame.ljust(FRAME_BYTES, b"\0"))
            self._playout.send(FRAME_SAMPLES, now)
            self._said_end, self._last_said = self._playout.sent, now
        elif self._wire.needs_silence and not self._queue:
            self._wire.send(silence(FRAME_SAMPLES))
            self._playout.send(FRAME_SAMPLES, now)
        else:
            return False
        number = self._playout.mark(is_end=not self._queue)
        if number is not None:
            self._wire.mark(number)
        return True
