from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from time import perf_counter

import numpy as np
import pytest

from tests.fakes import silent
from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, Frame, dbfs
from voice.channels import Channel, Keys
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, OverPrompt, Press, Sound
from voice.channels.file import QUEUE_BYTES, FileChannel
from voice.channels.pace import PaceName

LOUD = 9000
Assistant = Callable[[FileChannel], Awaitable[None]]


def tone(ms: int, value: int = LOUD) -> bytes:
    return np.full(RATE_HZ * ms // 1000, value, "<i2").tobytes()


class Tapped:
    """Runs a channel beside an assistant to its end and keeps both sides."""

    def __init__(self, *cues: Cue, pace: PaceName = "frozen", silence_s: float = 3.0) -> None:
        self.caller, self.assistant = bytearray(), bytearray()
        self.items: list[Frame | Keys] = []
        self.channel = FileChannel(cues, pace=pace, silence_s=silence_s, on_frame=self.keep)
        self._advanced = asyncio.Event()

    def keep(self, caller: bytes, assistant: bytes, start: int) -> None:
        assert start == len(self.caller) // 2
        self.caller += caller
        self.assistant += assistant
        self._advanced.set()

    async def run(self, assistant: Assistant | None = None) -> None:
        async def listen() -> None:
            async for item in self.channel.frames():
                self.items.append(item)

        listening = asyncio.create_task(listen())
        if assistant:
            await assistant(self.channel)
        await listening

    async def until(self, ms: int) -> None:
        """Wait for a place on the line; its clock is the only one here."""
        while self.channel.played < ms * RATE_HZ // 1000:
            self._advanced.clear()
            await self._advanced.wait()

    def onsets_ms(self, side: bytearray) -> list[float]:
        """Where sound begins on one side."""
        loud = np.abs(np.frombuffer(bytes(side), "<i2").astype(int)) > 500
        return [float(at) * 1000 / RATE_HZ for at in np.flatnonzero(np.diff(loud.astype(int), prepend=0) == 1)]


async def prompt(channel: FileChannel, ms: int) -> None:
    await channel.play(tone(ms))
    await channel.drain()


async def test_it_is_a_channel() -> None:
    channel: Channel = FileChannel(())
    assert channel.caller is None


async def test_frames_are_gap_free_and_both_sides_are_equally_long() -> None:
    tapped = Tapped(Cue(Sound(tone(250))))
    await tapped.run(lambda channel: prompt(channel, 330))
    frames = [item for item in tapped.items if isinstance(item, Frame)]
    assert [frame.start for frame in frames] == [FRAME_SAMPLES * index for index in range(len(frames))]
    assert {len(frame.pcm) for frame in frames} == {FRAME_BYTES}
    assert len(tapped.caller) == len(tapped.assistant) == FRAME_BYTES * len(frames)
    assert tapped.channel.played == frames[-1].end


async def test_a_quiet_caller_sends_faint_noise() -> None:
    tapped = Tapped(silence_s=1)
    await tapped.run()
    assert dbfs(bytes(tapped.caller)) == pytest.approx(-70, abs=1)
    assert not any(tapped.assistant)


async def test_a_cue_waits_for_the_end_of_the_prompt_and_its_pause() -> None:
    tapped = Tapped(Cue(Sound(tone(200)), AfterPrompt(400)))
    await tapped.run(lambda channel: prompt(channel, 600))
    assert tapped.onsets_ms(tapped.caller)[0] == pytest.approx(1000, abs=40)


async def test_no_cue_begins_between_two_halves_of_a_prompt() -> None:
    async def hesitate(channel: FileChannel) -> None:
        await prompt(channel, 600)
        await tapped.until(1000)
        await prompt(channel, 600)

    tapped = Tapped(Cue(Sound(tone(200)), AfterPrompt(500)))
    await tapped.run(hesitate)
    assert tapped.onsets_ms(tapped.caller)[0] >= 1000 + 600 + 500


async def test_a_cue_talks_over_the_prompt() -> None:
    tapped = Tapped(Cue(Sound(tone(200)), OverPrompt(800)))
    await tapped.run(lambda channel: prompt(channel, 2000))
    assert tapped.onsets_ms(tapped.caller)[0] == pytest.approx(800, abs=40)


async def test_a_cue_follows_the_previous_one_after_silence() -> None:
    tapped = Tapped(Cue(Sound(tone(200)), AfterPrevious(300)), Cue(Sound(tone(200)), AfterPrevious(700)))
    await tapped.run()
    first, second = tapped.onsets_ms(tapped.caller)
    assert first == pytest.approx(300, abs=40)
    assert second - first == pytest.approx(200 + 700, abs=40)


async def test_a_cue_after_a_prompt_waits_for_a_new_prompt() -> None:
    async def answer_late(channel: FileChannel) -> None:
        await prompt(channel, 300)
        await tapped.until(4000)
        await prompt(channel, 300)

    tapped = Tapped(Cue(Sound(tone(200))), Cue(Sound(tone(200))), silence_s=5)
    await tapped.run(answer_late)
    first, second = tapped.onsets_ms(tapped.caller)
    assert first < 1000
    assert second >= 4300


async def test_an_answer_may_come_in_the_silent_end_of_a_clip() -> None:
    async def answer(channel: FileChannel) -> None:
        await prompt(channel, 300)
        await tapped.until(1500)
        await prompt(channel, 300)

    tapped = Tapped(Cue(Sound(tone(200) + silent(3000))), Cue(Sound(tone(200))))
    await tapped.run(answer)
    assert tapped.onsets_ms(tapped.caller) == pytest.approx([800, 4000], abs=40)


async def test_a_prompt_that_was_talked_over_is_no_answer() -> None:
    async def answer(channel: FileChannel) -> None:
        await prompt(channel, 1000)
        await tapped.until(4000)
        await prompt(channel, 300)

    tapped = Tapped(Cue(Sound(tone(1000)), OverPrompt(500)), Cue(Sound(tone(200))))
    await tapped.run(answer)
    assert tapped.onsets_ms(tapped.caller) == pytest.approx([500, 4800], abs=40)


async def test_keys_come_one_by_one() -> None:
    tapped = Tapped(Cue(Press("47#"), AfterPrevious(100)))
    await tapped.run()
    keys = [item for item in tapped.items if isinstance(item, Keys)]
    assert "".join(key.digits for key in keys) == "47#"
    assert [later.at - earlier.at for earlier, later in pairwise(keys)] == [RATE_HZ // 5] * 2


async def test_the_caller_leaves() -> None:
    tapped = Tapped(Cue(Leave(), AfterPrevious(500)))
    await tapped.run()
    assert tapped.channel.played == RATE_HZ // 2


async def test_after_the_last_cue_and_silence_the_caller_leaves() -> None:
    tapped = Tapped(Cue(Sound(tone(200)), AfterPrevious(0)), silence_s=2)
    await tapped.run()
    assert tapped.channel.played == pytest.approx(2.2 * RATE_HZ, abs=2 * FRAME_SAMPLES)


async def test_a_caller_without_a_moment_for_the_next_cue_leaves_in_the_end() -> None:
    async def talk_for_ever(channel: FileChannel) -> None:
        while channel.played < 170 * RATE_HZ:
            await prompt(channel, 500)

    tapped = Tapped(Cue(Sound(tone(200)), OverPrompt(60_000)))
    await tapped.run(talk_for_ever)
    assert tapped.channel.played == 180 * RATE_HZ


async def test_play_keeps_at_most_100_ms_ahead() -> None:
    channel = FileChannel((), pace="frozen")
    playing = asyncio.create_task(channel.play(tone(1000)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not playing.done()
    assert channel.flush() == QUEUE_BYTES // 2 == RATE_HZ // 10
    await channel.hang_up()
    await playing


async def test_what_is_played_is_on_the_line_without_a_gap() -> None:
    async def speak(channel: FileChannel) -> None:
        for _ in range(7):
            await channel.play(tone(130))
        await channel.drain()

    for pace in ("frozen", "honest"):
        tapped = Tapped(pace=pace)
        await tapped.run(speak)
        assert tapped.onsets_ms(tapped.assistant) == [0.0]
        assert tapped.assistant.count(tone(910)) == 1


async def test_flush_silences_the_line_at_once() -> None:
    async def speak_and_stop(channel: FileChannel) -> None:
        playing = asyncio.create_task(channel.play(tone(2000)))
        await tapped.until(500)
        playing.cancel()
        channel.flush()
        self_at.append(channel.played)

    self_at: list[int] = []
    tapped = Tapped()
    await tapped.run(speak_and_stop)
    assert not any(tapped.assistant[2 * self_at[0] :])
    assert tapped.assistant[: 2 * self_at[0]] == tone(1000 * self_at[0] // RATE_HZ)


@pytest.mark.parametrize("pace", ["frozen", "honest"])
async def test_hang_up_releases_everybody(pace: PaceName) -> None:
    channel = FileChannel((), pace=pace)
    waiting = [asyncio.create_task(channel.play(silent(5000))), asyncio.create_task(channel.drain())]
    await asyncio.sleep(0)
    await channel.hang_up()
    await asyncio.gather(*waiting)
    await channel.play(silent(5000))
    assert [item async for item in channel.frames()] == []


async def think(channel: FileChannel, seconds: float) -> None:
    with channel.thinking():
        await asyncio.sleep(seconds)


async def test_a_frozen_line_stands_still_while_the_assistant_thinks() -> None:
    async def think_then_speak(channel: FileChannel) -> None:
        await think(channel, 0.05)
        await prompt(channel, 100)

    tapped = Tapped()
    await tapped.run(think_then_speak)
    assert tapped.onsets_ms(tapped.assistant)[0] <= 20


async def test_an_honest_line_lasts_as_long_as_the_assistant_thinks() -> None:
    spent: list[float] = []

    async def think_then_speak(channel: FileChannel) -> None:
        began = perf_counter()
        for seconds in (0.06, 0.007, 0.09):
            await think(channel, seconds)
        spent.append((perf_counter() - began) * 1000)
        await prompt(channel, 100)

    tapped = Tapped(pace="honest")
    await tapped.run(think_then_speak)
    assert tapped.onsets_ms(tapped.assistant)[0] == pytest.approx(spent[0], abs=25)


async def test_an_honest_line_counts_thinking_that_blocked_the_loop() -> None:
    async def think_then_speak(channel: FileChannel) -> None:
        await asyncio.sleep(0)
        with channel.thinking():
            until = perf_counter() + 0.07
            while perf_counter() < until:
                pass
        await prompt(channel, 100)

    tapped = Tapped(pace="honest")
    await tapped.run(think_then_speak)
    assert 50 <= tapped.onsets_ms(tapped.assistant)[0] <= 120


async def test_a_real_line_runs_with_the_wall() -> None:
    began = perf_counter()
    tapped = Tapped(Cue(Leave(), AfterPrevious(200)), pace="real")
    await tapped.run()
    assert perf_counter() - began >= 0.19
