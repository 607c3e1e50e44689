"""Knows which of several ways to hear the same speech to believe. Does not know what they mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from voice.call import Understood
from voice.recognizer import Transcript
from voice.settings import Decoding

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


async def settle(
    transcript: Transcript,
    understand: Callable[[Transcript], U],
    hear_again: Callable[[], Awaitable[Understood | None]],
    settings: Decoding,
) -> tuple[Transcript, U]:
    """The number that was dictated, or speech that could not be made out: a number is never guessed.

    It counts if every other number is much less likely, or if the second hearing (None = there is none to be had) is
    the same as one of the likely ones.
    """
    ways = (transcript, *(replace(each, over_prompt=transcript.over_prompt) for each in transcript.alternatives))
    read = [(each, understand(each)) for each in ways]
    numbers = [(each, meaning) for each, meaning in read if dictated(meaning)]
    if not numbers or _leads(numbers, read[0][0], settings.number_lead):
        return read[0]
    second = await hear_again()
    if second is None:
        return read[0]
    for each, meaning in numbers:
        near = each.log_likelihood >= transcript.log_likelihood - settings.number_margin
        if near and dictated(meaning) == dictated(second):
            return each, meaning
    unclear = replace(transcript, text="", alternatives=())
    return unclear, understand(unclear)


def dictated(meaning: Understood) -> str | None:
    """The number that a meaning is; "" for one that was partly unintelligible, None for what is no number."""
    found: str | None = getattr(meaning, "dictated", None)
    return found


def _leads(numbers: list[tuple[Transcript, U]], best: Transcript, lead: float) -> bool:
    first, meaning = numbers[0]
    others = [each for each, other in numbers if dictated(other) != dictated(meaning)]
    return first is best and all(each.log_likelihood <= best.log_likelihood - lead for each in others)


def believed(transcript: Transcript) -> Transcript:
    """Without its text where most of the speech was none of the known words."""
    return replace(transcript, text="") if transcript.unknown_share > MOSTLY_UNKNOWN else transcript
