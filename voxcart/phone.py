"""Knows the demonstration of the telephone: the line and a real softphone that calls it, both on this machine."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice.channels.caller import Cue, Sound
from voice.settings import Sip
from voxcart.config import Config
from voxcart.errors import VoxcartError
from voxcart.serve import Switchboard, open_listeners
from voxcart.softphone import Line, converse, softphone, until

HOST = "127.0.0.1"
PORTS = range(21_000, 29_000, 10)
ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Phoned:
    """A call that was made. `heard` is what came out of the telephone, None if nothing did."""

    answered: bool
    to_the_end: bool
    heard: Path | None


def at_home(settings: Sip, ports: int) -> Sip:
    """The same line, reachable from this machine alone, on ports from `ports` on."""
    return replace(settings, address=HOST, port=ports, transports=("udp", "tcp"))


def free_ports(count: int) -> int:
    """The first of so many ports side by side that nobody uses. Raises VoxcartError."""
    for first in PORTS:
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise VoxcartError(f"There are no {count} free ports from {PORTS.start} to {PORTS.stop}.")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
            try:
                probe.bind((HOST, port))
            except OSError:
                return False
    return True


async def phone_home(switchboard: Switchboard, config: Config, caller: str, cues: Sequence[Cue], keep: Path) -> Phoned:
    """Open the line of `config`, call it, say each cue when the assistant has spoken, and close the line again."""
    async with switchboard.answering(open_listeners(config)):
        return await _call(config.sip, caller, cues, keep)


async def _call(sip: Sip, caller: str, cues: Sequence[Cue], keep: Path) -> Phoned:
    line = Line(sip.port + 2, sip.port + 4, sip.port + 1000, codec="G722/16000", user=caller)
    with tempfile.TemporaryDirectory(dir=keep.parent) as folder:
        async with softphone(line, Path(folder)) as phone:
            await phone.dial(f"sip:{sip.user}@{sip.address}:{sip.port}")
            answered = await until(lambda: bool(phone.seen("CALL_ESTABLISHED")), ANSWER_S)
            clips = [cue.what.pcm for cue in cues if isinstance(cue.what, Sound)]
            to_the_end = answered and await converse(phone, clips)
        heard = phone.recording
        if heard is not None:
            shutil.copyfile(heard, keep)
    return Phoned(answered, to_the_end, None if heard is None else keep)
