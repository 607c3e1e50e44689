"""Knows how two hearings of the same speech decide together what was said. Does not know what it means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np

from voice.audio import estimated_snr_db, is_narrow
from voice.readings import U, dictated, gist, ways
from voice.recognizer import Transcript
from voice.settings import Decoding


def wants_second(
    transcript: Transcript, meaning: U, understand: Callable[[Transcript], U], pcm: bytes, settings: Decoding
) -> bool:
    """Whether a second hearing should decide: nothing was understood, or something else might be meant and the line is
    noisy, the sound unlikely to be those words, or likelier to be others that make no sense here, or as likely to speak
    of other things."""
    if not meaning.understood:
        return True
    if not (getattr(meaning, "replaceable", False) or getattr(meaning, "can_replace", False)):
        return False
    sure = is_clear(pcm, settings) and not _is_unlikely(transcript, pcm, settings)
    worst = transcript.log_likelihood - (settings.clear_doubt_margin if sure else settings.doubt_margin)
    rivals = (understand(each) for each in ways(transcript) if each.log_likelihood >= worst)
    if sure:
        likeliest = understand(transcript)
        is_other = likeliest.understood and gist(likeliest) != gist(meaning)
        return is_other or any(_speaks_of_others(each, meaning) for each in rivals)
    return getattr(meaning, "replaceable", False) or any(gist(each) != gist(meaning) for each in rivals)


def together(
    transcript: Transcript,
    first: tuple[Transcript, U],
    again: Transcript,
    understand: Callable[[Transcript], U],
    pcm: bytes,
    settings: Decoding,
) -> tuple[Transcript, U]:
    """What two hearings say; `first` is what the first alone would say. Where both take the sound for the same words,
    these were said, whether they make sense or not.

    Sound on a clear line that is unlikely to be what it was taken for counts only if the second hearing speaks of the
    same things.
    """
    if not again.text:
        return first
    again = replace(again, over_prompt=transcript.over_prompt)
    if transcript.text == again.text and understand(transcript).understood:
        return transcript, understand(transcript)
    best = weighed(transcript, again, understand, settings) or first
    unlikely = is_clear(pcm, settings) and _is_unlikely(transcript, pcm, settings)
    if best[1].understood and (not unlikely or _is_confirmed(best[1], again, understand)):
        return best
    second = understand(again)
    return (again, second) if second.understood or first[1].understood or not first[0].text else first


def is_clear(pcm: bytes, settings: Decoding) -> bool:
    """Whether there is hardly any noise on the line."""
    return estimated_snr_db(pcm) >= settings.clear_snr_db


def _speaks_of_others(rival: U, meaning: U) -> bool:
    others: frozenset[object] = getattr(rival, "topics", frozenset())
    return getattr(rival, "can_replace", False) and others != getattr(meaning, "topics", frozenset())


def _is_unlikely(transcript: Transcript, pcm: bytes, settings: Decoding) -> bool:
    """Everything is less likely where half of the sound is missing."""
    sure = settings.narrow_sure_likelihood_per_s if is_narrow(pcm) else settings.sure_likelihood_per_s
    return transcript.log_likelihood_per_s < sure


def _is_confirmed(meaning: U, again: Transcript, understand: Callable[[Transcript], U]) -> bool:
    """Whether some way to hear it again means the same, or speaks of one of the same things."""
    topics: frozenset[object] = getattr(meaning, "topics", frozenset())
    others = [understand(replace(each, over_prompt=again.over_prompt)) for each in ways(again) if each.text]
    return any(gist(other) == gist(meaning) or topics & getattr(other, "topics", frozenset()) for other in others)


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
        for each in ways(hearing):
            heard = replace(each, over_prompt=first.over_prompt)
            if not heard.text or not counts(meaning := understand(heard)):
                continue
            known = next((other for other in found if gist(other.meaning) == gist(meaning)), None)
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
    numbers = [(each, meaning) for each in ways(transcript) if dictated(meaning := understand(each))]
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
