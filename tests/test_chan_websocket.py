"""chan_websocket's notices and commands, in both their forms."""

from __future__ import annotations

import json

import pytest

from voice.audio import mulaw_to_pcm, pcm_to_mulaw
from voice.channels.chan_websocket import AsteriskStream
from voice.channels.dialect import Began, Heard, Pressed, Reached
from voice.errors import CallerRefused

PLAIN = "MEDIA_START connection_id:e226e283 channel:WebSocket/shop/0x51 format:slin16 optimal_frame_size:640 ptime:20"
JSON = json.dumps({"event": "MEDIA_START", "channel": "WebSocket/shop", "format": "slin16", "optimal_frame_size": 640})


def begun(message: str = PLAIN) -> AsteriskStream:
    stream = AsteriskStream()
    assert stream.hear(message) == Began()
    return stream


@pytest.mark.parametrize("opening", [PLAIN, JSON])
def test_it_begins_and_brings_audio(opening: str) -> None:
    stream = begun(opening)
    assert stream.rate_hz == 16_000
    assert stream.hear(b"\1\2\3\4") == Heard(b"\1\2\3\4")
    assert stream.say(bytes(640)) == bytes(640)


def test_telephone_codecs() -> None:
    narrow = begun(PLAIN.replace("slin16", "slin"))
    assert (narrow.rate_hz, narrow.hear(bytes(320))) == (8000, Heard(bytes(320)))
    mulaw = begun(PLAIN.replace("slin16", "ulaw"))
    assert mulaw.hear(b"\xff\0\x7f") == Heard(mulaw_to_pcm(b"\xff\0\x7f"))
    assert mulaw.say(bytes(320)) == pcm_to_mulaw(bytes(320))


def test_notices_in_words() -> None:
    stream = begun()
    assert stream.hear("DTMF_END digit:5 channel_id:1761245643.1") == Pressed("5")
    assert stream.hear("MEDIA_MARK_PROCESSED 12") == Reached(12)
    for other in ("MEDIA_XOFF", "MEDIA_XON", "STATUS queue_length:43", "QUEUE_DRAINED", "MEDIA_MARK_PROCESSED mine"):
        assert stream.hear(other) is None


def test_notices_in_json() -> None:
    stream = begun(JSON)
    assert stream.hear('{"event": "DTMF_END", "channel_id": "1", "digit": "5"}') == Pressed("5")
    assert stream.hear('{"event": "MEDIA_MARK_PROCESSED", "correlation_id": "12"}') == Reached(12)
    assert stream.hear('{"event": "STATUS", "queue_length": 43}') is None


def test_commands_come_in_the_form_of_the_notices() -> None:
    words, objects = begun(), begun(JSON)
    assert [words.clear(), words.mark(7), words.hang_up()] == ["FLUSH_MEDIA", "MARK_MEDIA 7", "HANGUP"]
    assert json.loads(objects.clear()) == {"command": "FLUSH_MEDIA"}
    assert json.loads(objects.mark(7)) == {"command": "MARK_MEDIA", "correlation_id": "7"}
    assert json.loads(objects.hang_up() or "") == {"command": "HANGUP"}


@pytest.mark.parametrize(
    "first", [b"\0\0", "DTMF_END digit:5", PLAIN.replace("slin16", "opus"), "MEDIA_START", '{"event": "STATUS"}']
)
def test_it_must_begin_with_audio_we_know(first: str | bytes) -> None:
    with pytest.raises(CallerRefused):
        AsteriskStream().hear(first)


@pytest.mark.parametrize("message", [PLAIN, JSON, b"\0", "", "hello", "{", '{"event": 7}', "[]", '{"a":' * 20_000])
def test_what_it_must_not_send_then(message: str | bytes) -> None:
    with pytest.raises(CallerRefused):
        begun().hear(message)
