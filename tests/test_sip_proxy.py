"""The proxy of docs/kamailio.cfg: what it keeps from the line, and that it takes nobody anywhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.telephones import Taken, eventually, next_call, raw_phone
from tests.test_sip_media import chirps, kept
from tests.torture import behind_proxy, invitation, send
from voice.audio import RATE_HZ, resample, to_pcm, to_samples
from voice.channels.sip import SipListener
from voice.settings import Sip

pytestmark = pytest.mark.device

CONTACT, FORWARDS = b"Contact: <sip:x@127.0.0.1:9>\r\n", b"Max-Forwards: 70\r\n"
REFUSED = {
    "no contact": (invitation(80, 9).replace(CONTACT, b""), 400),
    "a contact that is none": (invitation(81, 9).replace(CONTACT, b"Contact: <<>\r\n"), 400),
    "a route that is none": (invitation(82, 9).replace(FORWARDS, FORWARDS + b"Record-Route: <<>>\r\n"), 400),
    "a route that never ends": (invitation(83, 9).replace(FORWARDS, FORWARDS + b"Record-Route: <sip:a;lr\r\n"), 400),
    "another body": (invitation(84, 9).replace(b"application/sdp", b"text/plain"), 415),
    "a wish nobody knows": (invitation(85, 9).replace(FORWARDS, FORWARDS + b"Require: 100rel\r\n"), 420),
    "too long": (invitation(86, 9).replace(FORWARDS, FORWARDS + b"X: " + b"y" * 9000 + b"\r\n"), 513),
    "a method of no call": (invitation(87, 9).replace(b"INVITE", b"SUBSCRIBE"), 405),
}


def heard_by(taken: Taken) -> bytes:
    """8 kHz."""
    return to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))


async def a_call_talks(listener: SipListener, outside: Sip) -> None:
    """Another call is answered, heard, hears and hangs up, whatever came before."""
    async with raw_phone(outside, "+15550177") as phone:
        await phone.call_through()
        while (channel := await next_call(listener)).caller != "+15550177":
            await channel.hang_up()
        taken, said = Taken(channel), chirps(1, 8000)
        await phone.speak(bytes(3200))
        await phone.speak(said)
        await phone.speak(bytes(4800))
        assert kept(said, heard_by(taken), 800) >= 0.7
        answer = chirps(1, RATE_HZ)
        await channel.play(answer)
        await channel.drain()
        await asyncio.sleep(0.2)
        assert kept(to_pcm(resample(to_samples(answer), RATE_HZ, 8000)), phone.heard_pcm, 800) >= 0.5
        phone.send("BYE")
        await taken.over()


@pytest.mark.parametrize(("message", "status"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_the_line_does_not_take_well_is_refused(message: bytes, status: int, tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (_, outside, _):
        where = (outside.address, outside.port)
        answer = await asyncio.to_thread(send, message, where, "tcp", "127.0.8.1", 0.5)
        assert answer.startswith(b"SIP/2.0 %d" % status)


async def test_the_shop_hangs_up_through_the_proxy(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (listener, outside, _), raw_phone(outside) as phone:
        await phone.call_through()
        channel = await next_call(listener)
        hanging_up = asyncio.create_task(channel.hang_up())
        await eventually(lambda: phone.requests("BYE"), "the caller is told")
        phone.answer(phone.requests("BYE")[0])
        await hanging_up


async def test_the_number_that_a_caller_asserts_goes_no_further(tmp_path: Path) -> None:
    """The line believes it, as the proxy is in `allow`."""
    async with behind_proxy(tmp_path) as (listener, outside, _), raw_phone(outside) as phone:
        phone.invite(identity="<sip:+15550142@127.0.0.1>")
        await eventually(lambda: 200 in phone.statuses(), "the shop answers")
        phone.accept()
        assert (await next_call(listener)).caller == "+15550100"


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "MESSAGE", "REGISTER"])
async def test_nobody_is_taken_elsewhere(method: str, tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (_, outside, _), raw_phone(outside) as phone, raw_phone(outside) as victim:
        there = f"sip:victim@127.0.0.1:{victim.port}"
        phone.send(method, "", f"Route: <{there};lr>", uri=there)
        await eventually(lambda: phone.messages, "it is answered")
        await asyncio.sleep(0.3)
        assert victim.messages == []


async def test_nor_with_what_looks_like_a_call(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (_, outside, _), raw_phone(outside) as phone, raw_phone(outside) as victim:
        there = f"sip:victim@127.0.0.1:{victim.port}"
        ours = f"Route: <sip:{outside.address}:{outside.port};lr>"
        await phone.call_through()
        for method in ("BYE", "ACK", "INFO", "INVITE"):
            phone.send(method, "", ours, f"Route: <{there};lr>", uri=there)
        await asyncio.sleep(1)
        assert victim.messages == []
