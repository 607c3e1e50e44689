"""Switchboards with a real shop, and fakes for the models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from tests.fakes import FakeRecognizer, FakeSynthesizer, FakeVoice
from tests.telephones import open_line
from voice.channels.sip import SipListener
from voice.settings import Sip
from voxcart.build import Engines
from voxcart.config import CallChoice, Config, StoreChoice
from voxcart.lines import Lines
from voxcart.live_shop import LiveShop
from voxcart.metrics import Metrics
from voxcart.serve import Switchboard


@contextmanager
def quick_board(folder: Path) -> Iterator[Switchboard]:
    """Two lines."""
    config = Config(base=folder, store=StoreChoice("shop.db"), calls=CallChoice(most=2))
    engines, lines = Engines(FakeRecognizer(FakeVoice()), None, FakeSynthesizer()), Lines(config.calls.most)
    with closing(LiveShop(config, "coffee")) as live:
        yield Switchboard(config, live, engines, lines, metrics=Metrics(lambda: lines.open_calls))


@asynccontextmanager
async def serving(board: Switchboard, listener: SipListener) -> AsyncIterator[None]:
    """Take the calls of a line that is open."""
    arriving = asyncio.create_task(board._answer(listener))
    try:
        yield
    finally:
        arriving.cancel()
        await asyncio.wait({arriving, *board._running})


@asynccontextmanager
async def on_the_telephone(board: Switchboard, **changes: int) -> AsyncIterator[Sip]:
    async with open_line(**changes) as (listener, sip), serving(board, listener):
        yield sip
