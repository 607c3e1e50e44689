"""Knows which names of a shop sound so alike that one may be heard for the other. Hears nothing. PURE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nlu.lexicon import Lexicon
from nlu.lookup import NameIndex
from nlu.numbers import read_number
from nlu.vocabulary import Vocabulary
from voice.sounds import SoundTable, apart
from voxcart.by_ear import spelled

Pronounce: TypeAlias = Callable[[Sequence[str]], list[bytes]]
Why: TypeAlias = Literal["sound", "number"]

NEAREST, LEAST_SHARED = 12, 50.0
MOST, MOST_PER_SOUND = 0.85, 0.2
"""Names that are further apart than this, in all or for each sound, are told apart."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say a product, or a value of a group."""

    said: str
    product: str | None = None
    choice: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Two names of different things that can stand in the same place. `cost`: how far apart they sound; `number`: they
    differ in numbers of which one begins or ends the other, "two" and "two point three"."""

    one: Name
    other: Name
    cost: float
    why: Why


def names_of(lexicon: Lexicon) -> list[Name]:
    shop = lexicon.vocabulary
    products = [Name(lexicon.said(each), product.id) for product in shop.products for each in product.spoken]
    values = [
        Name(lexicon.said(each), None, (group.id, value.id))
        for group in shop.groups
        for value in group.values
        for each in value.spoken
    ]
    return list(dict.fromkeys(name for name in (*products, *values) if name.said))


def alike_names(lexicon: Lexicon, pronounce: Pronounce, table: SoundTable) -> list[Alike]:
    """Every two names that are too near to each other, nearest first; two that several things have stand once."""
    names = names_of(lexicon)
    places = _Places(lexicon.vocabulary)
    found = (*_by_number(names, lexicon), *_by_sound(names, pronounce, table))
    kept = {frozenset((each.one.said, each.other.said)): each for each in found if places.share(each.one, each.other)}
    return sorted(kept.values(), key=lambda alike: (alike.cost, alike.one.said, alike.other.said))


class _Places:
    """Where names can stand: products for each other, values where one product takes both, a value beside those who
    take it."""

    def __init__(self, shop: Vocabulary) -> None:
        self._options = {product.id: frozenset(product.options) for product in shop.products}
        self._together = defaultdict[str, set[str]](set)
        for taken in self._options.values():
            for group in taken:
                self._together[group] |= taken

    def share(self, one: Name, other: Name) -> bool:
        match one, other:
            case Name(_, str(product), _), Name(_, str(another), _):
                return product != another
            case Name(_, str(product), _), Name(_, _, (group, _)):
                return group in self._options[product]
            case Name(_, _, (group, _)), Name(_, str(product), _):
                return group in self._options[product]
            case Name(_, _, (group, value)), Name(_, _, (another, another_value)):
                return (group, value) != (another, another_value) and another in self._together[group] | {group}
            case _:
                return False


def _by_sound(names: Sequence[Name], pronounce: Pronounce, table: SoundTable) -> Iterator[Alike]:
    texts = list(dict.fromkeys(name.said for name in names))
    sounds = dict(zip(texts, pronounce(texts), strict=True))
    by_sounds: dict[bytes, list[Name]] = defaultdict(list)
    for name in names:
        by_sounds[sounds[name.said]].append(name)
    heard = [each for each in by_sounds if each]
    pairs = sorted(_candidates(heard))
    costs = apart([heard[one] for one, _ in pairs], [heard[other] for _, other in pairs], table)
    for (one, other), cost in zip(pairs, costs.tolist(), strict=True):
        if cost <= min(MOST, MOST_PER_SOUND * max(len(heard[one]), len(heard[other]))):
            yield from _between(by_sounds[heard[one]], by_sounds[heard[other]], cost)
    for same in by_sounds.values():
        yield from _between(same, same, 0.0)


def _candidates(heard: Sequence[bytes]) -> set[tuple[int, int]]:
    """Pairs that share stretches of three sounds; comparing every two of five thousand would take minutes."""
    texts = [spelled(sounds) for sounds in heard]
    index = NameIndex(texts)
    near = ((at, other) for at, text in enumerate(texts) for other, _ in index.nearest(text, NEAREST, LEAST_SHARED))
    return {(min(pair), max(pair)) for pair in near if pair[0] != pair[1]}


def _between(ones: Iterable[Name], others: Iterable[Name], cost: float) -> Iterator[Alike]:
    """Those written the same are one name that several things have, which the caller is asked about anyway."""
    others = list(others)
    for one in ones:
        for other in others:
            if one.said != other.said and (one.said < other.said or cost > 0):
                yield Alike(one, other, round(cost, 3), "sound")


def _by_number(names: Sequence[Name], lexicon: Lexicon) -> Iterator[Alike]:
    """Names with the same words beside a number, of which one begins or ends the other."""
    numbered: dict[tuple[str, ...], list[tuple[tuple[str, ...], Name]]] = defaultdict(list)
    for name in names:
        words = tuple(name.said.split())
        for at in range(len(words)):
            if found := read_number(words, at, lexicon.language):
                numbered[(*words[:at], "", *words[found[1] :])].append((words[at : found[1]], name))
                break
    for same in numbered.values():
        for at, (number, name) in enumerate(same):
            for another, other in same[at + 1 :]:
                short, long = sorted((number, another), key=len)
                if short != long and short in (long[: len(short)], long[-len(short) :]):
                    yield Alike(name, other, 1.0, "number")
