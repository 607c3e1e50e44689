"""Knows which of several ways to hear the same speech to believe. Does not know what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from voice.call import Understood
from voice.recognizer import Transcript

U = TypeVar("U", bound=Understood)

MOSTLY_UNKNOWN = 0.5
"""Speech of which more than this share fits no expected phrase says something else; the few words in it are chance.
Spoken orders have up to 0.15 of it, in noise too; speech about anything else has 0.6 and more."""


def best_reading(transcript: Transcript, understand: Callable[[Transcript], U], margin: float) -> tuple[Transcript, U]:
    """The likeliest way to hear the speech that is certain to mean something, or else the likeliest of all.

    The likeliest stays unless its meaning is one that another may stand in for (`Understood.replaceable`), and
    another is at most `margin` less likely.
    """
    first = believed(transcript)
    meaning = understand(first)
    if getattr(meaning, "replaceable", False):
        for other in transcript.alternatives:
            near = other.log_likelihood >= transcript.log_likelihood - margin
            if near and (tried := believed(replace(other, over_prompt=first.over_prompt))).text:
                instead = understand(tried)
                if getattr(instead, "can_replace", False):
                    return tried, instead
    return first, meaning


def remembered(understand: Callable[[Transcript], U]) -> Callable[[Transcript], U]:
    """The same, for one utterance whose readings are looked at more than once."""
    known: dict[tuple[str, str, bool], U] = {}

    def understand_once(transcript: Transcript) -> U:
        key = transcript.text, transcript.engine, transcript.over_prompt
        if key not in known:
            known[key] = understand(transcript)
        return known[key]

    return understand_once


def ways(transcript: Transcript) -> list[Transcript]:
    """Every way to hear it, likeliest first."""
    return [believed(each) for each in (transcript, *transcript.alternatives)]


def gist(meaning: Understood) -> object:
    """What two readings share that mean the same."""
    return getattr(meaning, "gist", meaning)


def dictated(meaning: Understood) -> str | None:
    """The number that a meaning is; "" for one that was partly unintelligible, None for what is no number."""
    found: str | None = getattr(meaning, "dictated", None)
    return found


def believed(transcript: Transcript) -> Transcript:
    """Without its text where most of the speech was none of the known words."""
    return replace(transcript, text="") if transcript.unknown_share > MOSTLY_UNKNOWN else transcript
