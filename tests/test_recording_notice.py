"""When a call is recorded: not by default, not before it was said, not after it was declined."""

from __future__ import annotations

from pathlib import Path

from tests.talk import Talk
from voice import events
from voice.prompt import Listening, Prompt
from voice.recording import CallRecording
from voxcart.build import open_recording
from voxcart.config import Config, with_recording
from voxcart.facts import fact
from voxcart.replay import watching

SOUND = b"\x01\x02" * 320


def saying(text: str) -> events.Saying:
    return events.Saying(Prompt(text, Listening("order")), 0)


def test_nothing_is_recorded_by_default(tmp_path: Path) -> None:
    assert open_recording(Config(base=tmp_path), "call-1") is None
    assert list(tmp_path.iterdir()) == []


async def test_the_notice_is_given_exactly_when_there_is_a_recording() -> None:
    notice = Talk().replies.say((fact("recording-notice"),))
    assert notice in (await Talk(recording=True).mind.greet()).text
    assert notice not in (await Talk(recording=False).mind.greet()).text


def test_nothing_is_stored_before_the_notice_was_played(tmp_path: Path) -> None:
    recording = open_recording(with_recording(Config(base=tmp_path), tmp_path), "call-1")
    assert isinstance(recording, CallRecording)
    watch = watching(recording, None)
    watch(saying("This call is recorded."))
    recording.write(SOUND, SOUND)
    assert list(tmp_path.iterdir()) == []
    watch(saying("A latte. Anything else?"))
    assert recording.path.exists()
    recording.close()


def test_who_hangs_up_at_the_notice_leaves_no_file(tmp_path: Path) -> None:
    recording = open_recording(with_recording(Config(base=tmp_path), tmp_path), "call-1")
    assert recording is not None
    watching(recording, None)(saying("This call is recorded."))
    recording.write(SOUND, SOUND)
    recording.close()
    assert list(tmp_path.iterdir()) == []
