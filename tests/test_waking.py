"""What wakes a device that sleeps, and what it hears then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.sound_port import Port
from voice.audio import FRAME_BYTES, RATE_HZ, Frame, frames_of, hiss, read_audio
from voice.channels.ear import Ear
from voice.channels.mic import MicChannel, MicListener, Sleep
from voice.channels.script import Say
from voice.channels.sound_card import SoundCard
from voice.channels.waking import AnyVoice, Key, Phrase, Waker, chime
from voice.settings import Device, Echo, VoiceSettings
from voice.spotter import Spotted, Spotter
from voice.vad import voice_activity
from voxcart.build import Engines, open_shop
from voxcart.config import load_config

QUIET = bytes(FRAME_BYTES)
VOICE = b"\x10\x10" * 320
FIXTURES = Path(__file__).parent.parent / "audio_fixtures"


class Loud:
    """Whatever is not silent is a voice."""

    is_sure = True

    def is_speech(self, frame: Frame) -> bool:
        return any(frame.pcm)


class Whistle:
    """Woken by a frame of ones, with a frame that was said to it already."""

    def woken(self, frame: Frame) -> bytes | None:
        return VOICE if frame.pcm == b"\1" * FRAME_BYTES else None


def woken_at(waker: Waker, frames: Iterator[bytes] | list[bytes]) -> int | None:
    found = (at for at, pcm in enumerate(frames) if waker.woken(Frame(320 * at, pcm)) is not None)
    return next(found, None)


def test_any_voice_wakes_when_it_pauses() -> None:
    assert woken_at(AnyVoice(Loud()), [*[VOICE] * 30, *[QUIET] * 30]) == 44
    assert woken_at(AnyVoice(Loud()), [*[VOICE] * 8, *[QUIET] * 60]) is None, "a cough"
    assert woken_at(AnyVoice(Loud()), [VOICE] * 400) is not None, "whoever never pauses"


def test_a_key_counts_from_when_it_sleeps() -> None:
    key = Key()
    key.press()
    assert key.released().woken(Frame(0, VOICE)) is None
    key.press()
    assert key.woken(Frame(0, QUIET)) == b""
    assert key.woken(Frame(0, QUIET)) is None


def test_the_chimes_differ_and_are_short() -> None:
    assert chime(up=True) != chime(up=False)
    assert len(chime(up=True)) < RATE_HZ


class Heard:
    """What a conversation hears of a microphone, in fast motion: as fast as the port brings it."""

    def __init__(self, port: Port, after_s: float = 0.2, longest_s: float = 1.0) -> None:
        self.port = port
        card = SoundCard(Device())
        card.open()
        ear = Ear(card, "full", Echo(cancel=False))
        self.channel = MicChannel(card, ear, Sleep(Whistle, Loud(), after_s, longest_s))
        self.frames: list[Frame] = []

    async def listen(self) -> None:
        async for frame in self.channel.frames():
            assert isinstance(frame, Frame)
            self.frames.append(frame)

    async def brings(self, *blocks: bytes) -> None:
        """Frames, at the pace at which they are spoken."""
        for pcm in blocks:
            self.port.plays(320)
            self.port.hears(pcm)
            await asyncio.sleep(0.02)


@pytest.fixture
async def heard(port: Port) -> Heard:
    return Heard(port)


async def test_while_it_sleeps_time_stands_still(heard: Heard) -> None:
    listening = asyncio.create_task(heard.listen())
    await heard.brings(*[VOICE] * 5, *[QUIET] * 30)
    assert heard.channel.is_asleep
    slept = len(heard.frames)
    await heard.brings(*[VOICE] * 15)
    assert len(heard.frames) == slept
    await heard.brings(b"\1" * FRAME_BYTES, *[VOICE] * 5)
    assert not heard.channel.is_asleep
    assert [frame.start for frame in heard.frames] == list(range(0, 320 * len(heard.frames), 320))
    assert heard.frames[slept].pcm == VOICE, "what was said with what woke it"
    heard.channel.is_over = True
    await listening


async def test_a_conversation_that_sleeps_too_long_is_over(heard: Heard) -> None:
    listening = asyncio.create_task(heard.listen())
    await heard.brings(*[QUIET] * 90)
    assert heard.channel.is_over
    await listening


async def test_it_stays_awake_while_it_thinks_and_speaks(heard: Heard) -> None:
    listening = asyncio.create_task(heard.listen())
    with heard.channel.thinking():
        await heard.brings(*[QUIET] * 25)
        assert not heard.channel.is_asleep
    saying = asyncio.create_task(heard.channel.play(VOICE * 25))
    await heard.brings(*[QUIET] * 25)
    assert not heard.channel.is_asleep
    await saying
    await heard.brings(*[QUIET] * 25)
    assert heard.channel.is_asleep
    heard.channel.is_over = True
    await listening


async def test_a_sleeping_conversation_holds_up_no_end(port: Port) -> None:
    listener = MicListener(Device(duplex="full", follow_up_s=0.2), VoiceSettings(), Whistle, Loud)
    await listener.open()
    calls = listener.calls()
    waking = asyncio.ensure_future(anext(calls))
    for pcm in (QUIET, QUIET, b"\1" * FRAME_BYTES, QUIET):
        port.hears(pcm)
        await asyncio.sleep(0.02)
    channel = await waking
    talking = asyncio.create_task(drained(channel))
    for _ in range(30):
        port.plays(320)
        port.hears(QUIET)
        await asyncio.sleep(0.02)
    assert channel.is_asleep
    await listener.drain()
    async with asyncio.timeout(5):
        await talking
    await listener.close()


async def drained(channel: MicChannel) -> None:
    async for _ in channel.frames():
        pass


# ---- the phrase ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def others() -> Iterator[Sequence[str]]:
    """What else is said in the coffee bar."""
    with closing(open_shop(load_config(), "coffee", in_memory=True)) as front:
        yield front.grammar.phrases("order")


def spotted(engines: Engines, others: Sequence[str], pcm: bytes) -> list[Spotted]:
    settings = VoiceSettings()
    spotter = Spotter(
        engines.recognizer, voice_activity(settings.vad), settings, ["hello market", "good morning shop"], others
    )
    around = hiss(RATE_HZ, -65, seed=1)
    return [found for frame in frames_of(around + pcm + around) if (found := spotter.feed(frame))]


@pytest.mark.audio
async def test_phrases_are_spotted(engines: Engines, others: Sequence[str], kristin: Say) -> None:
    for text in ("Hello market!", "Um, hello market.", "Good morning shop!"):
        [found] = spotted(engines, others, await kristin(text))
        assert found.phrase in text.lower()
        assert found.rest == b"", text


@pytest.mark.audio
async def test_what_is_said_in_the_same_breath_is_kept(engines: Engines, others: Sequence[str], kristin: Say) -> None:
    said = await kristin("Hello market, can I get a large cappuccino?")
    [found] = spotted(engines, others, said)
    hearing = engines.recognizer.listen(others)
    hearing.accept(found.rest)
    assert hearing.finish().text == "can i get a large cappuccino"


@pytest.mark.audio
async def test_other_talk_wakes_nobody(engines: Engines, others: Sequence[str], kristin: Say) -> None:
    for text in ("Hello there!", "The market was full today.", "I told her to say hello market to it."):
        assert spotted(engines, others, await kristin(text)) == [], text
    for clip in sorted((FIXTURES / "orders").glob("*.flac")):
        assert spotted(engines, others, read_audio(clip)) == [], clip.name


@pytest.mark.audio
async def test_a_waker_of_phrases_hands_on_the_rest(engines: Engines, kristin: Say) -> None:
    settings = VoiceSettings()
    phrase = Phrase(Spotter(engines.recognizer, voice_activity(settings.vad), settings, ["hello market"]))
    pcm = await kristin("Hello market!") + hiss(RATE_HZ, -65, seed=1)
    assert [said for frame in frames_of(pcm) if (said := phrase.woken(frame)) is not None] == [b""]
