"""Knows what callers of one shop would say: sentences with their meanings, drawn from frames and names. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random
from typing import Generic, TypeVar

from nlu.intent import (
    Add,
    AskOptions,
    AskPrice,
    AskProducts,
    AskStock,
    Choice,
    Item,
    Meaning,
    Order,
    Ref,
    Remove,
    Replace,
    SetOptions,
)
from nlu.lexicon import Category, Group, Lexicon, Product, Value
from nlu.numbers import read_number
from nlu.text import plural

T = TypeVar("T")

ONE = Decimal(1)
BEFORE = 0.85
"""How often an option whose group has no amounts stands before its product."""
BEFORE_WITH_AMOUNTS = 0.12
OPTIONS_SAID = (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
AMENDED = 0.85
COUNTED = 0.15
"""How often a number stands where "a" could."""


class Deck(Generic[T]):
    """Deals the cards of a pack in random order, all of them before any comes again."""

    def __init__(self, cards: Sequence[T], random: Random) -> None:
        self.cards, self._random = tuple(cards), random
        self._left: list[T] = []

    def deal(self) -> T:
        if not self._left:
            self._left = list(self.cards)
            self._random.shuffle(self._left)
        return self._left.pop()


@dataclass(frozen=True, slots=True)
class Named:
    """One way to say a thing, and its id; `group` for options."""

    said: str
    id: str
    group: str = ""


class Sampler:
    """Draws sentences that one shop's callers would say. `focus`: ids of products that are more likely."""

    def __init__(self, lexicon: Lexicon, seed: int, focus: Sequence[str] = ()) -> None:
        self._lexicon = lexicon
        self._random = Random(seed)
        self._frames = lexicon.language.samples
        self._amends = [(re.compile(pattern), new) for pattern, new in lexicon.language.amends]
        self._decks: dict[str, Deck[str]] = {}
        shop = lexicon.vocabulary
        self._products = self._deck([self._named(p.id, each) for p in shop.products for each in p.spoken])
        near = [self._named(p.id, each) for p in shop.products if p.id in focus for each in p.spoken]
        self._near = self._deck(near) if near else self._products
        self._values = {group.id: self._deck(self._said_values(group.id)) for group in shop.groups}
        amounts = {group.id: [self._named(a.id, s) for a in group.amounts for s in a.spoken] for group in shop.groups}
        self._amounts = {group: self._deck(said) for group, said in amounts.items() if said}
        self._categories = self._deck([self._named(c.id, each) for c in shop.categories for each in c.spoken])
        self._groups = self._deck([self._named(g.id, each) for g in shop.groups for each in g.spoken])
        self._any_value = self._deck([each for deck in self._values.values() for each in deck.cards])

    def _deck(self, cards: Sequence[T]) -> Deck[T]:
        return Deck(cards, self._random)

    def _named(self, id: str, spoken: str, group: str = "") -> Named:
        return Named(self._lexicon.said(spoken), id, group)

    def _said_values(self, group_id: str) -> list[Named]:
        group = self._lexicon.groups[group_id]
        return [self._named(value.id, each, group_id) for value in group.values for each in value.spoken]

    def frame(self, name: str) -> str:
        """One of the language's frames of a kind, each as often as any other."""
        if name not in self._decks:
            self._decks[name] = self._deck(self._frames[name])
        return self._decks[name].deal()

    @property
    def names(self) -> int:
        return len(self._products.cards)

    @property
    def product_names(self) -> list[str]:
        """Every way to say every product."""
        return [card.said for card in self._products.cards]

    def product(self) -> Named:
        return (self._near if self._random.random() < 0.2 else self._products).deal()

    def plural(self, name: str) -> str:
        return name if self._lexicon.is_plural(name.split()[-1]) else plural(name, self._lexicon.language)

    def amended(self, sentence: str) -> str:
        if self._random.random() < AMENDED:
            for pattern, new in self._amends:
                sentence = pattern.sub(new, sentence)
        return sentence

    # ---- orders ------------------------------------------------------------------------------------------------

    def led_order(self) -> str:
        """An item after words that take something back, or join it to what was said before."""
        return self.amended(f"{self.frame('leads')} {self.item()[0]}")

    def order(self, most: int = 2) -> tuple[str, Meaning]:
        """A carrier and one or more items."""
        random = self._random
        count = 1 if random.random() < 0.75 else random.randint(1, most)
        said, items = zip(*(self.item() for _ in range(count)), strict=True)
        sentence = f" {self.frame('joints')} ".join(said)
        if random.random() < 0.9:
            sentence = f"{self.frame('carriers')} {sentence}"
        if random.random() < 0.25:
            sentence = f"{sentence} {self.frame('please')}"
        return self.amended(sentence), Order(tuple(Add(item) for item in items))

    def item(self) -> tuple[str, Item]:
        """One product with a quantity and options, in an order that callers use."""
        random = self._random
        product = self.product()
        before, after = self._options(product.id)
        number, quantity = self._number()
        name = self.plural(product.said) if (quantity or ONE) > 1 else product.said
        unit, tail = None, ""
        for place, (said, _) in enumerate(after):
            tail += f" {self.frame('with') if place == 0 else self.frame('joints_of_options')} {said}"
        measured = random.random() < 0.06 and not before
        if measured:
            (number, quantity, unit), name = self._measure(), product.said
        words = [number, *(said for said, _ in before), name]
        choices = tuple(choice for _, choice in (*before, *after))
        return " ".join(word for word in words if word) + tail, Item(product.id, quantity, unit, choices)

    def _measure(self) -> tuple[str, Decimal | None, str | None]:
        """A quantity with a unit or a container."""
        said = self.frame("measures")
        words, language = said.split(), self._lexicon.language
        value, end = read_number(words, 0, language) or (None, 0)
        return said, value, language.units.get(words[end]) if end < len(words) else None

    def _number(self) -> tuple[str, Decimal | None]:
        said = self.frame("numbers" if self._random.random() < COUNTED else "articles")
        found = read_number(said.split(), 0, self._lexicon.language)
        return said, found[0] if found else None

    def _options(self, product: str) -> tuple[list[tuple[str, Choice]], list[tuple[str, Choice]]]:
        random = self._random
        groups = [each for each in self._lexicon.products[product].options if each in self._values]
        count = min(random.choice(OPTIONS_SAID), len(groups))
        before: list[tuple[str, Choice]] = []
        after: list[tuple[str, Choice]] = []
        for group in random.sample(groups, count):
            value = self._values[group].deal()
            amounts = self._amounts.get(group)
            if random.random() < (BEFORE_WITH_AMOUNTS if amounts else BEFORE):
                before.append((value.said, Choice(group, value.id)))
            elif amounts and random.random() < 0.6:
                amount = amounts.deal()
                after.append((f"{amount.said} {value.said}", Choice(group, value.id, amount.id)))
            else:
                after.append((value.said, Choice(group, value.id)))
        return before, after

    # ---- everything else ---------------------------------------------------------------------------------------

    def drawer(self, what: str, kind: str) -> Callable[[], tuple[str, Meaning | None]]:
        """Draws sentences of one kind of frame."""
        about = {
            "product": self.about_product,
            "value": self.about_value,
            "category": self.about_category,
            "group": self.about_group,
        }
        return partial(about[what], kind)

    def frames_of(self, product: str) -> list[str]:
        """What picks a product by name."""
        said = [each.said for each in self._products.cards if each.id == product]
        frames = [self.frame(kind) for kind in ("add_product", "other_product") for _ in said]
        filled = [frame.replace("{products}", "{product}") for frame in frames]
        return said + [
            self.amended(frame.replace("{product}", name)) for frame, name in zip(filled, 2 * said, strict=True)
        ]

    def about_product(self, kind: str) -> tuple[str, Meaning | None]:
        product, other = self.product(), self.product()
        while other.id == product.id and len({each.id for each in self._products.cards}) > 1:
            other = self._products.deal()
        frame = self.frame(kind)
        sentence = frame.replace("{products}", self.plural(product.said))
        sentence = sentence.replace("{product}", product.said).replace("{other}", other.said)
        uncounted = kind == "add_product" and "{products}" in frame
        return self.amended(sentence), None if uncounted else _product_meaning(kind, product.id, other.id)

    def about_value(self, kind: str) -> tuple[str, Meaning | None]:
        value, other, product = self._any_value.deal(), self._any_value.deal(), self.product()
        sentence = self.frame(kind).replace("{value}", value.said).replace("{other_value}", other.said)
        sentence = sentence.replace("{product}", product.said)
        choice = Choice(value.group, value.id, None, kind != "without_value")
        ref = Ref(product.id) if kind == "product_value" else Ref()
        known = kind in ("set_value", "without_value", "product_value", "correct_value")
        takes = kind != "product_value" or value.group in self._lexicon.products[product.id].options
        meaning = Order((SetOptions(ref, (choice,)),), kind == "correct_value") if known and takes else None
        return self.amended(sentence), meaning

    def about_category(self, kind: str) -> tuple[str, Meaning | None]:
        category = self._categories.deal()
        meaning = AskProducts(category.id) if kind == "ask_category" else None
        return self.frame(kind).replace("{category}", category.said), meaning

    def about_group(self, kind: str) -> tuple[str, Meaning | None]:
        group, value = self._groups.deal(), self._any_value.deal()
        sentence = self.frame(kind).replace("{group}", group.said).replace("{value}", value.said)
        return sentence, AskOptions(None, group.id) if kind == "ask_group" else None

    def digits(self) -> str:
        """A frame with a number dictated singly, in pairs or with repeats."""
        random = self._random
        count = random.choice((4, 4, 4, 6, 7, 10, 11))
        said: list[str] = []
        pairs = random.random() < 0.35
        while len(said) < count:
            if pairs and random.random() < 0.7:
                said.append(self.frame("pairs_of"))
            elif random.random() < 0.06:
                said += [self.frame("repeats_of"), self.frame("digits_of")]
            else:
                said.append(self.frame("digits_of"))
        return self.frame("digits").replace("{digits}", " ".join(said))

    def single_digits(self) -> str:
        """A number dictated digit by digit, and nothing else."""
        return " ".join(self.frame("digits_of") for _ in range(self._random.choice((4, 4, 6))))

    def spelled(self, letters: Sequence[str], digits: Sequence[str]) -> str:
        """A few letters and digits."""
        count = self._random.randint(2, 8)
        return " ".join(self._random.choice(letters if self._random.random() < 0.6 else digits) for _ in range(count))

    def plain(self) -> str:
        day = " ".join(self._random.choice(list(self._lexicon.language.days)))
        digits = " ".join(self.frame("digits_of") for _ in range(6))
        return self.frame("plain").replace("{day}", day).replace("{digits}", digits)

    def has(self, what: str) -> bool:
        decks = {"value": self._any_value, "category": self._categories, "group": self._groups}
        return bool(decks[what].cards) and (what != "group" or bool(self._any_value.cards))

    def is_certain(self, sentence_of: Meaning) -> bool:
        """Whether the shop's names leave the sentence only one meaning.

        No name in it is shared, and what comes in packs is not counted: twelve may be a pack.
        """
        if self._counts_packs(sentence_of) or self._asks_for_two(sentence_of):
            return False
        return all(self._unshared(each) for each in _named_in(sentence_of))

    def _counts_packs(self, meaning: Meaning) -> bool:
        items = [edit.item for edit in meaning.edits if isinstance(edit, Add)] if isinstance(meaning, Order) else []
        return any(item.quantity is not None and self._lexicon.pack_count(item.product) is not None for item in items)

    def _asks_for_two(self, meaning: Meaning) -> bool:
        """Whether a category and a group of options have the name that is asked for."""
        match meaning:
            case AskOptions(_, str(group)):
                names = self._lexicon.groups[group].spoken
            case AskProducts(str(category)):
                names = next(each.spoken for each in self._lexicon.vocabulary.categories if each.id == category)
            case _:
                return False
        return any({Category, Group} <= self._kinds_of(name.split()) for name in names)

    def _kinds_of(self, words: Sequence[str]) -> set[type]:
        found = self._lexicon.readings(words, self._lexicon.key(words), 0)
        return {type(reading) for end, reading in found if end == len(words)}

    def _unshared(self, name: tuple[str, str]) -> bool:
        kind, id = name
        said = [
            each for each in (self._products.cards if kind == "product" else self._any_value.cards) if each.id == id
        ]
        return all(self._is_only(each.said.split(), id) for each in said)

    def _is_only(self, words: Sequence[str], id: str) -> bool:
        stems = self._lexicon.key(words)
        whole = [found for end, found in self._lexicon.readings(words, stems, 0) if end == len(words)]
        if any(isinstance(found, Category) for found in whole):
            return False
        products = [found for found in whole if isinstance(found, Product) and found.whole]
        values = [found for found in whole if isinstance(found, Value) and found.whole]
        if products:
            return not values and products[0].ids == (id,)
        if any(isinstance(found, Product) for found in whole):
            return False
        return bool(values) and [value for _, value in values[0].pairs] == [id]


def _product_meaning(kind: str, product: str, other: str) -> Meaning | None:
    match kind:
        case "remove_product":
            return Order((Remove(Ref(product)),))
        case "replace_product":
            return Order((Replace(Ref(product), Item(other)),))
        case "price_product":
            return AskPrice(Item(product))
        case "stock_product":
            return AskStock(Item(product))
        case "options_product":
            return AskOptions(product)
        case "add_product":
            return Order((Add(Item(product)),))
        case "one_product":
            return Order((Add(Item(product, ONE)),))
        case "not_product":
            return Order((Replace(Ref(product), Item(other)),), True)
        case "set_product":
            return Order((Replace(Ref(), Item(product)),))
        case "two_product":
            return Order((Add(Item(product, Decimal(2))),))
        case "correct_product":
            return Order((Replace(Ref(), Item(product)),), True)
        case _:
            return None


def _named_in(meaning: Meaning) -> list[tuple[str, str]]:
    """(kind, id) of every product and value in a meaning."""
    names: list[tuple[str, str]] = []

    def look(thing: object) -> None:
        match thing:
            case Choice(_, value):
                names.append(("value", value))
            case Item(product, _, _, options):
                names.append(("product", product))
                for option in options:
                    look(option)
            case Ref(str(product)):
                names.append(("product", product))
            case Order(edits):
                for edit in edits:
                    look(edit)
            case Add(item):
                look(item)
            case Replace(ref, item):
                look(ref)
                look(item)
            case Remove(ref) | SetOptions(ref):
                look(ref)
                for option in getattr(thing, "options", ()):
                    look(option)
            case AskPrice(Item() as item) | AskStock(Item() as item):
                look(item)
            case AskOptions(str(product)):
                names.append(("product", product))

    look(meaning)
    return names
