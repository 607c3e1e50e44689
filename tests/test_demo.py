"""`make demo` in the process: what is ordered, stored, printed and recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.console import Console

from commerce.customers import add_customer
from voice.channels.script import load_script
from voxcart.__main__ import DEMO, DEMO_PIN
from voxcart.build import Engines, open_shop
from voxcart.config import StoreChoice, load_config
from voxcart.replay import Screen, replay

pytestmark = pytest.mark.audio


async def test_the_demo_call_is_ordered_recorded_and_discreet(engines: Engines, tmp_path: Path) -> None:
    config = replace(load_config(), store=StoreChoice(str(tmp_path / "demo.db")))
    front = open_shop(config, "coffee")
    script = load_script(DEMO)
    add_customer(front.shop.till, "Ada", script.caller or "", DEMO_PIN)
    shown = StringIO()
    screen = Screen(Console(file=shown, width=200))
    done = await replay(script, config, front, engines, screen=screen, record_in=tmp_path)

    (order,) = front.shop.orders()
    lines = [
        (int(each.quantity), each.product, {each.group: each.value for each in each.options}) for each in order.lines
    ]
    cappuccino = {"size": "large", "roast": "medium_roast", "milk": "whole_milk"}
    mocha = {"size": "medium", "roast": "light_roast", "shots": "single_shot"}
    assert lines == [(2, "cappuccino", cappuccino), (1, "iced_mocha", mocha)]
    assert order.total.minor == 1420
    front.close()

    stored = b"".join((tmp_path / f"demo.db{suffix}").read_bytes() for suffix in stored_in(tmp_path))
    for secret in (DEMO_PIN, " ".join(DEMO_PIN), "four seven three nine"):
        # A longer number or a hash that happens to hold the digits gives nothing away.
        alone = rf"(?<![0-9A-Za-z.]){secret}(?![0-9A-Za-z])"
        assert not re.search(alone.encode(), stored)
        assert not re.search(alone, shown.getvalue())
    assert "That's fourteen dollars and twenty cents altogether" in shown.getvalue()
    assert re.search(r"\d+ ms from the caller's last sound", shown.getvalue())

    assert done.recording is not None
    caller, assistant = soundfile.read(done.recording, dtype="int16")[0].T
    assert longest_silence_s(caller) > 3  # the PIN and the question for it
    assert np.abs(assistant).max() > 3000


def stored_in(folder: Path) -> list[str]:
    """The suffixes of the database's files, its write-ahead log among them."""
    return [path.name.removeprefix("demo.db") for path in folder.glob("demo.db*")]


def longest_silence_s(side: np.ndarray) -> float:
    """Digital silence only: a quiet line hisses."""
    loud = np.flatnonzero(side)
    return float(np.diff(loud, prepend=0, append=len(side)).max()) / 16000
