"""Knows how a caller is told that an answer takes a while. Does not know what takes so long."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from voice.audio import RATE_HZ
from voice.call import Fills, Mind
from voice.channels import Channel
from voice.events import Saying, Watch
from voice.prompt import Listening, Prompt
from voice.settings import Speech
from voice.speaking import Speaking
from voice.synthesizer import Synthesizer

LOOK_S = 0.02


class Filler:
    """Time is that of the line: where it stands still while the assistant thinks nobody waits."""

    def __init__(self, mind: Mind, channel: Channel, synthesizer: Synthesizer, settings: Speech, watch: Watch) -> None:
        self._mind = mind
        self._channel = channel
        self._synthesizer = synthesizer
        self._settings = settings
        self._watch = watch

    async def during(self, work: Coroutine[Any, Any, Prompt]) -> Prompt:
        """What the work returns or raises. Where it takes longer than `filler_ms` the mind's filler is said, once."""
        acting = asyncio.create_task(work, name="acting")
        until = self._channel.played + self._settings.filler_ms * RATE_HZ // 1000
        while not acting.done() and self._channel.played < until:
            await asyncio.wait({acting}, timeout=LOOK_S)
        if not acting.done() and self._settings.filler_ms and isinstance(self._mind, Fills):
            await self._say(self._mind.filler())
        return await acting

    async def _say(self, text: str) -> None:
        """To the end. Where it cannot be said the answer is what matters."""
        prompt = Prompt(text, Listening("pause"), interruptible=False)
        self._watch(Saying(prompt, self._channel.played))
        speaking = Speaking(prompt, self._channel, self._synthesizer, self._settings)
        speaking.start()
        await speaking.ended()
