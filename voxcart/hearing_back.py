"""Knows how names of a shop are spoken to it and heard back. Knows neither the terminal nor the shop file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from commerce.catalog import Catalog
from nlu import intent
from nlu.saying import Saying
from voice.reading_aloud import read_aloud
from voxcart.hear import Ears, Parse
from voxcart.likeness import Alike
from voxcart.verdict import Verdict, judge, offered, told

Say: TypeAlias = Callable[[str], Awaitable[bytes]]

ORDER = "order"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that was spoken, and what was heard. `typed` is the verdict on the very words, which no hearing can
    better: a name that two products share is asked about. `offered`: products, as they would be asked about."""

    saying: Saying
    text: str
    engine: str
    verdict: Verdict
    typed: Verdict
    instead: str
    offered: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        return self.verdict in ("right", self.typed) and self.typed in ("right", "asked")


def chosen(sayings: Sequence[Saying], first: Collection[str], most: int, seed: int) -> list[Saying]:
    """So many of the sayings, in their order: those of the names in `first`, then others by chance."""
    if len(sayings) <= most:
        return list(sayings)
    numbers = list(range(len(sayings)))
    Random(seed).shuffle(numbers)
    numbers.sort(key=lambda number: sayings[number].name not in first)
    return [sayings[number] for number in sorted(numbers[:most])]


def unread(sayings: Sequence[Saying], parse: Parse, catalog: Catalog) -> list[tuple[Saying, Verdict]]:
    """The names that no hearing can save: the very words are not understood."""
    read = ((saying, judge(parse(saying.sentence, ORDER), saying, catalog)) for saying in sayings)
    return [(saying, verdict) for saying, verdict in read if verdict in ("lost", "wrong")]


async def hear_back(
    sayings: Sequence[Saying],
    ears: Ears,
    say: Say,
    tell: Callable[[Spoken], None] = lambda _: None,
) -> list[Spoken]:
    """Speak each sentence and listen to it as the shop does; `tell` is told of each."""
    found = []
    spoken = read_aloud(say, (saying.sentence for saying in sayings))
    rest = iter(sayings)
    async for pcm in spoken:
        saying = next(rest)
        heard, read = await ears.understand(pcm, ORDER)
        one = judged(saying, heard.text, heard.engine, read.meaning, ears.parse, ears.catalog)
        found.append(one)
        tell(one)
    return found


def judged(
    saying: Saying, text: str, engine: str, meaning: intent.Meaning | None, parse: Parse, catalog: Catalog
) -> Spoken:
    typed = judge(parse(saying.sentence, ORDER), saying, catalog)
    verdict = judge(meaning, saying, catalog)
    return Spoken(saying, text, engine, verdict, typed, told(meaning, catalog), offered(meaning))


def confirmed(pair: Alike, spoken: Sequence[Spoken]) -> bool | None:
    """Whether one of the two was heard as anything else; None if neither was spoken."""
    names = (pair.one.said, pair.other.said)
    heard = [one for one in spoken if one.saying.name in names]
    return any(not one.is_fine for one in heard) if heard else None
