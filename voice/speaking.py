"""Knows how a prompt is spoken: sentence by sentence, to be broken off and taken up again. Does not know why."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter

from voice.audio import RATE_HZ, amplify, silence
from voice.channels import Channel
from voice.prompt import Prompt
from voice.settings import Speech
from voice.synthesizer import Synthesizer

LONGEST = 90
"""Characters after which a sentence is cut at a comma: a running synthesis cannot be stopped, and the first must be
short to be heard soon."""

_SENTENCE = re.compile(r"\S.*?(?:[.!?…:]+[\"”’)]*(?=\s|$)|$)", re.DOTALL)
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
CHUNK_BYTES = RATE_HZ * 2 // 10


def split_sentences(text: str, longest: int = LONGEST) -> tuple[str, ...]:
    """The text in pieces that are synthesised on their own; joined by spaces they are the text again."""
    sentences = _SENTENCE.findall(" ".join(text.split()))
    return tuple(piece for sentence in sentences for piece in _pieces(sentence, longest))


def _pieces(sentence: str, longest: int) -> list[str]:
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(sentence):
        if pieces and len(pieces[-1]) + 1 + len(clause) <= longest:
            pieces[-1] = f"{pieces[-1]} {clause}"
        else:
            pieces.append(clause)
    return pieces


class Speaking:
    """One prompt on its way to the ear. While one sentence plays the next is made.

    `on_first_audio` is told the milliseconds from `start` to the first audio handed to the line, once. `on_end` is
    called when the prompt was played to the end (not when it was stopped) or failed; `failure` then holds the error.
    """

    def __init__(
        self,
        prompt: Prompt,
        channel: Channel,
        synthesizer: Synthesizer,
        settings: Speech,
        *,
        on_first_audio: Callable[[float], None] | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self.prompt = prompt
        self.sentences = split_sentences(prompt.text)
        self.ended_at: int | None = None
        """The sample position in the call at which the prompt ended or was stopped; None while it plays."""
        self.failure: Exception | None = None
        self._channel = channel
        self._synthesizer = synthesizer
        self._gap = silence(settings.sentence_gap_ms * RATE_HZ // 1000)
        self._on_first_audio = on_first_audio
        self._on_end = on_end
        self._next = 0
        self._chunks: list[tuple[int, int]] = []
        self._begun_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._until_sound = ExitStack()
        self.is_playing = False
        self.is_finished = False
        """Whether it was played to the end."""

    @property
    def stopped_at(self) -> int:
        """The sentence that `start` begins with, counted from 0."""
        return self._next

    def start(self) -> None:
        """Speak from the beginning, or after `stop` from the sentence that was broken off."""
        if not self._begun_at:
            self._begun_at = perf_counter()
        self.ended_at = None
        self.is_playing = True
        self._chunks = []
        self._until_sound.enter_context(self._channel.thinking())
        self._task = asyncio.create_task(self._speak(), name="speaking")

    def stop(self) -> None:
        """Fall silent at once: the task is cancelled, and what it has handed over already is dropped."""
        if self._task is None or not self.is_playing:
            return
        self._task.cancel()
        self._until_sound.close()
        self.is_playing = False
        dropped = self._channel.flush()
        self.ended_at = self._channel.played
        heard = sum(samples for _, samples in self._chunks) - dropped
        for sentence, samples in self._chunks:
            self._next = sentence
            heard -= samples
            if heard < 0:
                break

    async def ended(self) -> None:
        """Return when it was played to the end, was stopped or failed."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def aclose(self) -> None:
        """Stop, and return when no task of this prompt is left."""
        self.stop()
        await self.ended()

    async def _speak(self) -> None:
        try:
            await self._speak_sentences()
        except Exception as error:
            self.failure = error
        self._until_sound.close()
        self.ended_at = self._channel.played
        self.is_playing, self.is_finished = False, True
        self._on_end()

    async def _speak_sentences(self) -> None:
        coming = self._make(self._next)
        try:
            for sentence in range(self._next, len(self.sentences)):
                pcm = await coming
                coming = self._make(sentence + 1)
                await self._play(sentence, pcm)
            await self._channel.drain()
        finally:
            coming.cancel()
            await asyncio.wait({coming})
            if not coming.cancelled():
                coming.exception()  # of a sentence that is not said any more

    async def _play(self, sentence: int, pcm: bytes) -> None:
        if sentence + 1 < len(self.sentences):
            pcm += self._gap
        if self._on_first_audio is not None:
            self._on_first_audio((perf_counter() - self._begun_at) * 1000)
            self._on_first_audio = None
        self._until_sound.close()
        for at in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[at : at + CHUNK_BYTES]
            await self._channel.play(chunk)
            self._chunks.append((sentence, len(chunk) // 2))

    def _make(self, sentence: int) -> asyncio.Task[bytes]:
        return asyncio.create_task(self._synthesise(sentence), name="synthesising")

    async def _synthesise(self, sentence: int) -> bytes:
        if sentence >= len(self.sentences):
            return b""
        with self._channel.thinking():
            pcm = await self._synthesizer.say(self.sentences[sentence], self.prompt.rate)
            return amplify(pcm, self.prompt.gain_db)
