from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice import models
from voice.audio import hiss, read_audio, silence
from voice.errors import ModelCorrupt
from voice.second_pass import WhisperSecondPass, plain
from voice.settings import Models, SecondPass

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"


@pytest.fixture(scope="module")
def whisper() -> Iterator[WhisperSecondPass]:
    second = WhisperSecondPass(models.locate("whisper-base", Models()), SecondPass())
    second.warm_up()
    yield second
    second.close()


@pytest.mark.audio
async def test_a_human_order_is_heard(whisper: WhisperSecondPass) -> None:
    pcm = read_audio(FIXTURES / "orders" / "0704c731.flac")
    found = await whisper.transcribe(pcm, "Can I get a large cappuccino, medium roast, with whole milk?")
    assert found.text == "can i get a large medium roast cappuccino with whole milk"
    assert found.engine == "whisper"


@pytest.mark.audio
@pytest.mark.parametrize("prompt", ["", "Can I get a large iced mocha with almond milk?"])
async def test_what_is_no_speech_gives_no_words(whisper: WhisperSecondPass, prompt: str) -> None:
    for pcm in (silence(32_000), hiss(32_000, -35, seed=4), read_audio(FIXTURES / "generated" / "cough.flac")):
        assert (await whisper.transcribe(pcm, prompt)).text == ""


@pytest.mark.audio
@pytest.mark.slow
async def test_memory_holds_still_whatever_the_length(whisper: WhisperSecondPass) -> None:
    pcm = read_audio(FIXTURES / "orders" / "0704c731.flac")
    held = []
    for length in range(40):
        await whisper.transcribe(pcm[: len(pcm) - 1000 * length])
        held.append(resident_mib())
    assert held[-1] - held[9] < 20


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.audio
async def test_the_loop_goes_on_meanwhile(whisper: WhisperSecondPass) -> None:
    hearing = asyncio.create_task(whisper.transcribe(read_audio(FIXTURES / "orders" / "0704c731.flac"), ""))
    beats = 0
    while not hearing.done():
        await asyncio.sleep(0.005)
        assert whisper.waiting == 1 or hearing.done()
        beats += 1
    assert beats > 10
    assert whisper.waiting == 0


@pytest.mark.audio
async def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    broken = WhisperSecondPass(tmp_path, SecondPass())
    with pytest.raises(ModelCorrupt, match="voxcart models fetch"):
        await broken.transcribe(silence(16_000))
    broken.close()


async def test_a_click_is_not_even_tried(tmp_path: Path) -> None:
    nothing = WhisperSecondPass(tmp_path, SecondPass())
    assert (await nothing.transcribe(silence(1000))).text == ""
    nothing.close()


@pytest.mark.parametrize(
    ("no_speech", "probability", "text", "believed"),
    [
        (0.1, -0.3, "a latte", True),
        (0.9, -0.3, "a latte", False),
        (0.1, -1.5, "a latte", False),
        (0.1, -0.3, "a latte " * 20, False),
    ],
)
def test_doubtful_segments_are_dropped(
    tmp_path: Path, no_speech: float, probability: float, text: str, believed: bool
) -> None:
    second = WhisperSecondPass(tmp_path, SecondPass())
    assert second._believes(no_speech, probability, text) is believed
    second.close()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Can I get a LARGE latte, please?", "can i get a large latte please"),
        ("I don’t want half-and-half.", "i don't want half-and-half"),
        ("That's $12.50!", "that's 12.50"),
        ("4, 7, 1, 1.", "4 7 1 1"),
        ("A 16-ounce M&M's  bag", "a 16 ounce m&m's bag"),
        ("1,000 at 5:30, 20%", "1,000 at 5:30 20%"),
        ("Crème brûlée…", "crème brûlée"),
        ("", ""),
        (" ... ", ""),
    ],
)
def test_text_is_plain(written: str, read: str) -> None:
    assert plain(written) == read
