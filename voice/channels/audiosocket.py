"""Knows Asterisk's AudioSocket: how its calls come in over TCP, their audio and keys. Does not know who answers."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from fnmatch import fnmatchcase
from uuid import UUID

import structlog

from voice.audio import RATE_HZ, StreamResampler
from voice.channels.arrivals import Arrivals
from voice.channels.bridge import BridgeChannel
from voice.channels.reframing import Reframer
from voice.channels.sip_sources import allow_list
from voice.errors import CallerRefused, LineError
from voice.settings import AudioSocket
from voice.tasks import Tasks

HANG_UP, WHO, KEY, AUDIO, AUDIO_16K, ERROR = 0x00, 0x01, 0x03, 0x10, 0x12, 0xFF
RATES_HZ = {0x11: 12_000, 0x12: 16_000, 0x13: 24_000, 0x14: 32_000, 0x15: 44_100, 0x16: 48_000, 0x17: 96_000}
"""Kinds of audio that tell their rate. The rate of 0x10 is a setting: older versions send it for all."""
MOST_BYTES = {HANG_UP: 0, WHO: 16, KEY: 1}
MOST_OTHER_BYTES = 4_096
"""More than 20 ms of the widest audio."""
INTRODUCTION_S = 5.0
FAREWELL_S = 2.0
UNTAKEN_BYTES = 65_536
"""A peer that leaves so much untaken, two seconds and more, has stopped reading."""
CALLER_FILL = "f"

_HEAD = struct.Struct("!BH")

logger = structlog.get_logger(__name__)


class AudioSocketWire:
    """Asterisk plays what it gets at once and forgets nothing, so as little as possible is sent ahead."""

    lead_samples = RATE_HZ * 40 // 1000
    needs_silence = True
    can_mark = False

    def __init__(self, writer: asyncio.StreamWriter, rate_hz: int) -> None:
        self._writer = writer
        self._kind = AUDIO if rate_hz != RATES_HZ[AUDIO_16K] else AUDIO_16K
        self._sent = Reframer(rate_hz)

    def speak_as(self, kind: int, rate_hz: int) -> None:
        """Answer in the kind of audio that the peer sends."""
        self._kind, self._sent = kind, Reframer(rate_hz)

    def send(self, frame: bytes) -> None:
        if self._writer.transport.get_write_buffer_size() > UNTAKEN_BYTES:
            self._writer.transport.abort()
        elif not self._writer.is_closing():
            self._writer.write(message(self._kind, self._sent.feed(frame)))

    def clear(self) -> bool:
        return False

    def mark(self, number: int) -> None:
        """There are no marks."""

    def hang_up(self) -> None:
        """A peer that does not read its goodbye is let go all the same."""
        if not self._writer.is_closing():
            self._writer.write(message(HANG_UP))
            self._writer.close()
            asyncio.get_running_loop().call_later(FAREWELL_S, self._writer.transport.abort)


class AudioSocketListener:
    """At most `most` calls are open; the next is hung up on."""

    def __init__(self, settings: AudioSocket, most: int) -> None:
        self.port = settings.port
        """0 until the line is open = any that is free."""
        self._settings = settings
        self._most = most
        self._allowed = allow_list("audiosocket.allow", settings.allow)
        self._server: asyncio.Server | None = None
        self._serving = Tasks()
        self._answered = Arrivals[BridgeChannel]()
        self.trouble: str | None = "the line is not open"

    @property
    def where(self) -> str:
        return f"audiosocket:{self._settings.address}:{self.port}"

    async def open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._take, self._settings.address, self._settings.port)
        except OSError as error:
            raise LineError(f"The line {self.where} could not be opened: {error.strerror}.") from error
        self.port = self._server.sockets[0].getsockname()[1]
        self.trouble = None

    def calls(self) -> AsyncIterator[BridgeChannel]:
        return self._answered.taken()

    async def drain(self) -> None:
        self.trouble = "the line is closing"
        if self._server is not None:
            self._server.close()
        self._answered.end()

    async def close(self) -> None:
        self.trouble = "the line is closed"
        if self._server is not None:
            self._server.close()
        await self._serving.cancel()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.start(self._serve(reader, writer), "audiosocket")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        wire = AudioSocketWire(writer, self._settings.rate_hz)
        try:
            if self._may_come(writer):
                await self._listen(reader, wire)
        except CallerRefused as error:
            logger.warning("caller refused", reason=str(error))
        except TimeoutError:
            logger.warning("caller refused", reason="it did not say who it is")
        except (OSError, asyncio.IncompleteReadError):
            logger.info("caller gave up")
        finally:
            wire.hang_up()
            with suppress(OSError):
                await writer.wait_closed()

    def _may_come(self, writer: asyncio.StreamWriter) -> bool:
        if self._allowed is not None and writer.get_extra_info("peername")[0] not in self._allowed:
            logger.warning("caller not allowed")
            return False
        if len(self._serving) > self._most:
            logger.warning("caller refused", reason="too many calls")
            return False
        return True

    async def _listen(self, reader: asyncio.StreamReader, wire: AudioSocketWire) -> None:
        async with asyncio.timeout(INTRODUCTION_S):
            kind, payload = await next_message(reader)
        if kind != WHO or len(payload) != MOST_BYTES[WHO]:
            raise CallerRefused("the first message is no UUID")
        if self.trouble is not None:
            raise CallerRefused(self.trouble)
        uuid = str(UUID(bytes=payload))
        if not any(fnmatchcase(uuid, pattern.lower()) for pattern in self._settings.uuids):
            raise CallerRefused("its UUID is not allowed")
        caller = caller_of(uuid) if self._settings.caller_in_uuid else None
        channel = BridgeChannel(wire, caller, self._settings.media_timeout_s)
        self._answered.put(channel)
        reason = "the connection broke"
        try:
            reason = await self._hear(reader, wire, channel)
        except CallerRefused as error:
            reason = str(error)
            logger.warning("caller refused", reason=reason)
        except asyncio.CancelledError:
            reason = "the line is closed"
            raise
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            channel.end(reason)

    async def _hear(self, reader: asyncio.StreamReader, wire: AudioSocketWire, channel: BridgeChannel) -> str:
        """Until the call is over; returns why."""
        heard, audio_kind = StreamResampler(self._settings.rate_hz, RATE_HZ), 0
        while True:
            kind, payload = await next_message(reader)
            rate_hz = self._settings.rate_hz if kind == AUDIO else RATES_HZ.get(kind)
            if rate_hz is not None:
                if kind != audio_kind:
                    audio_kind, heard = kind, StreamResampler(rate_hz, RATE_HZ)
                    wire.speak_as(kind, rate_hz)
                channel.hear(heard.feed(payload))
            elif kind == HANG_UP:
                return "the caller hung up"
            elif kind == ERROR:
                return "Asterisk reports an error"
            elif kind == WHO:
                raise CallerRefused("a second UUID")
            elif kind == KEY:
                channel.press(payload.decode("ascii", "replace"))
            else:
                channel.pass_over()


async def next_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Kind and payload. Raises CallerRefused for what is too long, and what `readexactly` raises."""
    kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if length > MOST_BYTES.get(kind, MOST_OTHER_BYTES):
        raise CallerRefused("a message is too long")
    if AUDIO <= kind <= max(RATES_HZ) and length % 2:
        raise CallerRefused("half a sample")
    return kind, await reader.readexactly(length)


def message(kind: int, payload: bytes = b"") -> bytes:
    return _HEAD.pack(kind, len(payload)) + payload


def caller_of(uuid: str) -> str | None:
    """The number in the last twelve digits of a UUID; None where these are no number."""
    number = uuid.rpartition("-")[2].lstrip(CALLER_FILL)
    return number if number.isdecimal() else None
