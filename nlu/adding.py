"""Knows how phrases add things to a cart, one after another. Does not know how they are taken back. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest

from nlu.intent import Add, AddSame, Choice, Edit, Item, Ref, Replace, SetOptions, SetQuantity
from nlu.lexicon import COUNTS, PAIR
from nlu.options import merged
from nlu.phrases import Phrase
from nlu.things import ONE, Things


@dataclass(slots=True)
class Adding(Things):
    """The edits of one utterance, as they come about."""

    edits: list[Edit] = field(default_factory=list)
    correction: bool = False
    refused: bool = False
    """It was said that what was before is not so: "no, strawberries"."""
    bare: Phrase | None = None
    """A quantity with nothing to it."""
    rest: int | None = None
    """Place of the edit whose pieces are being told apart: "two lattes, one with milk"."""
    denied: Phrase | None = None
    """What is not wanted, while it is not yet said what is: "instead of the latte"."""

    # ---- adding ------------------------------------------------------------------------------------------------

    def add(self, phrases: Sequence[Phrase]) -> None:
        share: Phrase | None = None
        before: Phrase | None = None
        for phrase, following in zip_longest(phrases, phrases[1:]):
            share = _shared(share, phrase)
            if following is not None and self._is_before(phrase, following):
                following.before = phrase.before + following.before
                continue
            if following is not None and following.product is not None and self._is_of(phrase, following):
                phrase.product, phrase.words = following.product, following.words
            if before is not None and before.product and before.after and phrase == Phrase(every=True):
                phrase.after = before.after
            self._add(phrase)
            before = phrase

    def _is_before(self, phrase: Phrase, following: Phrase) -> bool:
        """Whether options stand before the "a" of their product: "half a turkey club"."""
        if self.edits or following.product is None or not following.article or not phrase.before:
            return False
        takes = self.lexicon.products[following.product.ids[0]].options
        bare = Phrase(before=phrase.before) == phrase
        return bare and all(any(group in takes for group, _ in said.value.pairs) for said in phrase.before)

    def _is_of(self, phrase: Phrase, following: Phrase) -> bool:
        """Whether "a large" is of the product named next: "a large and a small latte"."""
        assert following.product is not None
        if phrase.product or phrase.quantity is None or not phrase.values or phrase.one or phrase.lost_things:
            return False
        takes = self.lexicon.products[following.product.ids[0]].options
        groups = {group for said in following.values for group, _ in said.value.pairs}
        return not self.edits and all(
            any(group in takes and group in groups for group, _ in said.value.pairs) for said in phrase.values
        )

    def _add(self, phrase: Phrase) -> None:
        if self.lose(phrase):
            return
        if phrase.product is not None:
            self._add_item(phrase)
        elif phrase.values or phrase.lost_options:
            self._add_options(phrase)
        elif phrase.by:
            self.broken = True
        elif phrase.every and phrase.quantity is not None and self._counts_each(phrase):
            return
        elif phrase.position:
            self.edits.append(AddSame(Ref(position=phrase.position), phrase.quantity or ONE))
        elif phrase.it and phrase.quantity is None and not phrase.same and self.edits:
            return
        elif self.edits and ((phrase.one and phrase.quantity is None) or phrase.every):
            self.broken = True
        elif phrase.same or phrase.it or (phrase.one and phrase.quantity is None):
            measured = phrase.unit if phrase.unit not in COUNTS else None
            self.edits.append(AddSame(Ref(), phrase.quantity or ONE, measured))
        elif phrase.quantity is not None:
            self._add_quantity(phrase)

    def _counts_each(self, phrase: Phrase) -> bool:
        """ "Plates and cups, one pack each": everything named so far is counted so."""
        items = [edit.item for edit in self.edits if isinstance(edit, Add) and edit.item.quantity is None]
        if not items or len(items) < len(self.edits):
            return False
        self.edits = [Add(replace(item, quantity=phrase.quantity, unit=phrase.unit)) for item in items]
        return True

    def _add_item(self, phrase: Phrase) -> None:
        """A product "for" the one before it is hardly bought as well: "a protector for a phone"."""
        item = self.item(phrase)
        if phrase.one and item.guessed and self._is_sibling(item, phrase):
            item = replace(item, guessed=False)
        last = self.edits[-1] if self.edits else None
        if phrase.link == "to" and isinstance(last, SetOptions) and last.ref == Ref():
            self.broken = self.broken or bool(phrase.after) or phrase.counted is not None
            self.edits[-1] = SetOptions(self.ref(phrase), last.options)
            return
        self.broken = self.broken or (phrase.link == "to" and isinstance(last, Add))
        self.edits.append(Add(item))
        self.rest = None

    def _is_sibling(self, item: Item, phrase: Phrase) -> bool:
        """Whether "the sesame one" is the only one of its name, and of the kind that was named before, if one was."""
        assert phrase.product is not None
        if phrase.product.guessed or item.alternatives or any(not said.value.whole for said in phrase.values):
            return False
        before = [edit.item.product for edit in self.edits if isinstance(edit, Add)]
        return not before or self.lexicon.head(before[-1]) == self.lexicon.head(item.product)

    def _add_quantity(self, phrase: Phrase) -> None:
        match self.edits[-1] if self.edits else None:
            case Add(item) if item.quantity is None:
                self.edits[-1] = Add(replace(item, quantity=phrase.quantity, unit=phrase.unit))
            case SetOptions(ref, _):
                self.edits.append(SetQuantity(ref, phrase.quantity or ONE, phrase.unit))
            case None if self.bare is None and not (phrase.article and phrase.unit in COUNTS):
                self.bare = phrase
            case _:
                self.broken = True

    def _add_options(self, phrase: Phrase) -> None:
        """Options without a product belong to the thing before, to a part of it, or to one more of its kind."""
        self.broken = self.broken or (phrase.counted_by == PAIR and not self.edits)
        last = self.edits[-1] if self.edits else None
        match last:
            case Add(item):
                self._vary(item, phrase)
            case AddSame() | SetQuantity() | SetOptions() | Replace():
                self.edits.append(SetOptions(Ref(), self.choices(phrase), phrase.counted))
            case _ if phrase.same:
                self.edits += [AddSame(Ref(), phrase.quantity or ONE), SetOptions(Ref(), self.choices(phrase))]
            case _ if self.bare is not None:
                self.broken = True
            case _:
                options = self.choices(phrase)
                if options:
                    self.edits.append(SetOptions(Ref(position=phrase.position), options, phrase.counted))

    def _vary(self, item: Item, phrase: Phrase) -> None:
        if phrase.every:
            self._vary_all(phrase)
            return
        choices = self.choices(phrase, self.lexicon.products[item.product].options)
        base = self.edits[self.rest] if self.rest is not None else self.edits[-1]
        assert isinstance(base, Add)
        groups = {choice.group for choice in base.item.options if self.lexicon.groups[choice.group].choose == "one"}
        differs = any(choice.group in groups for choice in choices)
        same = phrase.definite and phrase.one and not phrase.joined and phrase.quantity is None
        apart = (phrase.one and not same) or phrase.same or phrase.counted is not None
        left = phrase.other and self.rest is not None and base.item.quantity
        number = left or phrase.quantity or ONE
        self.broken = self.broken or (number < 1 and self.lexicon.products[item.product].unit == "each")
        if same or (not apart and not differs and self.rest is None):
            self.edits[-1] = Add(replace(item, options=merged(item.options, choices, self.lexicon)))
        elif apart and item.quantity is None and number > 1:
            options = merged(item.options, choices, self.lexicon)
            self.edits[-1] = Add(replace(item, quantity=number, unit=phrase.unit, options=options))
        elif apart and not differs and not phrase.same and self._has_parts(base.item, number):
            self.broken = self.broken or (phrase.joined and self.rest is None)
            self._tell_apart(base.item, number, choices)
        elif phrase.same:
            self.edits.append(Add(replace(item, quantity=number, options=self._same_with(item, choices))))
        elif apart or phrase.article:
            self.edits.append(Add(replace(item, quantity=number, unit=phrase.unit, options=choices)))
        else:
            self.clash = self.clash or _clash(item.options, choices)
            self.edits[-1] = Add(replace(item, options=merged(item.options, choices, self.lexicon)))

    def _same_with(self, item: Item, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """The options of one more of the same: those that exclude each other stay, what was added does not."""
        kept = tuple(each for each in item.options if self.lexicon.groups[each.group].choose == "one")
        return merged(kept, choices, self.lexicon)

    def _vary_all(self, phrase: Phrase) -> None:
        """The options go to everything named so far that takes them."""
        for at, edit in enumerate(self.edits):
            if isinstance(edit, Add):
                takes = self.lexicon.products[edit.item.product].options
                choices = tuple(each for each in self.choices(phrase, takes) if each.group in takes)
                self.edits[at] = Add(replace(edit.item, options=merged(edit.item.options, choices, self.lexicon)))

    def _has_parts(self, base: Item, number: Decimal) -> bool:
        whole = base.quantity or ONE
        return whole >= number and (whole > 1 or self.rest is not None)

    def _tell_apart(self, base: Item, number: Decimal, choices: tuple[Choice, ...]) -> None:
        at = self.rest if self.rest is not None else len(self.edits) - 1
        part = Add(replace(base, quantity=number, options=merged(base.options, choices, self.lexicon)))
        left = (base.quantity or ONE) - number
        self.edits[at : at + 1] = [part, *([Add(replace(base, quantity=left))] if left > 0 else [])]
        self.rest = at + 1 if left > 0 else None


def _shared(share: Phrase | None, phrase: Phrase) -> Phrase | None:
    """The phrase whose quantity the next ones have too; this one takes it over: "a pound each of ham and cheese"."""
    if phrase.each:
        return phrase
    if share is None or phrase.product is None or phrase.quantity is not None:
        return None
    phrase.quantity, phrase.unit, phrase.counted_by = share.quantity, share.unit, share.counted_by
    return share


def _clash(old: Sequence[Choice], new: Sequence[Choice]) -> tuple[Choice, Choice] | None:
    return next(((one, other) for one in old for other in new if one.group == other.group), None)
