"""How soon does the device on the counter answer, and what does it cost asleep and awake? (docs/device.md)

`voxcart talk` runs in a process of its own, on PulseAudio's virtual microphone and loudspeaker. Recorded orders are
played into the microphone, each when the assistant has been silent for a while. The wait is that between two recordings
which the sound server makes, of the microphone and of the loudspeaker: from the last sound of the caller that is within
30 dB of the loudest to the first sound of the answer. A burst of noise, played to both at once, tells how the two
recordings lie to each other.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import report
from benchmarks.barge_in import FAINT
from benchmarks.sip_load import busy_s, rss_mib, slope
from tests.sound_server import LOUDSPEAKER, MICROPHONE, RAW, Room, room
from voice.audio import RATE_HZ, Samples, amplify, hiss, read_audio, to_pcm, to_samples, trim
from voxcart.softphone import until

START_S = 120.0
PATIENCE_S = 20.0
BOTH = "both"
AUDIBLE, LOUD = 10 ** (-50 / 20), 10 ** (-35 / 20)
LOOK_S = 10.0
KITCHEN_DB = -10.0
LONG = ("talking", "one customer after another")
GENERATED = Path(__file__).parent.parent / "audio_fixtures" / "generated"
SLEEPS = '[device]\nwake_phrases = ["hello market"]\n'


@asynccontextmanager
async def device(here: Room, folder: Path, more: str = "") -> AsyncIterator[Process]:
    config, told = folder / "config.toml", folder / "talk.out"
    _write(config, f'[store]\ndatabase = "{folder}/shop.db"\n{more}')
    with told.open("wb") as file:
        process = await here.run(sys.executable, "-m", "voxcart", "talk", "--config", config, stdout=file)
    assert await until(lambda: "to the microphone" in _read(told), START_S), _read(told)
    await asyncio.sleep(3.0)  # the tone that measures the room
    yield process
    process.kill()
    await process.wait()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _sound(path: Path) -> Samples:
    pcm = path.read_bytes()
    return to_samples(pcm[: len(pcm) & ~1])


async def waits(orders: list[bytes]) -> list[float]:
    """Milliseconds, of every turn."""
    found: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with room(folder) as here, device(here, folder):
            heard = folder / "microphone.raw"
            with heard.open("wb") as file:
                await here.run("parec", f"--device={MICROPHONE}.monitor", *RAW, "--latency-msec=20", stdout=file)
            await asyncio.sleep(1.0)
            ahead = await _ahead(here, heard)
            for order in orders:
                before = len(here.heard())
                begins = heard.stat().st_size // 2
                await here.say(order)
                if await until(partial(here.is_quiet, before), PATIENCE_S):
                    said, answered = _sound(heard)[begins:], to_samples(here.heard())
                    last = begins + int(np.flatnonzero(np.abs(said) > np.abs(said).max() * FAINT)[-1])
                    after = np.flatnonzero(np.abs(answered[last + ahead :]) > AUDIBLE)
                    if len(after):  # else it answered in a pause, and the rest answered nothing
                        found.append(float(after[0]) * 1000 / RATE_HZ)
    return found


async def _ahead(here: Room, heard: Path) -> int:
    """By how many samples the loudspeaker's recording is ahead of the microphone's."""
    slaves = f"slaves={LOUDSPEAKER},{MICROPHONE}"
    await (await here.run("pactl", "load-module", "module-combine-sink", f"sink_name={BOTH}", slaves)).wait()
    process = await here.run("pacat", "--playback", f"--device={BOTH}", *RAW, stdin=asyncio.subprocess.PIPE)
    await process.communicate(hiss(RATE_HZ // 2, -30, seed=11))
    await asyncio.sleep(1.5)
    begins = []
    for sound in (to_samples(here.heard()), _sound(heard)):
        loud = np.flatnonzero(np.abs(sound[-3 * RATE_HZ :]) > LOUD)
        begins.append(max(0, len(sound) - 3 * RATE_HZ) + int(loud[0]))
    return begins[0] - begins[1]


async def cost(what: str, minutes: float, sound: bytes, more: str) -> dict[str, object]:
    """Processor and memory while this is played into the microphone again and again."""
    memory: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with room(folder) as here, device(here, folder, more) as process:
            playing = asyncio.create_task(_again(here, sound)) if sound else None
            began, before = perf_counter(), busy_s(process.pid)
            while perf_counter() - began < 60 * minutes:
                await asyncio.sleep(LOOK_S)
                memory.append(rss_mib(process.pid))
            cores = (busy_s(process.pid) - before) / (perf_counter() - began)
            if playing is not None:
                playing.cancel()
    return row(what, minutes=minutes, cores=round(cores, 3), rss_mib=memory[-1], rss_mib_per_h=slope(memory))


def visit(order: bytes) -> bytes:
    """Somebody who wakes it, orders, leaves, and does not order after all."""
    parts = ((order, 7), (order, 7), (_clip("goodbye"), 6), (_clip("no"), 8))
    return b"".join(sound + hiss(seconds * RATE_HZ, -70, seed=5) for sound, seconds in parts)


def _clip(name: str) -> bytes:
    return read_audio(GENERATED / f"{name}.flac")


async def _again(here: Room, sound: bytes) -> None:
    while True:
        await here.say(sound)


def row(what: str, **found: object) -> dict[str, object]:
    empty = dict.fromkeys(("turns", "p50_ms", "p95_ms", "max_ms", "minutes", "cores", "rss_mib", "rss_mib_per_h"))
    return {"what": what, **empty, **found}


async def measure(options: argparse.Namespace) -> tuple[list[dict[str, object]], list[float]]:
    paths = sorted((options.data / "orders").glob("*.flac"))
    orders = [to_pcm(trim(to_samples(read_audio(path)), RATE_HZ, 0.0)) for path in paths]
    found = await waits(orders[: options.turns])
    p50, p95, most = (round(float(each)) for each in np.percentile(found, (50, 95, 100)))
    rows = [row("answers", turns=len(found), p50_ms=p50, p95_ms=p95, max_ms=most)]
    report.show("so far", rows)
    kitchen = amplify(read_audio(options.data / "kitchen-noise.flac"), KITCHEN_DB)
    talk = b"".join(order + hiss(6 * RATE_HZ, -70, seed=5) for order in orders)
    visits = b"".join(visit(order) for order in orders)
    for what, sound, more in (
        ("asleep, in a quiet room", b"", SLEEPS),
        ("asleep, in a kitchen", kitchen, SLEEPS),
        ("asleep, while people talk", b"".join(orders), SLEEPS),
        ("talking", talk, ""),
        ("one customer after another", visits, ""),
    ):
        rows.append(await cost(what, options.talk_minutes if what in LONG else options.minutes, sound, more))
        report.show("so far", rows)
    return rows, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=2.0, help="of each kind of sleep")
    parser.add_argument("--talk-minutes", type=float, default=20.0)
    options = parser.parse_args()
    rows, raw = asyncio.run(measure(options))
    report.write("device", rows, {"wait_ms": [round(each) for each in raw]}, seed=0)


if __name__ == "__main__":
    main()
