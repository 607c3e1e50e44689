"""Twilio's messages: their order, their content, and what is no message of theirs."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from voice.audio import mulaw_to_pcm, pcm_to_mulaw
from voice.channels.dialect import Began, Heard, Over, Pressed, Reached
from voice.channels.twilio import TwilioStream
from voice.errors import CallerRefused

FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}


def start(form: dict[str, Any] | None = None, **parameters: str) -> dict[str, Any]:
    content = {"streamSid": "MZ1", "customParameters": parameters, "mediaFormat": form or FORMAT}
    return {"event": "start", "sequenceNumber": "1", "start": content, "streamSid": "MZ1"}


def media(**changes: Any) -> dict[str, Any]:
    content = {"track": "inbound", "chunk": "2", "timestamp": "5", "payload": "//8A", **changes}
    return {"event": "media", "sequenceNumber": "3", "media": content, "streamSid": "MZ1"}


def told(stream: TwilioStream, *messages: Any) -> list[Any]:
    return [stream.hear(json.dumps(message)) for message in messages]


def begun() -> TwilioStream:
    stream = TwilioStream()
    told(stream, CONNECTED, start())
    return stream


def test_it_begins_with_what_the_caller_was_given_along() -> None:
    found = told(TwilioStream(), CONNECTED, start(token="secret", caller="+15550100"))
    assert found == [None, Began({"token": "secret", "caller": "+15550100"})]


def test_audio_keys_marks_and_the_end() -> None:
    key = {"event": "dtmf", "streamSid": "MZ1", "sequenceNumber": "5", "dtmf": {"track": "inbound_track", "digit": "#"}}
    mark = {"event": "mark", "sequenceNumber": "4", "streamSid": "MZ1", "mark": {"name": "17"}}
    stop = {"event": "stop", "sequenceNumber": "5", "stop": {"callSid": "CA1"}, "streamSid": "MZ1"}
    found = told(begun(), media(), key, mark, stop)
    assert found == [Heard(mulaw_to_pcm(b"\xff\xff\0")), Pressed("#"), Reached(17), Over("the caller hung up")]


@pytest.mark.parametrize(
    "message",
    [
        media(track="outbound"),
        {"event": "mark", "streamSid": "MZ1", "mark": {"name": "somebody's"}},
        {"event": "mark", "streamSid": "MZ1", "mark": {"name": "9" * 40}},
        {"event": "weather", "streamSid": "MZ1"},
    ],
)
def test_what_is_of_no_interest(message: dict[str, Any]) -> None:
    assert told(begun(), message) == [None]


@pytest.mark.parametrize(
    "messages",
    [
        [start()],
        [media()],
        [CONNECTED, media()],
        [CONNECTED, CONNECTED],
        [CONNECTED, {"event": "start", "streamSid": "MZ1"}],
        [CONNECTED, start() | {"streamSid": ""}],
        [CONNECTED, start({"encoding": "audio/x-wav", "sampleRate": 8000, "channels": 1})],
        [CONNECTED, start(FORMAT | {"sampleRate": 44_100})],
        [CONNECTED, start(FORMAT | {"channels": 2})],
        [CONNECTED, start(), start()],
        [CONNECTED, start(), CONNECTED],
        [CONNECTED, start(), media() | {"streamSid": "MZ2"}],
        [CONNECTED, start(), {"event": "media", "streamSid": "MZ1"}],
        [CONNECTED, start(), media(payload="no base64!")],
        [CONNECTED, start(), media(payload="ÿ")],
        [CONNECTED, start(), media(payload=7)],
    ],
)
def test_what_is_out_of_order_or_broken(messages: list[Any]) -> None:
    stream = TwilioStream()
    told(stream, *messages[:-1])
    with pytest.raises(CallerRefused):
        told(stream, messages[-1])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 60_000, '{"event": 7}', b"{}", "\ud800", "{}{}"])
def test_what_is_no_message(text: str | bytes) -> None:
    for stream in (TwilioStream(), begun()):
        with pytest.raises(CallerRefused):
            stream.hear(text)


def test_what_is_said() -> None:
    stream = begun()
    said = json.loads(stream.say(bytes(320)))
    assert (said["event"], said["streamSid"]) == ("media", "MZ1")
    assert b64decode(said["media"]["payload"]) == pcm_to_mulaw(bytes(320))
    assert json.loads(stream.mark(3)) == {"event": "mark", "streamSid": "MZ1", "mark": {"name": "3"}}
    assert json.loads(stream.clear()) == {"event": "clear", "streamSid": "MZ1"}
    assert stream.hang_up() is None
