"""Who listens says "mm hmm", and the assistant goes on; who says "stop" is obeyed. Spoken over a prompt and heard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.spoken import Kept, Line, open_line
from voice.channels.script import Say
from voice.events import BrokenOff, TakenUp
from voxcart.build import Engines

pytestmark = [pytest.mark.audio, pytest.mark.slow]

LISTENING = (
    *("uh huh", "mm hmm", "mhm", "hmm", "aha", "i see", "okay", "right", "hm", "gotcha", "oh", "ah"),
    *("understood", "really", "interesting", "wow", "oh okay", "oh i see", "ok", "mm"),
)
STOPPING = (
    *("stop", "wait", "hold on", "hang on", "stop it", "stop talking", "be quiet", "quiet", "shut up", "stop please"),
    *("enough", "silence", "stop stop", "wait stop", "hush", "wait wait", "no stop", "stop stop stop", "please stop"),
    "just a moment",
)
assert len(set(LISTENING)) == len(set(STOPPING)) == 20

STEPS = """
[[step]]
say = "what do you have"
[[step]]
say = "{word}"
over_ms = 1300
"""


@pytest.fixture(scope="module")
def line(engines: Engines, kristin: Say, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    line = open_line(engines, kristin, tmp_path_factory.mktemp("backchannels"))
    yield line
    line.front.close()


def names(kept: Kept) -> list[str]:
    """What each turn was taken for, but for the silence after the last."""
    readings = [turn["reading"] for turn in kept.turns]
    return [each.get("name", each["type"]) for each in readings if each and each["type"] != "Silent"]


@pytest.mark.parametrize("word", LISTENING)
async def test_the_assistant_goes_on(line: Line, word: str) -> None:
    kept = await line.take(STEPS.format(word=word))
    assert names(kept) == ["AskProducts"], kept.heard
    assert sum(isinstance(each, BrokenOff) for each in kept.events) == sum(
        isinstance(each, TakenUp) for each in kept.events
    )


@pytest.mark.parametrize("word", STOPPING)
async def test_the_assistant_stops(line: Line, word: str) -> None:
    kept = await line.take(STEPS.format(word=word))
    assert sum(isinstance(each, BrokenOff) for each in kept.events) == 1
    assert not [each for each in kept.events if isinstance(each, TakenUp)]


@pytest.mark.parametrize("words", ["a latte", "two teas", "help", "the muffin", "coffee please"])
async def test_few_words_that_make_sense_count(line: Line, words: str) -> None:
    kept = await line.take(STEPS.format(word=words))
    assert len(names(kept)) == 2, kept.heard
    assert not [each for each in kept.events if isinstance(each, TakenUp)]
