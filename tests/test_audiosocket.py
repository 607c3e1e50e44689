"""AudioSocket: who may call, what is heard and said, keys, limits; with an Asterisk of a few lines."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import structlog

from tests.audiosocket_peer import ERROR, HANG_UP, ID, KEY, SLIN, SLIN_16K, WHO, Asterisk, packed
from tests.telephones import Taken, eventually, next_call, opened
from tests.test_sip_media import chirps, kept
from voice.audio import RATE_HZ, resample, silence, to_pcm, to_samples
from voice.channels import audiosocket
from voice.channels.audiosocket import AudioSocketListener, caller_of
from voice.channels.bridge import AHEAD_SAMPLES, BridgeChannel
from voice.errors import LineError, TransferRefused
from voice.settings import AudioSocket


def open_line(most: int = 4, **changes: Any) -> AbstractAsyncContextManager[AudioSocketListener]:
    return opened(AudioSocketListener(AudioSocket(**changes), most))


@asynccontextmanager
async def calling(listener: AudioSocketListener, who: UUID | None = ID) -> AsyncIterator[Asterisk]:
    asterisk = Asterisk(*await asyncio.open_connection("127.0.0.1", listener.port))
    if who is not None:
        asterisk.send(WHO, who.bytes)
    try:
        yield asterisk
    finally:
        await asterisk.close()


@asynccontextmanager
async def connected(**changes: Any) -> AsyncIterator[tuple[Asterisk, Taken]]:
    async with open_line(**changes) as listener, calling(listener) as asterisk:
        taken = Taken(await next_call(listener))
        yield asterisk, taken
        await asterisk.close()
        await taken.over()


def test_its_number_may_be_in_the_uuid() -> None:
    assert caller_of(str(ID)) == "5550100"
    assert caller_of("40325ec2-5efd-4bd3-805f-004915550100") == "004915550100"
    assert caller_of("40325ec2-5efd-4bd3-805f-53576e581d13") is None
    assert caller_of("40325ec2-5efd-4bd3-805f-ffffffffffff") is None


async def test_the_number_is_believed_only_where_that_is_configured() -> None:
    async with connected() as (_, taken):
        assert taken.channel.caller is None
    async with connected(caller_in_uuid=True) as (_, taken):
        assert taken.channel.caller == "5550100"


async def refused(listener: AudioSocketListener, asterisk: Asterisk, why: str) -> None:
    with structlog.testing.capture_logs() as logs:
        await eventually(lambda: asterisk.is_over, "it is hung up on")
        await eventually(lambda: any(why in str(each) for each in logs), f"told: {why}")
    async with calling(listener):
        await next_call(listener)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (packed(SLIN, bytes(320)), "no UUID"),
        (packed(WHO, b"short"), "no UUID"),
        (packed(KEY, b"1"), "no UUID"),
        (HANG_UP, "no UUID"),
        (struct.pack("!BH", WHO, 0xFFFF), "too long"),
        (b"GET / HTTP/1.1\r\n\r\n", "too long"),
    ],
)
async def test_who_does_not_introduce_itself_is_refused(first: bytes, why: str) -> None:
    async with open_line() as listener, calling(listener, None) as asterisk:
        asterisk.scribble(first)
        await refused(listener, asterisk, why)
        assert asterisk.hung_up


async def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "INTRODUCTION_S", 0.1)
    async with open_line() as listener, calling(listener, None) as asterisk:
        asterisk.scribble(b"\1")
        await refused(listener, asterisk, "did not say")


async def test_only_uuids_of_the_allowed_patterns_are_answered() -> None:
    async with open_line(uuids=("40325EC2-*",)) as listener, calling(listener, UUID(int=7)) as asterisk:
        await refused(listener, asterisk, "not allowed")
        assert asterisk.hung_up


async def test_only_allowed_addresses_are_answered() -> None:
    async with open_line(allow=("192.0.2.0/24",)) as listener, calling(listener) as asterisk:
        await eventually(lambda: asterisk.is_over, "it is hung up on")
    async with open_line(allow=("192.0.2.0/24", "127.0.0.1")) as listener, calling(listener):
        await next_call(listener)


def test_a_wrong_address_is_told() -> None:
    with pytest.raises(LineError, match=r"audiosocket\.allow"):
        AudioSocketListener(AudioSocket(allow=("shop",)), 1)


async def test_a_port_in_use_is_told() -> None:
    async with open_line() as listener:
        with pytest.raises(LineError, match="could not be opened"):
            await AudioSocketListener(AudioSocket(port=listener.port), 1).open()


async def test_one_call_more_than_there_are_lines_is_hung_up_on() -> None:
    async with open_line(most=1) as listener, calling(listener) as first:
        await next_call(listener)
        async with calling(listener) as second:
            await eventually(lambda: second.hung_up, "it is hung up on")
        assert not first.is_over


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (packed(SLIN, bytes(321)), "half a sample"),
        (struct.pack("!BH", SLIN, 0xFFFE), "too long"),
        (packed(WHO, ID.bytes), "a second UUID"),
        (struct.pack("!BH", KEY, 500), "too long"),
        (packed(ERROR, b"\1"), "reports an error"),
    ],
)
async def test_who_breaks_the_rules_is_hung_up_on(sent: bytes, why: str) -> None:
    async with open_line() as listener, calling(listener) as asterisk:
        taken = Taken(await next_call(listener))
        asterisk.scribble(sent)
        with structlog.testing.capture_logs() as logs:
            await taken.over()
        assert any(why in str(each) for each in logs)
        await eventually(lambda: asterisk.hung_up, "it is told")
        async with calling(listener):
            await next_call(listener)


async def test_what_it_does_not_know_is_passed_over() -> None:
    async with connected() as (asterisk, taken):
        asterisk.send(0x42, b"news")
        asterisk.send(KEY, b"5")
        await eventually(lambda: taken.keys == "5", "the key comes through")


async def test_keys_come_through_once_each() -> None:
    async with connected() as (asterisk, taken):
        for key in b"4739*#x\xff":
            asterisk.send(KEY, bytes([key]))
        await eventually(lambda: taken.keys == "4739*#", "the keys come through")


async def test_it_hangs_up() -> None:
    async with connected() as (asterisk, taken):
        asterisk.scribble(HANG_UP)
        await taken.over()
        await taken.channel.play(bytes(64_000))
        await taken.channel.drain()
        await taken.channel.hang_up()


async def test_its_connection_breaks() -> None:
    async with open_line() as listener:
        near = socket.create_connection(("127.0.0.1", listener.port))
        near.sendall(packed(WHO, ID.bytes))
        taken = Taken(await next_call(listener))
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near.close()
        await taken.over()


async def test_we_hang_up() -> None:
    async with connected() as (asterisk, taken):
        await taken.channel.hang_up()
        await taken.over()
        await eventually(lambda: asterisk.hung_up and asterisk.is_over, "it is told")


async def test_a_call_cannot_be_handed_over() -> None:
    async with connected() as (_, taken):
        with pytest.raises(TransferRefused, match="system before this one"):
            await taken.channel.transfer("sip:person@example.org", 5.0)
        assert not taken.task.done()


async def test_a_call_without_audio_is_over() -> None:
    async with open_line(media_timeout_s=1) as listener, calling(listener) as asterisk:
        taken = Taken(await next_call(listener))
        asterisk.send(KEY, b"1")
        await taken.over()


async def test_a_flood_is_hung_up_on_and_touches_no_other_call() -> None:
    async with open_line() as listener, calling(listener) as flooding, calling(listener) as other:
        first, second = Taken(await next_call(listener)), Taken(await next_call(listener))
        flooding.scribble(packed(SLIN, bytes(320)) * 8000)
        with structlog.testing.capture_logs() as logs:
            await first.over()
        assert any(each.get("reason") == "flooded" for each in logs)
        other.send(KEY, b"7")
        await eventually(lambda: second.keys == "7", "the other call goes on")


class FullWire:
    """A connection whose peer does not read."""

    def __init__(self) -> None:
        self.transport, self.aborted, self.written = self, False, bytearray()

    def get_write_buffer_size(self) -> int:
        return len(self.written)

    def is_closing(self) -> bool:
        return self.aborted

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True


def test_who_does_not_take_what_is_said_is_let_go() -> None:
    full = FullWire()
    wire = audiosocket.AudioSocketWire(full, 16_000)
    for _ in range(200):
        wire.send(silence(320))
    assert full.aborted
    assert len(full.written) < audiosocket.UNTAKEN_BYTES + 1000


async def test_hanging_up_does_not_wait_for_who_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "FAREWELL_S", 0.05)
    async with open_line() as listener:
        with socket.create_connection(("127.0.0.1", listener.port)) as near:
            near.sendall(packed(WHO, ID.bytes))
            channel: BridgeChannel = await next_call(listener)
            transport = channel._wire._writer.transport
            while not transport.get_write_buffer_size():
                channel._wire.send(silence(320))
            await channel.hang_up()
            await eventually(lambda: not listener._serving, "the line is closed")


async def test_closing_ends_the_calls() -> None:
    before = asyncio.all_tasks()
    async with open_line() as listener, calling(listener) as asterisk:
        taken = Taken(await next_call(listener))
        await listener.drain()
        assert [call async for call in listener.calls()] == []
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await asyncio.open_connection("127.0.0.1", listener.port)
        assert not taken.task.done()
        await listener.close()
        await taken.over()
        await eventually(lambda: asterisk.hung_up, "it is told")
    assert asyncio.all_tasks() == before


@pytest.mark.device
@pytest.mark.parametrize(("kind", "rate_hz"), [(SLIN, 8000), (SLIN_16K, 16_000)])
async def test_what_the_caller_says_is_heard(kind: int, rate_hz: int) -> None:
    said = chirps(2, rate_hz)
    async with connected() as (asterisk, taken):
        await asterisk.speak(said, kind, rate_hz // 25)
        await eventually(lambda: len(taken.frames) > 105, "the rest arrives")
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, rate_hz))
        assert kept(said, heard, rate_hz // 10) >= 0.9
        starts = [frame.start for frame in taken.frames]
        assert starts == list(range(0, 320 * len(starts), 320))


@pytest.mark.device
async def test_old_versions_send_the_first_kind_at_every_rate() -> None:
    said = chirps(1, 16_000)
    async with connected(rate_hz=16_000) as (asterisk, taken):
        await asterisk.speak(said, SLIN, 640)
        await eventually(lambda: len(taken.frames) > 55, "the rest arrives")
        assert kept(said, taken.pcm, 1600) >= 0.8
        assert SLIN in asterisk.kinds


@pytest.mark.device
async def test_what_the_shop_says_is_heard_frame_by_frame() -> None:
    said = chirps(2, RATE_HZ)
    async with connected() as (asterisk, taken):
        begun = len(asterisk.times)
        await taken.channel.play(said)
        await taken.channel.drain()
        times = asterisk.times[begun:]
        ahead_s = [0.02 * number - (time - times[0]) for number, time in enumerate(times)]
        assert kept(said, to_pcm(resample(to_samples(bytes(asterisk.heard)), 8000, RATE_HZ)), 1600) >= 0.9
        assert len(asterisk.heard) == 320 * len(asterisk.times)
        assert max(ahead_s) < 0.1
        assert asterisk.kinds == {SLIN}


@pytest.mark.device
async def test_it_answers_in_the_kind_that_it_is_spoken_to() -> None:
    async with connected() as (asterisk, taken):
        await asterisk.speak(bytes(6400), SLIN_16K, 640)
        asterisk.kinds.clear()
        await taken.channel.play(bytes(6400))
        assert asterisk.kinds == {SLIN_16K}


@pytest.mark.device
async def test_flushing_stops_what_is_said() -> None:
    async with connected() as (asterisk, taken):
        playing = asyncio.create_task(taken.channel.play(chirps(3, RATE_HZ)))
        await asyncio.sleep(0.5)
        playing.cancel()
        dropped = taken.channel.flush()
        before = len(asterisk.heard)
        assert 0 < dropped <= AHEAD_SAMPLES
        await asyncio.sleep(0.3)
        loud = last_loud(bytes(asterisk.heard[before:]))
        assert loud <= 8000 * 0.1


def last_loud(pcm: bytes) -> int:
    """How many samples there are up to the last loud one."""
    loud = [at for at, sample in enumerate(to_samples(pcm)) if abs(sample) > 0.01]
    return loud[-1] + 1 if loud else 0


@pytest.mark.device
async def test_both_sides_can_be_recorded() -> None:
    said = chirps(1, RATE_HZ)
    sides: list[tuple[bytes, bytes]] = []
    async with open_line() as listener, calling(listener):
        channel: BridgeChannel = await next_call(listener)
        channel.on_frame = lambda caller, shop, _start: sides.append((caller, shop))
        taken = Taken(channel)
        await channel.play(said)
        await channel.drain()
        await eventually(lambda: len(taken.frames) > 55, "the rest passes")
    assert all(len(caller) == len(shop) == 640 for caller, shop in sides)
    assert kept(said, b"".join(shop for _, shop in sides), 1600) == 1
