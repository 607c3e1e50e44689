from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice.audio import FRAME_SAMPLES, RATE_HZ
from voice.recording import CallRecording, Span


def side(value: int, frames: int = 1) -> bytes:
    return np.full(frames * FRAME_SAMPLES, value, "<i2").tobytes()


def channels(path: Path) -> tuple[list[int], list[int]]:
    """The value of each frame of both channels."""
    samples, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    assert rate_hz == RATE_HZ
    left, right = samples[::FRAME_SAMPLES].T
    return left.tolist(), right.tolist()


def test_caller_is_left_and_assistant_right(tmp_path: Path) -> None:
    path = tmp_path / "calls" / "one.wav"
    with CallRecording(path) as recording:
        recording.write(side(1), side(2))
        recording.write(side(3), side(4))
    assert channels(path) == ([1, 3], [2, 4])
    assert recording.error is None


def test_the_shorter_side_is_filled_up(tmp_path: Path) -> None:
    with CallRecording(tmp_path / "one.wav") as recording:
        recording.write(side(1, 2), side(2))
        recording.write(b"", side(5))
    assert channels(tmp_path / "one.wav") == ([1, 1, 0], [2, 0, 5])


def test_private_spans_are_silent_on_both_sides_and_noted(tmp_path: Path) -> None:
    with CallRecording(tmp_path / "one.wav") as recording:
        for frame in range(1, 7):
            recording.private = frame in (2, 3, 5)
            recording.write(side(frame), side(10 * frame))
    assert channels(tmp_path / "one.wav") == ([1, 0, 0, 4, 0, 6], [10, 0, 0, 40, 0, 60])
    spans = (Span(320, 960), Span(1280, 1600))
    assert recording.private_spans == spans
    notes = json.loads((tmp_path / "one.json").read_text())
    assert notes["private_spans"] == [[span.start, span.end] for span in spans]


@pytest.mark.parametrize("frames", [5, 500])
def test_what_was_said_is_silenced_afterwards_written_or_not(frames: int, tmp_path: Path) -> None:
    """Also where it is on the disk already."""
    path = tmp_path / "one.wav"
    with CallRecording(path) as recording:
        for number in range(1, frames + 1):
            recording.write(side(number), side(-number))
        recording.forget_since(3 * FRAME_SAMPLES)
        recording.forget_since(frames * FRAME_SAMPLES)
        recording.write(side(7), side(-7))
    left, right = channels(path)
    assert left == [1, 2, 3, *[0] * (frames - 3), 7]
    assert right == [-1, -2, -3, *[0] * (frames - 3), -7]
    assert recording.private_spans == (Span(3 * FRAME_SAMPLES, frames * FRAME_SAMPLES),)


def test_what_is_held_is_silenced_too(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    with CallRecording(path, held=True) as recording:
        for number in range(1, 6):
            recording.write(side(number), side(number))
        recording.forget_since(2 * FRAME_SAMPLES)
        recording.release()
    assert channels(path) == ([1, 2, 0, 0, 0], [1, 2, 0, 0, 0])


def test_the_file_is_whole_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    recording = CallRecording(path)
    for frame in range(125):
        recording.write(side(frame), side(-frame))
    left, right = channels(path)
    assert left == list(range(100)), "whole up to the last full second"
    assert right == [-frame for frame in range(100)]
    recording.close()
    assert len(channels(path)[0]) == 125
    recording.close()


def test_an_empty_recording_is_a_valid_file(tmp_path: Path) -> None:
    CallRecording(tmp_path / "one.wav").close()
    assert channels(tmp_path / "one.wav") == ([], [])


class FullDisk:
    """A file on a disk that becomes full."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(self._file.write(content))


def test_a_full_disk_stops_the_recording_and_not_the_call(tmp_path: Path) -> None:
    recording = CallRecording(tmp_path / "one.wav")
    disk: Any = FullDisk(recording._file)
    recording._file = disk
    recording.write(side(7, 50), side(8, 50))
    disk.full = True
    for _ in range(3):
        recording.write(side(9, 50), side(9, 50))
    recording.private = True
    recording.write(side(9), side(9))
    recording.close()
    assert recording.error is not None
    assert "No space left on device" in recording.error
    assert channels(tmp_path / "one.wav")[0] == [7] * 50
    assert recording.private_spans == (Span(200 * 320, 201 * 320),)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("a file")
    recording = CallRecording(tmp_path / "calls" / "one.wav")
    recording.write(side(1), side(1))
    recording.close()
    assert recording.error is not None
    assert "one.wav" in recording.error


def test_nothing_is_stored_before_it_is_released(tmp_path: Path) -> None:
    recording = CallRecording(tmp_path / "call.wav", held=True)
    recording.write(b"\1\0" * 16_000, b"\2\0" * 16_000)
    assert not list(tmp_path.iterdir())
    recording.release()
    recording.write(b"\1\0" * 160, b"\2\0" * 160)
    recording.close()
    samples, _ = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert samples.shape == (16_160, 2)


def test_held_recording_that_is_closed_leaves_no_file(tmp_path: Path) -> None:
    recording = CallRecording(tmp_path / "call.wav", held=True)
    recording.write(b"\1\0" * 160, b"")
    recording.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("held", [True, False])
def test_discarded_recording_leaves_no_file_and_takes_nothing_more(tmp_path: Path, held: bool) -> None:
    recording = CallRecording(tmp_path / "call.wav", held)
    recording.write(b"\1\0" * 64_000, b"")
    recording.discard()
    recording.write(b"\1\0" * 64_000, b"")
    recording.close()
    assert not list(tmp_path.iterdir())
