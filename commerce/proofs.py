"""Knows how a customer is asked for part of a PIN or for a code, as commands and outcomes. Decides neither. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Positions: TypeAlias = tuple[int, ...]
"""Places in a PIN, counted from 1, in order; () = the whole PIN."""


@dataclass(frozen=True, slots=True)
class AskPin:
    """Which digits to ask this customer for: the same ones until they are given."""

    customer: str


@dataclass(frozen=True, slots=True)
class PinAsked:
    customer: str
    positions: Positions = ()


@dataclass(frozen=True, slots=True)
class CheckCode:
    """The second factor, after the PIN: `authorization` is that of `PinAccepted`. Counted as a try like a PIN."""

    customer: str
    call: str
    authorization: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The PIN's `authorization` counts for what needs a second factor now."""

    authorization: str


CODE_DIGITS = 6

ProofCommand: TypeAlias = AskPin | CheckCode
ProofOutcome: TypeAlias = PinAsked | CodeAccepted
