"""Does the assistant interrupt itself on a loudspeaker, and do people interrupt it? (CHECKS.md row 5, FEATURES row 14)

The real sound path: PortAudio, PulseAudio with a virtual microphone and a virtual loudspeaker, and between the two the
response of a small room, `echo` dB softer. The assistant talks for twenty seconds at a time. In one half of the time
nobody is there: `stops` are prompts that it broke off because of itself. In the other half recorded orders are said
over its prompts: `heard` of them stopped it, `stop_ms` after their playing began.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.barge_in import Talkative
from tests.sound_server import LOUDSPEAKER, MICROPHONE, Room, room
from voice import events
from voice.audio import RATE_HZ, read_audio, to_pcm, to_samples, trim
from voice.turns import run_call
from voxcart.build import Engines, Front, new_call_id, open_engines, open_mind, open_shop
from voxcart.config import Config, load_config

HELLO = Path("audio_fixtures/generated/two_cappuccinos.flac")
TALKER_PEAK = 0.3


@asynccontextmanager
async def echoing(folder: Path, echo_db: float) -> AsyncIterator[Room]:
    async with room(folder) as here:
        os.environ.update(here.env)
        module = (sys.executable, "-m", "tests.room_echo")
        await here.run(*module, f"{LOUDSPEAKER}.monitor", MICROPHONE, str(echo_db))
        await asyncio.sleep(2.0)
        yield here


class Counted:
    def __init__(self) -> None:
        self.prompts = self.said = 0
        self.stops: list[float] = []
        self.spoken: list[float] = []
        self.speaking_since = 0.0

    def watch(self, event: events.CallEvent) -> None:
        if isinstance(event, events.Saying):
            self.prompts += 1
            self.speaking_since = perf_counter()
        if isinstance(event, events.BrokenOff):
            self.stops.append(perf_counter())


async def talk(
    here: Room, config: Config, front: Front, engines: Engines, minutes: float, clips: list[bytes]
) -> Counted:
    from voice.channels.mic import MicListener  # PortAudio finds the sound server when it is loaded

    counted, ends = Counted(), perf_counter() + 60 * minutes
    listener = MicListener(config.device, config.voice)
    await listener.open()
    calls = listener.calls()
    try:
        while perf_counter() < ends:
            waking = asyncio.create_task(here.say(read_audio(HELLO)))
            channel = await anext(calls)
            await waking
            mind: Any = Talkative(open_mind(front, new_call_id()))
            over = asyncio.create_task(interrupt(here, counted, clips)) if clips else None
            asyncio.get_running_loop().call_later(ends - perf_counter(), channel.end)
            await run_call(
                channel,
                mind,
                engines.recognizer,
                engines.synthesizer,
                engines.second_pass,
                config.voice,
                watch=counted.watch,
            )
            if over is not None:
                over.cancel()
    finally:
        await listener.close()
    return counted


async def interrupt(here: Room, counted: Counted, clips: list[bytes]) -> None:
    chance = random.Random(len(counted.spoken))
    while True:
        await asyncio.sleep(chance.uniform(4, 9))
        if perf_counter() - counted.speaking_since < 12:
            counted.spoken.append(perf_counter())
            await here.say(chance.choice(clips))


def row_of(echo_db: float, kind: str, counted: Counted) -> dict[str, object]:
    waits = [
        1000 * min(after)
        for spoken in counted.spoken
        if (after := [stop - spoken for stop in counted.stops if 0 <= stop - spoken < 2.0])
    ]
    return {
        "echo_db": echo_db,
        "there": kind,
        "prompts": counted.prompts,
        "stops": len(counted.stops),
        "said over": len(counted.spoken),
        "heard": len(waits),
        "stop_ms_p50": round(float(np.median(waits))) if waits else None,
    }


async def measure(options: argparse.Namespace) -> list[dict[str, object]]:
    config, rows = load_config(), []
    front = open_shop(config, "coffee", in_memory=True)
    engines = open_engines(config, front)
    paths = sorted((options.data / "orders").glob("*.flac"))[:40]
    sounds = [trim(to_samples(read_audio(path)), RATE_HZ, 0.0) for path in paths]
    clips = [to_pcm(sound * (TALKER_PEAK / float(np.abs(sound).max()))) for sound in sounds]
    for echo_db in options.echo:
        for kind, said in (("nobody", []), ("people", clips)):
            with tempfile.TemporaryDirectory() as folder:
                async with echoing(Path(folder), echo_db) as here:
                    counted = await talk(here, config, front, engines, options.minutes, said)
            rows.append(row_of(echo_db, kind, counted))
            report.show("so far", rows)
    engines.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--minutes", type=float, default=5.0, help="of each")
    parser.add_argument("--echo", type=float, nargs="+", default=[-20.0, -15.0, -6.0], metavar="DB")
    options = parser.parse_args()
    rows = asyncio.run(measure(options))
    report.write("own_voice", rows, {}, seed=7)


if __name__ == "__main__":
    main()
