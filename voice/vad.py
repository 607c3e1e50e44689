"""Knows whether a frame holds speech. Does not know when a caller has finished."""

from __future__ import annotations

from typing import Protocol

import webrtcvad

from voice.audio import RATE_HZ, Frame, dbfs
from voice.settings import Vad


class VoiceActivity(Protocol):
    """Judges the frames of one call in order. One per call."""

    def is_speech(self, frame: Frame) -> bool: ...


class WebRtcVoiceActivity:
    """The detector of WebRTC, behind a floor of level: digital silence and faint hiss are never speech."""

    def __init__(self, settings: Vad) -> None:
        self._detector = webrtcvad.Vad(settings.mode)
        self._floor_dbfs = settings.floor_dbfs

    def is_speech(self, frame: Frame) -> bool:
        return dbfs(frame.pcm) > self._floor_dbfs and bool(self._detector.is_speech(frame.pcm, RATE_HZ))


def voice_activity(settings: Vad) -> VoiceActivity:
    """A fresh detector for one call."""
    return WebRtcVoiceActivity(settings)
