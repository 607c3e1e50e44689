"""Knows how goods are asked for by what they are ("anything vegan"), and how two are compared. PURE."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from typing import Literal, TypeAlias

from nlu.intent import (
    Add,
    AskPrice,
    AskProducts,
    AskStock,
    Compare,
    FindProducts,
    HelpChoose,
    Indifferent,
    Meaning,
    Order,
    Prefer,
)
from nlu.language import Language
from nlu.numbers import read_number
from nlu.phrasebook import Phrases, Words
from nlu.text import stem, words_of
from nlu.vocabulary import Vocabulary

Understand = Callable[[str], Meaning | None]
"""What words mean by themselves."""
Way: TypeAlias = tuple[str, str]
"""("category", id), ("brand", name), or what a trait is about and its value."""


class Names:
    """Every way to name a category, a brand or a trait, with what it names; one or many of it make no difference."""

    def __init__(self, language: Language, vocabulary: Vocabulary) -> None:
        self.ways = dict(_ways(language, vocabulary))
        self._language = language
        self._found = {self.key(words): way for words, way in reversed(self.ways.items())}

    def key(self, words: Iterable[str]) -> Words:
        return tuple(stem(word, self._language) for word in words)

    def named(self, key: Words) -> Way | None:
        return self._found.get(key)


TAUGHT_BETWEEN = 2
"""The first words between what is compared; the others are taken for half a name where they begin what is heard."""
MOST_TAUGHT, MOST_LIMIT, MOST_LIKED = 60, 20, 20
"""So many names, and limits of a price, a recogniser is taught questions with: they must not drown the orders."""
Offer: TypeAlias = Literal["goods", "values"] | None
"""What a question offers: goods, or the values of an option."""


@dataclass(slots=True)
class _Wanted:
    category: str | None = None
    brand: str | None = None
    most: Decimal | None = None
    traits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        return bool(self.traits) or self.brand is not None or self.most is not None


def choosing_meaning(
    words: Sequence[str], language: Language, names: Names, understand: Understand, offer: Offer = None
) -> Compare | FindProducts | HelpChoose | Prefer | Indifferent | None:
    """None where nothing is compared, and nothing asked for by what it is; every word must belong to the question.

    `offer`: what there is to choose among now. Among "goods" the name of a trait alone is an answer.
    """
    bare = language.idle.stripped(words)
    if offer and bare in language.choosing["indifferent"]:
        return Indifferent()
    if offer == "goods" and (wanted := _found(tuple(words), language, names, among_goods=True)):
        return wanted
    return (
        _liked(tuple(words), bare, language, names)
        or _compared(words, language, understand)
        or _guided(bare, language, names, understand)
        or _found(tuple(words), language, names)
    )


def offer_of(expecting: str, focus: Sequence[str], products: Container[str]) -> Offer:
    """What a question of this kind offers, of which these ids are in focus."""
    if expecting != "choice":
        return None
    return "goods" if all(each in products for each in focus) else "values"


def _guided(words: Words, language: Language, names: Names, understand: Understand) -> HelpChoose | None:
    rest = _after(words, language.choosing["guide"])
    if rest is None:
        return None
    if not language.idle.stripped(rest):
        return HelpChoose()
    if wanted := _found(rest, language, names, among_goods=True):
        return HelpChoose(wanted)
    match understand(" ".join(rest)):
        case AskProducts(str(category)):
            return HelpChoose(FindProducts(category))
        case Order(edits=(Add(item),), not_sold=()) if item.alternatives or not item.guessed:
            return HelpChoose(among=(item.product, *item.alternatives))
        case _:
            return None


def _liked(words: Words, bare: Words, language: Language, names: Names) -> Prefer | None:
    """ "Remember that I'm vegan": nothing but what goods are like may follow."""
    if words in language.choosing["forget_liked"] or bare in language.choosing["forget_liked"]:
        return Prefer()
    rest = _after(bare, language.choosing["remember_liked"])
    wanted = _found(rest, language, names, among_goods=True) if rest else None
    if not rest:
        return None
    is_known = wanted is not None and wanted == FindProducts(traits=wanted.traits)
    return Prefer(wanted.traits if wanted and is_known else (), is_known)


def _compared(words: Sequence[str], language: Language, understand: Understand) -> Compare | None:
    rest = _after(words, language.choosing["compare"])
    if rest is None:
        return None
    for at, word in enumerate(rest):
        if (word,) in language.choosing["between"]:
            sides = [_product(rest[:at], understand), _product(rest[at + 1 :], understand)]
            first, second = sides
            if first and second and first != second:
                return Compare(first, second)
    return None


def _product(words: Sequence[str], understand: Understand) -> str | None:
    """The one product that the words name."""
    match understand(" ".join(words)) if words else None:
        case Order(edits=(Add(item),), not_sold=()) if not item.guessed and not item.alternatives:
            return item.product
        case AskPrice(item) | AskStock(item) if item is not None and not item.alternatives:
            return item.product
        case _:
            return None


def _after(words: Sequence[str], openings: Phrases) -> Words | None:
    """What follows the longest of these openings, wherever that stands near the beginning."""
    found = [(len(each), -at) for at in range(min(3, len(words))) for each in openings.starting(words, at)]
    if not found:
        return None
    length, at = max(found)
    return tuple(words[length - at :])


def _found(words: Words, language: Language, names: Names, among_goods: bool = False) -> FindProducts | None:
    """Category, traits, brand and price in any order, among words that only ask."""
    wanted = _Wanted()
    light = {word for phrase in language.choosing["light"] for word in phrase}
    asks = _after(words, language.choosing["openings"]) is not None
    at, key = 0, names.key(words)
    while at < len(words):
        step = _price(words, at, language, wanted) or _named(key, at, names, wanted)
        if not step and words[at] not in light:
            return None
        at += step or 1
    is_told = wanted.is_told or (among_goods and wanted.category is not None)
    if not is_told or not (asks or among_goods or wanted.category):
        return None
    return FindProducts(wanted.category, tuple(wanted.traits), wanted.brand, wanted.most)


def _price(words: Words, at: int, language: Language, wanted: _Wanted) -> int:
    """ "under four dollars fifty": how many words that is; 0 where it is none."""
    for limit in language.choosing["below"].starting(words, at):
        amount = read_number(words, at + len(limit), language)
        if amount is None:
            continue
        value, end = amount
        if (words[end : end + 1]) in language.choosing["money"]:
            end += 1
            cents = read_number(words, end, language)
            if cents is not None and cents[0] < 100:
                value, end = value + cents[0] / 100, cents[1]
                end += words[end : end + 1] in language.choosing["small_money"]
        wanted.most = value
        return end - at
    return 0


def _named(key: Words, at: int, names: Names, wanted: _Wanted) -> int:
    """A category, brand or trait; how many words that is, 0 where it is none."""
    for length in range(min(5, len(key) - at), 0, -1):
        found = names.named(key[at : at + length])
        if found is None:
            continue
        match found:
            case ("category", name):
                wanted.category = name
            case ("brand", name):
                wanted.brand = name
            case trait:
                wanted.traits.append(trait)
        return length
    return 0


def _ways(language: Language, vocabulary: Vocabulary) -> Iterator[tuple[Words, Way]]:
    """Numbers alone name nothing: they are "size" forty two."""
    for category in vocabulary.categories:
        for spoken in category.spoken:
            yield tuple(words_of(spoken, language)), ("category", category.id)
    goods = {tuple(words_of(spoken, language)) for product in vocabulary.products for spoken in product.spoken}
    for product in vocabulary.products:
        brand = tuple(words_of(product.brand or "", language))
        if product.brand and brand not in goods:  # a brand that people call the thing by names the thing
            yield brand, ("brand", product.brand)
        for about, values in product.traits:
            for value in values:
                said, label = tuple(words_of(value, language)), tuple(words_of(about, language))
                if not value.replace(" ", "").isdigit():
                    yield said, (about, value)
                yield (*label, *said), (about, value)
                for without, free in language.choosing_without:
                    if said[-len(free) :] == free and said[: -len(free)]:
                        yield (*without, *said[: -len(free)]), (about, value)


# ---- what is said so --------------------------------------------------------------------------------------------


def said_of_goods(language: Language, names: Names, products: Sequence[str]) -> Iterator[str]:
    """Questions after every way that goods are like, and their prices, for a recogniser to know; `products`: names.
    What goods are like comes before who makes them: names of brands are heard in orders, too."""
    said = language.choosing
    yield from (" ".join(words) for words in said["guide"])
    between = list(said["between"])[:TAUGHT_BETWEEN]
    pairs = zip(cycle(said["compare"]), products, cycle(between), products[1:], strict=False)
    yield from (f"{' '.join(lead)} {one} {' '.join(word)} {other}" for lead, one, word, other in pairs)
    kinds = [" ".join(words) for words, (about, _) in names.ways.items() if about == "category"]
    money, some = " ".join(next(iter(said["money"]))), " ".join(next(iter(said["any"])))
    limits = itertools.product(
        said["below"], (word for word, value in language.numbers.items() if 0 < value <= MOST_LIMIT)
    )
    for (lead, number), kind in zip(limits, cycle([*kinds, some]), strict=False):
        yield f"{kind} {' '.join(lead)} {number} {money}"
    told = [words for words, (about, _) in names.ways.items() if about not in ("category", "brand")]
    told += [words for words, (about, _) in names.ways.items() if about == "brand"]
    named = [" ".join(words) for words in told][:MOST_TAUGHT]
    if not named:
        return
    yield from (f"{' '.join(lead)} {each}" for lead, each in zip(cycle(said["openings"]), named * 2, strict=False))
    liked = [" ".join(words) for words in told[:MOST_LIKED]]
    yield from (f"{' '.join(lead)} {each}" for lead, each in zip(said["remember_liked"], cycle(liked), strict=False))
    yield from (" ".join(words) for words in said["forget_liked"])
    yield from (f"{each} {kind}" for each, kind in zip(named, cycle(kinds), strict=False))


def said_of_choices(language: Language, names: Names) -> Iterator[str]:
    """Answers to a question which of several goods it should be."""
    yield from (" ".join(words) for words in language.choosing["indifferent"])
    yield from (" ".join(words) for words in names.ways)
