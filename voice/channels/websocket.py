"""Knows lines over a WebSocket, in whichever dialect the first message is. Does not know who answers."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from voice.audio import RATE_HZ, StreamResampler
from voice.channels import chan_websocket
from voice.channels.arrivals import Arrivals
from voice.channels.bridge import AHEAD_SAMPLES, BridgeChannel
from voice.channels.chan_websocket import AsteriskStream
from voice.channels.dialect import Began, Dialect, Heard, Message, Over, Pressed, Reached
from voice.channels.reframing import Reframer
from voice.channels.sip_sources import allow_list
from voice.channels.twilio import TwilioStream
from voice.channels.websocket_gate import TOKEN, Gate
from voice.errors import CallerRefused, LineError
from voice.settings import WebSocket
from voice.tasks import Tasks

SUBPROTOCOLS = ("media", "audio.twilio.com")
CALLER = "caller"
INTRODUCTION_S = 5.0
FAREWELL_S = 2.0
MOST_BYTES = 65_536
UNTAKEN_MESSAGES = 200
"""A peer that leaves so many untaken, three seconds and more, has stopped reading."""

logger = structlog.get_logger(__name__)


class WebSocketWire:
    """What waits to be sent; `carry` sends it. The peer plays in its own time and can forget."""

    lead_samples = AHEAD_SAMPLES
    needs_silence = False
    can_mark = True

    def __init__(self, connection: ServerConnection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._reframer = Reframer(dialect.rate_hz)
        self._waiting: deque[Message] = deque()
        self._news = asyncio.Event()
        self._is_over = False

    def send(self, frame: bytes) -> None:
        self._put(self._dialect.say(self._reframer.feed(frame)))

    def clear(self) -> bool:
        self._reframer = Reframer(self._dialect.rate_hz)
        self._waiting.clear()
        self._put(self._dialect.clear())
        return True

    def mark(self, number: int) -> None:
        self._put(self._dialect.mark(number))

    def hang_up(self) -> None:
        """A peer that does not read its goodbye is let go all the same."""
        farewell = self._dialect.hang_up()
        if farewell is not None:
            self._put(farewell)
        self._is_over = True
        self._news.set()
        asyncio.get_running_loop().call_later(2 * FAREWELL_S, self._connection.transport.abort)

    async def carry(self) -> None:
        """Until the line is over; then it is closed."""
        with suppress(ConnectionClosed):
            while self._waiting or not self._is_over:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    await self._connection.send(self._waiting.popleft())
        await self._connection.close()

    def _put(self, message: Message) -> None:
        if len(self._waiting) >= UNTAKEN_MESSAGES:
            self._connection.transport.abort()
        elif not self._is_over:
            self._waiting.append(message)
            self._news.set()


class WebSocketListener:
    """At most `most` calls are open; the next gets 503. `token` and `auth_token` as the `Gate` has them."""

    def __init__(self, settings: WebSocket, most: int, token: str = "", auth_token: str = "") -> None:
        self.port = settings.port
        """0 until the line is open = any that is free."""
        self._settings = settings
        self._most = most
        self._allowed = allow_list("websocket.allow", settings.allow)
        self._gate = Gate(settings.path, settings.public_url, token, auth_token)
        self._server: Server | None = None
        self._serving = Tasks()
        self._answered = Arrivals[BridgeChannel]()
        self.trouble: str | None = "the line is not open"

    @property
    def where(self) -> str:
        scheme = "wss" if self._settings.certificate else "ws"
        return f"{scheme}://{self._settings.address}:{self.port}{self._settings.path}"

    async def open(self) -> None:
        try:
            self._server = await serve(
                self._take,
                self._settings.address,
                self._settings.port,
                process_request=self._meet,
                select_subprotocol=_subprotocol,
                ssl=_encryption(self._settings.certificate),
                compression=None,
                server_header=None,
                ping_interval=None,  # a dead line has no audio, which is told sooner
                max_size=MOST_BYTES,
                open_timeout=INTRODUCTION_S,
                close_timeout=FAREWELL_S,
            )
        except OSError as error:
            raise LineError(f"The line {self.where} could not be opened: {error.strerror}.") from error
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self.trouble = None

    def calls(self) -> AsyncIterator[BridgeChannel]:
        return self._answered.taken()

    async def drain(self) -> None:
        self.trouble = "the line is closing"
        if self._server is not None:
            self._server.close(close_connections=False)
        self._answered.end()

    async def close(self) -> None:
        self.trouble = "the line is closed"
        await self._serving.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _meet(self, connection: ServerConnection, request: Request) -> Response | None:
        """None = the request may become a line."""
        if self._allowed is not None and connection.remote_address[0] not in self._allowed:
            return _refusal(connection, HTTPStatus.FORBIDDEN, "its address is not allowed")
        if not self._gate.knows_path(request.path):
            return _refusal(connection, HTTPStatus.NOT_FOUND, "no line at this path")
        if self._gate.lets_in(request.path, request.headers) is False:
            return _refusal(connection, HTTPStatus.FORBIDDEN, "wrong token or signature")
        if len(self._serving) >= self._most:
            return _refusal(connection, HTTPStatus.SERVICE_UNAVAILABLE, "too many calls")
        return None

    async def _take(self, connection: ServerConnection) -> None:
        await asyncio.wait({self._serving.start(self._serve(connection), "websocket")})

    async def _serve(self, connection: ServerConnection) -> None:
        """One line, to its end."""
        try:
            async with asyncio.timeout(INTRODUCTION_S):
                dialect, began = await _introduction(connection)
            caller = self._admit(connection, began)
        except CallerRefused as error:
            logger.warning("caller refused", reason=str(error))
        except TimeoutError:
            logger.warning("caller refused", reason="it did not say who it is")
        except ConnectionClosed:
            logger.info("caller gave up")
        else:
            await self._talk(connection, dialect, caller)

    def _admit(self, connection: ServerConnection, began: Began) -> str | None:
        """Who calls. Raises CallerRefused."""
        request = connection.request
        assert request is not None
        if self.trouble is not None:
            raise CallerRefused(self.trouble)
        let_in = self._gate.lets_in(request.path, request.headers)
        if not let_in and not self._gate.accepts(began.parameters.get(TOKEN, "")):
            raise CallerRefused("wrong token")
        asked = parse_qs(urlsplit(request.path).query).get(CALLER, [""])[0]
        return began.parameters.get(CALLER) or asked or None

    async def _talk(self, connection: ServerConnection, dialect: Dialect, caller: str | None) -> None:
        wire = WebSocketWire(connection, dialect)
        channel = BridgeChannel(wire, caller, self._settings.media_timeout_s)
        carrying = asyncio.create_task(wire.carry(), name="carrying")
        self._answered.put(channel)
        reason = "the line is closed"
        try:
            reason = await _hear(connection, dialect, channel)
        finally:
            channel.end(reason)
            await asyncio.wait({carrying})


async def _introduction(connection: ServerConnection) -> tuple[Dialect, Began]:
    """The first messages, up to where the call begins. Raises CallerRefused, and what `recv` raises."""
    first = await connection.recv()
    opens = isinstance(first, str) and chan_websocket.OPENING in first
    dialect: Dialect = AsteriskStream() if opens else TwilioStream()
    event = dialect.hear(first)
    while event is None:
        event = dialect.hear(await connection.recv())
    if not isinstance(event, Began):
        raise CallerRefused("the call is over before it began")
    return dialect, event


async def _hear(connection: ServerConnection, dialect: Dialect, channel: BridgeChannel) -> str:
    """Until the call is over; returns why."""
    heard = StreamResampler(dialect.rate_hz, RATE_HZ)
    try:
        while True:
            match dialect.hear(await connection.recv()):
                case Heard(pcm):
                    channel.hear(heard.feed(pcm))
                case Pressed(key):
                    channel.press(key)
                case Reached(number):
                    channel.reach(number)
                case Over(reason):
                    return reason
                case _:
                    channel.pass_over()
    except CallerRefused as error:
        logger.warning("caller refused", reason=str(error))
        return str(error)
    except ConnectionClosed as error:
        return "a message is too long" if error.sent is not None and error.sent.code == 1009 else "the caller hung up"


def _refusal(connection: ServerConnection, status: HTTPStatus, reason: str) -> Response:
    logger.warning("caller refused", reason=reason)
    return connection.respond(status, f"{status.phrase}\n")


def _subprotocol(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((each for each in offered if each in SUBPROTOCOLS), None)


def _encryption(certificate: str) -> ssl.SSLContext | None:
    """Raises OSError where the certificate cannot be read."""
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
