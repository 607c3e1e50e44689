"""Knows what the protocols over a WebSocket have in common: what can be told, and what must be said. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Message: TypeAlias = str | bytes
"""A text or a binary message."""


@dataclass(frozen=True, slots=True)
class Began:
    """The call can be talked to. `parameters` are what those who set the line up wrote for us."""

    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """s16le at the dialect's rate."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A mark came back."""

    number: int


@dataclass(frozen=True, slots=True)
class Over:
    reason: str


Event: TypeAlias = Began | Heard | Pressed | Reached | Over


class Dialect(Protocol):
    """One call. `Began` comes once, before all else; what is said is asked for only after it."""

    rate_hz: int

    def hear(self, message: Message) -> Event | None:
        """None for what is of no interest. Raises CallerRefused."""
        ...

    def say(self, pcm: bytes) -> Message:
        """20 ms at `rate_hz`."""
        ...

    def clear(self) -> Message:
        """Forget what is not played yet."""
        ...

    def mark(self, number: int) -> Message:
        """Tell when all before this was played."""
        ...

    def hang_up(self) -> Message | None:
        """None where closing the line is enough."""
        ...


def number_of(mark: str | None) -> int | None:
    """Marks are numbers in text; None for a mark of somebody else."""
    return int(mark) if mark is not None and mark.isascii() and mark.isdecimal() and len(mark) < 10 else None
