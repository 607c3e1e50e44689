"""A telephone that knows Replaces, in a process of its own: the stack of the line is global, and Debian's is too old.

Run as `python -m tests.replacing_phone USER PORT FOLDER [URI]`: it calls the URI, presses 0 and goes where it is sent;
on SIGTERM it hangs up. With no URI it answers. Every call is kept in FOLDER as 16 kHz s16le; what happens is told.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import baresip

from voice.audio import hiss
from voice.channels.sip import GONE, account, stack_config
from voice.channels.sip_media import Media
from voice.settings import Sip
from voice.tasks import Tasks
from voxcart.phone import at_home

BEFORE_KEY_S = 1.0
READ_S = 0.02
VOICE = hiss(16_000, -30.0, seed=1)
"""A second of what each of them says when they have been connected."""


class Phone:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calls = count(1)
        self._tasks = Tasks()

    def keep(self, call: baresip.Call) -> None:
        number = next(self._calls)
        self._tasks.start(_keep(call, self._folder / f"call{number}.pcm", VOICE if number > 1 else b""), "keeping")

    def answer(self, call: baresip.Call) -> None:
        async def answering() -> None:
            await call.answer()
            tell("answered")
            self.keep(call)

        self._tasks.start(answering(), "answering")

    def leave(self, call: baresip.Call) -> None:
        self._tasks.start(call.hangup(), "leaving")

    def follow(self, call: baresip.Call) -> None:
        async def following() -> None:
            new = await call.accept_transfer()
            await new.wait_established()
            tell("sent on")
            self.keep(new)

        self._tasks.start(following(), "following")


async def _keep(call: baresip.Call, path: Path, says: bytes) -> None:
    media = Media(call.audio, GONE)
    with path.open("wb") as file:
        while call.state is not baresip.CallState.CLOSED:
            if says and not media.unsent():
                media.write(says)
            file.write(media.read())
            file.flush()
            await asyncio.sleep(READ_S)
    tell("closed")


def tell(what: str) -> None:
    print(what, flush=True)


async def call(phone: Phone, agent: baresip.UserAgent, uri: str) -> None:
    dialled = await agent.dial(uri)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: phone.leave(dialled))
    dialled.on_transfer_request(lambda _request: phone.follow(dialled))
    await dialled.wait_established()
    tell("answered")
    phone.keep(dialled)
    await asyncio.sleep(BEFORE_KEY_S)
    await dialled.send_dtmf("0")


async def run(user: str, port: int, folder: Path, uri: str = "") -> None:
    settings = at_home(Sip(first_rtp_port=port + 1000, last_rtp_port=port + 1040, user=user), port)
    runtime = baresip.Runtime()
    await runtime.start(stack_config(settings, 4))
    agent = await baresip.UserAgent.create(runtime, account(settings, "udp"))
    phone = Phone(folder)
    agent.on_incoming(phone.answer)
    tell("ready")
    if uri:
        await call(phone, agent, uri)
    await asyncio.Event().wait()


@asynccontextmanager
async def replacing_phone(
    user: str, port: int, folder: Path, uri: str = ""
) -> AsyncIterator[tuple[list[str], Callable[[], None]]]:
    """What it tells, and how to have it hang up. `folder` must be there."""
    told: list[str] = []
    command = (sys.executable, "-m", "tests.replacing_phone", user, str(port), str(folder), uri)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None

    async def listen(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            told.append(line.decode().strip())

    listening = asyncio.create_task(listen(process.stdout))
    try:
        yield told, process.terminate
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await listening


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:]))
