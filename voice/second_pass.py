"""Knows how Whisper hears one finished utterance again. Does not know why the first hearing was not enough."""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from faster_whisper import WhisperModel

from voice import settings as voice_settings
from voice.audio import RATE_HZ, normalise, silence, to_samples
from voice.errors import ModelCorrupt
from voice.recognizer import Transcript

SHORTEST_S = 0.2
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


class SecondPass(Protocol):
    """Hears one whole utterance; `prompt` is a hint of what may be said."""

    async def transcribe(self, pcm: bytes, prompt: str = "") -> Transcript: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """Beyond these limits a transcript is taken for an invention of the model, and nothing was heard."""

    no_speech: float = 0.6
    mean_log_probability: float = -0.9
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
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="second-pass")

    async def transcribe(self, pcm: bytes, prompt: str = "") -> Transcript:
        """What the utterance says, without punctuation; `""` where Whisper is not sure that it was speech at all."""
        text = await asyncio.get_running_loop().run_in_executor(self._worker, self._hear, pcm, prompt)
        return Transcript(text, self.engine)

    def warm_up(self, wait: bool = True) -> None:
        """Load the model and run it once, so that no caller waits for that; without `wait` in the worker thread."""
        warmed = self._worker.submit(self._hear, silence(RATE_HZ), "")
        if wait:
            warmed.result()

    def close(self) -> None:
        self._worker.shutdown(cancel_futures=True)

    def _hear(self, pcm: bytes, prompt: str) -> str:
        if len(pcm) < 2 * RATE_HZ * SHORTEST_S:
            return ""
        segments, _ = self._load().transcribe(
            to_samples(normalise(pcm)),
            language=self._language,
            beam_size=self._settings.beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            initial_prompt=prompt or None,
        )
        return plain(" ".join(segment.text for segment in segments if self._believes(segment)))

    def _believes(self, segment: Any) -> bool:
        doubt = self._doubt
        return bool(
            segment.no_speech_prob <= doubt.no_speech
            and segment.avg_logprob >= doubt.mean_log_probability
            and segment.compression_ratio <= doubt.compression
        )

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
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
