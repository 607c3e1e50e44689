"""An address and a time, spoken by a voice and heard by the real recogniser, are read back as they were said."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.spoken import Line, says
from voice.channels.script import Say
from voxcart.build import Engines, open_shop
from voxcart.config import load_config

pytestmark = pytest.mark.audio

SAID = (
    "Two margheritas please.",
    "Deliver it tomorrow at six.",
    "One zero zero one two.",
    "Oak street twelve.",
    "No, it's number fourteen.",
    "Yes.",
    "That's all.",
)


async def test_an_address_and_a_time_are_heard(engines: Engines, kristin: Say, tmp_path: Path) -> None:
    with closing(open_shop(load_config(), "pizzeria", in_memory=True)) as front:
        call = await Line(front, engines, kristin, tmp_path, "").take("".join(map(says, SAID)))
    told = call.said
    print(*call.heard, told, sep="\n")
    assert "Oak Street, number one two, postcode one zero zero, one two. Is that right?" in told
    assert "Oak Street, number one four, postcode one zero zero, one two. Is that right?" in told
    assert "number one four, postcode one zero zero, one two, tomorrow, from five in the afternoon to seven" in told
    assert "The delivery is three dollars. You pay on delivery. That's twenty-one dollars altogether." in told
