"""The messages of RFC 4475: strangers are not read, and behind the documented proxy the line digests them all."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from tests.telephones import open_line
from tests.test_sip_hostile import BROKEN
from tests.test_sip_proxy import a_call_talks
from tests.torture import MESSAGES, behind_proxy, send

PAUSE_S = 0.03


def test_they_are_those_of_the_rfc() -> None:
    assert len(MESSAGES) == 49
    sums = "".join(f"{name} {sha256(message).hexdigest()}\n" for name, message in MESSAGES.items())
    assert sha256(sums.encode()).hexdigest()[:16] == "d0a3265e61fdc22f"


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
        everything = (*MESSAGES.values(), *BROKEN.values())
        for number, message in enumerate(everything, 1):  # each from an address of its own, or it were a flood
            where, sender = (outside.address, outside.port), f"127.0.8.{number}"
            await asyncio.to_thread(send, message, where, transport, sender, PAUSE_S)
        await a_call_talks(listener, outside)
        assert proxy.process.returncode is None
