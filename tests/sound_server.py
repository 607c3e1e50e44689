"""A room without a sound card: PulseAudio with a virtual microphone and a virtual loudspeaker."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tests.telephones import eventually
from voice.audio import RATE_HZ
from voxcart.softphone import AUDIBLE, until

MICROPHONE, LOUDSPEAKER = "vmic_in", "vspk"
RAW = ("--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1")


@dataclass
class Room:
    """`env`: by which programs find it. What the loudspeaker plays is recorded at 16 kHz, all the time."""

    env: dict[str, str]
    recording: Path
    processes: list[Process] = field(default_factory=list)

    async def say(self, pcm: bytes) -> None:
        """In front of the microphone, to its end."""
        process = await self.run("pacat", "--playback", f"--device={MICROPHONE}", *RAW, stdin=asyncio.subprocess.PIPE)
        await process.communicate(pcm)

    def heard(self) -> bytes:
        pcm = self.recording.read_bytes() if self.recording.exists() else b""
        return pcm[: len(pcm) & ~1]

    def is_quiet(self, since: int, pause_s: float = 0.8) -> bool:
        """Whether something was said since then (bytes of `heard`), and nothing for so long."""
        loud = np.flatnonzero(np.abs(np.frombuffer(self.heard()[since:], "<i2").astype(np.int32)) > AUDIBLE)
        behind = len(self.heard()[since:]) // 2 - (int(loud[-1]) if len(loud) else 0)
        return len(loud) > 0 and behind > pause_s * RATE_HZ

    async def run(self, *command: str | Path, stdin: int = DEVNULL, stdout: int | BinaryIO = DEVNULL) -> Process:
        process = await asyncio.create_subprocess_exec(
            *command, env=self.env, stdin=stdin, stdout=stdout, stderr=stdout
        )
        self.processes.append(process)
        return process


@asynccontextmanager
async def room(folder: Path) -> AsyncIterator[Room]:
    """Its files are in `folder`, whose path must be short: it has a socket."""
    assert shutil.which("pulseaudio"), "PulseAudio is missing: apt-get install pulseaudio pulseaudio-utils"
    socket = folder / "pulse.sock"
    found = Room(
        {**os.environ, "XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{socket}"},
        folder / "loudspeaker.raw",
    )
    modules = (
        f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
        f"module-null-sink sink_name={LOUDSPEAKER} rate=48000 channels=1",
        f"module-null-sink sink_name={MICROPHONE} rate=48000 channels=1",
        f"module-remap-source source_name=vmic master={MICROPHONE}.monitor",
    )
    loaded = [argument for module in modules for argument in ("-L", module)]
    await found.run("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", *loaded)
    try:
        await eventually(socket.exists, "the sound server is there")
        for default in (("set-default-sink", LOUDSPEAKER), ("set-default-source", "vmic")):
            await (await found.run("pactl", *default)).wait()
        with found.recording.open("wb") as file:
            await found.run("parec", f"--device={LOUDSPEAKER}.monitor", *RAW, "--latency-msec=20", stdout=file)
        yield found
    finally:
        for process in reversed(found.processes):
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def converse(room: Room, clips: list[bytes], patience_s: float = 30.0) -> bool:
    """Say each clip when the assistant has answered the one before; whether it answered every one."""
    for clip in clips:
        since = len(room.heard())
        await room.say(clip)
        if not await until(partial(room.is_quiet, since), patience_s):
            return False
    return True
