"""Knows how utterances become a meaning: heard, heard again if need be, or nothing at all. Does not know prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

from voice.call import CallInput, Hints, Locates, Mind, StageTimes, Stretch, Understood
from voice.listening import Heard
from voice.readings import best_reading, dictated, remembered, ways
from voice.recognizer import Transcript, joined
from voice.second_pass import SecondPass
from voice.settings import VoiceSettings
from voice.threads import in_thread
from voice.weighing import settle, together, wants_second


class Words:
    """The way from sound to meaning in one call. `times` collects the stages of the turn."""

    def __init__(self, mind: Mind, second_pass: SecondPass | None, settings: VoiceSettings) -> None:
        self._mind = mind
        self._second_pass = second_pass
        self._vad = settings.vad
        self._decoding = settings.decoding
        self._most_waiting = settings.second_pass.most_waiting
        self.times = StageTimes()

    def take_times(self) -> StageTimes:
        times, self.times = self.times, StageTimes()
        return times

    async def understand(
        self, heard: list[Heard], *, over_prompt: bool, private: bool
    ) -> tuple[Transcript, Understood | None]:
        """What was said in one or more utterances, and what it means; None when it was nothing.

        What was not understood is heard again by the second pass, unless it is `private` or too short to be speech; so
        is a number that could be another one. Something short said over a prompt must make sense at once.
        """
        voiced_ms = sum(each.voiced_ms for each in heard)
        understand = remembered(self.meaning_of)
        transcript, first, meaning = await in_thread(self._hear, heard, understand, over_prompt)
        is_speech = voiced_ms >= self._vad.speech_ms
        pcm = b"".join(each.utterance.pcm for each in heard)
        if dictated(meaning) is not None:
            return await settle(transcript, understand, partial(self._second_opinion, pcm), self._decoding)
        if over_prompt and voiced_ms < self._vad.murmur_ms and _is_murmur(transcript, meaning, understand):
            return first, None
        may_ask = is_speech and not private and self._second_pass is not None
        if may_ask and await in_thread(wants_second, transcript, meaning, understand, pcm, self._decoding):
            first, meaning = await self._hear_again(pcm, transcript, (first, meaning), understand)
        return first, None if _is_nothing(first, meaning, is_speech) else meaning

    def locate(self, start: int, end: int, prompt_end: int | None) -> None:
        if isinstance(self._mind, Locates):
            self._mind.locate(Stretch(start, end, prompt_end))

    def _hear(
        self, heard: list[Heard], understand: Callable[[Transcript], Understood], over_prompt: bool
    ) -> tuple[Transcript, Transcript, Understood]:
        """All ways to hear it, and the one that is believed with its meaning."""
        began = perf_counter()
        finished = [each.hearing.finish() for each in heard]
        transcript = replace(joined([(each, *each.alternatives) for each in finished]), over_prompt=over_prompt)
        self.times = StageTimes(endpoint=heard[-1].endpoint_ms, recognise=_since(began))
        return transcript, *best_reading(transcript, understand, self._decoding.likelihood_margin)

    def meaning_of(self, heard: CallInput) -> Understood:
        began = perf_counter()
        meaning = self._mind.understand(heard)
        self.times = replace(self.times, understand=(self.times.understand or 0.0) + _since(began))
        return meaning

    async def _hear_again(
        self,
        pcm: bytes,
        transcript: Transcript,
        first: tuple[Transcript, Understood],
        understand: Callable[[Transcript], Understood],
    ) -> tuple[Transcript, Understood]:
        is_free = self._second_pass is not None and self._second_pass.waiting < self._most_waiting
        again = await self._second_opinion(pcm) if is_free else None
        if again is None:
            return first
        return await in_thread(together, transcript, first, again, understand, pcm, self._decoding)

    async def _second_opinion(self, pcm: bytes) -> Transcript | None:
        if self._second_pass is None:
            return None
        began = perf_counter()
        hint = self._mind.hint() if isinstance(self._mind, Hints) else ""
        again = await self._second_pass.transcribe(pcm, hint)
        self.times = replace(self.times, second_pass=_since(began))
        return again


def _is_murmur(transcript: Transcript, meaning: Understood, understand: Callable[[Transcript], Understood]) -> bool:
    """Whether it makes no certain sense, or only in an unlikely way while another is an "uh-huh"."""
    if _is_doubtful(meaning):
        return True
    readings = [understand(each) for each in ways(transcript)]
    return _is_doubtful(readings[0]) and any(getattr(each, "ignorable", False) for each in readings)


def _is_doubtful(meaning: Understood) -> bool:
    return bool(getattr(meaning, "replaceable", not meaning.understood))


def _is_nothing(transcript: Transcript, meaning: Understood, is_speech: bool) -> bool:
    """A cough, a noise, an "uh-huh", others who talk: no answer, and no reason to stop speaking."""
    if meaning.understood or getattr(meaning, "ignorable", False):
        return bool(getattr(meaning, "ignorable", False))
    return not is_speech or (transcript.over_prompt and not transcript.text)


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000
