"""Knows how much of what was sent over a bridge has been heard, by the clock and by the peer's word. PURE."""

from __future__ import annotations

from collections import deque

from voice.audio import FRAME_SAMPLES, RATE_HZ

PATIENCE_S = 1.0
"""So long after its time a mark that does not come back is waited for."""
MARK_SAMPLES = 5 * FRAME_SAMPLES


class Playout:
    """The clock is told with every call, in seconds. Marks are numbers that the peer sends back when the audio before
    them has been played; a peer that never does is believed to play in time."""

    def __init__(self, can_mark: bool) -> None:
        self._sent = 0
        self._until = 0.0
        self._marked = 0
        self._number = 0
        self._marks: deque[tuple[int, int]] = deque()
        self._keeps_marks = None if can_mark else False

    @property
    def sent(self) -> int:
        """The position after the last sample sent."""
        return self._sent

    def send(self, samples: int, now: float) -> None:
        self._sent += samples
        self._until = max(self._until, now) + samples / RATE_HZ

    def ahead(self, now: float) -> int:
        """So many samples are not played yet, by the clock."""
        return max(0, round((self._until - now) * RATE_HZ))

    def mark(self, is_end: bool) -> int | None:
        """The number to send as a mark behind what was sent, if it is time for one; `is_end`: nothing follows now."""
        is_due = self._sent - self._marked >= MARK_SAMPLES or (is_end and self._sent > self._marked)
        is_unproven = self._keeps_marks is None and bool(self._marks)
        if not is_due or is_unproven or self._keeps_marks is False:
            return None
        self._number += 1
        self._marked = self._sent
        self._marks.append((self._number, self._sent))
        return self._number

    def reached(self, number: int) -> None:
        """The peer sent a mark back. What it never got, or was told to forget, is no matter."""
        if any(number == known for known, _ in self._marks):
            self._keeps_marks = True
            while self._marks and self._marks[0][0] <= number:
                self._marks.popleft()

    def heard(self, now: float) -> int:
        """The position up to which the peer has played."""
        by_clock = self._sent - self.ahead(now)
        return min(by_clock, self._marks[0][1]) if self._marks else by_clock

    def has_heard(self, position: int, now: float) -> bool:
        """Whether all before the position was played, by the clock and by every mark before it."""
        waits_for = [at for _, at in self._marks if at <= position]
        if waits_for and now > self._until + PATIENCE_S:
            self._marks.clear()
            self._keeps_marks = self._keeps_marks or False
            waits_for = []
        return self._sent - self.ahead(now) >= position and not waits_for

    def drop(self, now: float) -> int:
        """The peer forgets what it has not played; returns how many samples that is."""
        dropped = self._sent - self.heard(now)
        self._sent -= dropped
        self._marked = self._sent
        self._until = now
        self._marks.clear()
        return dropped
