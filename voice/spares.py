"""Knows what is dear to make and can be used again, and gives it to one user at a time. Does not know what it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Spares(Generic[Thing]):
    """At most `most` that nobody uses; those that waited longest go first. For any thread."""

    def __init__(self, most: int) -> None:
        self._idle: deque[tuple[Hashable, Thing]] = deque(maxlen=most)
        self._lock = Lock()

    def take(self, kind: Hashable) -> Thing | None:
        """The one of that kind that was put back last."""
        with self._lock:
            for at in range(len(self._idle) - 1, -1, -1):
                if self._idle[at][0] == kind:
                    thing = self._idle[at][1]
                    del self._idle[at]
                    return thing
        return None

    def put(self, kind: Hashable, thing: Thing) -> None:
        with self._lock:
            self._idle.append((kind, thing))
