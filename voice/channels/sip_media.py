"""Knows the two audio directions of a telephone call: rates, channels, how much waits unsent. Does not know SIP."""

from __future__ import annotations

from typing import Protocol

from voice.audio import RATE_HZ, StreamResampler, mono, spread

READ_BYTES = 2 * 2 * 48_000
"""A second of the widest codec."""


class AudioInfo(Protocol):
    tx_ready: bool
    rx_ready: bool
    tx_sample_rate: int
    tx_channels: int
    rx_sample_rate: int
    rx_channels: int
    tx_buffered: int


class Audio(Protocol):
    """What the SIP stack offers: it never blocks, and raises where there is no audio or it has begun anew."""

    def info(self) -> AudioInfo: ...

    def read(self, max_bytes: int) -> bytes: ...

    def write(self, pcm: bytes) -> int: ...

    def flush_tx(self) -> None: ...


class Media:
    """Both directions in 16 kHz mono. `lost` are the errors of a stack whose audio is away, which is no failure."""

    def __init__(self, audio: Audio, lost: tuple[type[Exception], ...]) -> None:
        self._audio = audio
        self._lost = lost
        self._heard = _Rate()
        self._said = _Rate()

    def read(self) -> bytes:
        """What has arrived since the last time. A stream that began anew may have another rate."""
        try:
            info = self._audio.info()
            if not info.rx_ready:
                return b""
            pcm = self._audio.read(READ_BYTES)
        except self._lost:
            return b""
        return self._heard.change(mono(pcm, info.rx_channels), info.rx_sample_rate, RATE_HZ)

    def write(self, pcm: bytes) -> None:
        try:
            info = self._audio.info()
            if info.tx_ready:
                sent = self._said.change(pcm, RATE_HZ, info.tx_sample_rate)
                self._audio.write(spread(sent, info.tx_channels))
        except self._lost:
            return

    def unsent(self) -> int | None:
        """Samples that are queued; None while nothing can be said."""
        try:
            info = self._audio.info()
        except self._lost:
            return None
        if not info.tx_ready:
            return None
        return info.tx_buffered * RATE_HZ // (2 * info.tx_channels * info.tx_sample_rate)

    def flush(self) -> int:
        """Drop what is unsent; returns how many samples that was."""
        dropped = self.unsent() or 0
        self._said = _Rate()
        try:
            self._audio.flush_tx()
        except self._lost:
            return 0
        return dropped


class _Rate:
    """A resampler that is made anew when the stack's side changes its rate."""

    def __init__(self) -> None:
        self._rates = (0, 0)
        self._resampler: StreamResampler | None = None

    def change(self, pcm: bytes, from_hz: int, to_hz: int) -> bytes:
        if self._resampler is None or self._rates != (from_hz, to_hz):
            self._rates, self._resampler = (from_hz, to_hz), StreamResampler(from_hz, to_hz)
        return self._resampler.feed(pcm) if pcm else b""
