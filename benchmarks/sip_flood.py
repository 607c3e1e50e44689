"""What does a flood of INVITEs do to a call that talks? (CHECKS.md row 20)

One address sends 500 INVITEs a second for a minute: at the proxy of docs/kamailio.cfg, at the line itself as a
stranger, and at the line itself as one who is in `[sip] allow`. Line, sender and telephone are processes of their own.
The first row is the same call without a flood.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.sip_load import rss_mib
from tests.telephones import raw_phone
from tests.torture import PROXY_HOST, guarded, invitation
from voice.audio import Frame, hiss
from voice.channels.sip import SipChannel, SipListener
from voice.settings import Sip
from voxcart.phone import at_home, free_ports
from voxcart.softphone import until

RATE = 500
FLOODER = "127.0.8.1"
TALKER, LATER = "+15550142", "+15550177"
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Setup:
    name: str
    allow: tuple[str, ...]
    has_proxy: bool = False
    is_flooded: bool = True


SETUPS = (
    Setup("no flood", ("127.0.0.1",), is_flooded=False),
    Setup("at the proxy", (PROXY_HOST,), has_proxy=True),
    Setup("at the line, a stranger", ("127.0.0.1",)),
    Setup("at the line, an allowed address", ("127.0.0.0/8",)),
)


async def serve(allow: str) -> None:
    """The line: takes every call, and tells when one is over what was heard of it."""
    sip = replace(at_home(Sip(), free_ports(8)), allow=tuple(allow.split(",")))
    listener = SipListener(sip, 8)
    await listener.open()
    print(sip.port, flush=True)
    running = set()
    async for channel in listener.calls():
        running.add(asyncio.create_task(_hear(channel)))


async def _hear(channel: SipChannel) -> None:
    began, times = time.perf_counter(), []
    async for item in channel.frames():
        if isinstance(item, Frame):
            times.append(time.perf_counter())
    told = {
        "caller": channel.caller,
        "frames_%": round(100 * len(times) / ((times[-1] - began) / 0.02), 1),
        "made_up_ms": channel.concealed // 16,
        "gap_ms": round(1000 * float(np.max(np.diff(times)))),
    }
    print(json.dumps(told), flush=True)


def flood(host: str, port: int, seconds: float) -> None:
    """When told to, send, and tell how many INVITEs and answers there were."""
    print("ready", flush=True)
    sys.stdin.readline()
    answers = sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((FLOODER, 0))
        wire.setblocking(False)
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < seconds:
            while sent < passed * RATE:
                wire.sendto(invitation(sent, wire.getsockname()[1]), (host, port))
                sent += 1
            with suppress(BlockingIOError):
                while wire.recv(65_536):
                    answers += 1
            time.sleep(0.004)
    print(json.dumps({"sent": sent, "answers": answers}))


@asynccontextmanager
async def child(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.sip_flood", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return (await process.stdout.readline()).decode()


async def verdict(line: asyncio.subprocess.Process) -> dict[str, object]:
    """What the line tells of the call that talked, among its log."""
    while True:
        text = await line_of(line)
        if text.startswith("{"):
            found: dict[str, object] = json.loads(text)
            if found.pop("caller") == TALKER:
                return found


async def flooded(sender: asyncio.subprocess.Process) -> dict[str, object]:
    assert sender.stdin is not None
    assert sender.stdout is not None
    sender.stdin.write(b"go\n")
    found: dict[str, object] = json.loads(await sender.stdout.read())
    return found


async def answered_ms(where: Sip) -> int | str:
    """How soon somebody else is answered."""
    async with raw_phone(where, LATER) as phone:
        began = time.perf_counter()
        phone.invite()
        if not await until(lambda: any(each >= 200 for each in phone.statuses()), PATIENCE_S):
            return "never"
        took = round(1000 * (time.perf_counter() - began))
        if phone.statuses()[-1] != 200:
            return str(phone.statuses()[-1])
        phone.accept()
        phone.send("BYE")
        return took


async def measure(setup: Setup, seconds: float, seed: int) -> dict[str, object]:
    speech = hiss(8000, -40.0, seed=seed) * int(seconds + 2)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        line = await stack.enter_async_context(child("--serve", ",".join(setup.allow)))
        where = at_home(Sip(), int(await line_of(line)))
        if setup.has_proxy:
            where, _ = await stack.enter_async_context(guarded(where, where.port + 4, folder))
        sender = await stack.enter_async_context(
            child("--flood", where.address, str(where.port), "--seconds", str(seconds))
        )
        await line_of(sender)  # starting it takes a processor for a second
        phone = await stack.enter_async_context(raw_phone(where, TALKER))
        await phone.call_through()
        talking = asyncio.create_task(phone.speak(speech))
        await asyncio.sleep(1)
        before = rss_mib(line.pid)
        row: dict[str, object] = {"flood": setup.name, "sent": 0, "answers": 0}
        if setup.is_flooded:
            row |= await flooded(sender)
        else:
            await asyncio.sleep(seconds)
        row |= {"rss_mib_before": before, "rss_mib_after": rss_mib(line.pid), "next_call_ms": await answered_ms(where)}
        gaps = np.diff([at for at, _ in phone.arrivals])
        await talking
        phone.send("BYE")
        told = await verdict(line)
        return row | told | {"heard_gap_ms": round(1000 * float(np.max(gaps)))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--serve", metavar="ALLOWED", help="be the line")
    parser.add_argument("--flood", nargs=2, metavar=("HOST", "PORT"), help="be the sender")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve))
    elif options.flood:
        flood(options.flood[0], int(options.flood[1]), options.seconds)
    else:
        rows = [asyncio.run(measure(setup, options.seconds, options.seed)) for setup in SETUPS]
        report.write("sip_flood", rows, seconds=options.seconds, a_second=RATE, seed=options.seed)


if __name__ == "__main__":
    main()
