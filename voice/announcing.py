"""Knows how one prompt is said on a line where nobody is listened to, and no model hears."""

from __future__ import annotations

import asyncio

from voice.channels import Channel
from voice.prompt import Prompt
from voice.settings import Speech
from voice.speaking import Speaking
from voice.synthesizer import Synthesizer
from voice.tasks import end


async def announce(channel: Channel, prompt: Prompt, synthesizer: Synthesizer, settings: Speech) -> None:
    """Say it to the end, or until the caller has left, and hang up. Raises what the synthesizer raises."""
    try:
        await tell(channel, prompt, synthesizer, settings)
    finally:
        await channel.hang_up()


async def tell(channel: Channel, prompt: Prompt, synthesizer: Synthesizer, settings: Speech) -> None:
    """Say it to the end, or until who hears it has left. Raises what the synthesizer raises."""
    over = asyncio.Event()
    line = asyncio.create_task(_let_pass(channel, over), name="line")
    speaking = Speaking(prompt, channel, synthesizer, settings, on_end=over.set)
    try:
        speaking.start()
        await over.wait()
    finally:
        await speaking.aclose()
        await end(line)
    if speaking.failure is not None:
        raise speaking.failure


async def _let_pass(channel: Channel, over: asyncio.Event) -> None:
    """Take what the line brings, so that its clock goes on."""
    try:
        async for _ in channel.frames():
            pass
    finally:
        over.set()
