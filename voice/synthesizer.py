"""Knows how a sentence becomes audio, and how written words sound. Does not know what is said or when."""

from __future__ import annotations

import asyncio
import json
import threading
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from piper import PiperConfig, PiperVoice, SynthesisConfig
from piper.phonemize_espeak import EspeakPhonemizer

from voice.audio import Samples, resample, to_pcm, trim
from voice.errors import ModelCorrupt
from voice.kept import KeptAudio
from voice.networks import open_network
from voice.settings import Speech
from voice.threads import SPEAKING, workers

Key: TypeAlias = tuple[str, float]

KEEP_SILENCE_MS = 30.0
LEVEL_PEAK = 0.7


class Synthesizer(Protocol):
    """Speaks one sentence as 16 kHz mono s16le. `rate` 1.0 is normal, less is slower."""

    async def say(self, sentence: str, rate: float = 1.0) -> bytes: ...


class PiperSynthesizer:
    """Piper in one worker thread. The same sentence at the same rate is the same audio, kept in a bounded cache.

    Raises ModelCorrupt if the folder holds no voice that can be loaded.
    """

    def __init__(self, folder: Path, settings: Speech, keep_in: Path | None = None) -> None:
        """`keep_in` holds prepared sentences from one start to the next; by default it is in the user's cache."""
        self._settings = settings
        self._voice, model = _load(folder)
        self._kept = KeptAudio(model, keep_in)
        self._later: deque[Key] = deque()
        self._cache = AudioCache(settings.cache_mib << 20)
        self._worker = workers("synthesizer", SPEAKING)

    async def say(self, sentence: str, rate: float = 1.0) -> bytes:
        key = self._key(sentence, rate)
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._say, key)

    async def prepare(self, sentences: Sequence[str]) -> None:
        """Synthesise fixed prompts beforehand, so that saying them costs nothing."""
        for sentence in sentences:
            await self.say(sentence)

    def prepare_now(self, first: Sequence[str], later: Sequence[str] = ()) -> None:
        """Have `first` ready on return, and `later` as soon as the worker has nothing else to do.

        What was prepared is kept on disk for the next start.
        """
        for sentence in first:
            self._worker.submit(self._prepare, self._key(sentence)).result()
        self._later.extend(self._key(sentence) for sentence in later)
        self._worker.submit(self._prepare_next)

    def warm_up(self) -> None:
        """Run the voice once, so that the first sentence does not wait."""
        self._worker.submit(self._synthesise, ("a", 1.0)).result()

    def close(self) -> None:
        self._later.clear()
        self._worker.shutdown(cancel_futures=True)

    def _key(self, sentence: str, rate: float = 1.0) -> Key:
        text = " ".join(sentence.split())
        begins = text[:1].lower() if text[1:2] == text[1:2].lower() else text[:1]
        return begins + text[1:], round(rate * self._settings.rate, 3)

    def _prepare(self, key: Key) -> None:
        if self._cache.get(key) is not None:
            return
        kept = self._kept.get(*key)
        if kept is None:
            kept = self._synthesise(key)
            self._kept.put(*key, kept)
        self._cache.put(key, kept)

    def _prepare_next(self) -> None:
        """One at a time, then to the end of the worker's queue: whoever has something to say goes first."""
        if not self._later:
            return
        self._prepare(self._later.popleft())
        with suppress(RuntimeError):  # the worker was closed meanwhile
            self._worker.submit(self._prepare_next)

    def _say(self, key: Key) -> bytes:
        cached = self._cache.get(key)  # it may have been made while this request waited
        if cached is None:
            cached = self._synthesise(key)
            self._cache.put(key, cached)
        return cached

    def _synthesise(self, key: Key) -> bytes:
        text, rate = key
        rate_hz = self._voice.config.sample_rate
        # Without noise the same text is the same audio, which replays and tests rely on.
        config = SynthesisConfig(
            length_scale=(self._voice.config.length_scale or 1.0) / rate, noise_scale=0.0, noise_w_scale=0.0
        )
        parts: list[Samples] = [chunk.audio_float_array for chunk in self._voice.synthesize(text, config)]
        if not parts:
            return b""
        spoken = trim(np.concatenate(parts), rate_hz, KEEP_SILENCE_MS)
        return to_pcm(resample(spoken, rate_hz) * np.float32(LEVEL_PEAK))


class AudioCache:
    """The most recently used audio, up to a number of bytes. Safe to use from several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, pcm: bytes) -> None:
        with self._lock:
            self._bytes += len(pcm) - len(self._kept.pop(key, b""))
            self._kept[key] = pcm
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popitem(last=False)[1])


def _load(folder: Path) -> tuple[PiperVoice, Path]:
    path = next(iter(sorted(folder.glob("*.onnx"))), None)
    if path is None:
        raise ModelCorrupt(f"{folder} holds no Piper voice (*.onnx). Mend it: voxcart models fetch")
    try:
        about = json.loads(path.with_suffix(path.suffix + ".json").read_text("utf-8"))
        return PiperVoice(open_network(path), PiperConfig.from_dict(about)), path
    except Exception as error:  # onnxruntime has no public base of its errors
        raise ModelCorrupt(
            f"{path} cannot be loaded as a Piper voice: {error}. Mend it: voxcart models fetch"
        ) from error


_phonemizer: EspeakPhonemizer | None = None
_phonemizer_lock = threading.Lock()


def phonemes(text: str, voice: str = "en-us") -> str:
    """How a text sounds, in IPA with stress marks, words apart by spaces."""
    global _phonemizer
    with _phonemizer_lock:
        if _phonemizer is None:
            _phonemizer = EspeakPhonemizer()
        clauses = _phonemizer.phonemize(voice, text)
    return unicodedata.normalize("NFC", " ".join("".join(clause) for clause in clauses))
