"""Knows what a phrase of an utterance consists of, as it was said. Does not know how it is found or meant. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from nlu.lexicon import COUNTS, PACK, Amount, Product, Value


@dataclass(frozen=True, slots=True)
class Said:
    """An option as it was said. `led`: right after "with" or "without". `at`: its place in the utterance."""

    value: Value
    amount: Amount | None
    wanted: bool
    led: bool
    at: int
    joined: bool
    """After "and"."""

    @property
    def refuses_group(self) -> bool:
        """Whether none of a kind is wanted: the "rice" of "no rice", where there are several."""
        return not self.wanted and not self.value.whole and len({group for group, _ in self.value.pairs}) == 1


@dataclass(slots=True)
class Phrase:
    """A thing spoken of. Without a product it points at one that was named before."""

    quantity: Decimal | None = None
    article: bool = False
    definite: bool = False
    only: bool = False
    """Nothing else: "just the latte"."""
    some: bool = False
    """So many of those that are there: "one of the lattes"."""
    unit: str | None = None
    contained: str | None = None
    """The container it comes in: "bags"."""
    counted_by: str | None = None
    """The unit in the quantity: "dozen" of "two dozen"."""
    each: bool = False
    """The quantity is that of each thing named."""
    packed: tuple[Decimal, str] | None = None
    """The size of what is wanted: the "five pounds" of "a five pound bag"."""
    position: int | None = None
    by: Literal["cheapest", "dearest"] | None = None
    same: bool = False
    one: bool = False
    other: bool = False
    """All that is left of what is told apart: "the other", "the rest"."""
    it: bool = False
    every: bool = False
    joined: bool = False
    """After "and"."""
    apart: bool = False
    """After a comma and "and"."""
    link: str | None = None
    """The linking word before it: "to", "off"."""
    product: Product | None = None
    words: tuple[str, ...] = ()
    """The words of the product."""
    before: list[Said] = field(default_factory=list)
    after: list[Said] = field(default_factory=list)
    lost_things: list[str] = field(default_factory=list)
    lost_options: list[str] = field(default_factory=list)
    last: int = -1
    """The place of the product's last piece."""

    @property
    def values(self) -> list[Said]:
        return self.before + self.after

    @property
    def is_closed(self) -> bool:
        """Something was said that a new "a", "the" or "two" cannot still belong to."""
        return bool(self.product or self.values or self.one or self.it or self.every or self.lost_things)

    @property
    def is_empty(self) -> bool:
        return not (
            self.is_closed or self.quantity is not None or self.position or self.by or self.same or self.lost_options
        )

    @property
    def says(self) -> bool:
        """Whether it says more than "it" and "one"."""
        return bool(
            self.product or self.values or self.lost_things or self.lost_options or self.position or self.counted
        )

    @property
    def counted(self) -> Decimal | None:
        """The quantity that was chosen: not that of "a"."""
        return None if self.article else self.quantity

    def counts(self, before: Phrase) -> bool:
        """Whether it only tells how much there is to be of the one before: "salmon, one pound"."""
        measured = self.quantity is not None and (self.unit is not None or self.contained is not None)
        return measured and not self.is_closed and before.product is not None and before.quantity is None

    @property
    def points(self) -> bool:
        """Whether it points at something that is there: "the latte", "it", "the second", "the milk"."""
        there = self.definite or self.it or self.position is not None or self.one or self.every
        if self.product is None:
            return there or bool(self.values)
        return there or (self.quantity is None and bool(self.after) and not self.after[0].led)

    def measure(self, unit: str | None, word: str) -> bool:
        """Take in a unit, or the word of a container; whether it does not fit."""
        if self.same and not self.is_closed and self.quantity is None and unit in (None, PACK):
            self.contained = word
        elif self.is_closed or self.quantity is None:
            return unit is not None
        elif self.packed is not None or unit is None:
            self.contained = word
            if self.unit is not None and self.unit not in COUNTS and self.packed is None:
                self.packed, self.quantity, self.unit = (self.quantity, self.unit), Decimal(1), None
        elif self.unit is None:
            self.unit = unit
        return False
