"""Knows what a microphone hears without the loudspeaker beside it, and how they are tuned to each other."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import numpy as np
import structlog

from voice.audio import (
    FRAME_BYTES,
    FRAME_SAMPLES,
    RATE_HZ,
    SILENCE_DBFS,
    Frame,
    Samples,
    dbfs,
    dbfs_of,
    to_pcm,
    to_samples,
)
from voice.channels.sound_card import SoundCard
from voice.echo import STRONG_PEAK, EchoCanceller, EchoRemedy, HalfDuplex, Unechoed, echo_lag
from voice.settings import Duplex, Echo

TONE_S, TONE_HZ, TONE_PEAK, FADE_S = 0.4, (300.0, 5000.0), 0.25, 0.02
LISTENS_S = 1.4
TRIES = 3
AUDIBLE_DB = 10.0
"""So much louder than before it the room is with the tone, where the microphone hears the loudspeaker at all."""
POLL_S = 0.01

logger = structlog.get_logger(__name__)


class Ear:
    """Of one sound card, for all conversations: what the canceller has learned of the room it keeps."""

    def __init__(self, card: SoundCard, duplex: Duplex, echo: Echo) -> None:
        self._card = card
        self._is_tuned = duplex == "auto" and echo.cancel
        self._openings = 0
        self._remedy: EchoRemedy = HalfDuplex() if duplex == "half" else EchoCanceller() if echo.cancel else Unechoed()
        self._heard, self._played = bytearray(), bytearray()
        self._position = 0
        self.level_dbfs = SILENCE_DBFS
        """Of the last frame that was heard."""

    @property
    def is_own_voice(self) -> bool:
        return self._remedy.is_own_voice

    def cleaned(self, frame: Frame) -> Frame:
        """What came by `listen` has been cleaned."""
        return frame

    def listen(self) -> bytes:
        """What was heard since the last time, in whole frames."""
        heard, played = self._card.read()
        self._heard += heard
        self._played += played
        found = bytearray()
        while len(self._heard) >= FRAME_BYTES:
            frame = Frame(self._position, bytes(self._heard[:FRAME_BYTES]), bytes(self._played[:FRAME_BYTES]))
            del self._heard[:FRAME_BYTES], self._played[:FRAME_BYTES]
            self._position += FRAME_SAMPLES
            cleaned = self._remedy.cleaned(frame).pcm
            self.level_dbfs = dbfs(cleaned)
            found += cleaned
        return bytes(found)

    async def tune(self) -> None:
        """After every opening of the card: find by a short tone how much later the loudspeaker is heard."""
        if not self._is_tuned or self._openings == self._card.openings:
            return
        self._openings = self._card.openings
        with suppress(TimeoutError):  # the device has gone: it will be opened again
            self._remedy = await self._measured()
            logger.info("echo measured", remedy=type(self._remedy).__name__)

    async def _measured(self) -> EchoRemedy:
        for _ in range(TRIES):
            lag, is_heard = await self._look_for_tone()
            if lag is not None or not is_heard:
                return EchoCanceller(lag)
        return HalfDuplex()

    async def _look_for_tone(self) -> tuple[int | None, bool]:
        """By how many samples it is late, and whether anything was heard at all."""
        self._card.read()
        quiet, _ = await self._during(TONE_S)
        self._card.write(tone())
        heard, played = await self._during(LISTENS_S)
        lag, stands_out = echo_lag(heard, played)
        is_heard = dbfs_of(heard) > dbfs_of(quiet) + AUDIBLE_DB
        return lag if stands_out >= STRONG_PEAK else None, is_heard

    async def _during(self, seconds: float) -> tuple[Samples, Samples]:
        heard, played = bytearray(), bytearray()
        async with asyncio.timeout(4 * seconds):
            while len(heard) < 2 * RATE_HZ * seconds:
                for kept, new in zip((heard, played), self._card.read(), strict=True):
                    kept += new
                await asyncio.sleep(POLL_S)
        return to_samples(bytes(heard)), to_samples(bytes(played))


def tone() -> bytes:
    """It rises through all that a voice has, so that it is found in noise and between the echoes of a room."""
    at = np.arange(round(TONE_S * RATE_HZ)) / RATE_HZ
    low, high = TONE_HZ
    phase = 2 * np.pi * (low * at + (high - low) * at**2 / (2 * TONE_S))
    fade = np.minimum(1.0, np.minimum(at, TONE_S - at) / FADE_S)
    return to_pcm((TONE_PEAK * fade * np.sin(phase)).astype(np.float32))
