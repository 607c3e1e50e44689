"""Knows the questions for a number to call somebody back at who calls without one. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from voxcart.states import Phase


@dataclass(frozen=True, slots=True)
class AwaitingPhone:
    """At what number can you be called back about `ticket`. `leaving`: the call is over then."""

    ticket: str
    leaving: bool
    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingPhone:
    """Is this the number, which was read back."""

    ticket: str
    phone: str
    leaving: bool
    back: Phase


CallingBack: TypeAlias = AwaitingPhone | ConfirmingPhone
