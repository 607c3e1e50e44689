"""How many telephones does `voxcart serve` hold at once, and what becomes of it in time? (CHECKS.md rows 15 and 16)

`voxcart serve` runs in a process of its own. Telephones call it over the loopback by SIP and say recorded orders as
G.711, one after the other, and call again when they have hung up. Without `--minutes` one telephone after another
begins, up to 60 where 40 are taken: the waits of those that are served are told for each ten, and how the others were
refused. With `--minutes` so many `--calls` go on for so long, and the memory and the files of the server are watched.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import report
from benchmarks.sip_latency import CONDITIONS, PATIENCE_S, clip_of, converse, new_number
from tests.server_process import served
from tests.telephones import raw_phone
from voice.settings import Sip
from voxcart.softphone import until

MOST = 60
STEP = 10
EVERY_S = 1.5
HELD_S = 45.0
"""So long each step of ten is held."""
ORDERS_PER_CALL = 3
LOOK_S = 10.0


@dataclass
class Seen:
    """What the telephones saw since the last step."""

    waits: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


async def telephone(sip: Sip, clips: list[bytes], seen: Seen, chance: random.Random) -> None:
    """Calls again and again, until it is cancelled."""
    while True:
        async with raw_phone(sip, new_number(chance)) as phone:
            phone.invite()
            if not await until(lambda: any(each >= 200 for each in phone.statuses()), PATIENCE_S):
                seen.ends["no answer"] += 1
                continue
            status = next(each for each in phone.statuses() if each >= 200)
            phone.send("ACK")
            if status != 200:
                seen.ends[str(status)] += 1
            else:
                waits = await converse(phone, chance.sample(clips, ORDERS_PER_CALL), CONDITIONS[0], chance)
                seen.ends["served" if len(waits) == ORDERS_PER_CALL else "cut" if waits else "busy, told so"] += 1
                seen.waits += waits
        await asyncio.sleep(chance.uniform(0.5, 2.0))


def told(step: str, seen: Seen, pid: int, busy_s: float, took_s: float) -> dict[str, object]:
    """A row; `seen` begins anew."""
    p50, p95, most = np.percentile(seen.waits, (50, 95, 100)) if seen.waits else (0, 0, 0)
    row = {
        "telephones": step,
        "p50_ms": round(float(p50)),
        "p95_ms": round(float(p95)),
        "max_ms": round(float(most)),
        "turns": len(seen.waits),
        "calls": ", ".join(f"{count} {end}" for end, count in sorted(seen.ends.items())),
        "cores": round(busy_s / took_s, 2),
        "rss_mib": rss_mib(pid),
    }
    seen.waits, seen.ends = [], Counter()
    return row


def rss_mib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024


def busy_s(pid: int) -> float:
    """Seconds of processor that it has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ramp(clips: list[bytes], seed: int) -> tuple[list[dict[str, object]], dict[str, object]]:
    chance, seen, rows = random.Random(seed), Seen(), []
    raw: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as (process, sip), asyncio.TaskGroup() as group:
            running: list[asyncio.Task[None]] = []
            for goal in (1, *range(STEP, MOST + 1, STEP)):
                while len(running) < goal:
                    running.append(group.create_task(telephone(sip, clips, seen, chance)))
                    await asyncio.sleep(EVERY_S)
                seen.waits, seen.ends = [], Counter()
                began, before = perf_counter(), busy_s(process.pid)
                await asyncio.sleep(HELD_S)
                raw[str(goal)] = [round(each) for each in seen.waits]
                rows.append(told(str(goal), seen, process.pid, busy_s(process.pid) - before, perf_counter() - began))
                report.show("so far", rows)
            for task in running:
                task.cancel()
    return rows, raw


async def soak(clips: list[bytes], calls: int, minutes: float, seed: int) -> tuple[list[dict[str, object]], object]:
    chance, seen = random.Random(seed), Seen()
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as (process, sip), asyncio.TaskGroup() as group:
            files = open_files(process.pid)
            running = [group.create_task(telephone(sip, clips, seen, chance)) for _ in range(calls)]
            memory: list[int] = []
            began, before = perf_counter(), busy_s(process.pid)
            while perf_counter() - began < 60 * minutes:
                await asyncio.sleep(LOOK_S)
                memory.append(rss_mib(process.pid))
            row = told(str(calls), seen, process.pid, busy_s(process.pid) - before, perf_counter() - began)
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            await asyncio.sleep(LOOK_S)
            row |= {"minutes": minutes, "rss_mib_per_h": slope(memory), "files_left": open_files(process.pid) - files}
    return [row], {"rss_mib_every_10_s": memory}


def open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def slope(memory: list[int]) -> float:
    """MiB per hour over the second half."""
    half = memory[len(memory) // 2 :]
    return round(float(np.polyfit(np.arange(len(half)) * LOOK_S / 3600, half, 1)[0]), 1) if len(half) > 1 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=0.0, help="call again and again for so long")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    clips = [clip_of(path) for path in sorted((options.data / "orders").glob("*.flac"))]
    if options.minutes:
        rows, raw = asyncio.run(soak(clips, options.calls, options.minutes, options.seed))
        report.write("sip_load_minutes", rows, raw, seed=options.seed)
    else:
        rows, raw = asyncio.run(ramp(clips, options.seed))
        report.write("sip_load", rows, raw, seed=options.seed)


if __name__ == "__main__":
    main()
