"""Knows how Debian's baresip calls a number on this machine, speaks files and keeps what it hears. Knows no shop."""

from __future__ import annotations

import asyncio
import json
import shutil
import wave
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from voice.audio import RATE_HZ, resample, silence, spread, to_pcm, to_samples
from voxcart.errors import VoxcartError

MODULES = ("g711", "g722", "opus", "srtp", "sndfile", "aufile", "aubridge")
MODULE_FOLDER = "/usr/lib/baresip/modules"
CODECS = {"PCMU": (8_000, 1), "PCMA": (8_000, 1), "G722/16000": (16_000, 1), "opus/48000/2": (48_000, 2)}
"""Rate and channels, by baresip's name of the codec."""
PADDING_S = 120
AUDIBLE = 0.004 * 32768
POLL_S = 0.05
WAV_HEADER = 44


@dataclass(frozen=True, slots=True)
class Line:
    """Where the telephone stands and how it calls. It listens on the port after `port` too, for TLS."""

    port: int
    control_port: int
    first_rtp_port: int
    codec: str = "PCMU"
    user: str = "caller"
    transport: str = "udp"
    answers: str = "manual"
    parameters: str = ""
    """More of the account, as baresip reads it."""
    extra: str = ""
    """More lines of the configuration."""


class Softphone:
    """A running baresip. Commands and events go over its control port."""

    def __init__(self, line: Line, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.events: list[dict[str, Any]] = []
        self._line = line
        self._folder = folder
        self._writer = writer
        self._clips = 0
        self._listening = asyncio.create_task(self._listen(reader), name="softphone")

    async def command(self, command: str, params: str = "") -> None:
        text = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))
        await self._writer.drain()

    async def dial(self, uri: str) -> None:
        await self.command("dial", uri)

    async def say(self, pcm: bytes) -> None:
        """Speak 16 kHz audio in place of silence."""
        self._clips += 1
        clip = self._folder / f"clip{self._clips}.wav"
        _write_clip(clip, pcm, self._line.codec)
        await self.command("ausrc", f"aufile,{clip}")

    def heard(self) -> bytes:
        """What has come from the other side so far, at the codec's rate, one channel."""
        if self.recording is None:
            return b""
        channels = CODECS[self._line.codec][1]
        frames = np.frombuffer(self.recording.read_bytes()[WAV_HEADER:], "<i2")
        return frames[: len(frames) // channels * channels : channels].tobytes()

    @property
    def recording(self) -> Path | None:
        """The file that grows with what comes from the other side, of the last call."""
        files = sorted(self._folder.glob("dump-*-dec.wav"))
        return files[-1] if files else None

    @property
    def rate_hz(self) -> int:
        return CODECS[self._line.codec][0]

    def quiet_s(self) -> float | None:
        """Seconds since the other side's last sound; None as long as there was none."""
        samples = np.abs(np.frombuffer(self.heard(), "<i2").astype(np.int32))
        loud = np.flatnonzero(samples > AUDIBLE)
        return (len(samples) - int(loud[-1])) / self.rate_hz if len(loud) else None

    def seen(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("type") == kind]

    async def close(self) -> None:
        self._writer.close()
        self._listening.cancel()
        await asyncio.wait({self._listening})

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Netstrings, each with one JSON object."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int((await reader.readuntil(b":"))[:-1])
                body = await reader.readexactly(length + 1)
                self.events.append(json.loads(body[:-1]))


@asynccontextmanager
async def softphone(line: Line, folder: Path) -> AsyncIterator[Softphone]:
    """A telephone that keeps its files in `folder`. Raises VoxcartError where baresip is missing or does not start."""
    if shutil.which("baresip") is None:
        raise VoxcartError("The softphone is missing. On Debian: apt-get install --no-install-recommends baresip-core")
    _write_settings(line, folder)
    with (folder / "baresip.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(folder), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        reader, writer = await _connect(line.control_port, process)
        phone = Softphone(line, folder, reader, writer)
        try:
            yield phone
        finally:
            await phone.close()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _connect(
    port: int, process: asyncio.subprocess.Process, patience_s: float = 10.0
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(round(patience_s / POLL_S)):
        if process.returncode is not None:
            break
        with suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(POLL_S)
    raise VoxcartError(f"The softphone did not start: nobody answers on port {port}.")


async def until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Wait for it; False when it did not come true in time. A machine that sleeps meanwhile loses no patience."""
    for _ in range(round(patience_s / POLL_S)):
        if condition():
            return True
        await asyncio.sleep(POLL_S)
    return bool(condition())


async def converse(phone: Softphone, clips: Sequence[bytes], pause_s: float = 0.7, patience_s: float = 30.0) -> bool:
    """Say each clip when the other side has spoken and then been quiet; whether the call was over in the end."""
    for clip in clips:
        spoken = len(phone.heard())
        if not await until(partial(_answered, phone, spoken, pause_s), patience_s):
            return False
        await phone.say(clip)
        await asyncio.sleep(len(clip) / 2 / RATE_HZ)
    return await until(lambda: bool(phone.seen("CALL_CLOSED")), patience_s)


def _answered(phone: Softphone, since: int, pause_s: float) -> bool:
    heard = np.abs(np.frombuffer(phone.heard()[since & ~1 :], "<i2").astype(np.int32))
    loud = np.flatnonzero(heard > AUDIBLE)
    return bool(phone.seen("CALL_CLOSED")) or (len(loud) > 0 and len(heard) - loud[-1] > pause_s * phone.rate_hz)


def _write_clip(path: Path, pcm: bytes, codec: str) -> None:
    rate_hz, channels = CODECS[codec]
    padded = pcm + silence(PADDING_S * RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(spread(to_pcm(resample(to_samples(padded), RATE_HZ, rate_hz)), channels))


def _write_settings(line: Line, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_clip(folder / "silence.wav", b"", line.codec)
    (folder / "config").write_text(_config(line, folder), "utf-8")
    account = (
        f"<sip:{line.user}@127.0.0.1:{line.port};transport={line.transport}>"
        f";regint=0;answermode={line.answers};audio_codecs={line.codec}{line.parameters}\n"
    )
    (folder / "accounts").write_text(account, "utf-8")
    (folder / "contacts").write_text("", "utf-8")


def _config(line: Line, folder: Path) -> str:
    lines = [
        f"sip_listen 127.0.0.1:{line.port}",
        "net_interface 127.0.0.1",
        f"audio_source aufile,{folder}/silence.wav",
        "audio_player aubridge,player",
        "audio_alert aubridge,nil",
        f"rtp_ports {line.first_rtp_port}-{line.first_rtp_port + 100}",
        f"module_path {MODULE_FOLDER}",
        *(f"module {name}.so" for name in MODULES),
        "module_tmp account.so",
        "module_app menu.so",
        "module_app ctrl_tcp.so",
        f"ctrl_tcp_listen 127.0.0.1:{line.control_port}",
        f"snd_path {folder}",
        line.extra,
    ]
    return "\n".join(lines) + "\n"
