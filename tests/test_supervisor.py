"""What systemd hears of the line; over a real socket."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from voxcart.supervisor import Supervisor

UNIT = Path(__file__).parent.parent / "docs" / "voxcart-talk.service"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield heard


def told(heard: socket.socket) -> list[bytes]:
    found = []
    try:
        while True:
            found.append(heard.recv(1000))
    except BlockingIOError:
        return found


async def test_systemd_hears_that_it_is_ready_alive_and_ending(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    async with Supervisor().watching():
        await asyncio.sleep(0.05)
    first, *alive, last = told(systemd)
    assert (first, last) == (b"READY=1", b"STOPPING=1")
    assert len(alive) > 1
    assert set(alive) == {b"WATCHDOG=1"}


async def test_without_a_watchdog_nothing_is_said_meanwhile(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    async with Supervisor().watching():
        await asyncio.sleep(0.02)
    assert told(systemd) == [b"READY=1", b"STOPPING=1"]


async def test_who_starts_it_by_hand_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    async with Supervisor({}).watching():
        pass


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With a program that exists in place of the one that the merchant installs."""
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: apt-get install systemd"
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/voxcart/.venv/bin/voxcart", "/bin/true"), "utf-8")
    done = subprocess.run(("systemd-analyze", "verify", unit), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
