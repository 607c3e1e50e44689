"""Knows how an utterance falls into known pieces: the cheapest way through it. Knows no meaning. PURE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from nlu.lexicon import Cue, Day, Group, Lexicon, Product, Quantity, Reading, Unit, Value

UNKNOWN = 3.0
KNOWN = 1.0
PART = 1.9
LONG_NAME = 0.05
"""What each further word of a whole name takes off, so that it wins over set phrases."""
DOUBT = 2.5
LIGHT = 0.7
"""Fillers and articles: cheaper than a name, so that they win only where nothing else is."""

LIGHT_CUES = frozenset(
    {
        "words.fillers",
        "words.articles",
        "words.adjectives",
        "words.amounts",
        "words.definite",
        "words.of",
        "words.hedges",
    }
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words `start` to `end` of the utterance and all they can be; no readings = unknown words."""

    start: int
    end: int
    words: tuple[str, ...]
    readings: tuple[Reading, ...] = ()
    apart: bool = False
    """After a comma."""

    def cue(self, *names: str) -> str | None:
        """The first of these set phrases that the segment is; a name ending in "." stands for a whole table."""
        for name in names:
            for reading in self.readings:
                if isinstance(reading, Cue) and (
                    reading.name == name or (name.endswith(".") and reading.name.startswith(name))
                ):
                    return reading.name
        return None

    @property
    def cues(self) -> tuple[str, ...]:
        return tuple(reading.name for reading in self.readings if isinstance(reading, Cue))

    def find(self, kind: type[Reading]) -> Reading | None:
        """The reading of this kind, if there is one."""
        return next((reading for reading in self.readings if isinstance(reading, kind)), None)

    @property
    def is_group(self) -> bool:
        """Whether the words name a kind of options, and nothing that is sold or chosen."""
        return self.find(Group) is not None and not (self.find(Product) or self.find(Value))

    @property
    def is_light(self) -> bool:
        """Whether the words say nothing by themselves; the "plain" of a shop that sells things plain does."""
        named = any(isinstance(reading, Product | Value) and reading.whole for reading in self.readings)
        return not named and self.cue(*LIGHT_CUES) is not None


def cost_of(reading: Reading) -> float:
    match reading:
        case Cue(name) if name in LIGHT_CUES:
            return LIGHT
        case Quantity(_, True):
            return LIGHT
        case Product(_, False) | Value(_, False):
            return PART
        case _:
            return KNOWN


def segment(words: Sequence[str], lexicon: Lexicon) -> tuple[Segment, ...]:
    """The utterance in pieces; adjacent unknown words are one piece."""
    stems = lexicon.key(words)
    best: list[tuple[float, int, tuple[Reading, ...]]] = [(0.0, 0, ())]
    best += [(float("inf"), 0, ())] * len(words)
    for at in range(len(words)):
        so_far = best[at][0]
        spans: dict[int, list[Reading]] = {}
        for end, reading in lexicon.readings(words, stems, at):
            spans.setdefault(end, []).append(reading)
        if so_far + UNKNOWN < best[at + 1][0]:
            best[at + 1] = (so_far + UNKNOWN, at, ())
        for end, readings in spans.items():
            cost = so_far + min(cost_of(reading) for reading in readings)
            if any(isinstance(reading, Product | Value) and reading.whole for reading in readings):
                cost -= LONG_NAME * (end - at - 1)
            is_light = cost < so_far + KNOWN
            if (not is_light and tuple(words[at:end]) in lexicon.doubtful_cues) or _hides_name(
                stems[at:end], readings, lexicon
            ):
                cost += DOUBT
            if cost <= best[end][0]:
                best[end] = (cost, at, _kept(readings))
    pieces: list[Segment] = []
    end = len(words)
    while end:
        _, start, kept = best[end]
        pieces.append(Segment(start, end, tuple(words[start:end]), kept))
        end = start
    return tuple(_joined(pieces[::-1]))


def parted(pieces: Sequence[Segment], breaks: Collection[int]) -> tuple[Segment, ...]:
    """The pieces, with those marked that begin after a comma before the words at these places."""
    return tuple(replace(piece, apart=True) if piece.start in breaks else piece for piece in pieces)


def _hides_name(stems: Sequence[str], readings: Sequence[Reading], lexicon: Lexicon) -> bool:
    """Whether a number phrase takes in a word that the shop uses as a name: "half" where halves are sold."""
    numeric = all(isinstance(reading, Quantity) for reading in readings)
    return numeric and len(stems) > 1 and any(stem in lexicon.name_words for stem in stems)


def _kept(readings: list[Reading]) -> tuple[Reading, ...]:
    """Whole names leave no room for parts of other names of the same kind."""
    whole = {type(reading) for reading in readings if isinstance(reading, Product | Value) and reading.whole}
    parts = [pair for each in readings if isinstance(each, Value) and not each.whole for pair in each.pairs]
    return tuple(
        replace(reading, parts=tuple(parts)) if isinstance(reading, Value) and reading.whole and parts else reading
        for reading in readings
        if not (isinstance(reading, Product | Value) and not reading.whole and type(reading) in whole)
    )


def _joined(pieces: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for piece in pieces:
        if joined and not piece.readings and not joined[-1].readings:
            before = joined.pop()
            piece = Segment(before.start, piece.end, before.words + piece.words)
        joined.append(piece)
    return joined


def is_bare_reference(pieces: Sequence[Segment]) -> bool:
    """Whether there is an "it", and beside it only words that order nothing."""
    said = [piece for piece in pieces if piece.readings and not (piece.is_light or piece.find(Day) or piece.find(Unit))]
    asked = any(piece.cue("simple.yes") for piece in pieces)
    return bool(said) and not asked and all(piece.cue("links.it") for piece in said)
