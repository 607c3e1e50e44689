"""Knows what reaches the mind in a call, and what the mind gives back. Does not know what is talked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from voice.channels import Keys
from voice.prompt import Foresight, Prompt
from voice.recognizer import Transcript


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller said nothing for the time the prompt allowed."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller has left; nothing can be said any more."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody else has taken the caller over; nothing can be said any more."""


@dataclass(frozen=True, slots=True)
class NotHandedOver:
    """Nobody took the caller over, who is still there."""


CallInput: TypeAlias = Transcript | Keys | Silence | HungUp | HandedOver | NotHandedOver


CallEnd: TypeAlias = Literal["caller", "shop", "person"]
"""Who ended it: the caller, the shop, or a person took over."""


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
    """What `Mind.understand` returns: opaque to the call, but for whether it was understood at all.

    One that also has a true attribute `ignorable` ("uh-huh") does not stop a prompt and answers nothing; what was said
    with a true `unheard` (a card number) is kept nowhere. Where speech
    can be heard in several ways, one that is `replaceable` gives way to the next likely that `can_replace` it; those of
    an equal `gist` mean the same, and `topics` are the things it speaks of. A number has its digits as `dictated`, ""
    where they are unclear.
    """

    @property
    def understood(self) -> bool: ...


class Mind(Protocol):
    """Who holds the conversation. `understand` has no side effects and may be cancelled; `act` is never cancelled."""

    async def greet(self) -> Prompt: ...

    def understand(self, heard: CallInput) -> Understood: ...

    async def act(self, meaning: Any) -> Prompt:
        """Takes what this mind's `understand` returned."""
        ...

    def note(self, times: StageTimes) -> None:
        """Receives the stage times of the turn just spoken, for the event log."""
        ...


@runtime_checkable
class Hints(Protocol):
    """A mind that knows words which are likely now, for the second pass."""

    def hint(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where in the call an answer was, in samples: its voice, or its key, and the end of the prompt before it."""

    start: int
    end: int
    prompt_end: int | None


@runtime_checkable
class Locates(Protocol):
    """A mind that is told where in the call that was which it is asked to understand."""

    def locate(self, stretch: Stretch) -> None: ...


@runtime_checkable
class Fills(Protocol):
    """A mind that has something to say while an answer takes long."""

    def filler(self) -> str: ...


@runtime_checkable
class Foresees(Protocol):
    """A mind that knows whether an answer may go on before the silence that proves it. Without side effects."""

    def foresee(self, partial: str) -> Foresight: ...


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call that is over. `turns` counts the prompts spoken, `samples` is its length on the line."""

    end: CallEnd
    turns: int
    samples: int
    times: tuple[StageTimes, ...]
