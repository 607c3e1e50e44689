"""Which of the 49 messages of RFC 4475 does the line survive? (CHECKS.md row 18)

Each message is sent over UDP and over TCP, and a real call follows it. `straight`: by an address in `[sip] allow`, at a
line in a process of its own, whose freed memory is overwritten so that what is broken shows. `proxy`: at the proxy of
docs/kamailio.cfg, before one line that takes them all. `here` are the messages with audio once more, with addresses
and a `rtpmap` that the stack takes, so that it goes on to answer them; `20 x` are not of the RFC.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from tests.telephones import raw_phone
from tests.torture import MESSAGES, PROXY_HOST, guarded, invitation, send
from voice.channels.sip import SipListener
from voice.settings import Sip, Transport
from voxcart.phone import at_home, free_ports
from voxcart.softphone import until

PEERS, PHONES = "127.0.7.{}", "127.0.6.{}"
"""Each message has a sender of its own, as answers are repeated, and the call after it too: the proxy counts."""
ANSWER_S = 0.4
CALL_S = 3.0
PATIENCE_S = 15.0
TRANSPORTS: tuple[Transport, ...] = ("udp", "tcp")
_AUDIO = re.compile(rb"192\.0\.2\.\d+")


def all_messages() -> dict[str, list[bytes]]:
    """What is sent, by name. Only what leaves the stack whole may come after it, so each goes to a line of its own."""
    found = {name: [message] for name, message in MESSAGES.items()}
    for name, message in MESSAGES.items():
        head, _, body = message.partition(b"\r\n\r\n")
        if b"c=IN IP4" in body and b"192.0.2." in body:
            found[f"{name}, here"] = [head + b"\r\n\r\n" + _AUDIO.sub(b"127.0.0.1", body).replace(b" LPC", b" L/8")]
    found["20 x no Contact"] = [
        invitation(number, 9).replace(b"Contact: <sip:x@127.0.0.1:9>\r\n", b"") for number in range(20)
    ]
    found["20 x broken Record-Route"] = [
        invitation(100 + number, 9).replace(b"Max-Forwards", b"Record-Route: <<>>\r\nMax-Forwards")
        for number in range(20)
    ]
    return found


SENT = all_messages()


async def serve() -> None:
    """The line of the child: takes every call and hears it to its end."""
    sip = replace(at_home(Sip(), free_ports(8)), allow=(PEERS.format("0/24"), PHONES.format("0/24"), PROXY_HOST))
    listener = SipListener(sip, 8)
    await listener.open()
    print(sip.port, flush=True)
    taking = asyncio.create_task(_take(listener))
    await asyncio.to_thread(sys.stdin.read)
    taking.cancel()
    await listener.close()


async def _take(listener: SipListener) -> None:
    async with asyncio.TaskGroup() as group:
        async for channel in listener.calls():
            group.create_task(_hear(channel.frames()))


async def _hear(frames: AsyncIterator[object]) -> None:
    async for _ in frames:
        pass


@asynccontextmanager
async def line() -> AsyncIterator[tuple[Sip, asyncio.subprocess.Process]]:
    """A line in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.sip_torture", "--serve"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "MALLOC_PERTURB_": "165"},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            port = int(await process.stdout.readline())
        yield at_home(Sip(), port), process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def closed(process: asyncio.subprocess.Process) -> str:
    """How it ends when it is asked to: memory that was corrupted shows when the stack is taken down, if not before."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
    except TimeoutError:
        return "hangs"
    return fate(process)


def fate(process: asyncio.subprocess.Process) -> str:
    code = process.returncode
    return "lives" if code is None else signal.Signals(-code).name if code < 0 else "clean" if code == 0 else "fails"


def number(name: str) -> int:
    return 1 + list(SENT).index(name)


def status(answer: bytes) -> str:
    """Of the final answer, or the last one."""
    found = re.findall(rb"^SIP/2\.0 (\d{3})", answer, re.M)
    return b" ".join(dict.fromkeys(found)).decode() or "-"


async def call_works(sip: Sip, name: str) -> bool:
    async with raw_phone(sip, "+15550177", PHONES.format(number(name))) as phone:
        phone.invite()
        answered = await until(lambda: 200 in phone.statuses(), CALL_S)
        if answered:
            phone.accept()
            answered = await until(lambda: len(phone.heard) > 0, CALL_S)
            phone.send("BYE")
        return answered


async def strike(name: str, transport: Transport, at: Sip) -> bytes:
    """Send what goes by that name; what came back."""
    *before, last = SENT[name]
    for message in before:
        await asyncio.to_thread(send, message, (at.address, at.port), transport, PEERS.format(number(name)), 0.02)
    return await asyncio.to_thread(send, last, (at.address, at.port), transport, PEERS.format(number(name)), ANSWER_S)


def told(process: str, answer: bytes, works: bool) -> dict[str, object]:
    return {"process": process, "answer": status(answer), "next call": "works" if works else "refused"}


async def straight(name: str, transport: Transport) -> dict[str, object]:
    async with line() as (sip, process):
        answer = await strike(name, transport, sip)
        works = await call_works(sip, name)
        return told(fate(process), answer, works) | {"end": await closed(process)}


async def through_proxy(folder: Path) -> tuple[dict[tuple[str, str], dict[str, object]], str]:
    """For each message and transport, and how the line ended that had them all."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    async with line() as (sip, process), guarded(sip, sip.port + 4, folder) as (outside, proxy):
        for transport in TRANSPORTS:
            for name in SENT:
                answer = await strike(name, transport, outside)
                works = await call_works(outside, name)
                alive = fate(process) if proxy.process.returncode is None else "proxy " + fate(proxy.process)
                found[name, transport] = told(alive, answer, works)
        return found, await closed(process)


async def measure() -> tuple[list[dict[str, object]], str]:
    with tempfile.TemporaryDirectory() as folder:
        guarded_rows, end = await through_proxy(Path(folder))
    rows = []
    for transport in TRANSPORTS:
        for name in SENT:
            row: dict[str, object] = {"message": name, "over": transport}
            row |= {f"straight: {key}": value for key, value in (await straight(name, transport)).items()}
            row |= {f"proxy: {key}": value for key, value in guarded_rows[name, transport].items()}
            rows.append(row)
    return rows, end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="be the line of the child")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    rows, end = asyncio.run(measure())
    report.write("sip_torture", rows, end_of_the_line_behind_the_proxy=end)


if __name__ == "__main__":
    main()
