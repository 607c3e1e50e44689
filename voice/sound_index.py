"""Knows which of very many words sound most like each stretch of a string of sounds. Does not know where words come
from. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from voice.sounds import Costs, SoundTable

Numbers: TypeAlias = npt.NDArray[np.intp]

APART = 2
"""A stretch is at most so many sounds longer or shorter than the word it is compared with."""
OFFSETS = range(-APART, APART + 1)
SHORTER = 1
"""A word is at most so many sounds longer than the stretch it stands for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The word by its number, the stretch it stands for, and how far it is from it."""

    word: int
    start: int
    end: int
    cost: float


@dataclass(frozen=True, slots=True)
class _Level:
    """The beginnings of words of one length: the last sound of each, what it continues as in the next level, and the
    number of the word that it is, -1 where it is none."""

    sound: Numbers
    first: Numbers
    after: Numbers
    word: Numbers


class SoundIndex:
    """A tree of the sounds of all words, searched in many places at once: beginnings that are too far from what is said
    are left, with everything that begins so."""

    def __init__(self, words: Sequence[bytes], table: SoundTable) -> None:
        """`words` are encoded; of words that sound the same the first is taken, and empty ones are left out."""
        self._table = table
        self._levels = _levels(words)

    def pieces(self, sounds: bytes, per_sound: float, best: int) -> list[Piece]:
        """For each stretch of `sounds` up to `best` words, nearest first.

        What costs more than `per_sound` for each sound of the stretch and `APART` more is not looked at.
        """
        found: list[tuple[Numbers, Numbers, Numbers, Costs]] = []
        if not sounds:
            return []
        said, at, rows = self._beginnings(sounds)
        node = np.zeros(len(at), np.intp)
        for depth, level in enumerate(self._levels[1:], 1):
            at, node, rows = self._longer(said, depth, at, node, rows)
            keep = rows.min(axis=1) <= per_sound * (depth + APART)
            at, node, rows = at[keep], node[keep], rows[keep]
            ends = np.flatnonzero(level.word[node] >= 0)
            for column, offset in enumerate(OFFSETS):
                if max(1, depth - SHORTER) <= depth + offset:
                    cost = rows[ends, column]
                    near = ends[cost <= per_sound * (depth + offset + APART)]
                    end = at[near] + depth + offset
                    found.append((level.word[node[near]], at[near], end, rows[near, column]))
        return _best(found, best)

    def _beginnings(self, sounds: bytes) -> tuple[Numbers, Numbers, Costs]:
        """The sounds with room around them, each place where a word may begin, and the costs of having said nothing."""
        count, none = len(sounds), len(self._table.skip)
        said = np.full(count + 2 * (APART + len(self._levels)), none, np.intp)
        said[:count] = np.frombuffer(sounds, np.uint8)
        at = np.arange(count)
        rows = np.full((count, len(OFFSETS)), np.inf, np.float32)
        rows[:, APART] = 0.0
        skip = np.append(self._table.skip, np.float32(np.inf))
        for more in range(1, APART + 1):
            rows[:, APART + more] = rows[:, APART + more - 1] + skip[said[at + more - 1]]
        return said, at, rows

    def _longer(
        self, said: Numbers, depth: int, at: Numbers, node: Numbers, rows: Costs
    ) -> tuple[Numbers, Numbers, Costs]:
        """Every continuation of the beginnings by one sound: a row of the edit distance, near its diagonal."""
        before, level = self._levels[depth - 1], self._levels[depth]
        counts = before.after[node] - before.first[node]
        of = np.repeat(np.arange(len(node)), counts)
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        child = before.first[node][of] + np.arange(len(of)) - starts
        at, old, sound = at[of], rows[of], level.sound[child]
        swap = np.pad(self._table.swap, ((0, 0), (0, 1)), constant_values=np.inf)
        skip = np.append(self._table.skip, np.float32(np.inf))
        lost = skip[sound]
        new = np.full_like(old, np.inf)
        for column, offset in enumerate(OFFSETS):
            if column + 1 < len(OFFSETS):
                new[:, column] = old[:, column + 1] + lost
            if depth + offset > 0:
                heard = said[at + depth + offset - 1]
                np.minimum(new[:, column], old[:, column] + swap[sound, heard], out=new[:, column])
                if column > 0:
                    np.minimum(new[:, column], new[:, column - 1] + skip[heard], out=new[:, column])
        return at, child, new


def _levels(words: Sequence[bytes]) -> list[_Level]:
    """The tree of the words, level by level; the root is level 0."""
    unique = {sounds: number for number, sounds in reversed(list(enumerate(words))) if sounds}
    ordered = sorted(unique)
    longest = max(map(len, ordered), default=0)
    # Sorted with -1 after the end of a word, all words with one beginning stand together, the shortest first.
    codes = np.full((len(ordered), longest), -1, np.intp)
    for row, sounds in enumerate(ordered):
        codes[row, : len(sounds)] = np.frombuffer(sounds, np.uint8)
    numbers = np.array([unique[sounds] for sounds in ordered], np.intp)
    lengths = np.array([len(sounds) for sounds in ordered], np.intp)
    differs = np.arange(len(ordered)) == 0
    node = np.zeros(len(ordered), np.intp)
    levels = [_level([0], [-1])]
    for depth in range(1, longest + 1):
        differs[1:] |= codes[1:, depth - 1] != codes[:-1, depth - 1]
        begins = np.flatnonzero(differs & (lengths >= depth))
        before = levels[-1]
        children = np.bincount(node[begins], minlength=len(before.sound))
        before.after[:] = np.cumsum(children)
        before.first[:] = before.after - children
        levels.append(_level(codes[begins, depth - 1], np.where(lengths[begins] == depth, numbers[begins], -1)))
        node = np.searchsorted(begins, np.arange(len(ordered)), side="right") - 1
    return levels


def _level(sound: npt.ArrayLike, word: npt.ArrayLike) -> _Level:
    sounds = np.asarray(sound, np.intp)
    return _Level(sounds, np.zeros_like(sounds), np.zeros_like(sounds), np.asarray(word, np.intp))


def _best(found: list[tuple[Numbers, Numbers, Numbers, Costs]], best: int) -> list[Piece]:
    """The cheapest of each stretch."""
    if not found:
        return []
    word, start, end, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((word, cost, end, start))
    word, start, end, cost = word[order], start[order], end[order], cost[order]
    begins = np.ones(len(word), bool)
    begins[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    firsts = np.flatnonzero(begins)
    rank = np.arange(len(word)) - np.repeat(firsts, np.diff(np.append(firsts, len(word))))
    kept = np.flatnonzero(rank < best)
    rows = zip(word[kept].tolist(), start[kept].tolist(), end[kept].tolist(), cost[kept].tolist(), strict=True)
    return [Piece(*row) for row in rows]
