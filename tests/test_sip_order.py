"""A whole order by telephone: a real softphone, real models; the same as from a file, and heard as it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commerce.customers import add_customer
from commerce.shop import Shop
from tests.waveform import audible
from voice.audio import RATE_HZ, read_audio
from voice.channels.script import Script, load_script, rehearse
from voxcart.__main__ import DEMO, DEMO_PIN
from voxcart.build import Engines, open_shop
from voxcart.config import Config, StoreChoice, load_config
from voxcart.lines import Lines
from voxcart.live_shop import LiveShop
from voxcart.phone import Phoned, at_home, free_ports, phone_home
from voxcart.replay import replay
from voxcart.serve import Switchboard

pytestmark = [pytest.mark.audio, pytest.mark.device, pytest.mark.slow]
WINDOW_S = 25


def configured(folder: Path) -> Config:
    config = load_config()
    return replace(config, store=StoreChoice(str(folder / "shop.db")), sip=at_home(config.sip, free_ports(6)))


@dataclass(frozen=True)
class Came:
    """What a call came to: what was understood and done in each turn, and what was ordered."""

    turns: list[tuple[Any, list[str]]]
    ordered: list[tuple[Any, int]]
    said: str = field(compare=False)


def came_to(shop: Shop) -> Came:
    (call,) = shop.store.calls()
    found = [event.payload for event in shop.store.events(call.call) if event.kind == "turn"]
    turns = [(each.get("reading"), [done["outcome"]["type"] for done in each["did"]]) for each in found]
    return Came(
        turns, [(order.lines, order.total.minor) for order in shop.orders()], " ".join(each["said"] for each in found)
    )


@contextmanager
def board_for(config: Config, engines: Engines, caller: str) -> Iterator[tuple[Switchboard, Shop]]:
    """The caller is a customer."""
    with closing(LiveShop(config, "coffee", lambda _front: engines.recognizer)) as live, live.call() as opening:
        shop = opening.front.shop
        add_customer(shop.till, "Ada", caller, DEMO_PIN)
        yield Switchboard(config, live, engines, Lines(2)), shop


async def by_telephone(folder: Path, engines: Engines, script: Script) -> tuple[Came, Phoned]:
    config, caller = configured(folder), script.caller or ""
    with board_for(config, engines, caller) as (switchboard, shop):
        phoned = await phone_home(switchboard, config, caller, await rehearse(script), folder / "heard.wav")
        return came_to(shop), phoned


async def from_file(folder: Path, engines: Engines, script: Script) -> Came:
    with closing(open_shop(configured(folder), "coffee")) as front:
        add_customer(front.shop.till, "Ada", script.caller or "", DEMO_PIN)
        await replay(script, front.config, front, engines)
        return came_to(front.shop)


async def test_an_order_by_telephone_is_that_from_a_file_and_is_heard(engines: Engines, tmp_path: Path) -> None:
    script = load_script(DEMO)
    (tmp_path / "file").mkdir()
    came, phoned = await by_telephone(tmp_path, engines, script)
    assert phoned.answered
    assert phoned.to_the_end
    assert came == await from_file(tmp_path / "file", engines, script)
    assert len(came.ordered) == 1
    assert phoned.heard is not None
    heard = await listened_back(phoned.heard, engines)
    # An independent ear writes numbers as digits and spells some words its own way.
    alike = SequenceMatcher(None, words_of(came.said), words_of(heard), autojunk=False).ratio()
    assert alike > 0.85, f"said: {came.said}\nheard: {heard}"


async def listened_back(recording: Path, engines: Engines) -> str:
    """What an independent ear hears in what came out of the telephone."""
    side = np.frombuffer(read_audio(recording), "<i2")
    windows = [b""]
    for start, end in audible(side):
        span = side[max(int(start - 100) * 16, 0) : int(end + 300) * 16].tobytes()
        fits = len(windows[-1] + span) <= WINDOW_S * 2 * RATE_HZ
        windows[-1:] = [windows[-1] + span] if fits else [windows[-1], span]
    assert engines.second_pass is not None
    texts = [(await engines.second_pass.transcribe(each)).text for each in windows]
    return " ".join(texts)


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
