"""Knows a conversation in front of a microphone and a loudspeaker. Does not know who answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from voice.audio import FRAME_SAMPLES, RATE_HZ, Frame, frames_of
from voice.channels import Keys
from voice.channels.concealment import Timeline
from voice.channels.ear import Ear
from voice.channels.live import Said, Tap, Untransferable
from voice.channels.sound_card import SoundCard
from voice.channels.waking import AnyVoice, Waker, chime
from voice.settings import Device, VoiceSettings
from voice.vad import VoiceActivity, voice_activity

POLL_S = 0.005
AHEAD_SAMPLES = RATE_HZ // 10
PATIENCE_S = 0.1
"""A sound card loses nothing: so long late audio is waited for."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """`waker` makes what listens meanwhile. It begins when there was no voice for `after_s`, and a conversation that
    sleeps longer than `longest_s` is over."""

    waker: Callable[[], Waker]
    activity: VoiceActivity
    after_s: float
    longest_s: float


class MicChannel(Untransferable):
    """One conversation, from the first word to a goodbye or a long silence. While it sleeps its time stands still."""

    caller: str | None = None
    hears_others = True

    def __init__(self, card: SoundCard, ear: Ear, sleep: Sleep | None = None, before: bytes = b"") -> None:
        """`before`: what was said to it already."""
        self.on_frame: Tap | None = None
        self.is_over = False
        self.echo = ear
        self.played = 0
        self._card = card
        self._sleep = sleep
        self._before = before
        self._timeline = Timeline(PATIENCE_S)
        self._said = Said()
        self._waker: Waker | None = None
        self._still = self._thinking = 0

    @property
    def is_asleep(self) -> bool:
        return self._waker is not None

    @property
    def is_thinking(self) -> bool:
        return self._thinking > 0

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        for frame in frames_of(self._before):
            yield self._next(frame)
        while not self.is_over:
            self._timeline.feed(self.echo.listen())
            for heard in self._timeline.frames(perf_counter()):
                for frame in self._while_awake(heard):
                    yield self._next(frame)
            await _a_moment()

    def _next(self, frame: Frame) -> Frame:
        start, self.played = self.played, self.played + FRAME_SAMPLES
        return self._said.beside(Frame(start, frame.pcm), self.on_frame)

    def _while_awake(self, frame: Frame) -> Iterator[Frame]:
        sleep = self._sleep
        if sleep is None:
            yield frame
        elif self._waker is not None:
            self._still += 1
            said = self._waker.woken(frame)
            if said is not None:
                self._waker, self._still = None, 0
                self._card.write(chime(up=True))
                yield from frames_of(said)
            elif self._still > _frames(sleep.longest_s):
                self.end()
        else:
            yield frame
            is_busy = sleep.activity.is_speech(frame) or self._card.unsaid or self._thinking
            self._still = 0 if is_busy else self._still + 1
            if self._still >= _frames(sleep.after_s):
                self._waker, self._still = sleep.waker(), 0
                self._card.write(chime(up=False))

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
        """A loudspeaker that has gone is not waited for."""
        while self._card.unsaid and not self.is_over and self._card.trouble is None:
            await _a_moment()

    def thinking(self) -> AbstractContextManager[None]:
        return self._awake_to_think()

    @contextmanager
    def _awake_to_think(self) -> Iterator[None]:
        self._thinking += 1
        try:
            yield
        finally:
            self._thinking -= 1

    async def hang_up(self) -> None:
        await self.drain()
        self.end()

    def end(self) -> None:
        """Whoever talks is cut off."""
        self.is_over = True


class MicListener:
    """Whoever wakes it has the line, until their conversation is over. Without a `waker` any voice does."""

    def __init__(
        self,
        settings: Device,
        voice: VoiceSettings,
        waker: Callable[[], Waker] | None = None,
        activity: Callable[[], VoiceActivity] | None = None,
    ) -> None:
        self._settings = settings
        self._waker = waker
        self._activity = activity or (lambda: voice_activity(voice.vad))
        self._card = SoundCard(settings)
        self._ear = Ear(self._card, settings.duplex, voice.echo)
        self._channel: MicChannel | None = None
        self._is_closing = False

    @property
    def trouble(self) -> str | None:
        return "the line is closing" if self._is_closing else self._card.trouble

    @property
    def state(self) -> Literal["asleep", "waiting", "thinking", "speaking"]:
        channel = self._channel
        if self._card.unsaid:
            return "speaking"
        if channel is None or channel.is_over or channel.is_asleep:
            return "waiting" if self._waker is None else "asleep"
        return "thinking" if channel.is_thinking else "waiting"

    @property
    def level_dbfs(self) -> float:
        return self._ear.level_dbfs

    @property
    def where(self) -> str:
        heard, spoken = self._settings.input or "default", self._settings.output or "default"
        return f"microphone: {heard}, loudspeaker: {spoken}"

    async def open(self) -> None:
        await asyncio.to_thread(self._card.open)
        await self._ear.tune()

    async def calls(self) -> AsyncIterator[MicChannel]:
        while (said := await self._woken()) is not None:
            self._channel = channel = MicChannel(self._card, self._ear, self._new_sleep(), said)
            yield channel
            while not (channel.is_over or self._is_closing):
                await _a_moment()

    async def drain(self) -> None:
        """Who sleeps need not be waited for."""
        self._is_closing = True
        if self._channel is not None and self._channel.is_asleep:
            self._channel.end()

    async def close(self) -> None:
        self._is_closing = True
        await asyncio.to_thread(self._card.close)

    def _new_sleep(self) -> Sleep | None:
        settings = self._settings
        if self._waker is None:
            return None
        return Sleep(self._waker, self._activity(), settings.follow_up_s, 60 * settings.asleep_minutes)

    async def _woken(self) -> bytes | None:
        """What was said to it with what woke it, of which nothing else is kept; None = the line is closing."""
        await self._ear.tune()
        timeline = Timeline(PATIENCE_S)
        waker = AnyVoice(self._activity()) if self._waker is None else self._waker()
        while not self._is_closing:
            timeline.feed(self._ear.listen())
            for frame in timeline.frames(perf_counter()):
                if (said := waker.woken(frame)) is not None:
                    if self._waker is not None:
                        self._card.write(chime(up=True))
                    return said
            await _a_moment()
        return None


def _frames(seconds: float) -> int:
    return round(seconds * RATE_HZ / FRAME_SAMPLES)


async def _a_moment() -> None:
    """The streams run in threads of their own, and bring a block of 10 ms at a time."""
    await asyncio.sleep(POLL_S)
