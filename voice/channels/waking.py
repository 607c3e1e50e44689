"""Knows what wakes a device that sleeps. Does not know where sound comes from, nor what is done when it is awake."""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np

from voice.audio import RATE_HZ, Frame, to_pcm
from voice.spotter import Spotter
from voice.vad import VoiceActivity

WAKING_FRAMES, WINDOW_FRAMES = 10, 25
"""So much voice in half a second wakes it,"""
PAUSE_FRAMES, MOST_FRAMES = 15, 150
"""when it pauses: whoever greets the device is not spoken over. Where it never does, after so long."""
CHIME_HZ, NOTE_S, CHIME_PEAK = (660.0, 990.0), 0.09, 0.15


class Waker(Protocol):
    """Listens while everything else sleeps. One per sleep."""

    def woken(self, frame: Frame) -> bytes | None:
        """Take the next frame; None = sleep on. Else what was said to it already, which may be nothing."""
        ...


class AnyVoice:
    """Whoever speaks, of which nothing is kept."""

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity
        self._voiced: deque[bool] = deque(maxlen=WINDOW_FRAMES)
        self._since = 0

    def woken(self, frame: Frame) -> bytes | None:
        self._voiced.append(self._activity.is_speech(frame))
        self._since += bool(self._since) or sum(self._voiced) >= WAKING_FRAMES
        pauses = self._since and not any(list(self._voiced)[-PAUSE_FRAMES:])
        return b"" if pauses or self._since > MOST_FRAMES else None


class Phrase:
    """One of the phrases that a spotter knows."""

    def __init__(self, spotter: Spotter) -> None:
        self._spotter = spotter

    def woken(self, frame: Frame) -> bytes | None:
        spotted = self._spotter.feed(frame)
        return None if spotted is None else spotted.rest


class Key:
    """Push to talk: whatever is said before it is pressed is not even looked at."""

    def __init__(self) -> None:
        self._is_pressed = False

    def press(self) -> None:
        self._is_pressed = True

    def released(self) -> Key:
        """This one, whatever was pressed before."""
        self._is_pressed = False
        return self

    def woken(self, _frame: Frame) -> bytes | None:
        pressed, self._is_pressed = self._is_pressed, False
        return b"" if pressed else None


def chime(up: bool) -> bytes:
    """Two short notes: upwards when it wakes, downwards when it falls asleep."""
    at = np.arange(round(NOTE_S * RATE_HZ)) / RATE_HZ
    fade = np.sin(np.pi * at / NOTE_S)
    notes = [CHIME_PEAK * fade * np.sin(2 * np.pi * hz * at) for hz in (CHIME_HZ if up else reversed(CHIME_HZ))]
    return to_pcm(np.concatenate(notes).astype(np.float32))
