"""How soon does the assistant fall silent when it is spoken over, and what makes it stop in vain? (CHECKS.md row 5)

Calls are replayed at honest pace with prompts of twenty seconds. In some of them recorded orders are said over the
prompts: `stop_ms` runs from the caller's first sound that is within 30 dB of the loudest to the assistant's last.
In the others nobody speaks: there is kitchen noise, there are bursts of noise like coughs, or the assistant hears
itself, softer. `false_%` is the share of the prompts that stopped; `orders` and `edits` are what came of it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from voice import events
from voice.audio import FRAME_BYTES, RATE_HZ, Frame, Samples, amplify, mixed, read_audio, to_pcm, to_samples, trim
from voice.call import Mind
from voice.channels import Keys
from voice.channels.caller import AfterPrompt, Cue, Leave, OverPrompt, Sound
from voice.channels.file import FileChannel
from voice.prompt import Foresight, Prompt
from voice.turns import run_call
from voxcart.build import Engines, Front, new_call_id, open_engines, open_mind, open_shop
from voxcart.config import Config, load_config

TALK = (
    "Before you order, let me tell you what we have today. Our beans are roasted here in the house every morning. "
    "There is a light roast with a taste of berries, and a dark one that goes well with milk. "
    "All of our bread comes from the bakery across the street. If you would like to hear more about it, just ask me. "
)
ORDERS_PER_CALL = 4
AUDIBLE = 10 ** (-50 / 20)
FAINT = 10 ** (-30 / 20)
PAUSE_SAMPLES = RATE_HZ // 4
NEW_SOUND_SAMPLES = RATE_HZ
ECHO_FRAMES = 2
"""40 ms from the loudspeaker to the microphone."""


class Talkative:
    """The shop's mind, with much to say before each question."""

    def __init__(self, mind: Any) -> None:
        self._mind = mind

    async def greet(self) -> Prompt:
        return self._longer(await self._mind.greet())

    async def act(self, meaning: Any) -> Prompt:
        return self._longer(await self._mind.act(meaning))

    def foresee(self, partial: str) -> Foresight:
        return self._mind.foresee(partial)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mind, name)

    def _longer(self, prompt: Prompt) -> Prompt:
        return prompt if prompt.hang_up else replace(prompt, text=TALK + prompt.text, interruptible=True)


class Line(FileChannel):
    """A replayed line that keeps both sides; the assistant hears itself `echo_db` softer, where that is given."""

    def __init__(self, cues: list[Cue], echo_db: float | None = None) -> None:
        super().__init__(cues, pace="honest", silence_s=20.0, on_frame=self._keep)
        self.caller_side, self.assistant = bytearray(), bytearray()
        self._echo_db = echo_db
        self._echo = deque([bytes(FRAME_BYTES)] * ECHO_FRAMES)

    def _keep(self, caller: bytes, assistant: bytes, _start: int) -> None:
        self.caller_side += caller
        self.assistant += assistant
        self._echo.append(assistant)

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        async for item in super().frames():
            if isinstance(item, Frame) and self._echo_db is not None:
                echo = amplify(self._echo.popleft(), self._echo_db)
                yield replace(item, pcm=mixed(item.pcm, echo))
            else:
                yield item


class Counted:
    """What happened in calls."""

    def __init__(self) -> None:
        self.prompts = self.stops = self.resumed = self.orders = self.edits = self.samples = 0

    def watch(self, event: events.CallEvent) -> None:
        self.prompts += isinstance(event, events.Saying)
        self.stops += isinstance(event, events.BrokenOff)
        self.resumed += isinstance(event, events.TakenUp)


async def held(line: Line, config: Config, front: Front, engines: Engines, counted: Counted) -> None:
    call = new_call_id()
    before = len(front.shop.orders())
    mind: Mind = Talkative(open_mind(front, call))
    await run_call(
        line,
        mind,
        engines.recognizer,
        engines.synthesizer,
        engines.second_pass,
        config.voice,
        watch=counted.watch,
    )
    counted.orders += len(front.shop.orders()) - before
    done = str([event.payload for event in front.shop.store.events(call)])
    counted.edits += done.count("'type': 'ChangeCart'")
    counted.samples += line.played


def stops(line: Line) -> list[float]:
    """Milliseconds from each beginning of the caller's speech to the silence of the assistant."""
    said, heard = (np.abs(to_samples(bytes(side))) for side in (line.caller_side, line.assistant))
    loud, spoken = np.flatnonzero(said > said.max(initial=0.0) * FAINT), np.flatnonzero(heard > AUDIBLE)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-10 * RATE_HZ) > NEW_SOUND_SAMPLES)]
    found = []
    for begin in begins:
        after = spoken[np.searchsorted(spoken, begin) :]
        if not len(after) or after[0] - begin > PAUSE_SAMPLES:
            continue  # the prompt had ended
        pauses = np.flatnonzero(np.diff(after, append=len(heard) + RATE_HZ) > PAUSE_SAMPLES)
        found.append(float(after[pauses[0]] - begin) / RATE_HZ * 1000)
    return found


def noise_at(noise: Samples, seconds: float, dbfs: float, chance: random.Random) -> bytes:
    """A piece of the recording with that mean level."""
    count = int(seconds * RATE_HZ)
    at = chance.randrange(max(1, len(noise) - count))
    piece = np.resize(noise[at:], count)
    return to_pcm(piece * 10 ** (dbfs / 20) / np.sqrt(np.mean(np.square(piece))))


def coughs(seconds: float, chance: random.Random) -> bytes:
    """A burst of noise of 150 to 350 ms every three to eight seconds, as loud as speech."""
    track = np.zeros(int(seconds * RATE_HZ), np.float32)
    generator = np.random.default_rng(chance.randrange(2**32))
    at = int(chance.uniform(1, 4) * RATE_HZ)
    while at < len(track) - RATE_HZ:
        count = int(chance.uniform(0.15, 0.35) * RATE_HZ)
        shape = np.minimum(np.arange(count) / 160, 1.0) * np.exp(-np.arange(count) / (count / 3))
        burst = np.convolve(generator.standard_normal(count), np.ones(4) / 4, "same")
        track[at : at + count] = 0.3 * shape * burst
        at += int(chance.uniform(3, 8) * RATE_HZ)
    return to_pcm(track)


async def measure(options: argparse.Namespace) -> tuple[list[dict[str, object]], dict[str, list[float]]]:
    config = load_config()
    front = open_shop(config, "coffee", in_memory=True)
    engines = open_engines(config, front)
    chance = random.Random(options.seed)
    try:
        over, waits = await spoken_over(options.data, options.orders, config, front, engines, chance)
        rows = [over]
        noise = to_samples(read_audio(options.data / "kitchen-noise.flac"))
        tracks = {
            "kitchen noise, -40 dBFS": lambda: Line([Cue(Sound(noise_at(noise, 110, -40, chance)), OverPrompt(0))]),
            "kitchen noise, -30 dBFS": lambda: Line([Cue(Sound(noise_at(noise, 110, -30, chance)), OverPrompt(0))]),
            "bursts like coughs": lambda: Line([Cue(Sound(coughs(110, chance)), OverPrompt(0))]),
            "its own echo, -20 dB": lambda: Line([], echo_db=-20),
            "its own echo, -15 dB": lambda: Line([], echo_db=-15),
        }
        for name, line in tracks.items():
            counted = Counted()
            while counted.samples < 60 * RATE_HZ * options.minutes:
                await held(line(), config, front, engines, counted)
            rows.append(row_of(name, counted))
            report.show("so far", rows)
    finally:
        engines.close()
        front.close()
    return rows, {"stop_ms": [round(each) for each in waits]}


async def spoken_over(
    data: Path, orders: int, config: Config, front: Front, engines: Engines, chance: random.Random
) -> tuple[dict[str, object], list[float]]:
    counted, waits = Counted(), []
    clips = sorted((data / "orders").glob("*.flac"))[:orders]
    for first in range(0, len(clips), ORDERS_PER_CALL):
        sounds = [to_pcm(trim(to_samples(read_audio(clip)), RATE_HZ, 0.0)) for clip in clips[first:][:ORDERS_PER_CALL]]
        cues = [Cue(Sound(pcm), OverPrompt(chance.randrange(500, 8000))) for pcm in sounds]
        line = Line([*cues, Cue(Leave(), AfterPrompt())])
        await held(line, config, front, engines, counted)
        waits += stops(line)
    p50, p95, most = np.percentile(waits, (50, 95, 100))
    row = row_of("orders said over the prompt", counted)
    return row | {"stop_ms_p50": round(p50), "stop_ms_p95": round(p95), "stop_ms_max": round(most)}, waits


def row_of(line: str, counted: Counted) -> dict[str, object]:
    return {
        "line": line,
        "minutes": round(counted.samples / RATE_HZ / 60, 1),
        "prompts": counted.prompts,
        "stops": counted.stops,
        "gone on": counted.resumed,
        "stopped_%": round(100 * counted.stops / max(1, counted.prompts), 1),
        "edits": counted.edits,
        "orders": counted.orders,
        "stop_ms_p50": None,
        "stop_ms_p95": None,
        "stop_ms_max": None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=6.0, help="of each kind of noise")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows, raw = asyncio.run(measure(options))
    report.write("barge_in", rows, raw, seed=options.seed)


if __name__ == "__main__":
    main()
