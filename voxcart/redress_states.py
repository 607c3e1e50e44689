"""Knows the questions asked after an order, most of them when something is wrong. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from commerce.cart import Line
from commerce.money import Money
from commerce.redress import ReturnOffered
from nlu.intent import Reason

if TYPE_CHECKING:
    from voxcart.states import Phase


@dataclass(frozen=True, slots=True)
class ChoosingReturn:
    """Which of the goods come back, or all; `exchange`: the same goods are wanted again."""

    offered: ReturnOffered
    exchange: bool
    back: Phase


@dataclass(frozen=True, slots=True)
class AskingReason:
    """Why do these `lines` come back, in the caller's own words."""

    offered: ReturnOffered
    lines: tuple[Line, ...]
    exchange: bool
    back: Phase


@dataclass(frozen=True, slots=True)
class ConfirmingReturn:
    """Shall I register the return of these `lines`, for that refund."""

    offered: ReturnOffered
    lines: tuple[Line, ...]
    exchange: bool
    reason: Reason
    said: str
    back: Phase


@dataclass(frozen=True, slots=True)
class AskingComplaint:
    """What went wrong, in the caller's own words."""

    back: Phase


@dataclass(frozen=True, slots=True)
class OfferingGoodwill:
    """Do you have a PIN, so that you can have this as an apology."""

    amount: Money
    back: Phase


@dataclass(frozen=True, slots=True)
class AskingComment:
    """Is there anything you would like to tell us; the call is over afterwards, whatever is answered."""

    back: Phase


Redress: TypeAlias = (
    ChoosingReturn | AskingReason | ConfirmingReturn | AskingComplaint | OfferingGoodwill | AskingComment
)
