"""How many calls can one process on this machine hold at once? (CHECKS.md rows 6 and 14)

Every call is a whole purchase: a recorded order, "that's all", "yes", a PIN, a farewell. All run at real pace in one
event loop with one set of models, beginning within ten seconds of each other. What each call orders when it is taken
alone is what it must order among the others. When all have begun, one more calls: it must be refused. With `--minutes`
every caller calls again and again, and what a process may leak is watched.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter, process_time
from unittest.mock import patch

import numpy as np

from benchmarks import report
from commerce.customers import add_customer
from voice import events
from voice.announcing import announce
from voice.audio import RATE_HZ
from voice.channels.caller import Cue
from voice.channels.file import FileChannel
from voice.channels.pace import PaceName
from voice.channels.script import load_script, rehearse
from voice.turns import run_call
from voxcart.build import Engines, Front, new_call_id, open_engines, open_mind, open_shop, said_words
from voxcart.config import Config, load_config
from voxcart.lines import Lines, refusal
from voxcart.orders import order_rows

FIXTURES = Path(__file__).parent.parent / "audio_fixtures" / "generated"
AFTER_THE_ORDER = ("checkout", "yes", "pin_4739", "goodbye")
PIN = "4739"
SPREAD_S = 10.0
SLOW_MS = 20.0
MEMORY_S = 5.0
AUDIBLE = 0.003 * 32768
"""-50 dBFS."""


@dataclass(slots=True)
class Observed:
    """One call as it was seen from outside. `sides` is the file of its two channels; lateness in milliseconds."""

    caller: str
    sides: Path
    lateness: array[float] = field(default_factory=lambda: array("f"))
    lost: int = 0
    prompts: list[int] = field(default_factory=list)

    def watch(self, event: events.CallEvent) -> None:
        if isinstance(event, events.Saying):
            self.prompts.append(event.at)

    def waits_ms(self) -> list[float]:
        """Per answer, from the caller's last audible sample before it to its own first one."""
        samples = np.fromfile(self.sides, "<i2").reshape(-1, 2)
        caller, assistant = (np.flatnonzero(np.abs(samples[:, side].astype("i4")) > AUDIBLE) for side in (0, 1))
        waits = []
        for at in self.prompts[1:]:
            spoken, answered = caller[caller < at], assistant[assistant >= at]
            if len(spoken) and len(answered):
                waits.append(float(answered[0] - spoken[-1]) / RATE_HZ * 1000)
        return waits


@contextmanager
def tapped(observed: Observed) -> Iterator[Callable[[bytes, bytes, int], None]]:
    """Notes how late each frame is on the clock that began with the first, and keeps both sides on disk."""
    began, due = 0.0, 0
    with observed.sides.open("wb") as file:

        def tap(caller: bytes, assistant: bytes, start: int) -> None:
            nonlocal began, due
            now = perf_counter()
            began = began or now
            observed.lateness.append((now - began - start / RATE_HZ) * 1000)
            observed.lost += start != due
            due = start + len(caller) // 2
            file.write(np.column_stack((np.frombuffer(caller, "<i2"), np.frombuffer(assistant, "<i2"))).tobytes())

        yield tap


@contextmanager
def callbacks_ms() -> Iterator[list[float]]:
    """The milliseconds of every callback of the event loop that took longer than SLOW_MS."""
    slow: list[float] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = perf_counter()
        run(handle)
        if (took := (perf_counter() - began) * 1000) > SLOW_MS:
            slow.append(took)

    with patch.object(asyncio.Handle, "_run", timed):
        yield slow


@dataclass(frozen=True, slots=True)
class House:
    """A shop with a database of its own, where each caller is a customer, and its lines."""

    config: Config
    front: Front
    engines: Engines
    lines: Lines

    async def take(self, cues: tuple[Cue, ...], observed: Observed, pace: PaceName) -> bool:
        """Take the call, or tell it that all lines are busy: False."""
        admission = self.lines.admit()
        with tapped(observed) as tap:
            channel = FileChannel(cues, caller=observed.caller, pace=pace, on_frame=tap)
            if admission is None:
                busy = refusal(self.front.replies, "busy")
                await announce(channel, busy, self.engines.synthesizer, self.config.voice.speech)
                return False
            with admission:
                await self._talk(channel, observed)
            return True

    async def _talk(self, channel: FileChannel, observed: Observed) -> None:
        ears = self.engines
        mind = open_mind(self.front, new_call_id(), observed.caller)
        await run_call(
            channel,
            mind,
            ears.recognizer,
            ears.synthesizer,
            ears.second_pass,
            self.config.voice,
            watch=observed.watch,
        )

    def ordered(self, customers: dict[str, str]) -> dict[str, list[str]]:
        """By caller, what the database says was bought."""
        found: dict[str, list[str]] = {}
        orders = self.front.shop.orders()
        for order, row in zip(orders, order_rows(orders, self.front.catalog), strict=True):
            found.setdefault(customers.get(order.customer or "", "nobody"), []).append(row[3])
        return found


@contextmanager
def opened(
    config: Config, engines: Engines | None, callers: list[str], folder: Path, most: int
) -> Iterator[tuple[House, dict[str, str]]]:
    """A fresh shop and its customers' callers by number."""
    own = replace(config, store=replace(config.store, database=str(folder / "shop.db")))
    front = open_shop(own, "coffee")
    said_words(front)  # as where the recogniser is opened for the shop
    customers = {add_customer(front.shop.till, "Ada", caller, PIN)[0]: caller for caller in callers}
    try:
        yield House(own, front, engines or open_engines(own, front), Lines(most)), customers
    finally:
        front.close()


async def rehearsed(data: Path, calls: int, folder: Path) -> list[tuple[Cue, ...]]:
    clips = sorted((data / "orders").glob("*.flac"))[:calls]
    found = []
    for clip in clips:
        after = [FIXTURES / f"{name}.flac" for name in AFTER_THE_ORDER]
        script = folder / "call.toml"
        script.write_text("".join(f'[[step]]\nclip = "{path.resolve()}"\n' for path in (clip, *after)), "utf-8")
        found.append(await rehearse(load_script(script)))
    return found


@dataclass(slots=True)
class Crowd:
    """What many callers at once made of a house. `taken` counts calls, `refused` is what became of the one too many."""

    seen: list[Observed] = field(default_factory=list)
    taken: int = 0
    refused: bool = False
    one_too_many: Observed | None = None
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds and MiB, every few seconds."""
    tasks_left: int = 0
    all_have_begun: asyncio.Event = field(default_factory=asyncio.Event)


async def together(
    house: House, scripts: list[tuple[Cue, ...]], callers: list[str], folder: Path, seed: int, minutes: float
) -> Crowd:
    """All at once, each from a moment of its own on; for so many minutes each calls again when its call is over."""
    begins, crowd, start = random.Random(seed), Crowd(), perf_counter()

    async def call(cues: tuple[Cue, ...], caller: str) -> None:
        await asyncio.sleep(begins.uniform(0, SPREAD_S if len(scripts) > 1 else 0))
        while True:
            observed = Observed(caller, folder / f"{caller}-{crowd.taken}.raw")
            crowd.taken += 1
            if crowd.taken == len(scripts):
                crowd.all_have_begun.set()
            await house.take(cues, observed, "real")
            crowd.seen.append(observed)
            if perf_counter() - start >= minutes * 60:
                return

    watching = asyncio.create_task(_watch_memory(crowd, start))
    late = asyncio.create_task(_call_too_late(house, folder, crowd))
    await asyncio.gather(*(call(*each) for each in zip(scripts, callers, strict=True)), late)
    watching.cancel()
    await asyncio.wait({watching})
    crowd.tasks_left = len(asyncio.all_tasks()) - 1
    return crowd


async def _call_too_late(house: House, folder: Path, crowd: Crowd) -> None:
    await crowd.all_have_begun.wait()
    crowd.one_too_many = Observed("+15559999", folder / "too-late.raw")
    crowd.refused = not await house.take((), crowd.one_too_many, "real")


async def _watch_memory(crowd: Crowd, start: float) -> None:
    while True:
        crowd.memory.append((perf_counter() - start, rss_mib()))
        await asyncio.sleep(MEMORY_S)


async def alone(house: House, scripts: list[tuple[Cue, ...]], callers: list[str], folder: Path) -> None:
    for cues, caller in zip(scripts, callers, strict=True):
        await house.take(cues, Observed(caller, folder / f"{caller}.raw"), "frozen")


def rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def slope_mib_per_hour(memory: list[tuple[float, float]]) -> float:
    """Of the second half: at first caches fill."""
    later = memory[len(memory) // 2 :]
    if len(later) < 2:
        return 0.0
    seconds, mib = zip(*later, strict=True)
    return round(float(np.polyfit(seconds, mib, 1)[0]) * 3600, 1)


def percentiles(found: list[float]) -> tuple[float, float, float]:
    p50, p95, most = (round(float(np.percentile(found, share)), 1) for share in (50, 95, 100))
    return p50, p95, most


def row(calls: int, crowd: Crowd, slow: list[float], wall_s: float, cpu_s: float, same: int) -> dict[str, object]:
    late = percentiles([ms for each in crowd.seen for ms in each.lateness])
    waits = percentiles([ms for each in crowd.seen for ms in each.waits_ms()])
    return {
        "at once": calls,
        "late_ms p50": late[0],
        "p95": late[1],
        "max": late[2],
        "v2v_ms p50": waits[0],
        "v2v p95": waits[1],
        "v2v max": waits[2],
        "lost": sum(each.lost for each in crowd.seen),
        "slow callbacks": len(slow),
        "slowest_ms": round(max(slow, default=0.0)),
        "orders as alone": f"{same}/{len(crowd.seen)}",
        "one more": "refused" if crowd.refused else "taken",
        "cores": round(cpu_s / wall_s, 2),
        "rss_mib": round(max(mib for _, mib in crowd.memory)),
    }


def as_alone(found: dict[str, list[str]], expected: dict[str, list[str]], seen: list[Observed]) -> int:
    """How many calls ended with the order that the same call places alone."""
    placed = {caller: list(orders) for caller, orders in found.items()}
    same = 0
    for each in seen:
        wanted, orders = expected.get(each.caller, []), placed.get(each.caller, [])
        if wanted and wanted[0] in orders:
            orders.remove(wanted[0])
            same += 1
        elif not wanted and not orders:
            same += 1
    return same


def sample(calls: int, crowd: Crowd, slow: list[float]) -> dict[str, object]:
    too_many = crowd.one_too_many
    return {
        "calls": calls,
        "taken": crowd.taken,
        "v2v_ms": [round(ms) for each in crowd.seen for ms in each.waits_ms()],
        "slow_callbacks_ms": sorted((round(ms) for ms in slow), reverse=True)[:50],
        "latest_frame_ms_per_call": [round(max(each.lateness)) for each in crowd.seen],
        "refusal_s": round(len(too_many.lateness) * 0.02, 1) if too_many else None,
        "rss_slope_mib_per_hour": slope_mib_per_hour(crowd.memory),
        "rss_mib_every_5_s": [round(mib) for _, mib in crowd.memory],
        "tasks_left": crowd.tasks_left,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--calls", type=int, nargs="*", default=[1, 10, 20, 40], help="so many at once")
    parser.add_argument("--minutes", type=float, default=0.0, help="call again and again for so long")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    config = load_config()
    callers = [f"+1555{1000 + number}" for number in range(max(options.calls))]
    rows, samples = [], []
    with tempfile.TemporaryDirectory() as scratch:
        scripts = asyncio.run(rehearsed(options.data, len(callers), Path(scratch)))
        with tempfile.TemporaryDirectory() as folder, opened(config, None, callers, Path(folder), 1) as (house, known):
            engines = house.engines
            asyncio.run(alone(house, scripts, callers, Path(scratch)))
            expected = house.ordered(known)
        for calls in options.calls:
            files = open_files()
            with (
                tempfile.TemporaryDirectory() as folder,
                opened(config, engines, callers, Path(folder), calls) as (house, known),
                callbacks_ms() as slow,
            ):
                wall, cpu = perf_counter(), process_time()
                all_at_once = (scripts[:calls], callers[:calls], Path(folder), options.seed, options.minutes)
                crowd = asyncio.run(together(house, *all_at_once))
                wall, cpu = perf_counter() - wall, process_time() - cpu
                same = as_alone(house.ordered(known), expected, crowd.seen)
                rows.append(row(calls, crowd, slow, wall, cpu, same))
                samples.append(sample(calls, crowd, slow))
                report.show("so far", rows)
            samples[-1]["files_left"] = open_files() - files
        engines.close()
    name = "capacity_minutes" if options.minutes else "capacity"
    report.write(name, rows, seed=options.seed, orders_alone=len(expected), samples=samples)


if __name__ == "__main__":
    main()
