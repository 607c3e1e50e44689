"""Every 20 ms in is 20 ms out, and nothing between them is lost."""

from __future__ import annotations

import pytest

from tests.test_sip_media import chirps, kept
from voice.audio import FRAME_BYTES, RATE_HZ, frames_of, resample, to_pcm, to_samples
from voice.channels.reframing import Reframer


@pytest.mark.parametrize("rate_hz", [8000, 12_000, 16_000, 44_100, 48_000])
def test_every_frame_is_20_ms(rate_hz: int) -> None:
    reframer = Reframer(rate_hz)
    assert {len(reframer.feed(bytes(FRAME_BYTES))) for _ in range(500)} == {2 * rate_hz // 50}


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 24_000, 48_000])
def test_the_sound_stays_whole(rate_hz: int) -> None:
    said, reframer = chirps(2, RATE_HZ), Reframer(rate_hz)
    heard = b"".join(reframer.feed(frame.pcm) for frame in frames_of(said))
    assert kept(said, to_pcm(resample(to_samples(heard), rate_hz, RATE_HZ)), 1600) >= 0.9
