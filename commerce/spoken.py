"""Knows where in a call a total was read out and agreed to. Knows no audio, and not what was said. PURE."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoken:
    """Milliseconds since the call began: the total was read out until then, and the yes was heard from, to."""

    total_until_ms: int
    yes_from_ms: int
    yes_to_ms: int
