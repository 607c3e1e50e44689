"""How long does a caller wait for the answer? (CHECKS.md rows 1 and 3)

Every recorded order is said in a replayed call at honest pace: thinking takes as long on the line as on the wall. The
wait is measured on the two-channel recording, from the last audible sample of the caller to the first of the assistant.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import report
from voice import events
from voice.audio import RATE_HZ
from voice.call import StageTimes
from voice.channels.script import load_script
from voxcart.build import Engines, Front, open_engines, open_shop
from voxcart.config import Config, load_config
from voxcart.replay import Screen, replay

ORDERS_PER_CALL = 4
CACHED_MS = 5.0
AUDIBLE = 10 ** (-50 / 20)
NOT_ENDPOINT = ("recognise", "second_pass", "understand", "act", "first_audio")


class Watcher(Screen):
    """Notes where prompts begin and how long the stages of each turn took."""

    def __init__(self) -> None:
        self.prompts: list[int] = []
        self.times: list[StageTimes] = []

    def watch(self, event: events.CallEvent) -> None:
        match event:
            case events.Saying(_, at):
                self.prompts.append(at)
            case events.Timed(times):
                self.times.append(times)
            case _:
                pass

    def log(self, kind: str, payload: object) -> None:
        pass

    def frame(self, caller: bytes, assistant: bytes, start: int) -> None:
        pass


def script_of(clips: list[Path], folder: Path) -> Path:
    path = folder / "call.toml"
    steps = "".join(f'[[step]]\nclip = "{clip.resolve()}"\n\n' for clip in clips)
    path.write_text(steps + "[[step]]\nhang_up = true\n", "utf-8")
    return path


def waits_ms(recording: Path, prompts: list[int]) -> list[float]:
    """Per answer, from the caller's last audible sample before it to its own first audible sample."""
    samples, _ = soundfile.read(recording, dtype="float32")
    caller, assistant = (np.flatnonzero(np.abs(samples[:, side]) > AUDIBLE) for side in (0, 1))
    waits = []
    for at in prompts[1:]:
        spoken, answered = caller[caller < at], assistant[assistant >= at]
        if len(spoken) and len(answered):
            waits.append((answered[0] - spoken[-1]) / RATE_HZ * 1000)
    return waits


async def measure(
    clips: list[Path], config: Config, front: Front, engines: Engines, folder: Path
) -> tuple[list[float], list[StageTimes]]:
    waits: list[float] = []
    times: list[StageTimes] = []
    for first in range(0, len(clips), ORDERS_PER_CALL):
        watcher = Watcher()
        script = load_script(script_of(clips[first : first + ORDERS_PER_CALL], folder))
        done = await replay(script, config, front, engines, screen=watcher, record_in=folder)
        if done.recording:
            waits += waits_ms(done.recording, watcher.prompts)
        times += [each for each in watcher.times if each.endpoint is not None]
    return waits, times


def stage_row(stage: str, found: list[float]) -> dict[str, object]:
    p50, p95, most = (round(float(np.percentile(found, share))) for share in (50, 95, 100))
    return {"stage": stage, "p50_ms": p50, "p95_ms": p95, "max_ms": most, "turns": len(found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--limit", type=int, default=124)
    options = parser.parse_args()
    config = load_config()
    clips = sorted((options.data / "orders").glob("*.flac"))[: options.limit]
    with tempfile.TemporaryDirectory() as scratch:
        front = open_shop(replace(config, store=replace(config.store, database=f"{scratch}/bench.db")), "coffee")
        engines = open_engines(config, front)
        waits, times = asyncio.run(measure(clips, config, front, engines, Path(scratch)))
        engines.close()
        front.close()
    rows = [stage_row("voice to voice, on the waveform", waits)]
    for stage in ("endpoint", *NOT_ENDPOINT):
        found = [ms for each in times if (ms := getattr(each, stage)) is not None]
        if found:
            rows.append(stage_row(stage, found))
    after = [sum(getattr(each, stage) or 0.0 for stage in NOT_ENDPOINT) for each in times]
    rows.append(stage_row("all after the endpoint", after))
    cached = [
        ms for ms, each in zip(after, times, strict=True) if each.first_audio is not None and each.first_audio < 5
    ]
    if cached:
        rows.append(stage_row("all after the endpoint, answer begins with cached audio", cached))
    report.write("latency", rows, orders=len(clips))


if __name__ == "__main__":
    main()
