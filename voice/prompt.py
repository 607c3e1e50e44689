"""Knows what the assistant is about to say and what it listens for next. Does not know why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Foresight: TypeAlias = Literal["unfinished", "open", "sensible", "complete"]
"""What an answer is as far as it was heard: it must go on ("I'd like"), it makes no sense yet, it does but may go
on, or it cannot go on."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What to listen for after a prompt.

    `kind` picks the endpoint silence and no-input time from the settings (`order`, `yes_no`, `digits`, `choice`);
    `phrases` bias the recogniser (empty = unbiased).
    """

    kind: str
    phrases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Transfer:
    """An address or number of the system that the line belongs to, and how long it may ring there.

    `announced`: they are told `briefing` before they have the caller.
    """

    to: str
    ring_s: float = 30.0
    announced: bool = False
    briefing: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to say and what to listen for next.

    `private`: while it is answered, recording, transcript and logs are mute. `hang_up`: the call ends
    after it was played to the end. `rate` is the speaking rate (1.0 normal, less is slower).
    """

    text: str
    listening: Listening
    interruptible: bool = True
    private: bool = False
    hang_up: bool = False
    rate: float = 1.0
    gain_db: float = 0.0
    transfer: Transfer | None = None
    """Who takes the caller over when the prompt was played to its end."""
