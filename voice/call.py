"""Knows the turns of a call: speak, listen, think, speak. Does not know what is talked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from voice.channels import Keys
from voice.prompt import Prompt
from voice.recognizer import Transcript


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller said nothing for the time the prompt allowed."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller has left; nothing can be said any more."""


CallInput: TypeAlias = Transcript | Keys | Silence | HungUp


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Milliseconds of one turn, measured on the monotonic clock; None where a stage did not run.

    `endpoint` is line time from the last voiced sample to the decision that the caller had finished.
    """

    endpoint: float | None = None
    recognise: float | None = None
    second_pass: float | None = None
    understand: float | None = None
    act: float | None = None
    first_audio: float | None = None


class Understood(Protocol):
    """What `Mind.understand` returns: opaque to the call, but for whether it was understood at all."""

    @property
    def understood(self) -> bool: ...


class Mind(Protocol):
    """Who holds the conversation. `understand` has no side effects and may be cancelled; `act` is never cancelled."""

    async def greet(self) -> Prompt: ...

    def understand(self, heard: CallInput) -> Understood: ...

    async def act(self, meaning: Understood) -> Prompt: ...

    def note(self, times: StageTimes) -> None:
        """Receives the stage times of the turn just spoken, for the event log."""
        ...
