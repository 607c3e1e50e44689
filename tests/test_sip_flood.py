"""Three seconds of an INVITE flood: the call that talks is heard, and the lines stay free for others."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.telephones import Taken, eventually, next_call, open_line, raw_phone
from tests.test_sip_media import chirps, kept
from tests.torture import behind_proxy, invitation
from voice.audio import RATE_HZ, resample, to_pcm, to_samples
from voice.channels.sip import SipListener
from voice.settings import Sip

pytestmark = pytest.mark.device

FLOODER = "127.0.8.1"
MOST_PASSED = 4
"""As docs/kamailio.cfg has it."""


async def flood(to: tuple[str, int]) -> int:
    """500 a second; how many answers came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((FLOODER, 0))
        wire.setblocking(False)
        for number in range(1500):
            wire.sendto(invitation(number, wire.getsockname()[1]), to)
            if number % 10 == 9:
                await asyncio.sleep(0.02)
        answers = 0
        while True:
            try:
                answers += wire.recv(65_536).startswith(b"SIP/2.0 ")
            except BlockingIOError:
                return answers


async def talk_through_it(listener: SipListener, where: Sip) -> int:
    """The call that talks meanwhile is heard, and another is answered after it."""
    async with raw_phone(where) as phone, raw_phone(where, "+15550177", "127.0.0.3") as other:
        await phone.call_through()
        taken = Taken(await next_call(listener))
        await phone.speak(bytes(3200))
        flooding = asyncio.create_task(flood((where.address, where.port)))
        said = chirps(3, 8000)
        await phone.speak(said)
        answers = await flooding
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7
        other.invite()
        await eventually(lambda: 200 in other.statuses(), "another is answered")
        phone.send("BYE")
        await taken.over()
    return answers


async def test_behind_the_proxy_a_flood_takes_a_few_lines_at_most(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (listener, outside, proxy):
        assert MOST_PASSED <= await talk_through_it(listener, outside) < 300
        assert proxy.process.returncode is None


async def test_a_flood_of_a_stranger_is_not_read() -> None:
    async with open_line(allow=("127.0.0.1", "127.0.0.3")) as (listener, sip):
        assert await talk_through_it(listener, sip) == 0
