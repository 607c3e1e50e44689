"""Knows every tunable of understanding. Does not know the file they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NluSettings:
    """Scores run from 0 to 100 (rapidfuzz). `seed` makes the sampled phrases the same at every start."""

    fuzzy_cutoff: float = 82.0
    fuzzy_margin: float = 6.0
    nearest_cutoff: float = 55.0
    """From here a product is near enough to be offered in place of one that is not sold, where the words are long."""
    nearest_short_cutoff: float = 75.0
    """The same for the shortest words, which are near to too many others; between the two it falls evenly."""
    phrases: int = 10000
    """How many sampled phrases bias the recogniser."""
    seed: int = 7
