"""Microphone and loudspeaker in one room: the tone that tells how it echoes, and what is done about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.room_echo import response
from tests.sound_port import Port
from voice.audio import RATE_HZ, amplify, dbfs, hiss, mixed, read_audio, to_pcm, to_samples
from voice.channels.ear import Ear
from voice.channels.sound_card import SoundCard
from voice.echo import EchoCanceller, HalfDuplex, Unechoed
from voice.settings import Device, Duplex, Echo
from voice.vad import spoken_part

SAID = spoken_part(read_audio(Path(__file__).parent.parent / "audio_fixtures" / "orders" / "0704c731.flac"))[:96_000]
BLOCK = RATE_HZ // 100
LATE_BLOCKS = 9
NO_ECHO = -200.0
SECOND = 2 * RATE_HZ


@asynccontextmanager
async def room(port: Port, echo_db: float, rattle: float = 0.0) -> AsyncIterator[bytearray]:
    """Its clock runs as long as this is held. What is put into the bytes somebody says there; `rattle`: how much noise
    the loudspeaker makes of its own."""
    person = bytearray()
    clock = asyncio.create_task(_run(port, echo_db, rattle, person))
    yield person
    clock.cancel()
    await asyncio.wait({clock})


async def _run(port: Port, echo_db: float, rattle: float, person: bytearray) -> None:
    walls = response() * 10 ** (echo_db / 20)
    past = np.zeros(len(walls) - 1 + LATE_BLOCKS * BLOCK)
    noise = hiss(RATE_HZ, -65, seed=1)
    chance = np.random.default_rng(2)
    at = 0
    while True:
        played = to_samples(port.plays(BLOCK))
        past = np.concatenate((past, played))
        heard = np.convolve(past[: len(walls) - 1 + BLOCK], walls, "valid")
        past = past[BLOCK:]
        if dbfs(to_pcm(played)) > -45:
            heard += rattle * chance.standard_normal(BLOCK)
        heard += to_samples(bytes(person[: 2 * BLOCK]).ljust(2 * BLOCK, b"\0"))
        del person[: 2 * BLOCK]
        port.hears(mixed(to_pcm(heard), noise[at : at + 2 * BLOCK]))
        at = (at + 2 * BLOCK) % SECOND
        await asyncio.sleep(0.001)


def opened(duplex: Duplex = "auto", cancel: bool = True) -> tuple[SoundCard, Ear]:
    card = SoundCard(Device())
    card.open()
    return card, Ear(card, duplex, Echo(cancel))


async def heard_of(card: SoundCard, ear: Ear, pcm: bytes) -> bytes:
    """What the ear makes of the room while this is said."""
    card.write(pcm)
    heard = bytearray()
    async with asyncio.timeout(30):
        while len(heard) < len(pcm):
            heard += ear.listen()
            await asyncio.sleep(0.005)
    return bytes(heard)


def remedy_of(ear: Ear) -> object:
    return ear._remedy


@pytest.mark.parametrize("echo_db", [0.0, -6.0, -20.0])
async def test_the_tone_tells_how_late_the_room_answers(port: Port, echo_db: float) -> None:
    card, ear = opened()
    async with room(port, echo_db):
        await ear.tune()
        remedy = remedy_of(ear)
        assert isinstance(remedy, EchoCanceller)
        assert remedy.verdict == "echo"
        heard = await heard_of(card, ear, SAID)
    assert dbfs(heard) < dbfs(SAID) + echo_db - 12
    assert ear.is_own_voice


async def test_a_headset_is_no_loudspeaker(port: Port) -> None:
    card, ear = opened()
    async with room(port, NO_ECHO):
        await ear.tune()
        await heard_of(card, ear, SAID)
    remedy = remedy_of(ear)
    assert isinstance(remedy, EchoCanceller)
    assert remedy.verdict == "none"
    assert not ear.is_own_voice


async def test_a_loudspeaker_that_only_rattles_makes_it_deaf_meanwhile(port: Port) -> None:
    card, ear = opened()
    async with room(port, NO_ECHO, rattle=0.2):
        await ear.tune()
        assert isinstance(remedy_of(ear), HalfDuplex)
        heard = await heard_of(card, ear, SAID)
    assert dbfs(heard) < -55


@pytest.mark.parametrize("duplex", ["full", "half"])
async def test_no_tone_is_played_where_it_is_not_wanted(port: Port, duplex: Duplex) -> None:
    _, ear = opened(duplex)
    async with room(port, -6.0):
        await ear.tune()
    assert isinstance(remedy_of(ear), EchoCanceller if duplex == "full" else HalfDuplex)
    assert not any(port.plays(BLOCK))


async def test_echo_may_be_left_in(port: Port) -> None:
    card, ear = opened(cancel=False)
    async with room(port, -6.0):
        await ear.tune()
        assert isinstance(remedy_of(ear), Unechoed)
        heard = await heard_of(card, ear, SAID)
    assert dbfs(heard) > dbfs(SAID) - 12


async def test_a_device_that_goes_while_it_is_tried_is_tried_again_later(port: Port) -> None:
    card, ear = opened()
    await ear.tune()  # nothing is heard any more
    assert isinstance(remedy_of(ear), EchoCanceller)
    card.close()
    card.open()
    async with room(port, NO_ECHO, rattle=0.2):
        await ear.tune()
    assert isinstance(remedy_of(ear), HalfDuplex)


async def test_who_speaks_over_it_is_not_its_own_voice(port: Port) -> None:
    card, ear = opened()
    async with room(port, -15.0) as person:
        await ear.tune()
        await heard_of(card, ear, SAID)
        assert ear.is_own_voice
        person += amplify(SAID[SECOND // 2 : 2 * SECOND], -9.0)
        await heard_of(card, ear, SAID[:SECOND])
        assert not ear.is_own_voice
