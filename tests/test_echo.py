"""The assistant's own voice on the line: noticed, taken out, and not taken for the caller's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.called import Talk
from tests.fakes import FakeMind, FakeVoice, farewell, says
from voice.audio import (
    FRAME_BYTES,
    RATE_HZ,
    Frame,
    amplify,
    dbfs,
    frames_of,
    hiss,
    mixed,
    read_audio,
    silence,
    through_telephone,
    to_pcm,
    to_samples,
    trim,
)
from voice.echo import EchoCanceller, echo_lag
from voice.events import BrokenOff

ORDERS = sorted((Path(__file__).parent.parent / "audio_fixtures" / "orders").glob("*.flac"))
SECOND = 2 * RATE_HZ


def speech(*numbers: int) -> bytes:
    clips = (to_pcm(trim(to_samples(read_audio(ORDERS[number])), RATE_HZ, 0.0)) for number in numbers)
    return b"".join(clip[: len(clip) // FRAME_BYTES * FRAME_BYTES] for clip in clips)


@pytest.fixture(scope="module")
def said() -> bytes:
    """What the assistant says: eight seconds and more."""
    return speech(0, 1, 2, 11)[: 8 * SECOND]


def echo_of(said: bytes, gain_db: float, delay_ms: int) -> bytes:
    late = silence(delay_ms * RATE_HZ // 1000) + amplify(said, gain_db)
    return mixed(late[: len(said)], hiss(len(said) // 2, -65, seed=2))


def cleaned(heard: bytes, said: bytes) -> tuple[bytes, EchoCanceller]:
    canceller = EchoCanceller()
    frames = [
        canceller.cleaned(replace(frame, said=said[2 * frame.start :][:FRAME_BYTES])) for frame in frames_of(heard)
    ]
    assert [frame.start for frame in frames] == list(range(0, len(heard) // 2, 320))
    return b"".join(frame.pcm for frame in frames), canceller


@pytest.mark.parametrize("gain_db", [-6, -15, -20])
@pytest.mark.parametrize("delay_ms", [20, 200, 350])
@pytest.mark.parametrize("line", ["wide", "telephone"])
def test_echo_is_noticed_and_taken_out(said: bytes, gain_db: float, delay_ms: int, line: str) -> None:
    heard = echo_of(said, gain_db, delay_ms)
    if line == "telephone":
        heard = through_telephone(heard)[: len(said)].ljust(len(said), b"\0")
    rest, canceller = cleaned(heard, said)
    assert canceller.verdict == "echo"
    assert dbfs(rest[SECOND:]) < dbfs(heard[SECOND:]) - 15


@pytest.mark.parametrize("delay_ms", [600, 700])
def test_echo_that_comes_late_is_noticed_when_it_comes(said: bytes, delay_ms: int) -> None:
    heard = echo_of(said, -10, delay_ms)
    rest, canceller = cleaned(heard, said)
    assert canceller.verdict == "echo"
    assert dbfs(rest[4 * SECOND :]) < dbfs(heard[4 * SECOND :]) - 15


def test_who_speaks_over_an_echo_is_heard(said: bytes) -> None:
    talker = speech(4)[: 2 * SECOND]
    heard = bytearray(echo_of(said, -15, 100))
    heard[5 * SECOND : 7 * SECOND] = mixed(bytes(heard[5 * SECOND : 7 * SECOND]), talker)
    rest, _ = cleaned(bytes(heard), said)
    levels = [[dbfs(frame.pcm) for frame in frames_of(side)] for side in (rest[5 * SECOND : 7 * SECOND], talker)]
    assert np.corrcoef(levels)[0, 1] > 0.8
    assert np.mean(levels[0]) > np.mean(levels[1]) - 6


def test_a_line_without_echo_is_left_as_it_is(said: bytes) -> None:
    heard = hiss(len(said) // 2, -65, seed=2)
    rest, canceller = cleaned(heard, said)
    assert canceller.verdict == "none"
    assert rest == heard


@pytest.mark.parametrize("at_s", [0.8, 1.5, 3.1, 4.4])
@pytest.mark.parametrize("talker", range(3, len(ORDERS)))
def test_who_speaks_over_the_assistant_is_no_echo(said: bytes, at_s: float, talker: int) -> None:
    clip = speech(talker)[: 3 * SECOND]
    heard = bytearray(hiss(len(said) // 2, -65, seed=2))
    at = int(at_s * 50) * FRAME_BYTES
    heard[at : at + len(clip)] = mixed(bytes(heard[at : at + len(clip)]), clip)
    rest, canceller = cleaned(bytes(heard), said)
    assert canceller.verdict == "none"
    assert rest == bytes(heard)


def test_who_speaks_into_the_first_word_is_heard_after_half_a_second(said: bytes) -> None:
    clip = speech(3)[: 3 * SECOND]
    heard = mixed(clip + silence(len(said) // 2 - len(clip) // 2), hiss(len(said) // 2, -65, seed=2))
    rest, canceller = cleaned(heard, said)
    assert canceller.verdict == "none"
    assert rest[2 * SECOND :] == heard[2 * SECOND :]


def test_while_the_assistant_is_silent_nothing_is_changed() -> None:
    heard = speech(0)
    rest, canceller = cleaned(heard, b"")
    assert rest == heard
    assert canceller.verdict == "unknown"


def test_the_lag_is_found() -> None:
    said = to_samples(speech(0)[:SECOND])
    for lag in (0, 333, 5000):
        heard = np.concatenate((np.zeros(lag, np.float32), 0.1 * said))[: len(said)]
        found, stands_out = echo_lag(heard, said)
        assert abs(found - lag) <= 1
        assert stands_out > 20
    _, stands_out = echo_lag(to_samples(speech(4)[:SECOND]), said)
    assert stands_out < 14


def test_silence_has_no_lag() -> None:
    nothing = np.zeros(RATE_HZ, np.float32)
    assert echo_lag(nothing, nothing)[1] < 9
    assert echo_lag(to_samples(speech(0)[:SECOND]), nothing)[1] < 9


async def test_in_a_call_the_caller_still_breaks_in() -> None:
    voice = FakeVoice()
    talk = Talk(FakeMind({"*": farewell()}), voice, says(voice, "a latte", ms=900))
    await talk()
    assert talk.mind.inbox == ["a latte"]
    assert talk.of(BrokenOff) == []
    assert all(isinstance(each, Frame) for each in frames_of(bytes(talk.caller_side)))
