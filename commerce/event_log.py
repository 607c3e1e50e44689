"""Knows the shape of the event log: what happened in a call, in order. Does not know how it is kept. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """`sequence` increases strictly over all calls; `at` is UTC."""

    sequence: int
    at: datetime
    call: str
    turn: str
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallSummary:
    call: str
    began: datetime
    ended: datetime
    events: int
