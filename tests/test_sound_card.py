"""Microphone and loudspeaker over a fake PortAudio: what comes and goes, and devices that refuse, die and come back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.commandline import runner
from tests.sound_port import LATE, Port
from voice.audio import Frame
from voice.channels import sound_card
from voice.channels.ear import Ear
from voice.channels.mic import MicChannel, MicListener
from voice.channels.sound_card import RETRY_S, SILENT_DEATH_S, SoundCard, devices
from voice.errors import LineError
from voice.settings import Device, Echo, VoiceSettings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(sound_card, "monotonic", lambda: now[0])
    return now


def opened(**settings: Any) -> SoundCard:
    card = SoundCard(Device(**settings))
    card.open()
    return card


def heard_by(card: SoundCard) -> MicChannel:
    return MicChannel(card, Ear(card, "full", Echo()))


def test_what_comes_is_heard_once(port: Port) -> None:
    card = opened()
    port.hears(b"ab" * 160)
    port.hears(b"cd" * 160, LATE)
    assert card.read() == (b"ab" * 160 + b"cd" * 160, bytes(640))
    assert card.read() == (b"", b"")
    assert card.overflows == 1
    assert card.trouble is None


def test_what_is_written_is_played_and_then_silence(port: Port) -> None:
    card = opened()
    card.write(b"ab" * 200)
    assert card.unsaid == 200
    assert port.plays(160) == b"ab" * 160
    assert port.plays(160, LATE) == b"ab" * 40 + bytes(240)
    assert card.underflows == 1


def test_what_was_played_comes_beside_what_is_heard(port: Port) -> None:
    card = opened()
    card.write(b"ab" * 400)
    port.plays(160)
    port.hears(bytes(320))
    assert card.read() == (bytes(320), b"ab" * 160)
    port.plays(160)
    port.plays(160)
    port.hears(bytes(320))
    assert card.read() == (bytes(320), b"ab" * 160)
    port.hears(bytes(640))
    assert card.read() == (bytes(640), (b"ab" * 80).ljust(640, b"\0")), "what is played later is silence so far"


def test_two_clocks_are_brought_together(port: Port) -> None:
    card = opened()
    for _ in range(20):
        port.plays(160)
    card.read()
    card.write(b"ab" * 160)
    port.plays(160)
    port.hears(bytes(320))
    assert card.read() == (bytes(320), b"ab" * 160)


def test_what_waits_can_be_dropped(port: Port) -> None:
    card = opened()
    card.write(b"ab" * 400)
    port.plays(160)
    assert card.flush() == 240
    assert port.plays(160) == bytes(320)


def test_the_volume_is_a_setting(port: Port) -> None:
    card = opened(volume_db=-20.0)
    card.write((10_000).to_bytes(2, "little", signed=True) * 160)
    assert abs(int.from_bytes(port.plays(160)[:2], "little", signed=True) - 1000) <= 1


def test_a_device_without_16_khz_is_taken_at_its_own_rate(port: Port) -> None:
    port.rate_hz = 48_000
    card = opened()
    for _ in range(100):
        port.hears(bytes(960))
    assert 15_500 <= len(card.read()[0]) // 2 <= 16_000
    card.write(b"\x10\x10" * 1600)
    assert len(port.plays(480)) == 960
    assert card.unsaid < 1600


def test_an_unknown_device_names_the_command_that_lists_them(port: Port) -> None:
    with pytest.raises(LineError, match="--list-devices"):
        opened(input="hall")
    assert not port.streams


def test_a_device_that_is_busy_is_an_error_at_the_start(port: Port) -> None:
    port.is_busy = True
    with pytest.raises(LineError, match="Device unavailable"):
        opened()


def test_where_there_is_no_device_that_is_said(port: Port) -> None:
    port.is_there = False
    with pytest.raises(LineError, match="There is no sound device"):
        opened()
    assert not port.streams


def test_listing_no_devices_is_told_and_is_not_all_well(
    port: Port, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port.is_there = False
    done = runner(monkeypatch, capsys)("talk", "--list-devices")
    assert done.code == 1
    assert "There is no sound device" in done.out


def test_a_device_that_falls_silent_is_taken_back_when_it_is_there(port: Port, clock: list[float]) -> None:
    card = opened()
    port.hears(bytes(320))
    clock[0] += SILENT_DEATH_S + 0.1
    port.is_there = False
    card.read()
    assert card.trouble == "the sound device is gone"
    assert not port.streams
    clock[0] += RETRY_S
    card.read()
    assert card.trouble is not None
    port.is_there = True
    clock[0] += RETRY_S
    card.read()
    assert card.trouble is None
    port.hears(b"ab" * 160)
    assert card.read()[0] == b"ab" * 160
    assert card.openings == 2


def test_devices_are_listed_with_what_they_can(port: Port) -> None:
    [found] = devices()
    assert (found.name, found.hears, found.speaks, found.is_default_input) == ("pulse", 2, 2, True)
    port.is_there = False
    assert devices() == []


async def test_frames_go_on_without_a_device(port: Port, clock: list[float]) -> None:
    card = opened()
    port.is_there = False
    channel = heard_by(card)
    clock[0] += SILENT_DEATH_S + 0.1
    starts = []
    async for frame in channel.frames():
        starts.append(frame.start)
        if len(starts) == 5:
            channel.is_over = True
    assert starts == [0, 320, 640, 960, 1280]
    assert card.trouble is not None


async def test_a_prompt_that_is_broken_off_is_silent_at_once(port: Port) -> None:
    channel = heard_by(opened())
    await channel.play(b"ab" * 1600)
    assert channel.flush() == 1600
    assert port.plays(160) == bytes(320)
    await channel.hang_up()
    assert channel.is_over


class Loud:
    """Whatever is not silent is a voice."""

    is_sure = True

    def is_speech(self, frame: Frame) -> bool:
        return any(frame.pcm)


async def test_who_speaks_has_the_line_until_the_conversation_is_over(port: Port) -> None:
    listener = MicListener(Device(duplex="full"), VoiceSettings(), activity=Loud)
    await listener.open()
    talking = asyncio.create_task(speak(port, 60))
    calls = listener.calls()
    first = await anext(calls)
    await first.hang_up()
    await talking
    talking = asyncio.create_task(speak(port, 60))
    assert await anext(calls) is not first
    await talking
    await listener.close()


async def test_a_line_that_closes_waits_for_no_conversation(port: Port) -> None:
    listener = MicListener(Device(duplex="full"), VoiceSettings(), activity=Loud)
    await listener.open()
    talking = asyncio.create_task(speak(port, 60))
    calls = listener.calls()
    channel = await anext(calls)
    await talking
    await listener.drain()
    assert listener.trouble == "the line is closing"
    async with asyncio.timeout(5):
        assert [call async for call in calls] == []
    assert not channel.is_over, "it goes on"
    await listener.close()


async def speak(port: Port, blocks: int) -> None:
    for _ in range(blocks):
        port.hears(b"\x10\x10" * 160)
        await asyncio.sleep(0.01)
    for _ in range(40):
        port.hears(bytes(320))
        await asyncio.sleep(0.01)
