"""Knows how speech becomes words while it is spoken. Does not know what the words mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the start of the utterance, confidence 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. Finished text in lower case; `""` means nothing intelligible. `engine` names who heard it.

    `over_prompt` is true when the speech began before the assistant's prompt had ended: a "yes" in it
    answers nothing that the caller can have heard to the end.
    """

    text: str
    engine: str
    words: tuple[Word, ...] = ()
    over_prompt: bool = False


class Hearing(Protocol):
    """One utterance being heard. Not thread-safe; feed blocks of about 100 ms."""

    def accept(self, pcm: bytes) -> None: ...

    def partial(self) -> str: ...

    def finish(self) -> Transcript: ...


class Recognizer(Protocol):
    """Opens a fresh hearing, biased towards `phrases` (lower-case, single spaces). Empty = unbiased."""

    def listen(self, phrases: Sequence[str]) -> Hearing: ...

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that the model can never output."""
        ...
