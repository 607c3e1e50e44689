"""Knows when one of a few phrases begins what somebody says. Does not know what follows from it, and keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice.audio import RATE_HZ, Frame
from voice.listening import Heard, Listener
from voice.prompt import Foresight, Listening
from voice.recognizer import Recognizer
from voice.settings import Turn, VoiceSettings
from voice.vad import VoiceActivity

TURN = Turn(silence_ms=460, complete_silence_ms=160, max_utterance_ms=10_000)
BEFORE = 2
"""So many words ("um") may come before the phrase: further on it is a misunderstanding (benchmarks/wake.py)."""
LEAST_REST_S = 0.3


@dataclass(frozen=True, slots=True)
class Spotted:
    """`rest`: the sound of what was said after the phrase in the same breath; b"" = nothing."""

    phrase: str
    rest: bytes


class Spotter:
    """`others` is what else may be said: without them whatever sounds a little like a phrase is taken for it."""

    def __init__(
        self,
        recognizer: Recognizer,
        activity: VoiceActivity,
        settings: VoiceSettings,
        phrases: Sequence[str],
        others: Sequence[str] = (),
    ) -> None:
        self._phrases = [tuple(phrase.split()) for phrase in phrases]
        turns = {**settings.turns, "wake": TURN}
        self._listener = Listener(recognizer, activity, replace(settings, turns=turns), self._foresee)
        self._listener.expect(Listening("wake", (*phrases, *others)))

    def feed(self, frame: Frame) -> Spotted | None:
        """Take the next frame; a phrase is told when what was said with it is over."""
        heard = self._listener.feed(frame)
        return None if heard is None else self._found(heard)

    def _foresee(self, partial: str) -> Foresight:
        words = partial.split()
        return "complete" if any(_after(words, phrase) == len(words) for phrase in self._phrases) else "open"

    def _found(self, heard: Heard) -> Spotted | None:
        words = heard.hearing.finish().words
        texts = [word.text for word in words]
        for phrase in self._phrases:
            if after := _after(texts, phrase):
                spoken_s = sum(word.end_s - word.start_s for word in words[after:])
                begins = 2 * round(words[after - 1].end_s * RATE_HZ)
                return Spotted(" ".join(phrase), heard.utterance.pcm[begins:] if spoken_s >= LEAST_REST_S else b"")
        return None


def _after(words: Sequence[str], phrase: Sequence[str]) -> int:
    """How many words are over when the phrase is; 0 = it is not there."""
    for at in range(min(BEFORE, len(words) - len(phrase)) + 1):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return at + len(phrase)
    return 0
