"""Knows when the SIP stack's reports of a key are one press of it. Told the time with every report. PURE."""

from __future__ import annotations

STRAY_S = 0.08
"""A report that was on its way before the key was released comes no later than this; nobody presses that fast."""


class Presses:
    """The beginning of a key counts, because all reports of its end may be lost. Packets overtake each other: a
    beginning just after the end does not count, but then the stack hides that of the same key's next press, whose end
    counts in its place."""

    def __init__(self) -> None:
        self._key = ""
        self._released_at = float("-inf")
        self._stray_at: float | None = None

    def down(self, key: str, now: float) -> str:
        """The key if it was pressed, else nothing."""
        if key == self._key and now - self._released_at < STRAY_S:
            self._stray_at = now
            return ""
        self._key, self._stray_at = key, None
        return key

    def up(self, now: float) -> str:
        """The key if it was pressed unseen, else nothing."""
        was_hidden = self._stray_at is not None and now - self._stray_at >= STRAY_S
        self._released_at, self._stray_at = now, None if was_hidden else self._stray_at
        return self._key if was_hidden else ""
