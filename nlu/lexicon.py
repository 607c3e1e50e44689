"""Knows which word sequences are names of this shop or set phrases of the language. Knows no sentence. PURE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from nlu import vocabulary
from nlu.language import Language
from nlu.numbers import EXTRAS, read_number, thousand_ways
from nlu.phrasebook import Phrases, Words
from nlu.text import plural, stem, words_of
from nlu.vocabulary import OptionGroup, Vocabulary


@dataclass(frozen=True, slots=True)
class Cue:
    """A set phrase, by its place in the sentence file ("actions.add", "simple.yes", "words.and")."""

    name: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """`article` is true for "a": a quantity, but hardly one that was chosen.

    `counted_by` is the unit in it: "a dozen", "a pair".
    """

    value: Decimal
    article: bool = False
    counted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """ "and a half", after a unit."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Position:
    value: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit id, or None for a container word."""

    id: str | None


@dataclass(frozen=True, slots=True)
class Product:
    """Product ids that the words name. `whole`: one of their names; else a part of it, `head` with its last word."""

    ids: tuple[str, ...]
    whole: bool = True
    head: bool = True
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """(group id, value id) pairs that the words name."""

    pairs: tuple[tuple[str, str], ...]
    whole: bool = True
    guessed: bool = False
    leading: bool = True
    """A part that begins the name: "soy" of "soy milk", not "milk"."""
    parts: tuple[tuple[str, str], ...] = ()
    """Pairs with the words in a longer name: they count where the others cannot be chosen."""


@dataclass(frozen=True, slots=True)
class Amount:
    """(group id, amount id) pairs that the words name."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Category:
    id: str


@dataclass(frozen=True, slots=True)
class Group:
    id: str


@dataclass(frozen=True, slots=True)
class Day:
    id: str


Reading: TypeAlias = Cue | Quantity | Extra | Position | Unit | Product | Value | Amount | Category | Group | Day

MOST_ALTERNATIVES = 40
LONGEST_PART = 5
DOZEN, PAIR = "dozen", "pair"
PACK = "pack"
COUNTED_BY = (DOZEN, PAIR)
COUNTS = (None, PACK, DOZEN, PAIR)
"""Units that weigh and measure nothing."""
LONGEST_VALUE_PART = 2


class Lexicon:
    """Looks words up at a place of an utterance."""

    def __init__(self, language: Language, shop: Vocabulary, twins: Iterable[Sequence[str]] = ()) -> None:
        """`twins`: names of products that sound the same."""
        self.language = language
        self.vocabulary = shop
        self.products = {product.id: product for product in shop.products}
        self.groups = {group.id: group for group in shop.groups}
        self._cues: dict[Words, list[Reading]] = defaultdict(list)
        self._names: dict[Words, list[Reading]] = defaultdict(list)
        self._parts: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._orders: dict[Words, list[str]] = {}
        """The words of each product name in alphabetical order."""
        self._heads: set[tuple[str, tuple[str, int]]] = set()
        self._value_parts: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._value_starts: dict[tuple[str, str], str] = {}
        self._stems: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self._add_cues()
        self._add_products()
        for same in twins:
            self._join([self.key(words_of(name, language)) for name in same])
        for group in shop.groups:
            self._add_group(group)
        self._kinds: dict[str, tuple[Words, ...]] = {
            category.id: tuple(self.key(words_of(spoken, language)) for spoken in category.spoken)
            for category in shop.categories
        }
        for kind, names in self._kinds.items():
            for name in names:
                self._names[name].append(Category(kind))
        self._longest = {
            "cue": max((len(words) for words in self._cues), default=0),
            "name": max((len(words) for words in self._names), default=0),
        }
        self._weigh_cues()
        self._set_words = self._words_apart()
        self._starts_cue = {words[0] for words in self._cues}
        self._starts_name = {words[0] for words in self._names}

    def phrases(self, name: str) -> Phrases:
        return self.language.phrases[name]

    def _weigh_cues(self) -> None:
        """Set phrases with a name in them are less likely than the name: "make it short" where lengths are sold."""
        names = {words[0] for words in self._names if len(words) == 1}
        self.name_words = frozenset(names)
        self.doubtful_cues = frozenset(
            phrase for phrase in self._cues if len(phrase) > 1 and any(self.stem(word) in names for word in phrase)
        )

    def _words_apart(self) -> frozenset[str]:
        """Words that are no part of a name by themselves: "no", "two", "and"; "roll" and "bar" may be."""
        alone = {words[0] for words in self._cues if len(words) == 1}
        return frozenset((alone | self.language.stop_words | set(self.language.numbers)) - self.language.containers)

    def stem(self, word: str) -> str:
        if word not in self._stems:
            self._stems[word] = stem(word, self.language)
        return self._stems[word]

    def said(self, name: str) -> str:
        """The words of a name with blanks between; the same name is taken apart once."""
        if name not in self._said:
            self._said[name] = " ".join(words_of(name, self.language))
        return self._said[name]

    def key(self, words: Iterable[str]) -> Words:
        return tuple(self.stem(word) for word in words)

    def is_pack(self, product: str, size: tuple[Decimal, str]) -> bool:
        """Whether the product is sold in packs of the size."""
        words = words_of(self.products[product].pack or "", self.language)
        found = read_number(words, 0, self.language) if words else None
        return found is not None and found[0] == size[0] and self.key(words[found[1] :]) == (size[1],)

    def pack_count(self, product: str) -> tuple[Decimal, Words] | None:
        """How many pieces are in a pack, and what they are called; None where a pack is weighed or not known."""
        words = words_of(self.products[product].pack or "", self.language)
        found = read_number(words, 0, self.language) if words else None
        if found is None or found[0] < 1 or found[0] % 1:
            return None
        kind = words[found[1] :]
        measured = any(self.language.units.get(word) not in COUNTS for word in kind)
        return None if measured else (found[0], self.key(kind))

    def is_measured(self, product: str) -> bool:
        """Whether so many grams or litres of it can be asked for."""
        known = self.products[product]
        return known.unit != "each" or (known.pack is not None and self.pack_count(product) is None)

    def is_kind_of(self, words: Sequence[str], products: Sequence[str]) -> bool:
        """Whether the words say after a product of what kind it is: "oolong tea", where that is a tea."""
        kinds = {self.products[product].category for product in products}
        said = self.key(words)
        return all(any(name[-len(said) :] == said for name in self._kinds.get(kind or "", ())) for kind in kinds)

    def has_words(self, product: str, words: Sequence[str]) -> bool:
        """Whether all the words are in one of its names."""
        names = (self.key(words_of(spoken, self.language)) for spoken in self.products[product].spoken)
        return any(set(self.key(words)) <= set(name) for name in names)

    def head(self, product: str) -> str:
        """The last word of its name: what kind of thing it is."""
        return self.key(words_of(self.products[product].spoken[0], self.language))[-1]

    def value_name(self, group: str, value: str) -> str:
        return next(each.spoken[0] for each in self.groups[group].values if each.id == value)

    def any_of(self, group: str) -> Value:
        """All that can be chosen of a kind: the "milk" of "no milk"."""
        return Value(tuple((group, each.id) for each in self.groups[group].values), whole=False)

    def is_idle(self, words: Sequence[str]) -> bool:
        return all(word in self.language.stop_words for word in words)

    def is_group(self, words: Sequence[str]) -> bool:
        """Whether options are called so: the "toast" of who sells French toast and asks which toast."""
        return any(isinstance(each, Group) for each in self._names.get(self.key(words), ()))

    def is_plural(self, word: str) -> bool:
        ends = (each for each in self.language.endings[0] if word.endswith(each[0]) and len(word) - len(each[0]) >= 2)
        return len(set(next(ends, ("",)))) > 1

    def sharing(self, words: Sequence[str]) -> list[vocabulary.Product]:
        """The products with the last of the words in a name, or else any other of them."""
        for word in reversed(words):
            ids = dict.fromkeys(product for product, _ in sorted(self._parts.get(self.stem(word), ())))
            if ids and word not in self.language.stop_words:
                return [self.products[each] for each in tuple(ids)[:MOST_ALTERNATIVES]]
        return []

    def readings(self, words: Sequence[str], stems: Sequence[str], at: int) -> Iterator[tuple[int, Reading]]:
        """(end, reading) of everything that begins at a place."""
        if words[at] in self._starts_cue:
            for end in range(at + 1, min(len(words), at + self._longest["cue"]) + 1):
                for reading in self._cues.get(tuple(words[at:end]), ()):
                    if not (isinstance(reading, Extra) and words[end : end + 1] and words[end] in self.language.units):
                        yield end, reading
        if stems[at] in self._starts_name:
            for end in range(at + 1, min(len(words), at + self._longest["name"]) + 1):
                for reading in self._names.get(tuple(stems[at:end]), ()):
                    yield end, reading
        if found := read_number(words, at, self.language):
            value, end = found
            is_article = self.language.numbers_said.get((words[at],)) == 1
            units = (self.language.units.get(word) for word in words[at:end])
            counted_by = next((unit for unit in units if unit in COUNTED_BY), None)
            yield end, Quantity(value, is_article and end == at + 1, counted_by)
            if is_article and end > at + 1:
                yield at + 1, Quantity(Decimal(1), True)
            elif end > at + 1 and words[at] in self.language.numbers:
                yield at + 1, Quantity(Decimal(self.language.numbers[words[at]]))
        yield from self._partial(words, stems, at)

    def _partial(self, words: Sequence[str], stems: Sequence[str], at: int) -> Iterator[tuple[int, Reading]]:
        """Parts of product and value names: "cheddar", "soy"."""
        if words[at] in self._set_words:
            return
        products, pairs = self._parts.get(stems[at], set()), self._value_parts.get(stems[at], set())
        for end in range(at + 1, min(len(words), at + LONGEST_PART) + 1):
            products = products & self._parts.get(stems[end - 1], set())
            pairs = pairs & self._value_parts.get(stems[end - 1], set())
            if not products and not pairs:
                return
            if (
                end - at > 2
                and words[end - 1] not in self.language.stop_words
                and (turned := self._orders.get(tuple(sorted(stems[at:end]))))
            ):
                yield end, Product(tuple(dict.fromkeys(turned)))
            if words[end - 1] in self._set_words:
                continue
            if products:
                yield end, self._part(products, stems[end - 1])
            if pairs and end - at <= LONGEST_VALUE_PART:
                leading = any(stems[at] == self._value_starts[pair] for pair in pairs)
                yield end, Value(tuple(sorted(pairs)), whole=False, leading=leading)

    def _part(self, names: set[tuple[str, int]], last: str) -> Product:
        """The products with all these words in a name; those with the last word as their head, if there are any."""
        heads = {name for name in names if (last, name) in self._heads}
        ids = dict.fromkeys(product for product, _ in sorted(heads or names))
        return Product(tuple(ids)[:MOST_ALTERNATIVES], whole=False, head=bool(heads))

    def _add_cues(self) -> None:
        language = self.language
        for name, phrases in language.phrases.items():
            for phrase in phrases:
                if name != "words.stop":
                    self._cues[phrase].append(Cue(name))
        for phrase, value in language.ordinals.items():
            self._cues[phrase].append(Position(value))
        for part, extra in EXTRAS.items():
            for spoken in language.number_parts[part]:
                self._cues[tuple(spoken.split())].append(Extra(extra))
        for phrase, day in language.days.items():
            self._cues[phrase].append(Day(day))
        for word, unit in language.units.items():
            self._cues[(word,)].append(Unit(unit))
        for word in language.containers:
            self._cues[(word,)].append(Unit(None))

    def _add_products(self) -> None:
        spoken: dict[Words, list[str]] = defaultdict(list)
        for product in self.vocabulary.products:
            names = list(product.spoken)
            if product.brand:
                names.append(f"{product.brand} {product.spoken[0]}")
            if product.pack:
                names += [f"{product.spoken[0]} {product.pack}", f"{product.pack} {product.spoken[0]}"]
            for number, name in enumerate(dict.fromkeys(names)):
                words = words_of(name, self.language)
                key = self.key(words)
                if not key:
                    continue
                for said in self._without_article(words):
                    spoken[self.key(said)].append(product.id)
                self._orders.setdefault(tuple(sorted(key)), []).append(product.id)
                last = words[-1]
                self._stems[plural(last, self.language)] = self.stem(last)
                for part in key:
                    self._parts[part].add((product.id, number))
                self._heads.add((key[-1], (product.id, number)))
        for key, ids in spoken.items():
            self._names[key].append(Product(tuple(dict.fromkeys(ids))))

    def _join(self, keys: Sequence[Words]) -> None:
        """Whichever of these names is heard, all that have one of them may be meant."""
        named = [each for key in keys for each in self._names.get(key, ()) if isinstance(each, Product)]
        both = Product(tuple(dict.fromkeys(product for each in named for product in each.ids)))
        for key in keys:
            self._names[key] = [each for each in self._names[key] if not isinstance(each, Product)] + [both]

    def _without_article(self, words: Sequence[str]) -> list[Sequence[str]]:
        """The name, and the name without the article that opens it: "three musketeers"."""
        opens = words[0] in self.language.articles and len(words) > 2
        return [words, words[1:]] if opens else [words]

    def _add_group(self, group: OptionGroup) -> None:
        for spoken in group.spoken:
            self._names[self.key(words_of(spoken, self.language))].append(Group(group.id))
        for value in group.values:
            for spoken in value.spoken:
                name = words_of(spoken, self.language)
                words = self.key(name)
                for way in self._ways(name):
                    self._extend(self.key(way), Value(((group.id, value.id),)))
                for kind in group.spoken if group.choose == "one" else ():
                    named = self.key(words_of(kind, self.language))
                    for way in (words + named, named + words):
                        self._extend(way, Value(((group.id, value.id),)))
                for word in words if len(words) > 1 else ():
                    self._value_parts[word].add((group.id, value.id))
                    self._value_starts.setdefault((group.id, value.id), words[0])
        for amount in group.amounts:
            for spoken in amount.spoken:
                said = tuple(words_of(spoken, self.language))
                for way in self._without_article(said):
                    self._extend(tuple(way), Amount(((group.id, amount.id),)), self._cues)

    def _ways(self, words: Sequence[str]) -> list[Sequence[str]]:
        """A value such as "no ice" can be said in every way that something is declined: "without ice"."""
        declines = [*self.phrases("words.no"), *self.phrases("words.without")]
        if thousands := thousand_ways(words[0], self.language):
            return [words, *((*way, *words[1:]) for way in thousands)]
        numbered = next((at for at, word in enumerate(words) if word not in self.language.numbers), 0)
        if numbered:
            return [words, (*words[numbered:], *words[:numbered])]  # "34 waist" is "waist 34" as well
        if len(words) < 2 or (words[0],) not in self.phrases("words.no"):
            return [words]
        return [words, *((*way, *words[1:]) for way in declines if way != (words[0],))]

    def _extend(self, words: Words, new: Value | Amount, table: dict[Words, list[Reading]] | None = None) -> None:
        """One reading for all groups that use the same words."""
        readings = (self._names if table is None else table)[words]
        for number, reading in enumerate(readings):
            if isinstance(reading, Value) and isinstance(new, Value):
                readings[number] = Value(tuple(dict.fromkeys(reading.pairs + new.pairs)))
                return
            if isinstance(reading, Amount) and isinstance(new, Amount):
                readings[number] = Amount(tuple(dict.fromkeys(reading.pairs + new.pairs)))
                return
        readings.append(new)
