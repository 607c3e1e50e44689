"""Knows the one contract every way into the shop keeps: file, microphone, telephone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from voice.audio import Frame


@dataclass(frozen=True, slots=True)
class Keys:
    """Keypad digits, in order; `at` is the sample position of the last one.

    `over_prompt`: they were pressed before the prompt had ended, which the call finds out.
    """

    digits: str
    at: int
    over_prompt: bool = False


class Channel(Protocol):
    """A two-way audio line at 16 kHz mono s16le. One call, one channel."""

    caller: str | None
    """What the network says of who calls: a hint, never proof."""

    def frames(self) -> AsyncIterator[Frame | Keys]:
        """Gap-free frames until hang-up, keypad digits among them. Ends when the caller hangs up."""
        ...

    async def play(self, pcm: bytes) -> None:
        """Queue audio; waits for room, so that at most 100 ms are queued ahead of the ear."""
        ...

    def flush(self) -> int:
        """Drop what is unplayed, at once. Returns the number of samples dropped."""
        ...

    async def drain(self) -> None:
        """Return when everything queued has been played."""
        ...

    @property
    def played(self) -> int:
        """The sample position in the call up to which the assistant's side is fixed (clock of the line)."""
        ...

    def thinking(self) -> AbstractContextManager[None]:
        """Held while the assistant computes. A replay slows or stops its clock; a live line does nothing."""
        ...

    async def hang_up(self) -> None: ...
