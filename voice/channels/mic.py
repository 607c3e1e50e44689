"""Knows a conversation in front of a microphone and a loudspeaker. Does not know who answers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter

from voice.audio import RATE_HZ, Frame
from voice.channels import Keys
from voice.channels.concealment import Timeline
from voice.channels.ear import Ear
from voice.channels.live import Said, Tap, Untransferable
from voice.channels.sound_card import SoundCard
from voice.settings import Device, Vad, VoiceSettings
from voice.vad import VoiceActivity, voice_activity

POLL_S = 0.01
AHEAD_SAMPLES = RATE_HZ // 10
PATIENCE_S = 0.1
"""A sound card loses nothing: so long late audio is waited for."""
WAKING_FRAMES, WINDOW_FRAMES = 10, 25
"""So much voice in half a second begins a conversation,"""
PAUSE_FRAMES, MOST_FRAMES = 15, 150
"""when it pauses: whoever greets the device is not spoken over. Where it never does, after so long."""


class MicChannel(Untransferable):
    """One conversation, from the first word to a goodbye or a long silence."""

    caller: str | None = None

    def __init__(self, card: SoundCard, ear: Ear) -> None:
        self.on_frame: Tap | None = None
        self.is_over = False
        self.echo = ear
        self._card = card
        self._timeline = Timeline(PATIENCE_S)
        self._said = Said()

    @property
    def played(self) -> int:
        return self._timeline.position

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        while not self.is_over:
            self._timeline.feed(self.echo.listen())
            for frame in self._timeline.frames(perf_counter()):
                yield self._said.beside(frame, self.on_frame)
            await _a_moment()

    async def play(self, pcm: bytes) -> None:
        rest = memoryview(pcm)
        while rest and not self.is_over:
            if room := 2 * max(0, AHEAD_SAMPLES - self._card.unsaid):
                self._card.write(bytes(rest[:room]))
                self._said.add(rest[:room])
                rest = rest[room:]
            else:
                await _a_moment()

    def flush(self) -> int:
        dropped = self._card.flush()
        self._said.drop(dropped)
        return dropped

    async def drain(self) -> None:
        while self._card.unsaid and not self.is_over:
            await _a_moment()

    def thinking(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def hang_up(self) -> None:
        await self.drain()
        self.is_over = True


class MicListener:
    """Whoever begins to speak has the line, until their conversation is over."""

    def __init__(
        self, settings: Device, voice: VoiceSettings, activity: Callable[[Vad], VoiceActivity] = voice_activity
    ) -> None:
        self._settings = settings
        self._vad = voice.vad
        self._activity = activity
        self._card = SoundCard(settings)
        self._ear = Ear(self._card, settings.duplex, voice.echo)
        self._is_closing = False

    @property
    def trouble(self) -> str | None:
        return "the line is closing" if self._is_closing else self._card.trouble

    @property
    def where(self) -> str:
        heard, spoken = self._settings.input or "default", self._settings.output or "default"
        return f"microphone: {heard}, loudspeaker: {spoken}"

    async def open(self) -> None:
        await asyncio.to_thread(self._card.open)
        await self._ear.tune()

    async def calls(self) -> AsyncIterator[MicChannel]:
        while await self._somebody_speaks():
            channel = MicChannel(self._card, self._ear)
            yield channel
            while not (channel.is_over or self._is_closing):
                await _a_moment()

    async def drain(self) -> None:
        self._is_closing = True

    async def close(self) -> None:
        self._is_closing = True
        await asyncio.to_thread(self._card.close)

    async def _somebody_speaks(self) -> bool:
        """Nothing of what is heard meanwhile is kept."""
        await self._ear.tune()
        timeline, activity = Timeline(PATIENCE_S), self._activity(self._vad)
        voiced: deque[bool] = deque(maxlen=WINDOW_FRAMES)
        since = 0
        while not self._is_closing:
            timeline.feed(self._ear.listen())
            for frame in timeline.frames(perf_counter()):
                voiced.append(activity.is_speech(frame))
                since += bool(since) or sum(voiced) >= WAKING_FRAMES
                if since > MOST_FRAMES or (since and not any(list(voiced)[-PAUSE_FRAMES:])):
                    return True
            await _a_moment()
        return False


async def _a_moment() -> None:
    """The streams run in threads of their own, and a frame has two of their blocks."""
    await asyncio.sleep(POLL_S)
