"""`voxcart serve` as a process of its own: it answers, shows its figures, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.server_process import START_S, served
from tests.telephones import eventually, raw_phone
from voice.settings import Sip

pytestmark = [pytest.mark.audio, pytest.mark.device, pytest.mark.slow]


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def told_on_stderr(folder: Path) -> str:
    return (folder / "serve.log").read_text("utf-8")


async def shown(sip: Sip, path: str) -> str:
    def ask() -> str:
        try:
            with urlopen(f"http://127.0.0.1:{sip.port + 4}{path}", timeout=20) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            with error:
                return str(error.read().decode())

    return await asyncio.to_thread(ask)


async def test_it_answers_and_lets_a_call_finish_when_it_is_asked_to_end(tmp_path: Path) -> None:
    async with served(tmp_path) as (process, sip), raw_phone(sip) as phone, raw_phone(sip, "+15550101") as late:
        await phone.call()
        await eventually(lambda: any(each != 0xFF for each in phone.heard), "the greeting is heard", 20)
        assert "voxcart_open_calls 1.0" in await shown(sip, "/metrics")
        assert json.loads(await shown(sip, "/health")) == {"well": True, "trouble": []}
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(1)
        late.invite()
        await eventually(lambda: 486 in late.statuses(), "a late call is refused")
        assert json.loads(await shown(sip, "/health"))["well"] is False
        heard = len(phone.heard)
        await eventually(lambda: len(phone.heard) > heard + 4000, "the call goes on")
        phone.send("BYE")
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        assert not told_on_stderr(tmp_path)


async def test_asked_twice_it_ends_the_call(tmp_path: Path) -> None:
    async with served(tmp_path) as (process, sip), raw_phone(sip) as phone:
        await phone.call()
        await eventually(lambda: phone.heard, "the line runs", 20)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        await eventually(lambda: phone.requests("BYE"), "the shop hangs up", 20)
        phone.answer(phone.requests("BYE")[0])
        async with asyncio.timeout(30):
            assert await process.wait() == 0


async def test_a_port_in_use_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, sip):
        config = tmp_path / "second.toml"
        _write(config, f"[sip]\nport = {sip.port}\n")
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "voxcart", "serve", "--config", config), stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(START_S):
            _, errors = await second.communicate()
        assert second.returncode == 2
        assert f"127.0.0.1:{sip.port}" in errors.decode()
        assert "Traceback" not in errors.decode()
