"""Knows what was heard as an answer to the open question: words, keys, silence. Without side effects. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from nlu import intent
from voice.call import CallInput, HungUp, Silence
from voice.channels import Keys
from voice.recognizer import Transcript
from voxcart.questions import expecting
from voxcart.states import (
    AskingQuantity,
    AwaitingCustomer,
    AwaitingOrderNumber,
    AwaitingPin,
    Buying,
    ConfirmingOrder,
    Paused,
    Phase,
    Shopping,
    Silent,
    Unclear,
)

Parse = Callable[[str, str, tuple[str, ...]], intent.Meaning | None]
"""(text, kind of answer expected, ids it may name) -> what it means."""
Heard: TypeAlias = intent.Meaning | Silent | Unclear | HungUp


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard and what it means. `ignorable`: an "uh-huh" where nothing was asked that it could answer."""

    heard: CallInput
    meaning: Heard
    over_prompt: bool = False
    ignorable: bool = False

    @property
    def understood(self) -> bool:
        return not isinstance(self.meaning, Unclear)


def read(heard: CallInput, phase: Phase, parse: Parse) -> Reading:
    match heard:
        case Silence():
            return Reading(heard, Silent())
        case HungUp():
            return Reading(heard, heard)
        case Keys(digits):
            return Reading(heard, keyed(digits.rstrip("#"), phase.back if isinstance(phase, Paused) else phase))
        case Transcript(text, over_prompt=over_prompt):
            expected = expecting(phase)
            meaning = parse(text, expected.kind, expected.focus) if text else None
            ignorable = meaning == intent.Simple("backchannel")
            return Reading(heard, meaning if meaning is not None else Unclear(), over_prompt, ignorable)


def keyed(digits: str, phase: Phase) -> intent.Intent | Unclear:
    """Keys answer what the phase asks; 0 is a person wherever no number is asked for.

    They never agree to an order: whether they were pressed before the read-back ended cannot be told.
    """
    match phase:
        case AwaitingPin() | AwaitingCustomer() | AwaitingOrderNumber():
            return intent.Digits(digits, digits.isdigit())
        case _ if digits == "0":
            return intent.Simple("human")
        case AskingQuantity() if digits.isdigit():
            return intent.Number(Decimal(digits))
        case ConfirmingOrder() | Shopping():
            return Unclear()
        case _ if digits.isdigit() and expecting(phase).kind == "choice":
            return intent.Pick(int(digits))
        case _ if digits in ("1", "2") and not isinstance(phase, Buying):
            return intent.Simple("yes" if digits == "1" else "no")
        case _:
            return Unclear()
