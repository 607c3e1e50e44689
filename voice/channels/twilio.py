"""Knows Twilio's Media Streams: its messages and their order. Does not know how they travel. PURE."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any

import msgspec

from voice.audio import mulaw_to_pcm, pcm_to_mulaw
from voice.channels.dialect import Began, Event, Heard, Message, Over, Pressed, Reached, number_of
from voice.errors import CallerRefused

OPENING = "connected"
ENCODING = ("audio/x-mulaw", 8000)
CALLER_TRACK = "inbound"


class _Format(msgspec.Struct):
    encoding: str
    sample_rate: int = msgspec.field(name="sampleRate")
    channels: int = 1


class _Start(msgspec.Struct):
    format: _Format = msgspec.field(name="mediaFormat")
    parameters: dict[str, str] = msgspec.field(name="customParameters", default_factory=dict)


class _Media(msgspec.Struct):
    payload: str
    track: str = CALLER_TRACK


class _Key(msgspec.Struct):
    digit: str


class _Mark(msgspec.Struct):
    name: str


class _Message(msgspec.Struct):
    event: str
    stream: str = msgspec.field(name="streamSid", default="")
    start: _Start | None = None
    media: _Media | None = None
    dtmf: _Key | None = None
    mark: _Mark | None = None


_DECODER = msgspec.json.Decoder(_Message)


class TwilioStream:
    """`connected`, `start`, then audio both ways until `stop`."""

    rate_hz = ENCODING[1]

    def __init__(self) -> None:
        self._is_connected = False
        self._stream = ""

    def hear(self, message: Message) -> Event | None:
        told = _decoded(message)
        if not self._is_connected:
            if told.event != OPENING:
                raise CallerRefused(f"the first message is not {OPENING!r}")
            self._is_connected = True
            return None
        if not self._stream:
            return self._begin(told)
        if told.stream != self._stream:
            raise CallerRefused("a message of another stream")
        return _in_call(told)

    def say(self, pcm: bytes) -> Message:
        return self._message("media", media={"payload": b64encode(pcm_to_mulaw(pcm)).decode("ascii")})

    def clear(self) -> Message:
        return self._message("clear")

    def mark(self, number: int) -> Message:
        return self._message("mark", mark={"name": str(number)})

    def hang_up(self) -> Message | None:
        return None

    def _begin(self, told: _Message) -> Began:
        if told.event != "start" or told.start is None or not told.stream:
            raise CallerRefused("audio or keys before 'start'")
        form = told.start.format
        if (form.encoding, form.sample_rate) != ENCODING or form.channels != 1:
            raise CallerRefused(f"audio of an unknown kind: {form.encoding} at {form.sample_rate} Hz")
        self._stream = told.stream
        return Began(told.start.parameters)

    def _message(self, event: str, **more: Any) -> str:
        return json.dumps({"event": event, "streamSid": self._stream, **more})


def _decoded(message: Message) -> _Message:
    try:
        return _DECODER.decode(message if isinstance(message, str) else b"")
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise CallerRefused("no message of Media Streams") from error


def _in_call(told: _Message) -> Event | None:
    match told:
        case _Message(event="media", media=_Media(payload, track)):
            return Heard(_audio(payload)) if track == CALLER_TRACK else None
        case _Message(event="dtmf", dtmf=_Key(digit)):
            return Pressed(digit)
        case _Message(event="mark", mark=_Mark(name)):
            number = number_of(name)
            return None if number is None else Reached(number)
        case _Message(event="stop"):
            return Over("the caller hung up")
        case _Message(event="connected" | "start" | "media" | "dtmf" | "mark"):
            raise CallerRefused(f"{told.event!r} twice or without its content")
    return None


def _audio(payload: str) -> bytes:
    try:
        return mulaw_to_pcm(b64decode(payload, validate=True))
    except (Base64Error, ValueError) as error:
        raise CallerRefused("audio that is not base64") from error
