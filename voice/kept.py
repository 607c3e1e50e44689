"""Knows how synthesised audio is kept on disk from one start to the next. Does not know how it is made."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

SUFFIX = ".pcm"


class KeptAudio:
    """Audio by sentence and rate, one file each, for one voice. A disk that is full or read-only keeps nothing."""

    def __init__(self, voice: Path, folder: Path | None = None) -> None:
        """`voice` is the model file: another one has other audio. `folder` is the user's cache folder by default."""
        home = folder or Path(platformdirs.user_cache_dir("voxcart", appauthor=False)) / "speech"
        about = voice.stat()
        self._folder = home / _digest(f"{voice.resolve()} {about.st_size} {about.st_mtime_ns}")

    def get(self, sentence: str, rate: float) -> bytes | None:
        try:
            return self._path(sentence, rate).read_bytes() or None
        except OSError:
            return None

    def put(self, sentence: str, rate: float, pcm: bytes) -> None:
        """Whole or not at all: it is written aside and moved into place."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(pcm)
                Path(aside).replace(self._path(sentence, rate))
            except OSError:
                Path(aside).unlink(missing_ok=True)
                raise
        except OSError:
            return

    def _path(self, sentence: str, rate: float) -> Path:
        return self._folder / f"{_digest(f'{rate} {sentence}')}{SUFFIX}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
