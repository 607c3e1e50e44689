"""What sipp, a tester of telephone exchanges, sees: strict call flows, broken messages, and more calls than there are
lines."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.telephones import HOST, Taken, eventually, open_line, raw_phone
from voice.channels.sip import SipListener
from voice.settings import Sip

pytestmark = pytest.mark.device

START = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="test">\n'
SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""
INVITE = f"""<send retrans="500"><![CDATA[
INVITE sip:shop@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+1555[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:shop@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{SDP}]]></send>
"""


def request(method: str, number: int) -> str:
    return f"""<send{"" if method == "ACK" else ' retrans="500"'}><![CDATA[
{method} sip:shop@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+1555[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:shop@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {number} {method}
Max-Forwards: 70
Content-Length: 0

]]></send>
"""


RINGING = '<recv response="100" optional="true"></recv><recv response="180" optional="true"></recv>\n'
TALK = (
    START
    + INVITE
    + RINGING
    + '<recv response="200"></recv>\n'
    + request("ACK", 1)
    + '<pause milliseconds="{pause_ms}"/>\n'
    + request("BYE", 2)
    + '<recv response="200"></recv>\n</scenario>\n'
)
REFUSED = START + INVITE + RINGING + '<recv response="486"></recv>\n' + request("ACK", 1) + "</scenario>\n"


@asynccontextmanager
async def taking(listener: SipListener) -> AsyncIterator[list[Taken]]:
    """Every call that comes is taken."""
    taken: list[Taken] = []

    async def take() -> None:
        async for channel in listener.calls():
            taken.append(Taken(channel))

    task = asyncio.create_task(take())
    try:
        yield taken
    finally:
        task.cancel()
        await asyncio.wait({task})


async def sipp(sip: Sip, folder: Path, scenario: str, calls: int, *more: str) -> int:
    """How many calls went as the scenario says."""
    assert shutil.which("sipp"), "sipp is missing: apt-get install --no-install-recommends sip-tester"
    path = folder / "scenario.xml"
    _write(path, scenario)
    process = await asyncio.create_subprocess_exec(
        *("sipp", f"{sip.address}:{sip.port}", "-sf", path, "-i", HOST, "-p", str(sip.port + 4), "-m", str(calls)),
        *("-nostdin", "-timeout", "40", "-recv_timeout", "10000", "-mp", str(sip.port + 1000), *more),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    counts = re.findall(rb"Successful call\s*\|\s*\d+\s*\|\s*(\d+)", output)
    return int(counts[-1]) if counts else 0


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


async def test_a_strict_caller_sees_nothing_unexpected(tmp_path: Path) -> None:
    """sipp breaks a call off at any message that its scenario does not name, a second INVITE above all."""
    async with open_line() as (listener, sip), taking(listener) as taken:
        assert await sipp(sip, tmp_path, TALK.format(pause_ms=1000), 3, "-r", "3") == 3
        await eventually(lambda: all(each.task.done() for each in taken), "every call ends")


async def test_the_same_over_tcp(tmp_path: Path) -> None:
    async with open_line() as (listener, sip), taking(listener):
        assert await sipp(sip, tmp_path, TALK.format(pause_ms=500), 2, "-r", "2", "-t", "t1") == 2


async def test_more_calls_than_lines_are_refused_and_the_others_go_on(tmp_path: Path) -> None:
    async with open_line(most=5) as (listener, sip), taking(listener) as taken, AsyncExitStack() as phones:
        for number in range(5):
            phone = await phones.enter_async_context(raw_phone(sip, f"+1555{number}"))
            await phone.call()
        await eventually(lambda: len(taken) == 5, "five calls are taken")
        assert await sipp(sip, tmp_path, REFUSED, 20, "-r", "20") == 20
        positions = [len(each.frames) for each in taken]
        await eventually(
            lambda: all(len(each.frames) > at + 10 for each, at in zip(taken, positions, strict=True)), "they go on"
        )


async def test_many_calls_come_and_go(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with open_line(most=40) as (listener, sip), taking(listener) as taken:
        assert await sipp(sip, tmp_path, TALK.format(pause_ms=1000), 30, "-r", "20", "-l", "30") == 30
        await eventually(lambda: len(taken) == 30 and all(each.task.done() for each in taken), "every call ends")
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
