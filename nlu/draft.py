"""Knows how phrases become edits of a cart, and how later words of an utterance mend earlier ones. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest

from nlu.intent import (
    Add,
    AddSame,
    Choice,
    Edit,
    Item,
    Ref,
    Remove,
    Replace,
    SetOptions,
    SetQuantity,
)
from nlu.options import merged
from nlu.phrases import Phrase
from nlu.things import ONE, Things


@dataclass(slots=True)
class Draft(Things):
    """The edits of one utterance, as they come about."""

    edits: list[Edit] = field(default_factory=list)
    correction: bool = False
    bare: Phrase | None = None
    """A quantity with nothing to it."""
    rest: int | None = None
    """Place of the edit whose pieces are being told apart: "two lattes, one with milk"."""

    # ---- adding ------------------------------------------------------------------------------------------------

    def add(self, phrases: Sequence[Phrase]) -> None:
        for phrase, following in zip_longest(phrases, phrases[1:]):
            if following is not None and self._is_before(phrase, following):
                following.before = phrase.before + following.before
                continue
            if following is not None and following.product is not None and self._is_of(phrase, following):
                phrase.product, phrase.words = following.product, following.words
            self._add(phrase)

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
        elif phrase.position or phrase.by:
            self.edits.append(AddSame(Ref(position=phrase.position), phrase.quantity or ONE))
        elif phrase.same or phrase.it or (phrase.one and phrase.quantity is None):
            self.edits.append(AddSame(Ref(), phrase.quantity or ONE))
        elif phrase.quantity is not None:
            self._add_quantity(phrase)

    def _add_item(self, phrase: Phrase) -> None:
        item = self.item(phrase)
        last = self.edits[-1] if self.edits else None
        if phrase.link == "to" and isinstance(last, SetOptions) and last.ref == Ref():
            self.edits[-1] = SetOptions(self.ref(phrase), last.options)
            return
        self.edits.append(Add(item))
        self.rest = None

    def _add_quantity(self, phrase: Phrase) -> None:
        match self.edits[-1] if self.edits else None:
            case Add(item) if item.quantity is None:
                self.edits[-1] = Add(replace(item, quantity=phrase.quantity, unit=phrase.unit))
            case SetOptions(ref, _):
                self.edits.append(SetQuantity(ref, phrase.quantity or ONE, phrase.unit))
            case None if self.bare is None and not phrase.article:
                self.bare = phrase
            case _:
                self.broken = True

    def _add_options(self, phrase: Phrase) -> None:
        """Options without a product belong to the thing before, to a part of it, or to one more of its kind."""
        last = self.edits[-1] if self.edits else None
        match last:
            case Add(item):
                self._vary(item, phrase)
            case AddSame() | SetQuantity() | SetOptions() | Replace():
                self.edits.append(SetOptions(Ref(), self.choices(phrase)))
            case _ if phrase.same:
                self.edits += [AddSame(Ref(), phrase.quantity or ONE), SetOptions(Ref(), self.choices(phrase))]
            case _ if self.bare is not None:
                self.broken = True
            case _:
                counted = phrase.quantity is not None and not phrase.article
                options = self.choices(phrase)
                if options:
                    self.edits.append(SetOptions(Ref(position=phrase.position), options))
                    if counted:
                        self.edits.append(SetQuantity(Ref(), phrase.quantity or ONE, phrase.unit))

    def _vary(self, item: Item, phrase: Phrase) -> None:
        choices = self.choices(phrase, self.lexicon.products[item.product].options)
        base = self.edits[self.rest] if self.rest is not None else self.edits[-1]
        assert isinstance(base, Add)
        groups = {choice.group for choice in base.item.options if self.lexicon.groups[choice.group].choose == "one"}
        differs = any(choice.group in groups for choice in choices)
        apart = phrase.one or (phrase.quantity is not None and not phrase.article)
        number = phrase.quantity or ONE
        if phrase.every or (not apart and not differs and self.rest is None):
            self.edits[-1] = Add(replace(item, options=merged(item.options, choices, self.lexicon)))
        elif apart and item.quantity is None and number > 1:
            options = merged(item.options, choices, self.lexicon)
            self.edits[-1] = Add(replace(item, quantity=number, unit=phrase.unit, options=options))
        elif apart and not differs and self._has_parts(base.item, number):
            self._tell_apart(base.item, number, choices)
        elif apart or phrase.article:
            self.edits.append(Add(replace(item, quantity=number, unit=phrase.unit, options=choices)))
        else:
            self.clash = self.clash or _clash(item.options, choices)
            self.edits[-1] = Add(replace(item, options=merged(item.options, choices, self.lexicon)))

    def _has_parts(self, base: Item, number: Decimal) -> bool:
        whole = base.quantity or ONE
        return whole >= number and (whole > 1 or self.rest is not None)

    def _tell_apart(self, base: Item, number: Decimal, choices: tuple[Choice, ...]) -> None:
        at = self.rest if self.rest is not None else len(self.edits) - 1
        part = Add(replace(base, quantity=number, options=merged(base.options, choices, self.lexicon)))
        left = (base.quantity or ONE) - number
        self.edits[at : at + 1] = [part, *([Add(replace(base, quantity=left))] if left > 0 else [])]
        self.rest = at + 1 if left > 0 else None

    # ---- removing ----------------------------------------------------------------------------------------------

    def remove(self, phrases: Sequence[Phrase]) -> None:
        for phrase in phrases or (Phrase(it=True),):
            last = self.edits[-1] if self.edits else None
            if self.lose(phrase, offer=False):
                continue
            if phrase.product is not None and phrase.link and isinstance(last, SetOptions):
                self.edits[-1] = SetOptions(self.ref(phrase), last.options)
            elif phrase.product is None and phrase.position and phrase.link and isinstance(last, SetOptions):
                self.edits[-1] = SetOptions(Ref(position=phrase.position), last.options)
            elif phrase.product is None and phrase.values and not phrase.one and not phrase.position:
                without = tuple(replace(choice, wanted=False) for choice in self.choices(phrase))
                self.edits.append(SetOptions(Ref(), without))
            elif not (phrase.link and (phrase.it or phrase.is_empty)):
                self.edits.append(Remove(self.ref(phrase), phrase.quantity))

    # ---- changing ----------------------------------------------------------------------------------------------

    def change(self, target: Ref | None, phrases: Sequence[Phrase]) -> bool:
        """Make the target, or else what the first phrase points at, as the phrases say. False = they do not say."""
        own = next((at for at, each in enumerate(phrases) if at and each.joined and each.product), len(phrases))
        new, others = list(phrases[:own]), phrases[own:]
        if target is None:
            if not new or not (_points(new[0]) or (len(new) > 1 and new[1].link == "to")):
                return False
            target, new = self._target(new)
        made = [edit for phrase in new for edit in self._made(target, phrase)]
        self.edits += made
        if made and others and not self.change(None, others):
            self.add(others)
        return bool(made)

    def _target(self, phrases: list[Phrase]) -> tuple[Ref, list[Phrase]]:
        """What the first phrase points at, and the phrases that say what becomes of it."""
        first, *new = phrases
        if first.product is None and first.values and not first.one and not first.position:
            return Ref(), new or [first]
        if first.product is not None and first.after:
            new.insert(0, Phrase(after=first.after))
        return self.ref(first), new

    def _made(self, target: Ref, phrase: Phrase) -> list[Edit]:
        if self.lose(phrase):
            return []
        if phrase.product is not None:
            item = self.item(phrase)
            return [Replace(target, replace(item, quantity=None) if phrase.article else item)]
        made: list[Edit] = []
        if phrase.quantity is not None and not phrase.article:
            made.append(SetQuantity(target, phrase.quantity, phrase.unit))
        if phrase.values:
            takes = self.lexicon.products[target.product].options if target.product else ()
            made.append(SetOptions(target, self.choices(phrase, takes)))
        return made

    # ---- taking back -------------------------------------------------------------------------------------------

    def correct(self, phrases: Sequence[Phrase]) -> None:
        """The phrases take the place of what was said before: in this utterance, or else in the turn before."""
        if not self.edits:
            self.correction = True
            if self.bare is not None and phrases:
                self.bare = None
            for phrase in phrases[:1]:
                made = self._made(Ref(position=phrase.position), phrase)
                self.edits += made
            self.add(phrases[1:])
            return
        for number, phrase in enumerate(phrases):
            if number:
                self._add(phrase)
            elif not self.lose(phrase):
                self._mend(phrase)

    def _mend(self, phrase: Phrase, at: int | None = None) -> None:
        at = self._mended(phrase) if at is None else at
        self.rest = None
        match self.edits[at]:
            case Add(item):
                self.edits[at] = Add(self._mended_item(item, phrase))
            case Replace(ref, item):
                self.edits[at] = Replace(ref, self._mended_item(item, phrase))
            case Remove(_, quantity) if phrase.product or phrase.position or phrase.values:
                self.edits[at] = Remove(self.ref(phrase), phrase.quantity or quantity)
            case Remove(ref, _) | AddSame(ref, _) | SetQuantity(ref, _) as edit if phrase.quantity is not None:
                self.edits[at] = replace(edit, quantity=phrase.quantity)
            case SetOptions(Ref(None), _) if phrase.product and not self.correction:
                self.edits[at] = Add(self.item(phrase))
            case AddSame(ref, _) | SetQuantity(ref, _) | SetOptions(ref, _) | Remove(ref, _):
                self.edits[at : at + 1] = self._made(ref, phrase)

    def _mended(self, phrase: Phrase) -> int:
        """The edit that is taken back: the one with the same product, else the last."""
        for at, edit in enumerate(self.edits):
            if phrase.product and isinstance(edit, Add) and edit.item.product in phrase.product.ids:
                return at
        return len(self.edits) - 1

    def _mended_item(self, old: Item, phrase: Phrase) -> Item:
        takes = self.lexicon.products[old.product].options
        if phrase.product is None:
            new = replace(old, options=merged(old.options, self.choices(phrase, takes), self.lexicon))
            counted = phrase.quantity is not None and not (phrase.article and phrase.values)
            return replace(new, quantity=phrase.quantity, unit=phrase.unit or old.unit) if counted else new
        new = self.item(phrase)
        taken = self.lexicon.products[new.product].options
        kept = tuple(choice for choice in old.options if choice.group in taken)
        quantity = old.quantity if new.quantity is None or phrase.article else new.quantity
        if phrase.article and (old.quantity or ONE) > 1:
            quantity = new.quantity
        return replace(new, quantity=quantity, options=merged(kept, new.options, self.lexicon))

    def deny(self, phrases: Sequence[Phrase]) -> None:
        """ "not a latte, a mocha"; "a mocha, not a latte"; "instead of the latte"."""
        if not phrases:
            self.broken = True
            return
        denied, *instead = phrases
        self.correction = True
        if instead:
            at = self._mended(denied) if self.edits and denied.product else None
            if at is not None and isinstance(self.edits[at], Add):
                self._mend(instead[0], at)
            else:
                self.edits += self._made(self.ref(denied) if denied.product else Ref(), instead[0])
            self.add(instead[1:])
        elif self.bare is not None and denied.product is None:
            self.edits.append(SetQuantity(Ref(), self.bare.quantity or ONE, self.bare.unit))
            self.bare = None
        elif self.edits:
            self._deny_last(denied)
        else:
            self.broken = True

    def _deny_last(self, denied: Phrase) -> None:
        if denied.product is None and not denied.it and not denied.position:
            return
        match self.edits[-1]:
            case Add(item) | Replace(Ref(product=None), item):
                kept = replace(item, quantity=None) if item.quantity == ONE else item
                self.edits[-1] = Replace(self.ref(denied), kept)
            case _:
                pass


def _points(phrase: Phrase) -> bool:
    """Whether the phrase points at something that is there: "the latte", "it", "the second", "the milk"."""
    there = phrase.definite or phrase.it or phrase.position is not None or phrase.one or phrase.every
    if phrase.product is None:
        return there or bool(phrase.values)
    return there or (phrase.quantity is None and bool(phrase.after) and not phrase.after[0].led)


def _clash(old: Sequence[Choice], new: Sequence[Choice]) -> tuple[Choice, Choice] | None:
    return next(((one, other) for one in old for other in new if one.group == other.group), None)
