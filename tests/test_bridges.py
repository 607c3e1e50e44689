"""What every bridge has in common with the telephone: full lines, figures, time that was lost; and how bridges open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from prometheus_client import generate_latest

from tests import test_audiosocket, test_websocket
from tests.fakes import FakeRecognizer, FakeSynthesizer, FakeVoice
from tests.telephones import eventually
from voice.channels import bridge
from voice.channels.bridge import BridgeChannel
from voice.errors import LineError
from voice.settings import AudioSocket, WebSocket
from voxcart.build import Engines
from voxcart.config import CallChoice, Config, StoreChoice
from voxcart.lines import Lines
from voxcart.live_shop import LiveShop
from voxcart.metrics import Metrics
from voxcart.serve import Switchboard, open_listeners, troubles_of


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Switchboard]:
    config = Config(base=tmp_path, store=StoreChoice("shop.db"), calls=CallChoice(most=1))
    live = LiveShop(config, "coffee")
    engines = Engines(FakeRecognizer(FakeVoice()), None, FakeSynthesizer())
    lines = Lines(config.calls.most)
    yield Switchboard(config, live, engines, lines, metrics=Metrics(lambda: lines.open_calls))
    live.close()


@asynccontextmanager
async def over_tcp() -> AsyncIterator[tuple[Any, Any]]:
    async with test_audiosocket.open_line() as listener:
        yield listener, test_audiosocket.calling


@asynccontextmanager
async def over_web() -> AsyncIterator[tuple[Any, Any]]:
    async with test_websocket.open_line() as listener:

        @asynccontextmanager
        async def calling(listener: Any) -> AsyncIterator[Any]:
            async with test_websocket.peer(listener) as caller:
                yield await caller.begin()

        yield listener, calling


def figures(board: Switchboard) -> str:
    return generate_latest(board.metrics.registry).decode()


class Opened:
    """A listener that is open already."""

    def __init__(self, listener: Any) -> None:
        self.where, self.trouble, self.calls, self.close = "bridge", None, listener.calls, listener.close

    async def open(self) -> None:
        pass


@pytest.mark.parametrize("line", [over_tcp, over_web])
async def test_one_call_too_many_hears_that_all_lines_are_busy(line: Any, board: Switchboard) -> None:
    async with line() as (listener, calling), board.answering([Opened(listener)]), calling(listener) as first:
        await eventually(lambda: board.lines.open_calls == 1, "the first call is taken")
        async with calling(listener) as second:
            await eventually(lambda: second.is_over, "the second is let go")
        assert not first.is_over
    assert "busy" in " ".join(board.engines.synthesizer.said)
    assert len(second.heard) > 8000  # half a second of it at least was said
    assert 'voxcart_calls_total{end="refused"} 1.0' in figures(board)


@pytest.mark.parametrize("line", [over_tcp, over_web])
async def test_who_hangs_up_is_counted(line: Any, board: Switchboard) -> None:
    async with line() as (listener, calling), board.answering([Opened(listener)]):
        async with calling(listener):
            await eventually(lambda: board.lines.open_calls == 1, "the call is taken")
        await eventually(lambda: 'voxcart_calls_total{end="caller"} 1.0' in figures(board), "it is counted")
        assert board.lines.open_calls == 0


class Silent:
    """A protocol that sends nothing."""

    lead_samples, needs_silence, can_mark = 1600, False, False

    def send(self, frame: bytes) -> None: ...

    def clear(self) -> bool:
        return True

    def mark(self, number: int) -> None: ...

    def hang_up(self) -> None: ...


async def test_time_in_which_the_process_stood_still_ends_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that slept for an hour finds the audio of the call waiting."""
    slept = [0.0]
    monkeypatch.setattr(bridge, "perf_counter", lambda: perf_counter() + slept[0])
    channel = BridgeChannel(Silent(), None, media_timeout_s=0.5)
    frames = channel.frames()
    await anext(frames)
    slept[0] = 3600.0
    for _ in range(5):
        await anext(frames)
    assert not channel.is_over
    async for _ in frames:
        pass
    assert channel.is_over


def settings(folder: Path, **sections: Any) -> Config:
    config = Config(base=folder)
    return replace(config, sip=replace(config.sip, transports=()), **sections)


def test_bridges_open_without_the_telephone(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    config = settings(
        tmp_path, audiosocket=AudioSocket(port=9092), websocket=WebSocket(port=9093, token_file="token", path="/shop")
    )
    listeners = open_listeners(config)
    assert [each.where for each in listeners] == ["audiosocket:127.0.0.1:9092", "ws://127.0.0.1:9093/shop"]
    assert troubles_of(listeners) == ["the line is not open"] * 2


def test_what_has_no_port_does_not_open(tmp_path: Path) -> None:
    assert open_listeners(settings(tmp_path)) == []


@pytest.mark.parametrize("content", [None, " \n"])
def test_a_secret_that_is_missing_is_told(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "token").write_text(content)
    for key in ("token_file", "twilio_token_file"):
        with pytest.raises(LineError, match=f"websocket.{key}"):
            open_listeners(settings(tmp_path, websocket=WebSocket(port=9093, **{key: "token"})))


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voice.channels.websocket", None)
    with pytest.raises(LineError, match=r"voxcart\[bridges\]"):
        open_listeners(settings(tmp_path, websocket=WebSocket(port=9093)))


async def test_calls_that_come_together_are_all_answered() -> None:
    async with test_audiosocket.open_line(most=8) as listener, asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(_one_key(listener))


async def _one_key(listener: Any) -> None:
    async with test_audiosocket.calling(listener) as asterisk:
        asterisk.send(test_audiosocket.KEY, b"1")
        channel = await test_audiosocket.next_call(listener)
        async for item in channel.frames():
            if getattr(item, "digits", "") == "1":
                break
