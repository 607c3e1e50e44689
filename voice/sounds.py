"""Knows how alike two strings of speech sounds are. Does not know words or where sounds come from. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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


def distances(sounds: bytes, words: Sounds, table: SoundTable) -> Iterator[tuple[int, Costs]]:
    """How far every word (a column of equally many codes) is from every stretch of `sounds`.

    For each start of a stretch an array [stretch length, word]; row 0 is the empty stretch. Stretches more than two
    sounds longer than the words are left out.
    """
    length, _ = words.shape
    lost = table.skip[words]
    none = np.concatenate((np.zeros((1, words.shape[1]), np.float32), np.cumsum(lost, axis=0)))
    swapped = {code: table.swap[code][words] for code in set(sounds)}
    for start in range(len(sounds)):
        row, rows = none, [none[length]]
        for code in sounds[start : start + length + 2]:
            skip = table.skip[code]
            best = np.minimum(row[:-1] + swapped[code], row[1:] + skip)
            below = np.empty_like(row)
            below[0] = row[0] + skip
            for place in range(length):
                np.minimum(best[place], below[place] + lost[place], out=below[place + 1])
            row = below
            rows.append(row[length])
        yield start, np.stack(rows)
