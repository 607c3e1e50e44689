"""Knows how a caller is handed over to a person, who may be told about them first. Does not know why."""

from __future__ import annotations

import asyncio

import numpy as np

from voice.announcing import tell
from voice.audio import RATE_HZ, silence, to_pcm
from voice.channels.live import Consultation, LiveChannel
from voice.errors import TransferRefused
from voice.prompt import Listening, Prompt, Transfer
from voice.settings import Speech
from voice.synthesizer import Synthesizer
from voice.tasks import end

RINGING_HZ = 425.0
RINGING_S, PAUSE_S = 1.0, 4.0
"""The ringing tone of most of the world (ITU-T E.180)."""
RINGING_LEVEL = 0.05


async def hand_over(
    channel: LiveChannel, transfer: Transfer, synthesizer: Synthesizer, settings: Speech, left: asyncio.Task[None]
) -> None:
    """Until the person has the caller. `left` is done when the caller has hung up.

    Raises TransferRefused: nobody took the call, and the caller is still ours unless they have left.
    """
    if not transfer.briefing or not channel.can_announce:
        await channel.transfer(transfer.to, transfer.ring_s)
        return
    ringing = asyncio.create_task(_ring(channel, left), name="ringing")
    person: Consultation | None = None
    try:
        person = await channel.consult(transfer.to, transfer.ring_s)
        await _brief(person, transfer.briefing, synthesizer, settings, left)
        await _stop(ringing, channel)
        await person.take_over()
    finally:
        await _stop(ringing, channel)
        if person is not None:
            await person.hang_up()


async def _brief(
    person: Consultation, text: str, synthesizer: Synthesizer, settings: Speech, left: asyncio.Task[None]
) -> None:
    prompt = Prompt(text, Listening("pause"), interruptible=False)
    telling = asyncio.create_task(tell(person, prompt, synthesizer, settings), name="briefing")
    try:
        await asyncio.wait({telling, left}, return_when=asyncio.FIRST_COMPLETED)
        if not telling.done():
            raise TransferRefused("The caller has left.")
        telling.result()
    finally:
        await end(telling)


async def _ring(channel: LiveChannel, left: asyncio.Task[None]) -> None:
    """What a caller hears while somebody is called, and spoken to, about them."""
    while not left.done():
        await channel.play(RINGING)
        await asyncio.sleep(0)  # a line that is gone takes no time to play


async def _stop(ringing: asyncio.Task[None], channel: LiveChannel) -> None:
    if not ringing.done():
        await end(ringing)
        channel.flush()


def _tone() -> bytes:
    times = np.arange(int(RATE_HZ * RINGING_S)) / RATE_HZ
    tone = RINGING_LEVEL * np.sin(2 * np.pi * RINGING_HZ * times)
    return to_pcm(tone.astype(np.float32))


RINGING = _tone() + silence(int(RATE_HZ * PAUSE_S))
