"""Knows how alike two strings of speech sounds are. Does not know words or where sounds come from. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float32]
Sounds = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SoundTable:
    """`names` in the order of their codes; `signs` finds what `codes` encodes; `swap[a, b]` is the cost of b for a,
    `skip[a]` that of losing or adding a."""

    names: tuple[str, ...]
    signs: re.Pattern[str]
    codes: dict[str, bytes]
    swap: Costs
    skip: Costs

    def encode(self, ipa: str) -> bytes:
        """The codes of a word's sounds; signs that are no sound are left out."""
        return b"".join([self.codes[sign] for sign in self.signs.findall(ipa)])


def sound_table(data: dict[str, Any]) -> SoundTable:
    """The table that sounds.toml describes."""
    vowels, consonants, costs = data["vowels"], data["consonants"], data["costs"]
    names = (*vowels, *consonants)
    swap = np.full((len(names), len(names)), costs["class"], np.float32)
    for a, one in enumerate(names):
        for b, other in enumerate(names):
            if one in vowels and other in vowels:
                swap[a, b] = costs["axis"] * np.linalg.norm(np.subtract(vowels[one], vowels[other]))
            elif one in consonants and other in consonants:
                swap[a, b] = _between(consonants[one], consonants[other], costs)
    weak = costs["weak_sounds"]
    plain = [costs["vowel"] if name in vowels else costs["consonant"] for name in names]
    skip = [costs["weak"] if name in weak else cost for name, cost in zip(names, plain, strict=True)]
    codes = _codes(names, data["write_as"])
    signs = re.compile("|".join(sorted(map(re.escape, codes), key=len, reverse=True)))
    return SoundTable(names, signs, codes, swap, np.array(skip, np.float32))


def _codes(names: Sequence[str], write_as: dict[str, list[str]]) -> dict[str, bytes]:
    """Every sign or pair of signs, and the sounds it is folded to."""
    codes = {name: bytes([code]) for code, name in enumerate(names)}
    return codes | {sign: b"".join(codes[name] for name in folded) for sign, folded in write_as.items()}


def _between(one: Sequence[Any], other: Sequence[Any], costs: dict[str, float]) -> Any:
    place = costs["place"] * abs(one[0] - other[0])
    return place + costs["manner"] * (one[1] != other[1]) + costs["voice"] * (one[2] != other[2])


def distances(sounds: bytes, words: Sounds, table: SoundTable) -> Costs:
    """How far every word (a row of equally many codes) is from every stretch of `sounds` that begins at its start.

    Returns an array [stretch length, word]; row 0 is the empty stretch.
    """
    count, length = words.shape
    added = np.zeros((length + 1, count), np.float32)
    for place in range(length):
        added[place + 1] = added[place] + table.skip[words[:, place]]
    columns = added
    result = [columns[length]]
    for code in sounds:
        below = np.empty_like(columns)
        below[0] = columns[0] + table.skip[code]
        swap = table.swap[code]
        for place in range(length):
            kept = np.minimum(columns[place] + swap[words[:, place]], columns[place + 1] + table.skip[code])
            below[place + 1] = np.minimum(kept, below[place] + table.skip[words[:, place]])
        columns = below
        result.append(columns[length])
    return np.stack(result)
