"""Knows how all names of a shop sound, and which of them sound most like a text. Decides nothing about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlu.by_ear import Likeness
from nlu.lookup import NameIndex
from voice.pronunciations import Phonemize, Pronunciations
from voice.sounds import SoundTable, apart

CANDIDATES, LEAST_SHARED = 12, 50.0
MOST, MOST_PER_SOUND, FEW_PER_SOUND = 1.2, 0.15, 0.06
"""Further than this, in all and for each sound, a text is no name; of long ones every sound may be a little off."""
OFFERED_PER_SOUND = 0.22
"""So far for each sound a name may be offered, where nothing better is known."""
FIRST_SIGN = 0x100
"""Sounds are looked up as letters from here on."""


class NamesByEar:
    """The names of one shop by their sounds. `memory` keeps them from one start to the next."""

    def __init__(
        self, names: Sequence[tuple[str, str]], table: SoundTable, phonemize: Phonemize, memory: Path | None = None
    ) -> None:
        """`names`: (as it is said, product id)."""
        self._table = table
        self._names = [said for said, _ in names]
        self._products = [product for _, product in names]
        self._pronunciations = Pronunciations(self._names, table, phonemize, memory)
        self._sounds = self._pronunciations.of_all()
        self._index = NameIndex([spelled(sounds) for sounds in self._sounds])

    def nearest(self, text: str) -> list[Likeness]:
        """What sounds most like the text, nearest first; no names that are too far to be offered."""
        [heard] = self._pronunciations.find([text])
        if not heard:
            return []
        found = [at for at, _ in self._index.nearest(spelled(heard), CANDIDATES, LEAST_SHARED)]
        costs = apart([heard] * len(found), [self._sounds[at] for at in found], self._table)
        best: dict[str, Likeness] = {}
        for at, cost in sorted(zip(found, costs.tolist(), strict=True), key=lambda hit: (hit[1], hit[0])):
            length = min(len(heard), len(self._sounds[at]))
            near = cost <= max(min(MOST, MOST_PER_SOUND * length), FEW_PER_SOUND * length)
            if cost <= OFFERED_PER_SOUND * length:
                best.setdefault(self._products[at], Likeness(self._products[at], cost, near))
        return list(best.values())

    def twins(self) -> list[list[str]]:
        """Names that are written differently and sound the same."""
        by_sounds: dict[bytes, dict[str, None]] = {}
        for said, sounds in zip(self._names, self._sounds, strict=True):
            by_sounds.setdefault(sounds, {})[said] = None
        return [list(same) for sounds, same in by_sounds.items() if sounds and len(same) > 1]


def spelled(sounds: bytes) -> str:
    """One letter for each sound, to be looked up by."""
    return "".join(chr(FIRST_SIGN + code) for code in sounds)
