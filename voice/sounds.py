"""Knows how alike two strings of speech sounds are. Does not know words or where sounds come from. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float32]
Sounds = npt.NDArray[np.int16]


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


def apart(ones: Sequence[bytes], others: Sequence[bytes], table: SoundTable) -> Costs:
    """How far each of `ones` is from the one of `others` at its place: all pairs are compared at the same time."""
    one, other = _padded(ones), _padded(others)
    none = np.append(table.skip, np.float32(0.0))
    swap = np.pad(table.swap, ((0, 1), (0, 1)))
    row = np.concatenate((np.zeros((len(ones), 1), np.float32), np.cumsum(none[other], axis=1)), axis=1)
    ends = np.array([len(each) for each in others], np.intp)
    pairs = np.arange(len(ones))
    found = row[pairs, ends]
    lengths = np.array([len(each) for each in ones], np.intp)
    for place in range(one.shape[1]):
        code = one[:, place]
        below = np.empty_like(row)
        below[:, 0] = row[:, 0] + none[code]
        best = np.minimum(row[:, :-1] + swap[code[:, np.newaxis], other], row[:, 1:] + none[code][:, np.newaxis])
        for column in range(other.shape[1]):
            np.minimum(best[:, column], below[:, column] + none[other[:, column]], out=below[:, column + 1])
        row = below
        done = lengths == place + 1
        found[done] = row[pairs[done], ends[done]]
    return found


def _padded(strings: Sequence[bytes]) -> Sounds:
    """One row each, filled up with a sound that is none: the last of all numbers."""
    longest = max(map(len, strings), default=0)
    filled = np.full((len(strings), longest), -1, np.int16)
    for row, string in enumerate(strings):
        filled[row, : len(string)] = np.frombuffer(string, np.uint8)
    return filled
