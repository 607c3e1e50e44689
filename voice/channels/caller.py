"""Knows what a scripted caller does and when, frame by frame. Does not know files, clocks or engines. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ

KEY_FRAMES = 10
"""A key every 200 ms: as fast as people press."""
PATIENCE_S = 180
"""Without a moment for its next cue the caller leaves in the end, whatever the assistant says meanwhile."""


@dataclass(frozen=True, slots=True)
class AfterPrompt:
    """Once the assistant has spoken to the end and been quiet for `pause_ms`."""

    pause_ms: int = 500


@dataclass(frozen=True, slots=True)
class OverPrompt:
    """`over_ms` after the assistant began the prompt that is playing, or the next one if none is."""

    over_ms: int


@dataclass(frozen=True, slots=True)
class AfterPrevious:
    """`wait_ms` after the caller's previous act ended, whatever the assistant does."""

    wait_ms: int


@dataclass(frozen=True, slots=True)
class Sound:
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Press:
    digits: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Hang up."""


When: TypeAlias = AfterPrompt | OverPrompt | AfterPrevious
What: TypeAlias = Sound | Press | Leave


@dataclass(frozen=True, slots=True)
class Cue:
    """One act of the caller and its moment."""

    what: What
    when: When = AfterPrompt()


class ScriptedCaller:
    """The caller of a call script. Each frame: `act`, then tell it what it heard (`hear`)."""

    def __init__(self, cues: Sequence[Cue], silence_s: float) -> None:
        self._cues = list(cues)
        self._silence_frames = round(silence_s * RATE_HZ / FRAME_SAMPLES)
        self._sound = b""
        self._keys = ""
        self._key_wait = 0
        self._idle = 0
        self._quiet = 0
        self._prompt_frames: int | None = None
        self._prompt_heard = False
        self._is_answer = False
        self.gone = False

    def act(self) -> tuple[bytes, str]:
        """The caller's next frame (empty = quiet) and a key pressed in it (empty = none). May set `gone`."""
        if not self._busy and self._cues and self._is_time(self._cues[0].when):
            self._begin(self._cues.pop(0).what)
        if not self._busy and self._has_waited_enough():
            self.gone = True
        pcm, self._sound = self._sound[:FRAME_BYTES], self._sound[FRAME_BYTES:]
        key = self._next_key()
        self._idle = 0 if pcm or key or self._keys else self._idle + 1
        return (pcm + bytes(FRAME_BYTES - len(pcm)) if pcm else b""), key

    def hear(self, speaking: bool, at_work: bool) -> None:
        """What the assistant did in the frame: `speaking` = its voice was on the line, `at_work` = it is not idle."""
        if speaking:
            if self._prompt_frames is None:
                self._is_answer = self._busy  # the end of a clip may be silence: the assistant need not wait for it
            self._prompt_frames = (self._prompt_frames or 0) + 1
        self._quiet = 0 if speaking or at_work else self._quiet + 1

    def hear_end(self) -> None:
        """The assistant has spoken to the end."""
        self._prompt_frames = None
        self._prompt_heard = self._is_answer or not self._busy

    def hear_break(self) -> None:
        """The assistant has broken off."""
        self._prompt_frames = None

    @property
    def _busy(self) -> bool:
        return bool(self._sound or self._keys)

    def _has_waited_enough(self) -> bool:
        is_over = not self._cues and min(self._idle, self._quiet) >= self._silence_frames
        return is_over or _ms(self._idle) >= PATIENCE_S * 1000

    def _is_time(self, when: When) -> bool:
        match when:
            case AfterPrompt(pause_ms):
                return self._prompt_heard and _ms(self._quiet) >= pause_ms
            case OverPrompt(over_ms):
                return self._prompt_frames is not None and _ms(self._prompt_frames) >= over_ms
            case AfterPrevious(wait_ms):
                return _ms(self._idle) >= wait_ms

    def _begin(self, what: What) -> None:
        self._prompt_heard = self._is_answer = False
        match what:
            case Sound(pcm):
                self._sound = pcm
            case Press(digits):
                self._keys, self._key_wait = digits, 0
            case Leave():
                self.gone = True

    def _next_key(self) -> str:
        if not self._keys:
            return ""
        if self._key_wait:
            self._key_wait -= 1
            return ""
        key, self._keys = self._keys[0], self._keys[1:]
        self._key_wait = KEY_FRAMES - 1
        return key


def _ms(frames: int) -> float:
    return frames * FRAME_SAMPLES * 1000 / RATE_HZ
