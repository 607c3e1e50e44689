"""Knows what a line from outside can do beyond any Channel, and where such lines come from. Knows no protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeAlias

from voice.channels import Channel

Tap: TypeAlias = Callable[[bytes, bytes, int], None]
"""Takes both sides of every frame, the caller's and the assistant's, and the frame's first sample."""


class LiveChannel(Channel, Protocol):
    """A call that has been answered."""

    on_frame: Tap | None
    can_transfer: bool

    async def transfer(self, uri: str, ring_s: float) -> None:
        """Hand the caller over to `uri`, where it rings for so long at most; the line then ends.

        Raises TransferRefused: the call goes on, unless the caller has hung up.
        """
        ...


class Listener(Protocol):
    """Where calls come in. Every one that `calls` brings has been answered and waits to be taken."""

    trouble: str | None
    """Why no call can come in now; None = all is well."""

    @property
    def where(self) -> str:
        """How to call, for people to read."""
        ...

    def calls(self) -> AsyncIterator[LiveChannel]:
        """Ends after `drain`, when no call can come any more."""
        ...

    async def open(self) -> None:
        """Begin to listen. Raises a VoiceError that names the remedy."""
        ...

    async def drain(self) -> None:
        """Refuse new calls; those that were answered go on."""
        ...

    async def close(self) -> None:
        """End what is left of any call, and release address and port."""
        ...
