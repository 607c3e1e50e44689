"""What is heard and said over a real SIP stack: holes, keys, hold, flushing, and how far ahead audio is queued."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from tests.telephones import RawPhone, Taken, eventually, next_call, open_line, raw_phone
from voice.audio import RATE_HZ, dbfs, resample, to_pcm, to_samples
from voice.channels.sip import SipListener, stack_config
from voice.settings import Sip

pytestmark = pytest.mark.device


def chirps(seconds: float, rate_hz: int) -> bytes:
    """A sound that is nowhere like itself, between 300 and 3,000 Hz."""
    noise = np.random.default_rng(5).standard_normal(round(seconds * rate_hz))
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(len(noise), 1 / rate_hz)
    spectrum[(hz < 300) | (hz > 3000)] = 0
    sound = np.fft.irfft(spectrum, len(noise))
    return to_pcm((sound / np.max(np.abs(sound)) * 0.5).astype(np.float32))


def kept(said: bytes, heard: bytes, part: int) -> float:
    """The share of the parts of so many samples that are heard as they were said."""
    other = to_samples(heard)
    found = []
    for at in range(0, len(said) // 2 - part + 1, part):
        one = to_samples(said[2 * at : 2 * (at + part)])
        best = int(np.argmax(np.correlate(other, one)))
        there = other[best : best + part]
        found.append(float(one @ there / (np.linalg.norm(one) * np.linalg.norm(there) + 1e-9)))
    return sum(each > 0.97 for each in found) / len(found)


async def connected(phone: RawPhone, listener: SipListener) -> Taken:
    await phone.call()
    return Taken(await next_call(listener))


async def test_what_the_caller_says_is_heard() -> None:
    said = chirps(2, 8000)
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await phone.speak(said)
        await eventually(lambda: len(taken.frames) > 130, "the rest arrives")
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7


async def test_what_the_shop_says_is_heard() -> None:
    said = chirps(2, RATE_HZ)
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await taken.channel.play(said)
        await taken.channel.drain()
        await eventually(lambda: len(phone.heard) > 8000 * 2.2, "the rest arrives")
        heard = to_pcm(resample(to_samples(phone.heard_pcm), 8000, RATE_HZ))
        assert kept(said, heard, 1600) >= 0.7


async def test_lost_packets_do_not_make_the_line_shorter() -> None:
    """The stack splices out what is lost: 15 % of three seconds would be half a second."""
    chance = random.Random(3)
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await eventually(lambda: taken.frames, "the line runs")
        began, first = perf_counter(), taken.channel.played
        await phone.speak(chirps(3, 8000), lost=lambda _number: chance.random() < 0.15)
        passed = (taken.channel.played - first) / RATE_HZ
        assert passed == pytest.approx(perf_counter() - began, abs=0.25)
        assert taken.channel.concealed > 0.3 * RATE_HZ
        starts = [frame.start for frame in taken.frames]
        assert starts == list(range(0, 320 * len(starts), 320))


@pytest.mark.parametrize(
    "how",
    [{"delay_s": lambda number: 0.03 * (number % 4 == 3)}, {"times": 2}],
    ids=["out of order", "twice"],
)
async def test_packets_in_disorder_are_heard_in_order_and_once(how: dict[str, Any]) -> None:
    said = chirps(2, 8000)
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await phone.speak(bytes(16_000), **how)
        began, first = perf_counter(), taken.channel.played
        await phone.speak(said, **how)
        await phone.speak(bytes(4800))
        assert (taken.channel.played - first) / RATE_HZ == pytest.approx(perf_counter() - began, abs=0.25)
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.5


async def test_a_call_goes_on_after_a_gap_of_ten_seconds() -> None:
    """No time is lost, and none made twice."""
    said = chirps(1, 8000)
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await phone.speak(bytes(3200))
        began, first = perf_counter(), taken.channel.played
        await asyncio.sleep(10)
        await phone.speak(bytes(3200))
        await phone.speak(said)
        await phone.speak(bytes(4800))
        assert (taken.channel.played - first) / RATE_HZ == pytest.approx(perf_counter() - began, abs=0.3)
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7


async def test_a_caller_who_sends_nothing_is_a_quiet_line() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        began = perf_counter()
        await eventually(lambda: len(taken.frames) >= 50, "a second passes")
        assert perf_counter() - began == pytest.approx(1, abs=0.4)
        assert dbfs(taken.pcm) < -60


@pytest.mark.parametrize("how", [{"ends": 3}, {"ends": 1}, {"late": True}, {"held_ms": 600}], ids=str)
async def test_each_key_counts_once(how: dict[str, Any]) -> None:
    """RFC 4733 tells the end of a key three times, and any report may be lost or late."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        for digit in "115*0#":
            await phone.press(digit, **how)
            await phone.speak(bytes(1600))
        await eventually(lambda: len(taken.keys) >= 6, "every key arrives")
        await phone.speak(bytes(3200))
        assert taken.keys == "115*0#"


async def test_a_key_whose_end_never_comes_counts_once() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        for digit in "4739":
            await phone.press(digit, ends=0)
            await phone.speak(bytes(1600))
        await eventually(lambda: len(taken.keys) >= 4, "every key arrives")
        await phone.speak(bytes(3200))
        assert taken.keys == "4739"


async def test_a_key_does_not_hold_up_the_line() -> None:
    """While a key is pressed there is no audio in the packets."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await phone.speak(chirps(0.5, 8000))
        began, first = perf_counter(), taken.channel.played
        for _ in range(5):
            await phone.press("7")
        assert (taken.channel.played - first) / RATE_HZ == pytest.approx(perf_counter() - began, abs=0.25)


async def test_hold_stops_the_clock_and_the_call_goes_on_after_it() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await phone.speak(bytes(8000))
        await phone.turn("sendonly")
        await eventually(lambda: taken.is_standing(), "the line stands still")
        position = taken.channel.played
        await asyncio.sleep(0.5)
        assert taken.channel.played == position
        await phone.turn("sendrecv")
        said = chirps(1, 8000)
        await phone.speak(said)
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7
        answer = chirps(1, RATE_HZ)
        await taken.channel.play(answer)
        before = len(phone.heard)
        await eventually(lambda: len(phone.heard) > before + 3000, "the rest arrives")
        assert kept(answer, to_pcm(resample(to_samples(phone.heard_pcm), 8000, RATE_HZ)), 1600) >= 0.7


async def test_a_call_on_hold_for_too_long_ends() -> None:
    async with open_line(hold_s=0) as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await eventually(lambda: taken.frames, "the line runs")
        await phone.turn("sendonly")
        await taken.over()


async def test_at_most_100_ms_are_queued() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        await eventually(lambda: phone.heard, "the line runs")
        began = perf_counter()
        await taken.channel.play(chirps(1, RATE_HZ))
        assert perf_counter() - began > 0.85
        assert 0 < taken.channel.flush() <= RATE_HZ // 10


async def test_flushing_drops_what_is_queued() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        taken = await connected(phone, listener)
        playing = asyncio.create_task(taken.channel.play(chirps(3, RATE_HZ)))
        await eventually(lambda: len(phone.heard) > 8000, "a second is heard")
        playing.cancel()
        assert taken.channel.flush() > RATE_HZ // 50
        async with asyncio.timeout(0.5):
            await taken.channel.drain()
        await eventually(lambda: np.max(np.abs(to_samples(phone.heard_pcm)[-2400:])) < 0.01, "it is silent")


async def test_both_sides_of_the_call_can_be_kept() -> None:
    sides: list[tuple[bytes, bytes]] = []
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        channel = await next_call(listener)
        channel.on_frame = lambda caller, shop, _start: sides.append((caller, shop))
        taken = Taken(channel)
        said = chirps(0.5, RATE_HZ)
        await channel.play(said)
        await channel.drain()
        await eventually(lambda: len(taken.frames) > 40, "the rest passes")
    assert all(len(caller) == len(shop) == 640 for caller, shop in sides)
    assert kept(said, b"".join(shop for _, shop in sides), 1600) == 1


def test_the_line_stands_at_the_one_address_it_was_given() -> None:
    """Left to itself the stack does not see the loopback, and picks an interface."""
    config = stack_config(Sip(address="192.0.2.7", port=5070), most=3)
    assert config.net_interface == "192.0.2.7"
    assert "sip_listen 192.0.2.7:5070\n" in config.render()
    assert "call_max_calls 3\n" in config.render()


def test_the_jitter_buffer_adapts() -> None:
    text = stack_config(Sip(jitter_min_ms=30, jitter_max_ms=150), most=3).render()
    assert "audio_jitter_buffer_type adaptive\n" in text
    assert "audio_jitter_buffer_ms 30-150\n" in text
