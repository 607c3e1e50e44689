"""Knows how much a peer may send in which time before it counts as a flood. Told the time with every message. PURE."""

from __future__ import annotations

FRAMES_PER_S = 200.0
"""Four times as many messages as a call has; audio counts by its length."""
MOST_FRAMES = 6_000.0
"""What may come at once: a minute and more that waited somewhere on the way."""


class Allowance:
    def __init__(self) -> None:
        self._left = MOST_FRAMES
        self._at: float | None = None

    def spend(self, frames: float, now: float) -> bool:
        """Whether so much may still come; every message costs at least one frame."""
        since = 0.0 if self._at is None else now - self._at
        self._at = now
        self._left = min(MOST_FRAMES, self._left + since * FRAMES_PER_S) - max(1.0, frames)
        return self._left >= 0
