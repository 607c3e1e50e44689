"""How long does a caller on the telephone wait for the answer? (CHECKS.md row 2)

`voxcart serve` runs in a process of its own; a telephone calls it over the loopback by SIP and says recorded orders as
G.711, on a clean line and on one that loses and delays packets. The wait is measured on what the telephone sent and
got: from the last audible sample said to the first one that arrived; a jitter buffer of the telephone is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import report
from tests.server_process import served
from tests.telephones import PACKET, RawPhone, raw_phone
from voice.audio import RATE_HZ, hiss, mulaw_to_pcm, pcm_to_mulaw, read_audio, resample, to_pcm, to_samples, trim
from voice.settings import Sip
from voice.vad import spoken_part
from voxcart.softphone import until

ORDERS_PER_CALL = 4
QUIET_S = 0.7
PATIENCE_S = 20.0
AUDIBLE = 0.003 * 32768
"""-50 dBFS."""
LEVELS = np.abs(np.frombuffer(mulaw_to_pcm(bytes(range(256))), "<i2").astype("i4"))
INAUDIBLE = bytes(np.flatnonzero(LEVELS <= AUDIBLE).tolist())
FAINT_DB = 35.0


@dataclass(frozen=True, slots=True)
class Condition:
    name: str
    lost: float = 0.0
    jitter_s: float = 0.0


CONDITIONS = (Condition("clean"), Condition("2 % lost, 30 ms jitter", 0.02, 0.03))


class Mouth:
    """Speaks in real time, with a faint hiss between clips; notes when the last audible sample was said, which is
    before its packet is sent."""

    def __init__(self, phone: RawPhone, condition: Condition, chance: random.Random) -> None:
        self.last_audible = 0.0
        self._phone = phone
        self._condition = condition
        self._chance = chance
        self._waiting = bytearray()
        self._hiss = pcm_to_mulaw(hiss(8000, -65.0, seed=4))

    @property
    def is_silent(self) -> bool:
        return not self._waiting

    def say(self, pcm: bytes) -> None:
        self._waiting += pcm_to_mulaw(pcm)

    async def speak(self) -> None:
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while True:
            await asyncio.sleep(max(0.0, began + number * 0.02 - loop.time()))
            at = number * PACKET % len(self._hiss)
            piece = (
                bytes(self._waiting[:PACKET]).ljust(PACKET, b"\xff") if self._waiting else self._hiss[at : at + PACKET]
            )
            if self._waiting:
                del self._waiting[:PACKET]
                self._note(piece)
            delay = self._chance.uniform(0, self._condition.jitter_s) if self._condition.jitter_s else 0.0
            self._phone.packet(piece, lost=self._chance.random() < self._condition.lost, delay_s=delay)
            number += 1

    def _note(self, piece: bytes) -> None:
        if rest := piece.rstrip(INAUDIBLE):
            self.last_audible = perf_counter() + (len(rest) - 1 - PACKET) / 8000


class Ear:
    """When the shop could be heard. Each packet is looked at once."""

    def __init__(self, phone: RawPhone) -> None:
        self._arrivals = phone.arrivals
        self._seen = 0
        self._loud: list[float] = []

    def first_sound(self, since: float) -> float | None:
        """When the first audible sample arrived after that moment."""
        self._listen()
        found = bisect_right(self._loud, since)
        return self._loud[found] if found < len(self._loud) else None

    def is_quiet(self, since: float) -> bool:
        """Whether the shop has spoken since, and then been silent for a while."""
        return self.first_sound(since) is not None and self._loud[-1] < perf_counter() - QUIET_S

    def _listen(self) -> None:
        for at, payload in self._arrivals[self._seen :]:
            if rest := payload.lstrip(INAUDIBLE):
                self._loud.append(at + (len(payload) - len(rest)) / 8000)
        self._seen = len(self._arrivals)


def new_number(chance: random.Random) -> str:
    return f"+1555{chance.randrange(10_000_000):07}"


async def call(sip: Sip, clips: list[bytes], condition: Condition, chance: random.Random) -> list[float]:
    """One call; the waits in milliseconds."""
    async with raw_phone(sip, new_number(chance)) as phone:
        await phone.call()
        return await converse(phone, clips, condition, chance)


async def converse(phone: RawPhone, clips: list[bytes], condition: Condition, chance: random.Random) -> list[float]:
    """Say each clip when the shop has spoken, then hang up; fewer waits than clips where the shop hung up before."""
    mouth = Mouth(phone, condition, chance)
    speaking = asyncio.create_task(mouth.speak())
    try:
        waits = await _wait_for_answers(phone, mouth, clips)
    finally:
        speaking.cancel()
        await asyncio.wait({speaking})
        for goodbye in phone.requests("BYE")[:1]:
            phone.answer(goodbye)
        if not phone.requests("BYE"):
            phone.send("BYE")
    await until(lambda: bool(phone.requests("BYE") or phone.statuses("BYE")), PATIENCE_S)
    return waits


async def _wait_for_answers(phone: RawPhone, mouth: Mouth, clips: list[bytes]) -> list[float]:
    waits: list[float] = []
    ear, since = Ear(phone), 0.0
    for clip in clips:
        if not await until(partial(_may_speak, phone, ear, since), PATIENCE_S) or phone.requests("BYE"):
            break
        mouth.say(clip)
        await until(partial(_is_silent, mouth), PATIENCE_S)
        since = mouth.last_audible
        if not await until(partial(_has_answered, ear, since), PATIENCE_S):
            break
        waits.append(((ear.first_sound(since) or since) - since) * 1000)
    return waits


def _may_speak(phone: RawPhone, ear: Ear, since: float) -> bool:
    return ear.is_quiet(since) or bool(phone.requests("BYE"))


def _is_silent(mouth: Mouth) -> bool:
    return mouth.is_silent


def _has_answered(ear: Ear, since: float) -> bool:
    return ear.first_sound(since) is not None


def clip_of(path: Path) -> bytes:
    """8 kHz, without what is before and after the speech: some recordings end with a click."""
    samples = to_samples(spoken_part(read_audio(path)))
    loudest_dbfs = 20 * np.log10(float(np.max(np.abs(samples))))
    return to_pcm(resample(trim(samples, RATE_HZ, 30.0, loudest_dbfs - FAINT_DB), RATE_HZ, 8000))


async def measure(clips: list[bytes], condition: Condition, seed: int) -> list[float]:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as (_, sip):
            waits = []
            for first in range(0, len(clips), ORDERS_PER_CALL):
                waits += await call(sip, clips[first : first + ORDERS_PER_CALL], condition, chance)
    return waits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--limit", type=int, default=60, help="so many orders on each line")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    clips = [clip_of(path) for path in sorted((options.data / "orders").glob("*.flac"))[: options.limit]]
    rows, raw = [], {}
    for condition in CONDITIONS:
        waits = asyncio.run(measure(clips, condition, options.seed))
        p50, p95, most = (round(float(np.percentile(waits, share))) for share in (50, 95, 100))
        rows.append({"line": condition.name, "p50_ms": p50, "p95_ms": p95, "max_ms": most, "turns": len(waits)})
        raw[condition.name] = [round(each) for each in waits]
    report.write("sip_latency", rows, raw, seed=options.seed, orders=len(clips))


if __name__ == "__main__":
    main()
