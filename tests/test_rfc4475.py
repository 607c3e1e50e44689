"""The messages of RFC 4475: strangers are not read, and behind the documented proxy the line digests them all."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from tests.telephones import Taken, eventually, next_call, open_line, raw_phone
from tests.test_sip_hostile import BROKEN
from tests.test_sip_media import chirps, kept
from tests.torture import MESSAGES, behind_proxy, invitation, send
from voice.audio import RATE_HZ, resample, to_pcm, to_samples
from voice.channels.sip import SipListener
from voice.settings import Sip

PAUSE_S = 0.03
UNREADABLE = {
    "no contact": invitation(80, 9).replace(b"Contact: <sip:x@127.0.0.1:9>\r\n", b""),
    "a contact that is none": invitation(81, 9).replace(b"Contact: <sip:x@127.0.0.1:9>", b"Contact: <<>"),
    "a route that is none": invitation(82, 9).replace(b"Max-Forwards: 70", b"Max-Forwards: 70\r\nRecord-Route: <<>>"),
}
"""What the stack does not take well of those it reads."""


def test_they_are_those_of_the_rfc() -> None:
    assert len(MESSAGES) == 49
    sums = "".join(f"{name} {sha256(message).hexdigest()}\n" for name, message in MESSAGES.items())
    assert sha256(sums.encode()).hexdigest()[:16] == "d0a3265e61fdc22f"


async def a_call_talks(listener: SipListener, outside: Sip) -> None:
    """Another call is answered, heard and hung up on, whatever came before."""
    async with raw_phone(outside, "+15550177") as phone:
        await phone.call_through()
        while (channel := await next_call(listener)).caller != "+15550177":
            await channel.hang_up()
        taken = Taken(channel)
        await phone.speak(bytes(3200))
        said = chirps(1, 8000)
        await phone.speak(said)
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7
        await channel.play(bytes(RATE_HZ))
        await eventually(lambda: len(phone.heard) > 1600, "the caller hears the shop")
        phone.send("BYE")
        await taken.over()


@pytest.mark.device
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_strangers_are_not_read(transport: str) -> None:
    async with open_line(allow=("127.0.0.1",)) as (listener, sip):
        where = (sip.address, sip.port)
        for message in MESSAGES.values():
            assert not await asyncio.to_thread(send, message, where, transport, "127.0.8.1", PAUSE_S)
        await a_call_talks(listener, sip)


@pytest.mark.device
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_behind_the_proxy_none_does_harm(transport: str, tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (listener, outside, proxy):
        everything = (*MESSAGES.values(), *BROKEN.values(), *UNREADABLE.values())
        for number, message in enumerate(everything, 1):  # each from an address of its own, or it were a flood
            where, sender = (outside.address, outside.port), f"127.0.8.{number}"
            await asyncio.to_thread(send, message, where, transport, sender, PAUSE_S)
        await a_call_talks(listener, outside)
        assert proxy.process.returncode is None
