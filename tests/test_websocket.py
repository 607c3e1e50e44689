"""Lines over a WebSocket: who may open one, what is heard, said, stopped and marked, and what ends only one of them."""

from __future__ import annotations

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from hashlib import sha1
from typing import Any

import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus

from tests.telephones import Taken, eventually, next_call, opened
from tests.test_sip_media import chirps, kept
from tests.web_peers import STREAM, AsteriskWeb, Twilio, WebPeer
from voice.audio import FRAME_SAMPLES, RATE_HZ, resample, to_pcm, to_samples
from voice.channels import websocket
from voice.channels.allowance import MOST_FRAMES
from voice.channels.bridge import AHEAD_SAMPLES
from voice.channels.twilio import TwilioStream
from voice.channels.websocket import WebSocketListener
from voice.errors import LineError, TransferRefused
from voice.settings import WebSocket

DIALECTS = pytest.mark.parametrize("dialect", [Twilio, AsteriskWeb])


def open_line(
    most: int = 4, token: str = "", auth_token: str = "", **more: Any
) -> AbstractAsyncContextManager[WebSocketListener]:
    return opened(WebSocketListener(WebSocket(**more), most, token, auth_token))


@asynccontextmanager
async def peer(
    listener: WebSocketListener, dialect: type[WebPeer] = Twilio, below: str = "", **more: Any
) -> AsyncIterator[Any]:
    headers = more.pop("headers", {})
    address = f"ws://127.0.0.1:{listener.port}/call{below}"
    offered = ["media"] if issubclass(dialect, AsteriskWeb) else None
    connection = await connect(address, subprotocols=offered, additional_headers=headers, compression=None, proxy=None)
    found = dialect(connection, **more)
    try:
        yield found
    finally:
        await found.leave()


@asynccontextmanager
async def connected(dialect: type[WebPeer] = Twilio, **more: Any) -> AsyncIterator[tuple[Any, Taken]]:
    async with open_line() as listener, peer(listener, dialect, **more) as caller:
        await caller.begin()
        taken = Taken(await next_call(listener))
        yield caller, taken
        await caller.leave()
        await taken.over()


async def refused(listener: WebSocketListener, status: int, below: str = "", **headers: str) -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(InvalidStatus) as caught:
        async with peer(listener, below=below, headers=headers):
            pytest.fail("it is let in")
    assert caught.value.response.status_code == status
    assert any(each["event"] == "caller refused" for each in logs)


async def answered(listener: WebSocketListener, below: str = "", **parameters: str) -> Taken:
    """A call gets through; it is then over."""
    async with peer(listener, below=below) as caller:
        await caller.begin(**parameters)
        return Taken(await next_call(listener))


async def test_a_token_in_path_query_or_parameter() -> None:
    async with open_line(token="secret") as listener:
        await answered(listener, "/secret")
        await answered(listener, "?token=secret")
        await answered(listener, token="secret")
        await refused(listener, 403, "/wrong")


@pytest.mark.parametrize("parameters", [{}, {"token": "wrong"}])
async def test_without_the_token_no_call_begins(parameters: dict[str, str]) -> None:
    async with open_line(token="secret") as listener, peer(listener) as caller:
        with structlog.testing.capture_logs() as logs:
            await caller.begin(**parameters)
            await eventually(lambda: caller.hung_up, "it is hung up on")
        assert any(each.get("reason") == "wrong token" for each in logs)
        await answered(listener, "/secret")


async def test_asterisk_has_no_parameters_to_hold_a_token() -> None:
    async with open_line(token="secret") as listener, peer(listener, AsteriskWeb) as caller:
        await caller.begin()
        await eventually(lambda: caller.hung_up, "it is hung up on")
        async with peer(listener, AsteriskWeb, "/secret") as other:
            await other.begin()
            await next_call(listener)


async def test_twilios_signature() -> None:
    async with open_line(auth_token="12345", public_url="wss://shop.example.com") as listener:
        made = hmac.digest(b"12345", b"wss://shop.example.com/call", sha1)
        good = {"X-Twilio-Signature": b64encode(made).decode()}
        async with peer(listener, headers=good) as caller:
            await caller.begin()
            await next_call(listener)
        await refused(listener, 403, **{"X-Twilio-Signature": b64encode(b"x" * 20).decode()})
        await refused(listener, 403)


async def test_only_the_path_and_allowed_addresses() -> None:
    async with open_line() as listener:
        await refused(listener, 404, "/a/b")
    async with open_line(allow=("192.0.2.0/24",)) as listener:
        await refused(listener, 403)


async def test_no_web_page_comes_in() -> None:
    async with open_line() as listener:
        await refused(listener, 403, Origin="https://evil.example.com")


async def test_one_call_more_than_there_are_lines_gets_503() -> None:
    async with open_line(most=1) as listener, peer(listener) as caller:
        await caller.begin()
        taken = Taken(await next_call(listener))
        await refused(listener, 503)
        assert not taken.task.done()
        await caller.end()
        await taken.over()
        await answered(listener)


def test_a_wrong_address_is_told() -> None:
    with pytest.raises(LineError, match=r"websocket\.allow"):
        WebSocketListener(WebSocket(allow=("shop",)), 1)


@pytest.mark.parametrize("changes", [{}, {"certificate": "/nowhere.pem"}])
async def test_a_line_that_cannot_be_opened_is_told(changes: dict[str, str]) -> None:
    async with open_line() as listener:
        with pytest.raises(LineError, match="could not be opened"):
            await WebSocketListener(WebSocket(port=listener.port, **changes), 1).open()


async def test_where_it_is() -> None:
    async with open_line() as listener:
        assert listener.where == f"ws://127.0.0.1:{listener.port}/call"
        assert listener.trouble is None
    assert listener.trouble == "the line is closed"


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("hello", "no message of Media Streams"),
        (b"\0" * 640, "no message of Media Streams"),
        ('{"event": "start"}', "not 'connected'"),
        ("MEDIA_START format:opus", "audio of the kind 'opus'"),
        ("[" * 60_000, "no message of Media Streams"),
    ],
)
async def test_what_is_no_beginning_is_refused(first: str | bytes, why: str) -> None:
    async with open_line() as listener, peer(listener) as caller:
        with structlog.testing.capture_logs() as logs:
            await caller.connection.send(first)
            await eventually(lambda: caller.hung_up, "it is hung up on")
        assert any(why in each.get("reason", "") for each in logs)
        await answered(listener)


async def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INTRODUCTION_S", 0.1)
    async with open_line() as listener, peer(listener) as caller:
        await eventually(lambda: caller.hung_up, "it is hung up on")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("no json", "no message of Media Streams"),
        (json.dumps({"event": "media", "streamSid": "MZ9", "media": {"payload": ""}}), "another stream"),
        (json.dumps({"event": "media", "streamSid": STREAM, "media": {"payload": "?"}}), "not base64"),
        (json.dumps({"event": "connected"}), "another stream"),
        ("x" * 70_000, "too long"),
    ],
)
async def test_who_breaks_the_rules_ends_its_own_call_only(message: str, why: str) -> None:
    async with open_line() as listener, peer(listener) as caller, peer(listener) as other:
        await caller.begin()
        taken = Taken(await next_call(listener))
        await other.begin()
        untouched = Taken(await next_call(listener))
        with structlog.testing.capture_logs() as logs:
            await caller.connection.send(message)
            await taken.over()
        assert any(why in each.get("reason", "") for each in logs)
        await other.press("7")
        await eventually(lambda: untouched.keys == "7", "the other call goes on")


async def test_a_flood_ends_its_own_call_only() -> None:
    async with open_line() as listener, peer(listener, AsteriskWeb) as flooding, peer(listener) as other:
        await flooding.begin()
        taken = Taken(await next_call(listener))
        await other.begin()
        untouched = Taken(await next_call(listener))
        with structlog.testing.capture_logs() as logs:
            for _ in range(int(MOST_FRAMES) // 50):
                with suppress(ConnectionClosed):
                    await flooding.say(bytes(64_000))
            await taken.over()
        assert any(each.get("reason") == "flooded" for each in logs)
        await other.press("7")
        await eventually(lambda: untouched.keys == "7", "the other call goes on")


@DIALECTS
async def test_keys_come_through_once_each(dialect: type[WebPeer]) -> None:
    async with connected(dialect) as (caller, taken):
        for key in "4739*#x":
            await caller.press(key)
        await eventually(lambda: taken.keys == "4739*#", "the keys come through")


async def test_who_calls_is_told_by_the_other_side() -> None:
    async with open_line() as listener:
        assert (await answered(listener, caller="+15550100")).channel.caller == "+15550100"
        assert (await answered(listener, "?caller=%2B15550100")).channel.caller == "+15550100"
        assert (await answered(listener)).channel.caller is None


async def test_the_caller_hangs_up() -> None:
    async with connected() as (caller, taken):
        await caller.end()
        await taken.over()
        await taken.channel.play(bytes(64_000))
        await taken.channel.drain()
        await taken.channel.hang_up()


async def test_the_connection_breaks() -> None:
    async with connected() as (caller, taken):
        caller.connection.transport.abort()
        await taken.over()


@DIALECTS
async def test_we_hang_up(dialect: type[WebPeer]) -> None:
    async with connected(dialect) as (caller, taken):
        await taken.channel.hang_up()
        await taken.over()
        await eventually(lambda: caller.hung_up, "the line is closed")
        assert caller.commands == (["HANGUP"] if dialect is AsteriskWeb else [])


async def test_a_call_cannot_be_handed_over() -> None:
    async with connected() as (_, taken):
        with pytest.raises(TransferRefused, match="system before this one"):
            await taken.channel.transfer("sip:person@example.org", 5.0)
        assert not taken.task.done()


async def test_draining_lets_calls_go_on_and_closing_ends_them() -> None:
    before = asyncio.all_tasks()
    async with open_line() as listener, peer(listener) as caller:
        await caller.begin()
        taken = Taken(await next_call(listener))
        port = listener.port
        await listener.drain()
        assert [call async for call in listener.calls()] == []
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await asyncio.open_connection("127.0.0.1", port)
        await caller.press("5")
        await eventually(lambda: taken.keys == "5", "the call goes on")
        await listener.close()
        await taken.over()
        await eventually(lambda: caller.hung_up, "it is told")
    assert asyncio.all_tasks() == before


class Stuck:
    """A connection whose peer does not read."""

    def __init__(self) -> None:
        self.transport, self.aborted = self, asyncio.Event()

    def abort(self) -> None:
        self.aborted.set()

    async def send(self, _message: str | bytes) -> None:
        await self.aborted.wait()
        raise ConnectionClosedError(None, None)

    async def recv(self) -> str | bytes:
        await self.aborted.wait()
        raise ConnectionClosedError(None, None)

    async def close(self) -> None:
        await self.aborted.wait()


async def test_who_does_not_take_what_is_said_is_let_go() -> None:
    stuck = Stuck()
    wire = websocket.WebSocketWire(stuck, TwilioStream())
    carrying = asyncio.create_task(wire.carry())
    for _ in range(websocket.UNTAKEN_MESSAGES + 10):
        wire.send(bytes(640))
        await asyncio.sleep(0)
    assert stuck.aborted.is_set()
    wire.hang_up()
    await carrying


async def test_hanging_up_does_not_wait_for_who_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "FAREWELL_S", 0.05)
    stuck, listener = Stuck(), WebSocketListener(WebSocket(), 1)
    talking = asyncio.create_task(listener._talk(stuck, TwilioStream(), None))
    channel = await next_call(listener)
    await channel.play(bytes(640))
    await channel.hang_up()
    await eventually(talking.done, "the line is closed")
    assert stuck.aborted.is_set()


@pytest.mark.device
@DIALECTS
async def test_what_the_caller_says_is_heard(dialect: type[WebPeer]) -> None:
    said = chirps(2, dialect.rate_hz)
    async with connected(dialect) as (caller, taken):
        await caller.speak(said)
        await eventually(lambda: len(taken.frames) > 105, "the rest arrives")
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, dialect.rate_hz))
        assert kept(said, heard, dialect.rate_hz // 10) >= 0.9
        starts = [frame.start for frame in taken.frames]
        assert starts == list(range(0, 320 * len(starts), 320))


@pytest.mark.device
@pytest.mark.parametrize(("dialect", "more"), [(Twilio, {}), (AsteriskWeb, {}), (AsteriskWeb, {"is_json": True})])
async def test_what_the_shop_says_is_heard_to_the_end(dialect: type[WebPeer], more: dict[str, Any]) -> None:
    said = chirps(2.01, RATE_HZ)
    async with connected(dialect, **more) as (caller, taken):
        await taken.channel.play(said)
        await taken.channel.drain()
        heard = to_pcm(resample(to_samples(bytes(caller.heard)), dialect.rate_hz, RATE_HZ))
        assert kept(said[: 4 * RATE_HZ], heard, 1600) >= 0.9
        assert len(caller.heard) // 2 == caller.sent
        assert caller.most_waiting <= 8  # 100 ms, and what the way adds


@pytest.mark.device
async def test_drained_is_what_the_peer_has_played_not_what_it_got() -> None:
    """A peer that is late by half a second is waited for."""

    class Late(Twilio):
        async def _tell_mark(self, name: str) -> None:
            await asyncio.sleep(0.5)
            await super()._tell_mark(name)

    async with connected(Late) as (_, taken):
        began = asyncio.get_running_loop().time()
        await taken.channel.play(bytes(6400))
        await taken.channel.drain()
        assert asyncio.get_running_loop().time() - began > 0.6


@pytest.mark.device
async def test_asterisk_may_be_too_old_for_marks() -> None:
    async with connected(AsteriskWeb, keeps_marks=False) as (caller, taken):
        for _ in range(2):
            await taken.channel.play(bytes(6400))
            await taken.channel.drain()
        assert caller.commands == ["MARK_MEDIA"]


@pytest.mark.device
@DIALECTS
async def test_flushing_stops_what_is_said_within_100_ms(dialect: type[WebPeer]) -> None:
    async with connected(dialect) as (caller, taken):
        playing = asyncio.create_task(taken.channel.play(chirps(3, RATE_HZ)))
        await asyncio.sleep(0.5)
        playing.cancel()
        before = len(caller.heard)
        dropped = taken.channel.flush()
        assert 0 < dropped <= AHEAD_SAMPLES + FRAME_SAMPLES
        await asyncio.sleep(0.3)
        assert (len(caller.heard) - before) / 2 / dialect.rate_hz < 0.1
        assert caller.flushed > 0
        await taken.channel.play(bytes(6400))
        await taken.channel.drain()
