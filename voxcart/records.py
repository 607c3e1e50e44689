"""Knows how a turn is written into the event log, and what must not be in it. Does not know where the log is. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from nlu.intent import Digits
from nlu.redaction import LONGEST_OPEN_NUMBER, MASK
from voice.call import HandedOver, HungUp, NotHandedOver, Silence
from voice.channels import Keys
from voice.recognizer import Transcript
from voxcart.hearing import Parse, Reading
from voxcart.questions import expecting
from voxcart.states import AwaitingCustomer, AwaitingOrderNumber, Phase

Redact: TypeAlias = Callable[[str], str]
"""Masks what may be personal in a text; `nlu.redaction.redact` in one language is one."""


def record(value: object) -> Any:
    """As JSON can hold it, with the type of each part; what is hidden from `repr` is masked."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: record(getattr(value, each.name)) if each.repr else MASK for each in fields(value)}
        return {"type": type(value).__name__, **parts}
    match value:
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [record(each) for each in value]
        case _:
            return value


def heard_record(reading: Reading, phase: Phase, parse: Parse, redact: Redact) -> dict[str, Any]:
    """What was heard; masked where the question was private, and what in it may be personal."""
    match reading.heard:
        case Silence():
            return {"kind": "silence"}
        case HungUp():
            return {"kind": "hung up"}
        case HandedOver():
            return {"kind": "handed over"}
        case NotHandedOver():
            return {"kind": "not handed over"}
        case Keys(digits):
            return {"kind": "keys", "digits": MASK if is_secret(digits, phase, parse) else digits}
        case Transcript(text, engine, _, over_prompt):
            shown = MASK if is_secret(text, phase, parse) else text
            shown = shown if isinstance(phase, AwaitingOrderNumber) and not reading.unheard else redact(shown)
            return {"kind": "speech", "text": shown, "engine": engine, "over_prompt": over_prompt}


def reading_record(reading: Reading, phase: Phase, parse: Parse, redact: Redact) -> Any:
    """What it was taken for, with the same things masked."""
    if isinstance(reading.meaning, Digits) and is_secret(reading.meaning.digits, phase, parse):
        return {"type": "Digits", "digits": MASK, "clear": reading.meaning.clear}
    if expecting(phase).private or _is_masked(reading, phase, parse):
        return {"type": type(reading.meaning).__name__}
    return _redacted(record(reading.meaning), redact)


def _redacted(value: Any, redact: Redact) -> Any:
    """Names of what is not sold are the caller's own words."""
    match value:
        case dict():
            return {
                key: redact(each) if key == "text" and isinstance(each, str) else _redacted(each, redact)
                for key, each in value.items()
            }
        case list():
            return [_redacted(each, redact) for each in value]
        case _:
            return value


def _is_masked(reading: Reading, phase: Phase, parse: Parse) -> bool:
    """A number that nobody asked for may have been taken for a quantity, or for the name of something not sold."""
    match reading.heard:
        case Keys(said) | Transcript(said):
            return is_secret(said, phase, parse)
        case _:
            return False


def is_secret(text: str, phase: Phase, parse: Parse) -> bool:
    if isinstance(phase, AwaitingCustomer | AwaitingOrderNumber):
        return False
    if expecting(phase).private:
        return True
    spoken = parse(text, "digits", ()) if text else None
    digits = spoken.digits if isinstance(spoken, Digits) else ""
    return len(digits or "".join(each for each in text if each.isdigit())) > LONGEST_OPEN_NUMBER
