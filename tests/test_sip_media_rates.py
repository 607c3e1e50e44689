"""Both audio directions of a call over a fake stack: rates, channels, what waits, and streams that begin anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from voice.audio import RATE_HZ
from voice.channels.sip_media import Media


class AwayError(Exception):
    """There is no audio now."""


@dataclass(frozen=True)
class Info:
    tx_ready: bool = True
    rx_ready: bool = True
    tx_sample_rate: int = 8000
    tx_channels: int = 1
    rx_sample_rate: int = 8000
    rx_channels: int = 1
    tx_buffered: int = 0


@dataclass
class Stack:
    state: Info | None = field(default_factory=Info)
    coming: bytes = b""
    sent: bytes = b""
    flushed: int = 0

    def info(self) -> Info:
        if self.state is None:
            raise AwayError
        return self.state

    def read(self, max_bytes: int) -> bytes:
        found, self.coming = self.coming[:max_bytes], self.coming[max_bytes:]
        return found

    def write(self, pcm: bytes) -> int:
        self.sent += pcm
        return len(pcm)

    def flush_tx(self) -> None:
        self.info()
        self.flushed += 1


def tone(samples: int, hz: float, rate_hz: int) -> bytes:
    return (8000 * np.sin(2 * np.pi * hz * np.arange(samples) / rate_hz)).astype("<i2").tobytes()


def pitch(pcm: bytes, rate_hz: int) -> float:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate_hz / len(samples))


@pytest.mark.parametrize(("rate_hz", "channels"), [(8000, 1), (16_000, 1), (48_000, 2)])
def test_every_rate_is_heard_and_said_as_16_khz_mono(rate_hz: int, channels: int) -> None:
    info = Info(tx_sample_rate=rate_hz, tx_channels=channels, rx_sample_rate=rate_hz, rx_channels=channels)
    stack = Stack(info, np.repeat(np.frombuffer(tone(rate_hz // 2, 440, rate_hz), "<i2"), channels).tobytes())
    media = Media(stack, (AwayError,))
    heard = media.read()
    assert len(heard) / 2 == pytest.approx(RATE_HZ / 2, rel=0.02)
    assert pitch(heard, RATE_HZ) == pytest.approx(440, abs=5)
    media.write(tone(RATE_HZ // 2, 440, RATE_HZ))
    one = np.frombuffer(stack.sent, "<i2").reshape(-1, channels)[:, 0].tobytes()
    assert pitch(one, rate_hz) == pytest.approx(440, abs=5)


def test_what_waits_is_counted_in_our_samples() -> None:
    stack = Stack(Info(tx_sample_rate=48_000, tx_channels=2, tx_buffered=48_000 * 4 // 10))
    assert Media(stack, (AwayError,)).unsent() == RATE_HZ // 10


def test_a_stream_that_begins_anew_may_have_another_rate() -> None:
    stack = Stack(Info(), tone(4000, 440, 8000))
    media = Media(stack, (AwayError,))
    media.read()
    stack.state, stack.coming = Info(rx_sample_rate=16_000), tone(8000, 440, 16_000)
    assert pitch(media.read(), RATE_HZ) == pytest.approx(440, abs=5)


def test_while_there_is_no_audio_nothing_fails() -> None:
    stack = Stack(None)
    media = Media(stack, (AwayError,))
    media.write(tone(320, 440, RATE_HZ))
    assert (media.read(), media.unsent(), media.flush(), stack.sent) == (b"", None, 0, b"")


def test_on_hold_nothing_is_said() -> None:
    stack = Stack(replace(Info(), tx_ready=False))
    media = Media(stack, (AwayError,))
    media.write(tone(320, 440, RATE_HZ))
    assert media.unsent() is None
    assert stack.sent == b""


def test_flushing_tells_how_much_was_dropped() -> None:
    stack = Stack(Info(tx_buffered=1600))
    assert Media(stack, (AwayError,)).flush() == RATE_HZ // 10
    assert stack.flushed == 1
