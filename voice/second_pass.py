"""Knows how Whisper hears one finished utterance again. Does not know why the first hearing was not enough."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio

from voice import settings as voice_settings
from voice.audio import RATE_HZ, normalise, silence, to_samples
from voice.errors import ModelCorrupt
from voice.recognizer import Transcript, joined
from voice.threads import HEARING_AGAIN, workers

SHORTEST_S = 0.2
WINDOW_BYTES = 30 * 2 * RATE_HZ
WINDOW_FEATURES, FEATURES_PER_S = 3000, 100
MOST_TOKENS = 220
MOST_PROMPT_TOKENS = 200
KERNELS = "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4"
"""oneDNN keeps the kernels of a thousand lengths of sound, 2 MiB each, unless it is told otherwise before it begins."""
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


class SecondPass(Protocol):
    """Hears one whole utterance; `prompt` is a hint of what may be said."""

    @property
    def waiting(self) -> int:
        """How many utterances are being heard again or wait for it."""
        ...

    async def transcribe(self, pcm: bytes, prompt: str = "") -> Transcript: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """Beyond these limits a transcript is taken for an invention of the model, and nothing was heard."""

    no_speech: float = 0.6
    mean_log_probability: float = -0.8
    compression: float = 2.4


class WhisperSecondPass:
    """faster-whisper in one worker thread; the model is loaded at the first use, or by `warm_up`.

    Raises ModelCorrupt if the folder cannot be loaded.
    """

    engine = "whisper"

    def __init__(self, folder: Path, settings: voice_settings.SecondPass, language: str = "en") -> None:
        self._folder = folder
        self._settings = settings
        self._language = language
        self._doubt = Doubt()
        self._model: Any = None
        self._loading = threading.Lock()
        self.waiting = 0
        self._worker = workers("second-pass", HEARING_AGAIN)

    async def transcribe(self, pcm: bytes, prompt: str = "") -> Transcript:
        """What the utterance says, without punctuation; `""` where Whisper is not sure that it was speech at all."""
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._hear, pcm, prompt)
        finally:
            self.waiting -= 1

    def warm_up(self, wait: bool = True) -> None:
        """Load the model and run it once, so that no caller waits for that; without `wait` in the worker thread."""
        warmed = self._worker.submit(self._hear, silence(RATE_HZ), "")
        if wait:
            warmed.result()

    def close(self) -> None:
        self._worker.shutdown(cancel_futures=True)

    def _hear(self, pcm: bytes, prompt: str) -> Transcript:
        if len(pcm) < 2 * RATE_HZ * SHORTEST_S:
            return Transcript("", self.engine)
        windows = [pcm[at : at + WINDOW_BYTES] for at in range(0, len(pcm), WINDOW_BYTES)]
        return joined([self._readings(window, prompt) for window in windows])

    def _readings(self, pcm: bytes, prompt: str) -> list[Transcript]:
        """The ways to hear up to half a minute, likeliest first."""
        model = self._load()
        tokens = Tokenizer(model.hf_tokenizer, True, task="transcribe", language=self._language)
        asked = [*_before(tokens, prompt), *tokens.sot_sequence, tokens.no_timestamps]
        found = model.model.generate(
            model.encode(_features(model, pcm, self._settings.silence_s)),
            [asked],
            beam_size=self._settings.beam_size,
            num_hypotheses=self._settings.beam_size,
            max_length=len(asked) + MOST_TOKENS,
            suppress_tokens=[-1],
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        heard = [
            self._transcript(tokens.decode(sequence), score, len(sequence))
            for sequence, score in zip(found.sequences_ids, found.scores, strict=True)
        ]
        if not self._believes(found.no_speech_prob, found.scores[0], tokens.decode(found.sequences_ids[0])):
            return [Transcript("", self.engine)]
        return heard

    def _transcript(self, text: str, score: float, tokens: int) -> Transcript:
        """Source of the likelihood: CTranslate2 gives the mean of the tokens and of the end."""
        return Transcript(plain(text), self.engine, log_likelihood=score * (tokens + 1))

    def _believes(self, no_speech: float, mean_log_probability: float, text: str) -> bool:
        doubt = self._doubt
        return bool(
            no_speech <= doubt.no_speech
            and mean_log_probability >= doubt.mean_log_probability
            and get_compression_ratio(text) <= doubt.compression
        )

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                os.environ.setdefault(*KERNELS)
                try:
                    self._model = WhisperModel(
                        str(self._folder),
                        device="cpu",
                        compute_type="int8",
                        cpu_threads=self._settings.threads,
                        local_files_only=True,
                    )
                except (RuntimeError, ValueError, OSError) as error:
                    raise ModelCorrupt(
                        f"{self._folder} cannot be loaded as a Whisper model: {error}. Mend it: voxcart models fetch"
                    ) from error
            return self._model


def plain(text: str) -> str:
    """Lower case, single spaces, no punctuation but what is part of a word or number (don't, half-and-half, 1.5)."""
    lowered = text.lower().translate(APOSTROPHES)
    return " ".join(re.findall(r"\d+(?:[.,:]\d+)*%?|[^\W\d_]+(?:['&-][^\W\d_]+)*'?|\w+", lowered))


def _before(tokens: Tokenizer, prompt: str) -> list[int]:
    """The prompt as what was said before."""
    return [tokens.sot_prev, *tokens.encode(" " + prompt.strip())[-MOST_PROMPT_TOKENS:]] if prompt else []


def _features(model: WhisperModel, pcm: bytes, after_s: float) -> npt.NDArray[np.float32]:
    """(mel bands, frames) of the sound and the silence after it. Whisper learned from half minutes, but its work grows
    with the length."""
    found = model.feature_extractor(to_samples(normalise(pcm)))
    wanted = len(pcm) // (2 * RATE_HZ // FEATURES_PER_S) + round(after_s * FEATURES_PER_S)
    frames = min(WINDOW_FEATURES, wanted + wanted % 2)
    return np.ascontiguousarray(np.pad(found, ((0, 0), (0, max(0, frames - found.shape[1]))))[:, :frames])
