"""Knows what customers want to be remembered of what they like: commands and outcomes. Decides nothing. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commerce.choosing import Trait


@dataclass(frozen=True, slots=True)
class KeepPreferences:
    """Remember it, in addition to what is remembered: to say so in this `call`, after a PIN, is the consent."""

    customer: str
    authorization: str
    traits: tuple[Trait, ...]
    call: str


@dataclass(frozen=True, slots=True)
class ForgetPreferences:
    """All of it, and nothing more is to be remembered."""

    customer: str
    authorization: str
    call: str


@dataclass(frozen=True, slots=True)
class PreferencesKept:
    """All that is remembered now."""

    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class PreferencesForgotten:
    """Whether or not there were any."""


PreferenceCommand: TypeAlias = KeepPreferences | ForgetPreferences
PreferenceOutcome: TypeAlias = PreferencesKept | PreferencesForgotten
