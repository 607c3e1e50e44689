"""Knows where each turn's milliseconds went, and what the caller waited on the line. Does not know how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from voice import events
from voice.audio import AUDIBLE_DBFS, RATE_HZ
from voice.call import StageTimes

STAGES = tuple(each.name for each in fields(StageTimes))
AUDIBLE = 10 ** (AUDIBLE_DBFS / 20) * 32768


@dataclass(frozen=True, slots=True)
class Turn:
    """Milliseconds of each stage that ran, in order, and the wait that the waveform shows: from the caller's last
    audible sample to the answer's first."""

    stages: tuple[tuple[str, float], ...]
    waited: float

    @property
    def sum(self) -> float:
        return sum(ms for _, ms in self.stages)

    def bars(self) -> list[tuple[str, float, float]]:
        """Each stage with where it begins and how long it lasts."""
        begun, found = 0.0, []
        for stage, ms in self.stages:
            found.append((stage, begun, ms))
            begun += ms
        return found


class Waterfall:
    """Takes a call's events and the frames of both sides as they come; answers to speech become turns."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._spoken_until: int | None = None
        self._waiting_since: int | None = None
        self._times: StageTimes | None = None

    def watch(self, event: events.CallEvent) -> None:
        match event:
            case events.Saying():
                self._waiting_since, self._times = self._spoken_until, None
            case events.Timed(times):
                self._times = times if times.endpoint is not None else None
            case _:
                pass

    def frame(self, caller: bytes, assistant: bytes, start: int) -> Turn | None:
        """Take 20 ms of both sides; returns the turn whose answer begins in them."""
        done = self._answered(start, _audible(assistant))
        if (heard := _audible(caller)) is not None:
            self._spoken_until = start + heard[1]
        return done

    def _answered(self, start: int, sound: tuple[int, int] | None) -> Turn | None:
        since, times = self._waiting_since, self._times
        if sound is None or since is None or times is None:
            return None
        self._waiting_since = self._times = None
        stages = tuple((stage, ms) for stage in STAGES if (ms := getattr(times, stage)) is not None)
        turn = Turn(stages, (start + sound[0] - since) * 1000 / RATE_HZ)
        self.turns.append(turn)
        return turn


def _audible(pcm: bytes) -> tuple[int, int] | None:
    """The first and the last audible sample."""
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) > AUDIBLE)
    return (int(loud[0]), int(loud[-1])) if len(loud) else None


def percentiles(turns: Sequence[Turn]) -> list[tuple[str, float, float, int]]:
    """Per stage, then of the sum and of the wait: its name, p50, p95 and in how many turns it ran."""
    named = {stage: [ms for turn in turns for name, ms in turn.stages if name == stage] for stage in STAGES}
    named |= {"sum": [turn.sum for turn in turns], "waited": [turn.waited for turn in turns]}
    return [
        (name, float(np.percentile(found, 50)), float(np.percentile(found, 95)), len(found))
        for name, found in named.items()
        if found
    ]
