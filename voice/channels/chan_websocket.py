"""Knows the protocol of Asterisk's chan_websocket, plain or JSON. Does not know how its messages travel. PURE."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from voice.audio import mulaw_to_pcm, pcm_to_mulaw
from voice.channels.dialect import Began, Event, Heard, Message, Over, Pressed, Reached, number_of
from voice.errors import CallerRefused

OPENING = "MEDIA_START"
RATES_HZ = {"slin16": 16_000, "slin": 8_000, "ulaw": 8_000}
MULAW = "ulaw"
SAMPLE_BYTES = 2


class _Notice(msgspec.Struct):
    """What both forms tell, in the names of the JSON form."""

    event: str
    format: str = ""
    digit: str = ""
    correlation_id: str = ""


_DECODER = msgspec.json.Decoder(_Notice)


class AsteriskStream:
    """`MEDIA_START`, then audio as binary messages. Commands are given in the form in which that came."""

    def __init__(self) -> None:
        self.rate_hz = 0
        self._is_mulaw = False
        self._is_json = False

    def hear(self, message: Message) -> Event | None:
        if isinstance(message, bytes):
            return Heard(self._audio(message))
        is_json = message.startswith("{")
        told = _from_json(message) if is_json else _from_words(message)
        if (told.event == OPENING) == bool(self.rate_hz):
            raise CallerRefused(f"{OPENING} twice, or something else before it")
        if told.event == OPENING:
            self._is_json = is_json
            return self._begin(told.format)
        return _in_call(told)

    def say(self, pcm: bytes) -> Message:
        return pcm_to_mulaw(pcm) if self._is_mulaw else pcm

    def clear(self) -> Message:
        return self._command("FLUSH_MEDIA")

    def mark(self, number: int) -> Message:
        return self._command("MARK_MEDIA", str(number))

    def hang_up(self) -> Message | None:
        return self._command("HANGUP")

    def _begin(self, form: str) -> Began:
        if form not in RATES_HZ:
            raise CallerRefused(f"audio of the kind {form!r}; known are {', '.join(RATES_HZ)}")
        self.rate_hz, self._is_mulaw = RATES_HZ[form], form == MULAW
        return Began()

    def _audio(self, data: bytes) -> bytes:
        if not self.rate_hz:
            raise CallerRefused(f"audio before {OPENING}")
        if self._is_mulaw:
            return mulaw_to_pcm(data)
        if len(data) % SAMPLE_BYTES:
            raise CallerRefused("half a sample")
        return data

    def _command(self, name: str, number: str = "") -> str:
        if not self._is_json:
            return f"{name} {number}".rstrip()
        return json.dumps({"command": name} | ({"correlation_id": number} if number else {}))


def _in_call(told: _Notice) -> Event | None:
    match told.event:
        case "DTMF_END":
            return Pressed(told.digit)
        case "MEDIA_MARK_PROCESSED":
            number = number_of(told.correlation_id)
            return None if number is None else Reached(number)
        case "HANGUP":
            return Over("the caller hung up")
    return None


def _from_json(message: str) -> _Notice:
    try:
        return _DECODER.decode(message)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise CallerRefused("no message of chan_websocket") from error


def _from_words(message: str) -> _Notice:
    """`NAME key:value key:value`, or `NAME id`."""
    name, *words = message.split()[:20] or [""]
    if not name.isupper():
        raise CallerRefused("no message of chan_websocket")
    values: Mapping[str, str] = dict(word.split(":", 1) for word in words if ":" in word)
    mark = words[0] if words and ":" not in words[0] else ""
    return _Notice(name, values.get("format", ""), values.get("digit", ""), mark)
