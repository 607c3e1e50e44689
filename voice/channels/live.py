"""Knows what a line from outside can do beyond any Channel, and where such lines come from. Knows no protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Protocol, TypeAlias, runtime_checkable

from voice.audio import Frame
from voice.channels import Channel
from voice.echo import EchoRemedy
from voice.errors import TransferRefused

Tap: TypeAlias = Callable[[bytes, bytes, int], None]
"""Takes both sides of every frame, the caller's and the assistant's, and the frame's first sample."""


class Said:
    """What the assistant says and the ear has not had yet: put beside what the caller says at the same time."""

    def __init__(self) -> None:
        self._pcm = bytearray()

    def add(self, pcm: bytes | memoryview) -> None:
        self._pcm += pcm

    def drop(self, samples: int) -> None:
        """The last of it will not be played."""
        del self._pcm[max(0, len(self._pcm) - 2 * samples) :]

    def beside(self, frame: Frame, tap: Tap | None) -> Frame:
        """The frame with what is said meanwhile; `tap` has both."""
        said = bytes(self._pcm[: len(frame.pcm)])
        del self._pcm[: len(frame.pcm)]
        if tap is not None:
            tap(frame.pcm, said.ljust(len(frame.pcm), b"\0"), frame.start)
        return replace(frame, said=said)


class LiveChannel(Channel, Protocol):
    """A call that has been answered."""

    on_frame: Tap | None
    can_transfer: bool

    @property
    def can_announce(self) -> bool:
        """Whether somebody can be consulted about the caller, and then take over."""
        ...

    async def transfer(self, uri: str, ring_s: float, /) -> None:
        """Hand the caller over to `uri`, where it rings for so long at most; the line then ends.

        Raises TransferRefused: the call goes on, unless the caller has hung up.
        """
        ...

    async def consult(self, uri: str, ring_s: float, /) -> Consultation:
        """Call somebody about the caller, who stays on the line. It rings for so long at most.

        Raises TransferRefused: nobody took that call, or the caller has hung up meanwhile.
        """
        ...


@runtime_checkable
class Echoing(Protocol):
    """A line that knows its echo better than could be found out in a call."""

    echo: EchoRemedy


@runtime_checkable
class InRoom(Protocol):
    """A line that hears others, too: people in the room who talk to each other."""

    hears_others: bool


class Untransferable:
    """What a line says that cannot hand callers over."""

    can_transfer = False
    can_announce = False
    why_not = "this line cannot do that"

    async def transfer(self, uri: str, _ring_s: float, /) -> None:
        raise TransferRefused(f"The call could not be transferred to {uri}: {self.why_not}.")

    async def consult(self, uri: str, _ring_s: float, /) -> Consultation:
        raise TransferRefused(f"{uri} could not be called: {self.why_not}.")


class Consultation(Channel, Protocol):
    """A call to somebody about a caller. To hang up is to take nothing over."""

    async def take_over(self) -> None:
        """Connect them with the caller; both lines then end.

        Raises TransferRefused: the call goes on, unless the caller has hung up.
        """
        ...


class Listener(Protocol):
    """Where calls come in. Every one that `calls` brings has been answered and waits to be taken."""

    @property
    def trouble(self) -> str | None:
        """Why no call can come in now; None = all is well."""
        ...

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
