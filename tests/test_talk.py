"""`voxcart talk` in a room without a sound card: the real command, real sounddevice, real models."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from tests.sound_server import Room, converse, room
from tests.test_sip_order import Came, came_to, listened_back, words_of
from voice.audio import read_audio, write_wav
from voice.channels.script import Say, load_script
from voxcart.build import Engines, open_shop
from voxcart.config import StoreChoice, load_config
from voxcart.replay import replay
from voxcart.softphone import until

pytestmark = [pytest.mark.audio, pytest.mark.device, pytest.mark.slow]
FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
CLIPS = (
    *("orders/0704c731.flac", "orders/3f94e11d.flac", "generated/two_cappuccinos.flac"),
    *("generated/goodbye.flac", "generated/no.flac"),
)
START_S = 120.0


@asynccontextmanager
async def talking(room: Room, folder: Path) -> AsyncIterator[Path]:
    """The command runs; what it says is in the file."""
    config, told = folder / "config.toml", folder / "talk.out"
    write(config, f'[store]\ndatabase = "{folder}/shop.db"\n')
    with told.open("wb") as file:
        process = await room.run(sys.executable, "-m", "voxcart", "talk", "--config", config, stdout=file)
    assert await until(lambda: "Speak to the" in read(told) or process.returncode is not None, START_S)
    assert process.returncode is None, read(told)
    yield told
    for _ in range(2):  # a conversation may still run
        if process.returncode is None:
            process.terminate()
            await asyncio.sleep(1.0)
    async with asyncio.timeout(30):
        assert await process.wait() == 0


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def told_of(came: Came) -> list[Any]:
    """Its turns, but for the words that began the conversation: how much of them it still heard is chance."""
    return [turn for turn in came.turns if turn[0] not in (None, {"type": "Simple", "name": "greet"})]


async def from_file(folder: Path, engines: Engines) -> Came:
    steps = "".join(f'[[step]]\nclip = "{FIXTURES / clip}"\n' for clip in CLIPS)
    write(folder / "call.toml", steps)
    config = replace(load_config(), store=StoreChoice(str(folder / "file.db")))
    with closing(open_shop(config, "coffee")) as front:
        await replay(load_script(folder / "call.toml"), config, front, engines)
        return came_to(front.shop)


async def test_an_order_in_the_room_is_that_from_a_file_and_is_heard(
    engines: Engines, kristin: Say, tmp_path: Path
) -> None:
    clips = [await kristin("Hello there, good morning!"), *(read_audio(FIXTURES / clip) for clip in CLIPS)]
    async with room(tmp_path) as here, talking(here, tmp_path) as told:
        assert await converse(here, clips), read(told)
        assert await until(lambda: "hung up" in read(told), 30.0), read(told)
        write_wav(tmp_path / "heard.wav", here.heard())
    with closing(open_shop(replace(load_config(), store=StoreChoice(str(tmp_path / "shop.db"))), "coffee")) as front:
        came = came_to(front.shop)
    expected = await from_file(tmp_path, engines)
    assert told_of(came) == told_of(expected), read(told)
    assert came.said.endswith(expected.said[-40:])
    heard = await listened_back(tmp_path / "heard.wav", engines)
    alike = SequenceMatcher(None, words_of(came.said), words_of(heard), autojunk=False).ratio()
    assert alike > 0.85, f"said: {came.said}\nheard: {heard}"
