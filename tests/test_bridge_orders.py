"""A whole spoken order over each bridge: real models; the same as from a file, and heard as it was said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.audiosocket_peer import SLIN_16K, WHO, Asterisk
from tests.test_sip_order import Came, board_for, came_to, from_file, listened_back, words_of
from tests.web_peers import AsteriskWeb, Twilio
from voice.audio import (
    RATE_HZ,
    Samples,
    dbfs_of,
    read_audio,
    resample,
    silence,
    through_telephone,
    to_pcm,
    to_samples,
    write_wav,
)
from voice.channels.caller import Sound
from voice.channels.script import Script, load_script, rehearse
from voice.settings import AudioSocket, WebSocket
from voxcart.__main__ import DEMO
from voxcart.build import Engines
from voxcart.config import Config, StoreChoice, load_config
from voxcart.phone import free_ports
from voxcart.serve import open_listeners

pytestmark = [pytest.mark.audio, pytest.mark.slow]
PAUSE_S = 0.7
AUDIBLE_DBFS = -50.0
CALLER = "+15550100"
UUID_OF_CALLER = UUID("40325ec2-5efd-4bd3-805f-ffff15550100").bytes


class Peer(Protocol):
    """What passes the call on. `line` is what it has played, `is_over` whether we have hung up."""

    rate_hz: int
    line: bytearray

    @property
    def is_over(self) -> bool: ...

    async def say(self, pcm: bytes) -> None: ...


class OverTcp(Asterisk):
    """AudioSocket at 16 kHz."""

    rate_hz = RATE_HZ

    @property
    def line(self) -> bytearray:
        return self.heard

    async def say(self, pcm: bytes) -> None:
        self.send(SLIN_16K, pcm)


@asynccontextmanager
async def over_tcp(config: Config) -> AsyncIterator[Peer]:
    peer = OverTcp(*await asyncio.open_connection("127.0.0.1", config.audiosocket.port))
    peer.send(WHO, UUID_OF_CALLER)
    yield peer
    await peer.close()


@asynccontextmanager
async def as_twilio(config: Config) -> AsyncIterator[Peer]:
    peer = Twilio(await connect(f"ws://127.0.0.1:{config.websocket.port}/call", compression=None, proxy=None))
    yield await peer.begin(token="secret", caller=CALLER)
    await peer.leave()


@asynccontextmanager
async def as_asterisk(config: Config) -> AsyncIterator[Peer]:
    address = f"ws://127.0.0.1:{config.websocket.port}/call/secret?caller=%2B15550100"
    peer = AsteriskWeb(await connect(address, subprotocols=["media"], compression=None, proxy=None), is_json=True)
    yield await peer.begin()
    await peer.leave()


def configured(folder: Path) -> Config:
    port = free_ports(2)
    (folder / "token").write_text("secret\n", "utf-8")
    config = load_config()
    return replace(
        config,
        store=StoreChoice(str(folder / "shop.db")),
        sip=replace(config.sip, transports=()),
        audiosocket=AudioSocket(port=port, caller_in_uuid=True),
        websocket=WebSocket(port=port + 1, token_file=str(folder / "token")),
    )


def sounds(peer: Peer, since: int) -> bool:
    """Whether the shop has spoken since then and is quiet again."""
    spoken = to_samples(bytes(peer.line[2 * since :]))
    pause = round(PAUSE_S * peer.rate_hz)
    return dbfs_of(spoken[:-pause]) > AUDIBLE_DBFS > loudest(spoken[-pause:], peer.rate_hz // 50)


def loudest(samples: Samples, frame: int) -> float:
    return max((dbfs_of(samples[at : at + frame]) for at in range(0, len(samples), frame)), default=0.0)


async def converse(peer: Peer, clips: Sequence[bytes]) -> None:
    """Say each clip when the shop has spoken, and nothing else; until we have hung up."""
    waiting, since = list(clips), 0
    said: Samples = np.zeros(0, np.float32)
    loop = asyncio.get_running_loop()
    due, frame = loop.time(), peer.rate_hz // 50
    while not peer.is_over:
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
        if not len(said) and waiting and sounds(peer, since):
            said, since = resample(to_samples(waiting.pop(0)), RATE_HZ, peer.rate_hz), len(peer.line) // 2
        with suppress(ConnectionClosed):
            await peer.say(to_pcm(said[:frame]).ljust(2 * frame, b"\0") if len(said) else silence(frame))
        said = said[frame:]
        since = len(peer.line) // 2 if len(said) else since
    assert not waiting, "the shop has hung up too soon"


async def conversation(calling: Callable[[Config], Any], config: Config, clips: Sequence[bytes]) -> bytes:
    """The whole call from the other side, in a loop of its own; returns what was heard."""
    async with calling(config) as peer:
        await converse(peer, clips)
        return to_pcm(resample(to_samples(bytes(peer.line)), peer.rate_hz, RATE_HZ))


async def called(folder: Path, engines: Engines, script: Script, calling: Callable[[Config], Any]) -> tuple[Came, Path]:
    config = configured(folder)
    with board_for(config, engines, script.caller or "") as (switchboard, shop):
        clips = [cue.what.pcm for cue in await rehearse(script) if isinstance(cue.what, Sound)]
        async with switchboard.answering(open_listeners(config)):
            heard = await asyncio.to_thread(asyncio.run, conversation(calling, config, clips))
        write_wav(folder / "heard.wav", heard)
        return came_to(shop), folder / "heard.wav"


def as_the_line_carries_it(script: Script, folder: Path, line: Callable[[bytes], bytes]) -> Script:
    """The same call with the clips as they come out of the line."""
    steps = []
    for number, step in enumerate(script.steps):
        assert isinstance(step.clip, str)
        clip = folder / f"clip{number}.wav"
        write_wav(clip, line(read_audio(script.path.parent / step.clip)))
        steps.append(f'[[step]]\nclip = "{clip}"\n')
    path = folder / "call.toml"
    path.write_text(f'caller = "{script.caller}"\n' + "".join(steps), "utf-8")
    return load_script(path)


def untouched(pcm: bytes) -> bytes:
    return pcm


@pytest.mark.parametrize(
    ("calling", "line"), [(over_tcp, untouched), (as_asterisk, untouched), (as_twilio, through_telephone)]
)
async def test_an_order_over_a_bridge_is_that_from_a_file_and_is_heard(
    calling: Callable[[Config], Any], line: Callable[[bytes], bytes], engines: Engines, tmp_path: Path
) -> None:
    script = load_script(DEMO)
    assert script.caller == CALLER
    came, recording = await called(tmp_path, engines, script, calling)
    aside = tmp_path / "file"
    aside.mkdir()
    from_a_file = await from_file(aside, engines, as_the_line_carries_it(script, aside, line))
    assert came == from_a_file, f"over the bridge: {came.said}\nfrom the file: {from_a_file.said}"
    assert len(came.ordered) == 1
    heard = await listened_back(recording, engines)
    alike = SequenceMatcher(None, words_of(came.said), words_of(heard), autojunk=False).ratio()
    assert alike > 0.85, f"said: {came.said}\nheard: {heard}"
