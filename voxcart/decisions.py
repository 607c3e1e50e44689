"""Knows what a turn can bring, and what can be decided about it. Knows no wording and no outcome. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commerce.commands import Command
from nlu import intent
from voxcart.facts import Fact
from voxcart.states import DialogueState

# ---- what was heard ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing was said in the time the question allowed."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something was said that makes no sense here."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody took the caller over."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A person has the caller now."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The caller has hung up."""


Unsaid: TypeAlias = Silent | Unclear | Unanswered | TakenOver | Gone
"""What a turn can bring beside what the grammar knows."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`over_prompt`: it began before the prompt had ended, so it cannot agree to what the prompt says."""

    meaning: intent.Intent | intent.Ambiguous | Unsaid
    over_prompt: bool = False
    by_key: bool = False


# ---- decisions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the facts, then the open question of the state's phase."""

    state: DialogueState
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Do:
    """Say nothing yet; carry out the command and conclude from its outcome."""

    state: DialogueState
    command: Command
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Tell:
    """Say the facts and listen, without a question. `rate` and `gain_db` change how it is said."""

    state: DialogueState
    facts: tuple[Fact, ...]
    rate: float = 1.0
    gain_db: float = 0.0
    again: bool = False
    """The facts are those of the last prompt, to be worded as they were."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Say the facts, then hang up."""

    state: DialogueState
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Say the facts, then put the caller through to a person, who may be told the `briefing` first."""

    state: DialogueState
    facts: tuple[Fact, ...]
    briefing: tuple[Fact, ...] = ()


Decision: TypeAlias = Ask | Do | Tell | Leave | HandOver
