"""Knows how all words of a recogniser sound, kept on disk between starts. Does not know what they mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from voice.sounds import SoundTable

Phonemize: TypeAlias = Callable[[str], str]

BATCH = 2000


class Pronunciations:
    """The encoded sounds of words. A hundred thousand take seconds to find and a tenth of one to read from `memory`,
    a file that counts only for the very words and table it was made for."""

    def __init__(
        self, words: Sequence[str], table: SoundTable, phonemize: Phonemize, memory: Path | None = None
    ) -> None:
        self.words = tuple(words)
        self._table = table
        self._phonemize = phonemize
        self._memory = memory
        self.made_for = _digest(self.words, table)

    def of_all(self) -> list[bytes]:
        """The sounds of every word, in the order of the words."""
        kept = self._read()
        if kept is None:
            kept = self.find(self.words)
            self._keep(kept)
        return kept

    def find(self, texts: Sequence[str]) -> list[bytes]:
        """The sounds of any texts. None of them may hold a comma."""
        sounds: list[bytes] = []
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            spoken = self._phonemize(", ".join(batch)).split(",")
            if len(spoken) != len(batch):  # a text that espeak splits: one by one, so that none is shifted
                spoken = [self._phonemize(text) for text in batch]
            sounds += [self._table.encode(each) for each in spoken]
        return sounds

    def _read(self) -> list[bytes] | None:
        try:
            kept = json.loads(self._memory.read_text("utf-8")) if self._memory else {}
            found = [bytes.fromhex(sounds) for sounds in kept["sounds"].split(",")]
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        return found if kept.get("made_for") == self.made_for and len(found) == len(self.words) else None

    def _keep(self, sounds: list[bytes]) -> None:
        if self._memory is None:
            return
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._memory.with_suffix(".unfinished")
            kept = {"made_for": self.made_for, "sounds": ",".join(each.hex() for each in sounds)}
            unfinished.write_text(json.dumps(kept), "utf-8")
            unfinished.replace(self._memory)
        except OSError:  # they are found again next time
            return


def _digest(words: Sequence[str], table: SoundTable) -> str:
    about = (table.names, table.signs.pattern, sorted(table.codes.items()))
    return hashlib.sha256("\n".join((*words, repr(about))).encode()).hexdigest()
