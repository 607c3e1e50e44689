"""Knows how utterances become a meaning: heard, heard again if need be, or nothing at all. Does not know prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TypeVar

from voice.call import CallInput, Hints, Mind, StageTimes, Understood
from voice.listening import Heard
from voice.recognizer import Transcript, joined
from voice.second_pass import SecondPass
from voice.settings import Vad

U = TypeVar("U", bound=Understood)

MOSTLY_UNKNOWN = 0.5
"""Speech of which more than this share fits no expected phrase says something else; the few words in it are chance.
Spoken orders have up to 0.15 of it, in noise too; speech about anything else has 0.6 and more."""


class Words:
    """The way from sound to meaning in one call. `times` collects the stages of the turn."""

    def __init__(self, mind: Mind, second_pass: SecondPass | None, settings: Vad) -> None:
        self._mind = mind
        self._second_pass = second_pass
        self._speech_ms = settings.speech_ms
        self.times = StageTimes()

    def take_times(self) -> StageTimes:
        times, self.times = self.times, StageTimes()
        return times

    async def understand(
        self, heard: list[Heard], *, over_prompt: bool, private: bool
    ) -> tuple[Transcript, Understood | None]:
        """What was said in one or more utterances, and what it means; None when it was nothing.

        What was not understood is heard again by the second pass, unless it is `private` or too short to be speech.
        """
        voiced_ms = sum(each.voiced_ms for each in heard)
        began = perf_counter()
        finished = [each.hearing.finish() for each in heard]
        transcript = replace(joined([(each, *each.alternatives) for each in finished]), over_prompt=over_prompt)
        self.times = StageTimes(endpoint=heard[-1].endpoint_ms, recognise=_since(began))
        transcript, meaning = best_reading(transcript, self.meaning_of)
        is_speech = voiced_ms >= self._speech_ms
        if not meaning.understood and is_speech and not private:
            pcm = b"".join(each.utterance.pcm for each in heard)
            transcript, meaning = await self._hear_again(pcm, transcript, meaning)
        return transcript, None if _is_nothing(transcript, meaning, is_speech) else meaning

    def meaning_of(self, heard: CallInput) -> Understood:
        began = perf_counter()
        meaning = self._mind.understand(heard)
        self.times = replace(self.times, understand=(self.times.understand or 0.0) + _since(began))
        return meaning

    async def _hear_again(self, pcm: bytes, first: Transcript, meaning: Understood) -> tuple[Transcript, Understood]:
        """The second opinion; it counts if it is understood, or if it is all there is."""
        if self._second_pass is None:
            return first, meaning
        began = perf_counter()
        hint = self._mind.hint() if isinstance(self._mind, Hints) else ""
        again = replace(await self._second_pass.transcribe(pcm, hint), over_prompt=first.over_prompt)
        self.times = replace(self.times, second_pass=_since(began))
        if not again.text:
            return first, meaning
        second = self.meaning_of(again)
        return (again, second) if second.understood or not first.text else (first, meaning)


def _is_nothing(transcript: Transcript, meaning: Understood, is_speech: bool) -> bool:
    """A cough, a noise, an "uh-huh": no answer, and no reason to stop speaking."""
    if meaning.understood:
        return bool(getattr(meaning, "ignorable", False))
    return not is_speech or (transcript.over_prompt and not transcript.text)


def best_reading(transcript: Transcript, understand: Callable[[Transcript], U]) -> tuple[Transcript, U]:
    """The likeliest way to hear the speech that is certain to mean something, or else the likeliest of all.

    The likeliest stays unless its meaning is one that another may stand in for (`Understood.replaceable`).
    """
    first = _believed(transcript)
    meaning = understand(first)
    if getattr(meaning, "replaceable", False):
        for other in transcript.alternatives:
            if (believed := _believed(replace(other, over_prompt=first.over_prompt))).text:
                instead = understand(believed)
                if getattr(instead, "can_replace", False):
                    return believed, instead
    return first, meaning


def _believed(transcript: Transcript) -> Transcript:
    return replace(transcript, text="") if transcript.unknown_share > MOSTLY_UNKNOWN else transcript


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000
