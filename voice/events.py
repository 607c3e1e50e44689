"""Knows what can be watched of a call while it runs, for a terminal or a test. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from voice.call import CallEnd, StageTimes
from voice.prompt import Prompt
from voice.recognizer import Transcript


@dataclass(frozen=True, slots=True)
class Saying:
    """A prompt begins at sample `at`."""

    prompt: Prompt
    at: int


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """The caller spoke over the prompt and it fell silent at sample `at`."""

    at: int


@dataclass(frozen=True, slots=True)
class TakenUp:
    """It was nothing; the prompt goes on with sentence number `sentence`, counted from 0."""

    sentence: int


@dataclass(frozen=True, slots=True)
class HearingWords:
    """The caller is speaking; so far it is this. Never told while a private question is open."""

    partial: str


@dataclass(frozen=True, slots=True)
class HeardWords:
    """What was heard; None while a private question was open."""

    transcript: Transcript | None


@dataclass(frozen=True, slots=True)
class PressedKeys:
    """What was typed; None while a private question was open."""

    digits: str | None


@dataclass(frozen=True, slots=True)
class SaidNothing:
    """The caller was silent for as long as the prompt allowed."""


@dataclass(frozen=True, slots=True)
class Timed:
    """The answer of this turn has begun; how long each stage took."""

    times: StageTimes


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over, at sample `at`."""

    end: CallEnd
    at: int


CallEvent: TypeAlias = (
    Saying | BrokenOff | TakenUp | HearingWords | HeardWords | PressedKeys | SaidNothing | Timed | Ended
)
Watch: TypeAlias = Callable[[CallEvent], None]
