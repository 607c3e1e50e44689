"""Knows how every 20 ms at 16 kHz becomes 20 ms at another rate. Does not know where they go."""

from __future__ import annotations

from voice.audio import RATE_HZ, StreamResampler

FRAMES_PER_S = 50


class Reframer:
    """A resampler holds a little back: the first frame begins with so much silence, and no other is short."""

    def __init__(self, rate_hz: int) -> None:
        self._resampler = StreamResampler(RATE_HZ, rate_hz)
        self._frame_bytes = 2 * (rate_hz // FRAMES_PER_S)
        self._rest = bytearray()

    def feed(self, frame: bytes) -> bytes:
        self._rest += self._resampler.feed(frame)
        self._rest[:0] = bytes(max(0, self._frame_bytes - len(self._rest)))
        whole = bytes(self._rest[: self._frame_bytes])
        del self._rest[: self._frame_bytes]
        return whole
