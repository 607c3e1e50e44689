"""One call with fakes, and what came of it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fakes import (
    FakeActivity,
    FakeChannel,
    FakeMind,
    FakeRecognizer,
    FakeSecondPass,
    FakeSynthesizer,
    FakeVoice,
)
from voice.call import CallSummary
from voice.channels.caller import Cue
from voice.events import CallEvent
from voice.settings import Turn, VoiceSettings
from voice.turns import run_call

LONG = "This is the first sentence of a long prompt. This is the second one. And the third."
SETTINGS = VoiceSettings(
    turns={"order": Turn(), "digits": Turn(silence_ms=1300, no_input_ms=8000), "yes_no": Turn(silence_ms=200)}
)


class Talk:
    """One call with fakes, and what came of it."""

    def __init__(self, mind: FakeMind, voice: FakeVoice, *cues: Cue, **more: Any) -> None:
        self.mind, self.voice = mind, voice
        self.caller_side = bytearray()
        self.channel = FakeChannel(
            *cues, on_frame=lambda caller, _assistant, _at: self.caller_side.extend(caller), **more
        )
        self.recognizer = FakeRecognizer(voice)
        self.synthesizer = FakeSynthesizer()
        self.events: list[CallEvent] = []
        self.second_pass: FakeSecondPass | None = None
        self.settings = SETTINGS
        self.recorder = Recorder()

    async def __call__(self) -> CallSummary:
        summary = await run_call(
            self.channel,
            self.mind,
            self.recognizer,
            self.synthesizer,
            self.second_pass,
            self.settings,
            activity=FakeActivity,
            recorder=self.recorder,
            watch=self.events.append,
        )
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return summary

    @property
    def spoken(self) -> list[str]:
        return self.synthesizer.heard_in(self.channel.assistant)

    def of(self, kind: type[CallEvent]) -> list[CallEvent]:
        return [event for event in self.events if isinstance(event, kind)]


class Recorder:
    def __init__(self) -> None:
        self.changes: list[bool] = []
        self.forgotten: list[int] = []

    def forget_since(self, start: int) -> None:
        self.forgotten.append(start)

    @property
    def private(self) -> bool:
        return bool(self.changes) and self.changes[-1]

    @private.setter
    def private(self, value: bool) -> None:
        self.changes.append(value)
