"""Knows which item or line a phrase names, and what it names in vain. Does not know what becomes of it. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from nlu.intent import Choice, Item, NotSold, Ref
from nlu.lexicon import COUNTS, DOZEN, PACK, PAIR, Lexicon
from nlu.options import choose
from nlu.phrases import Phrase
from nlu.text import words_of

ONE = Decimal(1)


@dataclass(slots=True)
class Things:
    """Names things for one utterance. `broken`: it makes no sense; `clash`: two choices that exclude each other."""

    lexicon: Lexicon
    nearest: Callable[[str], tuple[str, ...]]
    takes: tuple[str, ...] = ()
    """Groups of the product talked about, where that is known."""
    not_sold: list[NotSold] = field(default_factory=list)
    uncounted: set[str] = field(default_factory=set)
    """Products of which several were named without a number."""
    broken: bool = False
    clash: tuple[Choice, Choice] | None = None

    def item(self, phrase: Phrase) -> Item:
        """The item that a phrase with a product names."""
        assert phrase.product is not None
        ids = self._fitting(phrase)
        takes = tuple(dict.fromkeys(group for each in ids for group in self.lexicon.products[each].options))
        chosen = choose(phrase.values, takes, self.lexicon)
        self.clash = self.clash or chosen.clash
        self.not_sold += [NotSold(text) for text in phrase.lost_options]
        self.broken = self.broken or bool(chosen.lost or chosen.none)
        found = phrase.product
        guessed = (
            found.guessed or chosen.guessed or not (found.whole or found.head) or self._is_numbered(phrase, ids[0])
        )
        if self._is_many(phrase, ids[0]):
            guessed = guessed or (phrase.article and phrase.definite)
            self.uncounted.add(ids[0])
        quantity = phrase.quantity if phrase.quantity is not None else (ONE if phrase.same else None)
        broken = quantity is not None and quantity % 1 != 0 and not phrase.unit
        guessed = guessed or (broken and self.lexicon.products[ids[0]].unit == "each")
        unit = phrase.unit
        if phrase.packed is not None:
            packed = tuple(each for each in ids if self.lexicon.is_pack(each, phrase.packed))
            if not packed and self.lexicon.products[ids[0]].unit != "each":
                quantity, unit = phrase.packed
            guessed = guessed or (not packed and unit is None)
            ids = packed or ids
        if quantity is not None and PAIR in (unit, phrase.counted_by):
            quantity, unit, doubted = self._pairs(quantity, unit, ids[0])
            guessed = guessed or doubted
        if quantity is not None and (pieces := self._pieces(phrase, unit, ids[0])) is not None:
            quantity, guessed = (quantity / pieces if quantity % pieces == 0 else quantity), True
        if quantity is not None and (packs := self._packs(phrase, quantity, unit, ids[0])) is not None:
            quantity, unit, guessed = packs, None, guessed or packs % 1 != 0
        guessed = guessed or (not found.whole and self.lexicon.is_group(phrase.words))
        only = phrase.only and (phrase.definite or phrase.counted is not None)
        return Item(ids[0], quantity, unit, chosen.choices, guessed, ids[1:], only)

    def _is_many(self, phrase: Phrase, product: str) -> bool:
        """Whether several are meant of what is counted, and not said how many: "some tulips"."""
        known = self.lexicon.products[product]
        if known.unit != "each" or known.pack is not None or not self.lexicon.is_plural(phrase.words[-1]):
            return False
        return not any(self.lexicon.is_plural(name.split()[-1]) for name in known.spoken)

    def _is_numbered(self, phrase: Phrase, product: str) -> bool:
        """Whether the number said may stand for the one in the name: "a two hole punch" is no "three hole punch"."""
        assert phrase.product is not None
        if phrase.product.whole or phrase.counted is None:
            return False
        first = self.lexicon.key(phrase.words[:1])
        language = self.lexicon.language
        names = (self.lexicon.key(words_of(name, language)) for name in self.lexicon.products[product].spoken)
        before = (pair[0] for name in names for pair in pairwise(name) if pair[1:] == first)
        numbers = self.lexicon.key(language.numbers)
        return any(word in numbers for word in before)

    def _pairs(self, quantity: Decimal, unit: str | None, product: str) -> tuple[Decimal, str | None, bool]:
        """How many make so many pairs, and whether that must be asked: a pair of gloves may be one thing or two."""
        pairs = quantity if unit == PAIR else quantity / 2
        last = self.lexicon.products[product].spoken[0].split()[-1]
        many = self.lexicon.is_plural(last)
        return (
            (pairs, None, pairs == 1 and last not in self.lexicon.language.paired) if many else (pairs * 2, None, False)
        )

    def _pieces(self, phrase: Phrase, unit: str | None, product: str) -> Decimal | None:
        """The pieces in a pack, where "three pots" may be three pots or three packs of them."""
        pack = self.lexicon.pack_count(product)
        if pack is None or pack[0] == 1 or unit is not None or phrase.counted_by or phrase.contained:
            return None
        last = self.lexicon.products[product].spoken[0].split()[-1]
        unnamed = pack[1] in [(PACK,), *((each,) for each in self.lexicon.key(self.lexicon.language.pieces))]
        pieces = self.lexicon.key((last,) if self.lexicon.is_plural(last) else ()) if unnamed else pack[1]
        named = self.lexicon.key((last, *phrase.words[-1:]))
        counted = (phrase.counted or ONE) > 1 and phrase.packed is None
        return pack[0] if counted and any(each in named for each in pieces) else None

    def _packs(self, phrase: Phrase, quantity: Decimal, unit: str | None, product: str) -> Decimal | None:
        """How many packs hold so many pieces; None where the pieces were not counted: "twelve rolls", "a dozen"."""
        pack = self.lexicon.pack_count(product)
        if pack is None or phrase.packed is not None:
            return None
        if unit == DOZEN:
            return quantity * 12 / pack[0]
        contained = phrase.contained is not None and self.lexicon.key((phrase.contained,)) == pack[1] != (PACK,)
        return quantity / pack[0] if unit is None and (phrase.counted_by == DOZEN or contained) else None

    def _fitting(self, phrase: Phrase) -> tuple[str, ...]:
        """The products of the phrase; of several, those that take the options said, if any do."""
        assert phrase.product is not None
        ids = self._measured(phrase)
        wanted = [{group for group, _ in said.value.pairs} for said in phrase.values]
        products = self.lexicon.products
        fitting = tuple(each for each in ids if all(groups & set(products[each].options) for groups in wanted))
        return fitting or ids

    def _measured(self, phrase: Phrase) -> tuple[str, ...]:
        """The products named; of a part of a name, said with a weight, those that are weighed."""
        assert phrase.product is not None
        if phrase.unit in COUNTS or phrase.product.whole:
            return phrase.product.ids
        ids = tuple(each for each in phrase.product.ids if self.lexicon.is_measured(each))
        sharing = (each.id for each in self.lexicon.sharing(phrase.words))
        return ids or tuple(each for each in sharing if self.lexicon.is_measured(each)) or phrase.product.ids

    def choices(self, phrase: Phrase, takes: Sequence[str] = ()) -> tuple[Choice, ...]:
        chosen = choose(phrase.values, takes or self.takes, self.lexicon)
        self.clash = self.clash or chosen.clash
        self.not_sold += [NotSold(text) for text in phrase.lost_options]
        self.broken = self.broken or chosen.guessed or bool(chosen.lost)
        return chosen.choices + chosen.none

    def ref(self, phrase: Phrase) -> Ref:
        """The line of the cart that the phrase points at."""
        options = choose(phrase.before if phrase.product else phrase.values, self._takes(phrase), self.lexicon).choices
        if phrase.product is None:
            return Ref(None, options, phrase.position, phrase.every)
        first, *others = phrase.product.ids
        return Ref(first, options, phrase.position, phrase.every, tuple(others))

    def _takes(self, phrase: Phrase) -> tuple[str, ...]:
        return self.lexicon.products[phrase.product.ids[0]].options if phrase.product else self.takes

    def lose(self, phrase: Phrase, offer: bool = True) -> bool:
        """Whether the phrase names something that is not sold; then it is kept as that."""
        self.not_sold += [NotSold(text, self.nearest(text) if offer else ()) for text in phrase.lost_things]
        return bool(phrase.lost_things) and phrase.product is None
