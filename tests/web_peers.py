"""Twilio and Asterisk as they are at the other end of a WebSocket, from the descriptions of their protocols."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections import deque
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from voice.audio import mulaw_to_pcm, pcm_to_mulaw, silence

FRAME_S = 0.02
STREAM = "MZ18ad3ab5a668481ce02b83e7395059f0"


class WebPeer(ABC):
    """Plays what it gets, 20 ms at a time, to `heard`, and with the silence between to `line`; marks are told when
    they are reached. `sent` is how much came in all, `most_waiting` how many frames ever waited to be played."""

    rate_hz = 8000

    def __init__(self, connection: ClientConnection, keeps_marks: bool = True) -> None:
        self.connection = connection
        self.heard = bytearray()
        self.line = bytearray()
        self.sent = self.most_waiting = self.flushed = 0
        self.commands: list[str] = []
        self.hung_up = False
        self._keeps_marks = keeps_marks
        self._waiting: deque[bytes | str] = deque()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._play())]

    @property
    def is_over(self) -> bool:
        return self.hung_up

    async def leave(self) -> None:
        await self.connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def speak(self, pcm: bytes) -> None:
        """In real time, at `rate_hz`."""
        loop, size = asyncio.get_running_loop(), 2 * self.rate_hz // 50
        began = loop.time()
        for number, at in enumerate(range(0, len(pcm), size)):
            await asyncio.sleep(max(0.0, began + number * FRAME_S - loop.time()))
            await self.say(pcm[at : at + size])

    @abstractmethod
    async def say(self, pcm: bytes) -> None: ...

    @abstractmethod
    async def _take(self, message: str | bytes) -> None: ...

    @abstractmethod
    async def _tell_mark(self, name: str) -> None: ...

    def _enqueue(self, pcm: bytes) -> None:
        self.sent += len(pcm) // 2
        self._waiting.append(pcm)
        self.most_waiting = max(self.most_waiting, sum(isinstance(each, bytes) for each in self._waiting))

    async def _listen(self) -> None:
        try:
            async for message in self.connection:
                await self._take(message)
        except ConnectionClosed:
            pass
        self.hung_up = True

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self.hung_up:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))
            while self._waiting and isinstance(self._waiting[0], str):
                await self._tell_mark(str(self._waiting.popleft()))
            frame = bytes(self._waiting.popleft()) if self._waiting else b""
            self.heard += frame
            self.line += frame or silence(self.rate_hz // 50)


class Twilio(WebPeer):
    """Media Streams, both ways."""

    async def begin(self, **parameters: str) -> Twilio:
        await self.tell(event="connected", protocol="Call", version="1.0.0")
        start = {
            "streamSid": STREAM,
            "accountSid": "AC0",
            "callSid": "CA0",
            "tracks": ["inbound"],
            "customParameters": parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        await self.tell(event="start", sequenceNumber="1", start=start, streamSid=STREAM)
        return self

    async def tell(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def say(self, pcm: bytes) -> None:
        payload = b64encode(pcm_to_mulaw(pcm)).decode()
        await self.tell(event="media", streamSid=STREAM, media={"track": "inbound", "chunk": "1", "payload": payload})

    async def press(self, digit: str) -> None:
        await self.tell(event="dtmf", streamSid=STREAM, dtmf={"track": "inbound_track", "digit": digit})

    async def end(self) -> None:
        await self.tell(event="stop", streamSid=STREAM, stop={"accountSid": "AC0", "callSid": "CA0"})

    async def _take(self, message: str | bytes) -> None:
        told = json.loads(message)
        assert told["streamSid"] == STREAM
        match told["event"]:
            case "media":
                self._enqueue(mulaw_to_pcm(b64decode(told["media"]["payload"])))
            case "mark":
                self._waiting.append(told["mark"]["name"])
            case "clear":
                self.flushed += sum(len(each) // 2 for each in self._waiting if isinstance(each, bytes))
                marks = [each for each in self._waiting if isinstance(each, str)]
                self._waiting.clear()
                for name in marks:
                    await self._tell_mark(name)
            case other:
                raise AssertionError(other)

    async def _tell_mark(self, name: str) -> None:
        if self._keeps_marks:
            await self.tell(event="mark", streamSid=STREAM, mark={"name": name})


class AsteriskWeb(WebPeer):
    """chan_websocket with slin16; `is_json`: the form of its notices and our commands."""

    rate_hz = 16_000

    def __init__(self, connection: ClientConnection, keeps_marks: bool = True, is_json: bool = False) -> None:
        super().__init__(connection, keeps_marks)
        self._is_json = is_json

    async def begin(self, form: str = "slin16") -> AsteriskWeb:
        values = {"connection_id": "shop", "channel": "WebSocket/shop/0x7f", "format": form}
        await self.notify("MEDIA_START", **values, optimal_frame_size=640, ptime=20)
        return self

    async def notify(self, event: str, **values: Any) -> None:
        if self._is_json:
            await self.connection.send(json.dumps({"event": event, "channel_id": "1761245643.1", **values}))
        elif "correlation_id" in values:
            await self.connection.send(f"{event} {values['correlation_id']}")
        else:
            await self.connection.send(" ".join([event, *(f"{key}:{value}" for key, value in values.items())]))

    async def say(self, pcm: bytes) -> None:
        await self.connection.send(pcm)

    async def press(self, digit: str) -> None:
        await self.notify("DTMF_END", digit=digit)

    async def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            assert len(message) == 640, "the driver drops what fills no frame"
            self._enqueue(message)
            return
        assert len(message) <= 128
        told = json.loads(message) if self._is_json else {}
        command, _, data = (told["command"], "", told.get("correlation_id")) if told else message.partition(" ")
        self.commands.append(command)
        match command:
            case "MARK_MEDIA":
                self._waiting.append(data)
            case "FLUSH_MEDIA":
                self.flushed += sum(len(each) // 2 for each in self._waiting if isinstance(each, bytes))
                self._waiting.clear()
            case "HANGUP":
                await self.connection.close()
            case other:
                raise AssertionError(other)

    async def _tell_mark(self, name: str) -> None:
        if self._keeps_marks:
            await self.notify("MEDIA_MARK_PROCESSED", correlation_id=name)
