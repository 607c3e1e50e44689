"""How calls that come in are taken, refused, counted and ended; with fakes for lines and engines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import structlog
from prometheus_client import generate_latest

from tests.fakes import FakeChannel, FakeRecognizer, FakeSynthesizer, FakeVoice
from tests.small_shop import KIOSK
from voice.channels.caller import AfterPrompt, Cue, Leave, Press
from voice.channels.live import LiveChannel
from voice.errors import LineError
from voxcart import serve
from voxcart.build import Engines
from voxcart.config import CallChoice, Config, HumanChoice, MetricsChoice, StoreChoice
from voxcart.errors import VoxcartError
from voxcart.lines import Callers, Lines
from voxcart.live_shop import LiveShop
from voxcart.metrics import Metrics, shown
from voxcart.serve import Switchboard, figures_shown, open_listeners

LEAVES = Cue(Leave(), AfterPrompt())


class FakeListener:
    """Brings the calls it is given, one after the other."""

    def __init__(self, fails: bool = False) -> None:
        self.trouble: str | None = None
        self.where = "fake:line"
        self.done: list[str] = []
        self._calls: asyncio.Queue[LiveChannel | None] = asyncio.Queue()
        self._fails = fails

    def ring(self, channel: FakeChannel) -> FakeChannel:
        self._calls.put_nowait(channel)
        return channel

    async def calls(self) -> AsyncIterator[LiveChannel]:
        while (channel := await self._calls.get()) is not None:
            yield channel

    async def open(self) -> None:
        if self._fails:
            raise LineError("no such line")
        self.done.append("open")

    async def drain(self) -> None:
        self.done.append("drain")
        self._calls.put_nowait(None)

    async def close(self) -> None:
        self.done.append("close")


class Waiting(FakeChannel):
    """A caller who stays until it is let go, and says nothing."""

    def __init__(self) -> None:
        super().__init__(silence_s=1000)
        self.let_go = asyncio.Event()

    async def frames(self) -> AsyncIterator[object]:
        await self.let_go.wait()
        return
        yield


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Switchboard]:
    config = Config(base=tmp_path, store=StoreChoice("shop.db"), calls=CallChoice(most=1))
    voice = FakeVoice()
    engines = Engines(FakeRecognizer(voice), None, FakeSynthesizer())
    live = LiveShop(config, "coffee")
    lines = Lines(config.calls.most)
    yield Switchboard(config, live, engines, lines, metrics=Metrics(lambda: lines.open_calls))
    live.close()


def figures(board: Switchboard) -> str:
    return generate_latest(board.metrics.registry).decode()


def said(board: Switchboard) -> str:
    return " ".join(board.engines.synthesizer.said)


async def soon(condition: Callable[[], object]) -> None:
    for _ in range(8000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not happen")


async def test_a_call_is_taken_counted_and_kept_in_the_log(board: Switchboard) -> None:
    await board.take(FakeChannel(Cue(Press("9")), LEAVES))
    with board.live.call() as opening:
        (call,) = opening.front.shop.store.calls()
        assert call.call.startswith("call-")
    assert board.lines.open_calls == 0
    assert 'voxcart_calls_total{end="caller"} 1.0' in figures(board)
    assert 'voxcart_turns_total{heard="keys"} 1.0' in figures(board)
    assert 'voxcart_stage_seconds_count{stage="first_audio"}' in figures(board)


async def test_an_edited_shop_file_is_ready_before_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "LOOK_S", 0.01)
    file = tmp_path / "kiosk.toml"
    file.write_text('greeting = "Welcome."\n' + KIOSK)
    config = Config(base=tmp_path, store=StoreChoice("shop.db"))
    live, synthesizer = LiveShop(config, str(file)), FakeSynthesizer()
    board = Switchboard(config, live, Engines(FakeRecognizer(FakeVoice()), None, synthesizer), Lines(1))
    async with board.answering([]):
        file.write_text('greeting = "Good day."\n' + KIOSK.replace("price = 3.33", "price = 4.44"))
        await soon(lambda: synthesizer.prepared)
        assert "Good day." in synthesizer.prepared
        await board.take(FakeChannel(LEAVES))
        assert synthesizer.said[0] == "Good day."
        with live.call() as opening:
            assert opening.front.catalog.by_id["cake"].price.minor == 444
    live.close()


async def test_one_call_too_many_hears_that_all_lines_are_busy(board: Switchboard) -> None:
    with board.lines.admit() or pytest.fail("a place"):
        channel = FakeChannel()
        await board.take(channel)
    assert "busy" in said(board)
    assert channel.hung_up
    assert 'voxcart_calls_total{end="refused"} 1.0' in figures(board)


async def test_who_calls_too_often_hears_so_and_the_models_are_left_alone(board: Switchboard) -> None:
    board = replace(board, callers=Callers(most=2))
    for _ in range(4):
        await board.take(FakeChannel(LEAVES))
    assert said(board).count("very often") == 2
    assert 'voxcart_calls_total{end="refused"} 2.0' in figures(board)
    with board.live.call() as opening:
        assert len(opening.front.shop.store.calls()) == 2
    assert board.lines.open_calls == 0


@pytest.mark.parametrize("takes_over", [None, False, True])
async def test_a_person_takes_over_where_line_and_settings_can(board: Switchboard, takes_over: bool | None) -> None:
    human = HumanChoice(transfer_to="sip:desk@192.0.2.7")
    board = replace(board, config=replace(board.config, human=human))
    channel = FakeChannel(Cue(Press("0"), AfterPrompt()), LEAVES)
    channel.takes_over = takes_over
    await board.take(channel)
    assert channel.handed_to == ([] if takes_over is None else [human.transfer_to])
    end = {None: "shop", False: "caller", True: "person"}[takes_over]
    assert f'voxcart_calls_total{{end="{end}"}} 1.0' in figures(board)
    with board.live.call() as opening, opening.front.shop.store.transaction():
        [ticket] = opening.front.shop.store.tickets()
    assert (ticket["closed"] is not None) == bool(takes_over)


async def test_a_call_that_fails_touches_no_other(board: Switchboard) -> None:
    class Broken(FakeChannel):
        async def frames(self) -> AsyncIterator[object]:
            raise OSError("the cable is cut")
            yield

    listener = FakeListener()
    async with board.answering([listener]):
        with structlog.testing.capture_logs() as logs:
            broken = listener.ring(Broken())
            await soon(lambda: any(each["event"] == "call failed" for each in logs))
            whole = listener.ring(FakeChannel(LEAVES))
            await soon(lambda: whole.hung_up)
    assert broken.hung_up
    assert 'voxcart_calls_total{end="failed"} 1.0' in figures(board)
    assert 'voxcart_calls_total{end="caller"} 1.0' in figures(board)


async def test_asked_to_end_it_lets_the_call_finish(board: Switchboard) -> None:
    listener, stop, abandon = FakeListener(), asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(board.serve([listener], stop, abandon))
    channel = listener.ring(Waiting())
    await soon(lambda: board.lines.open_calls == 1)
    stop.set()
    await soon(lambda: "drain" in listener.done)
    assert not serving.done()
    channel.let_go.set()
    async with asyncio.timeout(10):
        await serving
    assert listener.done == ["open", "drain", "close"]
    assert channel.hung_up


async def test_asked_twice_it_ends_the_call(board: Switchboard) -> None:
    listener, stop, abandon = FakeListener(), asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(board.serve([listener], stop, abandon))
    channel = listener.ring(Waiting())
    await soon(lambda: board.lines.open_calls == 1)
    stop.set()
    abandon.set()
    async with asyncio.timeout(10):
        await serving
    assert channel.hung_up
    assert board.lines.open_calls == 0


async def test_nothing_is_left_behind(board: Switchboard) -> None:
    before = asyncio.all_tasks()
    listener = FakeListener()
    async with board.answering([listener]):
        listener.ring(Waiting())
        await soon(lambda: board.lines.open_calls == 1)
    assert asyncio.all_tasks() == before


async def test_a_line_that_does_not_open_closes_those_that_did(board: Switchboard) -> None:
    first = FakeListener()
    with pytest.raises(LineError, match="no such line"):
        async with board.answering([first, FakeListener(fails=True)]):
            pytest.fail("a line is missing")
    assert first.done == ["open", "close"]


async def test_it_is_told_where_calls_come_in(board: Switchboard) -> None:
    told: list[str] = []
    async with replace(board, told=told.append).answering([FakeListener()]):
        assert told == ["fake:line"]


async def test_calls_are_recorded_where_that_is_configured(board: Switchboard, tmp_path: Path) -> None:
    recording = replace(board.config.voice.recording, enabled=True, folder=str(tmp_path / "kept"))
    config = replace(board.config, voice=replace(board.config.voice, recording=recording))
    await replace(board, config=config).take(FakeChannel(Cue(Press("9")), LEAVES))
    assert len(list((tmp_path / "kept").glob("call-*.wav"))) == 1


def test_figures_and_health_are_shown(board: Switchboard) -> None:
    found: list[str] = []
    with shown(board.metrics, lambda: found, "127.0.0.1", 0) as port:
        assert b"voxcart_open_calls 0.0" in urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read()
        health = urlopen(f"http://127.0.0.1:{port}/health", timeout=10)
        assert json.load(health) == {"well": True, "trouble": []}
        found.append("not registered: 503")
        with pytest.raises(HTTPError) as caught:
            urlopen(f"http://127.0.0.1:{port}/health", timeout=10)
        assert caught.value.code == 503
        assert json.load(caught.value)["trouble"] == ["not registered: 503"]
        caught.value.close()
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{port}/else", timeout=10)


def test_a_port_in_use_is_told(board: Switchboard) -> None:
    with shown(board.metrics, list, "127.0.0.1", 0) as port:
        config = replace(board.config, metrics=MetricsChoice(port=port))
        with pytest.raises(VoxcartError, match=f"127.0.0.1:{port}"), figures_shown(replace(board, config=config), []):
            pytest.fail("the port is in use")


async def test_no_figure_tells_who_called(board: Switchboard) -> None:
    await board.take(FakeChannel(LEAVES))
    assert "5550100" not in figures(board)


def test_a_password_file_that_is_missing_is_told(tmp_path: Path) -> None:
    config = Config(base=tmp_path)
    config = replace(config, sip=replace(config.sip, password_file="absent"))
    with pytest.raises(LineError, match=r"password_file .*absent cannot be read"):
        open_listeners(config)
