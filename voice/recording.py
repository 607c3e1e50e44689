"""Knows how a call is kept: caller left, assistant right, private spans silent. Does not know what is said."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

import numpy as np

from voice.audio import RATE_HZ, silence

HEADER_BYTES = 44
FLUSH_BYTES = 4 * RATE_HZ
FRAME_BYTES_BOTH = 4
"""One sample of both channels."""


def forget_recordings(folder: Path, before: float) -> int:
    """How many recordings in the folder were last written before that time (seconds since 1970); they are gone now."""
    gone = 0
    for path in sorted(folder.glob("call-*.wav")):
        with suppress(OSError):  # somebody else has taken it away
            if path.stat().st_mtime < before:
                path.with_suffix(".json").unlink(missing_ok=True)
                path.unlink()
                gone += 1
    return gone


class Recorder(Protocol):
    """Keeps the call; while `private` is true it keeps silence."""

    private: bool

    def forget_since(self, start: int) -> None:
        """Silence both sides from this sample of the call on."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """Samples of the call, from `start` up to but not including `end`."""

    start: int
    end: int


class CallRecording:
    """A growing WAV file of a call, whole up to the last second even if the program is killed.

    While `private` is true silence is written on both channels and the span is noted; `close` lists the spans in a
    file beside the recording. When the file cannot be written any more (a full disk) the recording stops, the call
    goes on, and `error` says why.
    """

    def __init__(self, path: Path, held: bool = False) -> None:
        """`held`: nothing is stored until `release`, as long as the caller has not heard that the call is recorded."""
        self.path = path
        self._is_held = held
        self.error: str | None = None
        self.private = False
        self._samples = 0
        self._waiting = bytearray()
        self._written = 0
        self._spans: list[Span] = []
        self._file: IO[bytes] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not held:
                self._open()
        except OSError as error:
            self._give_up(error)

    @property
    def private_spans(self) -> tuple[Span, ...]:
        return tuple(self._spans)

    def write(self, caller: bytes, assistant: bytes) -> None:
        """Append the same stretch of both sides (16 kHz s16le); the shorter one is filled up with silence."""
        samples = max(len(caller), len(assistant)) // 2
        if self.private:
            self._note_private(samples)
            caller = assistant = b""
        sides = [np.frombuffer(side + silence(samples - len(side) // 2), "<i2") for side in (caller, assistant)]
        self._samples += samples
        if self._file is None and not self._is_held:
            return
        self._waiting += np.column_stack(sides).tobytes()
        if len(self._waiting) >= FLUSH_BYTES and not self._is_held:
            try:
                self._flush()
            except OSError as error:
                self._give_up(error)

    def forget_since(self, start: int) -> None:
        """Silence both channels from this sample of the call on: what was said there must not be kept."""
        start = max(0, start)
        if start >= self._samples:
            return
        self._spans.append(Span(start, self._samples))
        written = self._written // FRAME_BYTES_BOTH
        if start < written and self._file is not None:
            try:
                self._file.seek(HEADER_BYTES + start * FRAME_BYTES_BOTH)
                self._file.write(bytes((written - start) * FRAME_BYTES_BOTH))
                self._file.flush()
            except OSError as error:
                self._give_up(error)
        at = max(0, start - written) * FRAME_BYTES_BOTH
        self._waiting[at:] = bytes(len(self._waiting) - at)

    def release(self) -> None:
        """Store what was held, and from now on everything. Harmless where nothing is held."""
        if not self._is_held:
            return
        self._is_held = False
        try:
            self._open()
        except OSError as error:
            self._give_up(error)

    def discard(self) -> None:
        """The caller does not agree: keep nothing of this call."""
        self._is_held = False
        self._waiting.clear()
        file, self._file = self._file, None
        if file is not None:
            file.close()
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Finish the file; harmless a second time. What is still held is dropped."""
        if self._file is None:
            return
        try:
            self._flush()
            self._file.close()
            self._file = None
            self._write_spans()
        except OSError as error:
            self._give_up(error)

    def __enter__(self) -> CallRecording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _open(self) -> None:
        self._file = self.path.open("wb")
        self._flush()

    def _note_private(self, samples: int) -> None:
        if self._spans and self._spans[-1].end == self._samples:
            self._spans[-1] = Span(self._spans[-1].start, self._samples + samples)
        else:
            self._spans.append(Span(self._samples, self._samples + samples))

    def _flush(self) -> None:
        """Append what waits, then correct the lengths in the header: the file is whole again."""
        if self._file is None:
            return
        self._file.seek(HEADER_BYTES + self._written)
        self._file.write(self._waiting)
        self._file.flush()
        self._written += len(self._waiting)
        self._waiting.clear()
        self._file.seek(0)
        self._file.write(_header(self._written))
        self._file.flush()

    def _write_spans(self) -> None:
        spans = [[span.start, span.end] for span in self._spans]
        notes = {"rate_hz": RATE_HZ, "channels": ["caller", "assistant"], "private_spans": spans}
        self.path.with_suffix(".json").write_text(json.dumps(notes) + "\n", "utf-8")

    def _give_up(self, error: OSError) -> None:
        self.error = self.error or f"The recording {self.path} stopped: {error.strerror or error}."
        self._waiting.clear()
        file, self._file = self._file, None
        if file is not None:
            # What is still buffered finds no room either.
            with suppress(OSError):
                file.close()


def _header(data_bytes: int) -> bytes:
    """A canonical WAV header: PCM, two channels, 16 bit."""
    form = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE")
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, RATE_HZ, RATE_HZ * 4, 4, 16)
    return form + layout + struct.pack("<4sI", b"data", data_bytes)
