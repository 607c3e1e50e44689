"""Knows which of several ways to hear the same speech to believe. Does not know what they mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from voice.audio import estimated_snr_db
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


def wants_second(
    transcript: Transcript, meaning: U, understand: Callable[[Transcript], U], pcm: bytes, settings: Decoding
) -> bool:
    """Whether a second hearing should decide: nothing was understood, or on a noisy line something else might be."""
    if not meaning.understood:
        return True
    replaceable, can_replace = getattr(meaning, "replaceable", False), getattr(meaning, "can_replace", False)
    if not (replaceable or can_replace) or estimated_snr_db(pcm) >= settings.clear_snr_db:
        return False
    worst = transcript.log_likelihood - settings.doubt_margin
    rivals = (understand(each) for each in _ways(transcript) if each.log_likelihood >= worst)
    return replaceable or any(_gist(each) != _gist(meaning) for each in rivals)


def weighed(
    first: Transcript, second: Transcript, understand: Callable[[Transcript], U], settings: Decoding
) -> tuple[Transcript, U] | None:
    """The certain meaning that two hearings together find likeliest; None if neither found one.

    A meaning is as likely as all the ways to hear it are together; what one hearing did not think of counts there as
    `unheard_likelihood` less likely than its best.
    """
    found = _candidates(
        first, second, understand, lambda meaning: getattr(meaning, "can_replace", False), settings.unheard_likelihood
    )
    if not found:
        return None
    best = max(found, key=lambda each: each.together(settings.second_weight))
    return best.transcript, best.meaning


def _candidates(
    first: Transcript,
    second: Transcript,
    understand: Callable[[Transcript], U],
    counts: Callable[[U], bool],
    unheard_likelihood: float,
) -> list[_Candidate[U]]:
    found: list[_Candidate[U]] = []
    for number, hearing in enumerate((first, second)):
        for each in _ways(hearing):
            heard = replace(each, over_prompt=first.over_prompt)
            if not heard.text or not counts(meaning := understand(heard)):
                continue
            known = next((other for other in found if _gist(other.meaning) == _gist(meaning)), None)
            if known is None:
                found.append(known := _Candidate(heard, meaning, [-unheard_likelihood] * 2))
            near = each.log_likelihood - hearing.log_likelihood
            known.likelihoods[number] = float(np.logaddexp(known.likelihoods[number], near))
    return found


@dataclass(slots=True)
class _Candidate(Generic[U]):
    transcript: Transcript
    meaning: U
    likelihoods: list[float]
    """Of each hearing, relative to its best."""

    def together(self, second_weight: float) -> float:
        return self.likelihoods[0] + second_weight * self.likelihoods[1]


def _ways(transcript: Transcript) -> list[Transcript]:
    return [believed(each) for each in (transcript, *transcript.alternatives)]


def _gist(meaning: Understood) -> object:
    """What two readings share that mean the same."""
    return getattr(meaning, "gist", meaning)


def remembered(understand: Callable[[Transcript], U]) -> Callable[[Transcript], U]:
    """The same, for one utterance whose readings are looked at more than once."""
    known: dict[tuple[str, bool], U] = {}

    def understand_once(transcript: Transcript) -> U:
        key = transcript.text, transcript.over_prompt
        if key not in known:
            known[key] = understand(transcript)
        return known[key]

    return understand_once


async def settle(
    transcript: Transcript,
    understand: Callable[[Transcript], U],
    hear_again: Callable[[], Awaitable[Transcript | None]],
    settings: Decoding,
) -> tuple[Transcript, U]:
    """The number that was dictated, or speech that could not be made out: a number is never guessed.

    It counts if every other number is much less likely, to the first hearing alone or to both together. Where there is
    no second hearing to be had (None), the first has to do.
    """
    numbers = [(each, meaning) for each in _ways(transcript) if dictated(meaning := understand(each))]
    if numbers and _leads(numbers, transcript.log_likelihood, settings.number_lead):
        return transcript, understand(transcript)
    second = await hear_again()
    if second is None:
        return transcript, understand(transcript)
    found = _candidates(
        transcript, second, understand, lambda meaning: bool(dictated(meaning)), settings.unheard_likelihood
    )
    likely = sorted(found, key=lambda each: -each.together(settings.number_weight))
    if likely and _stands_out(likely, settings):
        return likely[0].transcript, likely[0].meaning
    unclear = replace(transcript, text="", alternatives=())
    return unclear, understand(unclear)


def dictated(meaning: Understood) -> str | None:
    """The number that a meaning is; "" for one that was partly unintelligible, None for what is no number."""
    found: str | None = getattr(meaning, "dictated", None)
    return found


def _stands_out(ranked: list[_Candidate[U]], settings: Decoding) -> bool:
    """Whether the first was heard the second time too, and is much likelier than the next."""
    first, *others = ranked
    certain = first.together(settings.number_weight) - settings.number_certainty
    was_heard = first.likelihoods[1] > -settings.unheard_likelihood
    return was_heard and all(each.together(settings.number_weight) <= certain for each in others)


def _leads(numbers: list[tuple[Transcript, U]], best_likelihood: float, lead: float) -> bool:
    first, meaning = numbers[0]
    others = [each for each, other in numbers if dictated(other) != dictated(meaning)]
    likely = first.log_likelihood >= best_likelihood
    return likely and all(each.log_likelihood <= first.log_likelihood - lead for each in others)


def believed(transcript: Transcript) -> Transcript:
    """Without its text where most of the speech was none of the known words."""
    return replace(transcript, text="") if transcript.unknown_share > MOSTLY_UNKNOWN else transcript
