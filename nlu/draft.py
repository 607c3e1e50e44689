"""Knows how later words of an utterance, or of the next one, mend what was said before. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from nlu.adding import Adding
from nlu.intent import (
    Add,
    AddSame,
    Choice,
    Edit,
    Item,
    Keep,
    Ref,
    Remove,
    Replace,
    SetOptions,
    SetQuantity,
)
from nlu.lexicon import DOZEN
from nlu.options import merged
from nlu.phrases import Phrase
from nlu.things import ONE

MOST_PLACES = 20
"""So many lines at once can be pointed at: "the last two"."""


@dataclass(slots=True)
class Draft(Adding):
    """The edits of one utterance, as they come about."""

    # ---- removing ----------------------------------------------------------------------------------------------

    def remove(self, phrases: Sequence[Phrase]) -> None:
        gone = self._gone(phrases)
        self.remove_all(phrases[:gone])
        self.broken = self.broken or (gone < len(phrases) and not (self._is_order() and phrases[gone].apart))
        self.add(phrases[gone:])

    def _gone(self, phrases: Sequence[Phrase]) -> int:
        """How many are to go: "skip the crackers, and two cokes" hardly means the cokes, which are new."""
        if len(phrases) < 2 or not phrases[0].definite or not phrases[1].product:
            return len(phrases)
        new = phrases[1].joined and not phrases[1].definite and phrases[1].quantity is not None
        return 1 if new and (self._is_order() or phrases[1].apart) else len(phrases)

    def _is_order(self) -> bool:
        return any(isinstance(edit, Add) for edit in self.edits)

    def remove_all(self, phrases: Sequence[Phrase]) -> None:
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
            elif phrase.product is None and phrase.position in (1, -1) and (phrase.quantity or ONE) > 1:
                places = range(1, min(int(phrase.quantity or ONE), MOST_PLACES) + 1)
                self.edits += [Remove(Ref(position=phrase.position * place)) for place in places]
            elif not (phrase.link and (phrase.it or phrase.is_empty)):
                self.edits.append(Remove(self.ref(phrase), phrase.quantity))

    def spare(self, phrases: Sequence[Phrase]) -> None:
        """Everything goes but what these name."""
        self.broken = self.broken or not any(phrase.product or phrase.position for phrase in phrases)
        self.edits.append(Remove(Ref(every=True)))
        self.edits += [Keep(self.ref(phrase)) for phrase in phrases if not self.lose(phrase, offer=False)]

    def suffice(self, phrases: Sequence[Phrase]) -> None:
        """ "One latte is enough": so many there are to be."""
        for phrase in phrases:
            if phrase.quantity is None or phrase.values or self.edits:
                self.broken = True
            elif not self.lose(phrase):
                self.edits.append(SetQuantity(self.ref(phrase), phrase.quantity, phrase.unit))

    def keep(self, phrases: Sequence[Phrase]) -> None:
        """What was to be removed, here or in the turn before, is to stay."""
        for phrase in phrases:
            if phrase.product is None and phrase.values:
                self.broken = True
            elif not self.lose(phrase, offer=False):
                last = self.edits[-1] if self.edits else None
                kept = last.ref if phrase.it and isinstance(last, Remove) else self.ref(phrase)
                removed = (Remove(kept), Remove(Ref()))
                self.edits = [*(edit for edit in self.edits if edit not in removed), Keep(kept)]
        self.broken = self.broken or not phrases

    # ---- changing ----------------------------------------------------------------------------------------------

    def change(self, target: Ref | None, phrases: Sequence[Phrase]) -> bool:
        """Make the target, or else what the first phrase points at, as the phrases say. False = they do not say."""
        own = next((at for at, each in enumerate(phrases) if at and each.joined and each.product), len(phrases))
        new, others = list(phrases[:own]), phrases[own:]
        if target is None:
            if new and (self._changes_part(new[0]) or self._tells_parts(new)):
                return True
            if not new or not (new[0].points or (len(new) > 1 and new[1].link == "to")):
                return False
            if self.lose(new[0]):
                return True
            some = None if new[0].definite and not new[0].some else new[0].counted
            target, new = self._target(new)
            made = [part for phrase in new for edit in self._made(target, phrase) for part in _of_some(edit, some)]
            if some is not None and new[0].product is None and new[0].values:
                made = [edit for edit in made if not isinstance(edit, SetQuantity)]
        else:
            made = [edit for phrase in new for edit in self._made(target, phrase)]
        self.edits += made
        if made and others and not self.change(None, others):
            self.add(others)
        return bool(made)

    def _changes_part(self, phrase: Phrase) -> bool:
        """ "Make one of them large", just after two were ordered."""
        last = self.edits[-1] if self.edits else None
        if phrase.product is not None or not phrase.values or phrase.counted is None or not isinstance(last, Add):
            return False
        self._vary(last.item, phrase)
        return True

    def _tells_parts(self, phrases: list[Phrase]) -> bool:
        """ "Make one of them red and the other green", of what was ordered before."""
        told = all(phrase.product is None and phrase.values for phrase in phrases)
        if not told or len(phrases) < 2 or phrases[0].counted is None or not phrases[-1].other or self.edits:
            return False
        *counted, last = phrases
        self.edits += [SetOptions(Ref(), self.choices(phrase), phrase.counted or ONE) for phrase in counted]
        self.edits.append(SetOptions(Ref(), self.choices(last)))
        return True

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
            dozens = phrase.counted_by == DOZEN and phrase.unit is None
            made.append(
                SetQuantity(target, phrase.quantity / 12, DOZEN)
                if dozens
                else SetQuantity(target, phrase.quantity, phrase.unit)
            )
        if phrase.values:
            takes = self.lexicon.products[target.product].options if target.product else ()
            made.append(SetOptions(target, self.choices(phrase, takes)))
        return made

    # ---- taking back -------------------------------------------------------------------------------------------

    def correct(self, phrases: Sequence[Phrase]) -> None:
        """The phrases take the place of what was said before: in this utterance, or else in the turn before."""
        alone = bool(phrases) and phrases[0].only and phrases[0].definite and phrases[0].product is not None
        if alone and not self.edits:
            self.correction = True
            self.spare(phrases)
            return
        if alone:
            named = [edit for edit in self.edits if isinstance(edit, Add) and edit.item.product in _ids(phrases[0])]
            self.edits = list(named) or self.edits
        if not self.edits:
            self.correction = True
            if self.bare is not None and phrases:
                self.bare = None
            for phrase in phrases[:1]:
                made = self._made(Ref(position=phrase.position), phrase)
                self.edits += [_instead(edit) if self.refused else edit for edit in made]
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
            new = self._with_other(old, self.choices(phrase, takes))
            counted = phrase.quantity is not None and not (phrase.article and phrase.values)
            return replace(new, quantity=phrase.quantity, unit=phrase.unit or old.unit) if counted else new
        new = self.item(phrase)
        taken = self.lexicon.products[new.product].options
        kept = tuple(choice for choice in old.options if choice.group in taken)
        quantity = old.quantity if new.quantity is None or phrase.article else new.quantity
        if phrase.article and (old.quantity or ONE) > 1:
            quantity = new.quantity
        return replace(new, quantity=quantity, options=merged(kept, new.options, self.lexicon))

    def _with_other(self, old: Item, choices: tuple[Choice, ...]) -> Item:
        """The item with these options instead: of a group of many, in the place of the one that was said."""
        many = {each.group for each in choices if each.wanted and self.lexicon.groups[each.group].choose == "many"}
        said = [each for each in old.options if each.group in many and each.wanted]
        kept = tuple(each for each in old.options if each not in said[-1:])
        guessed = old.guessed or len(said) > 1
        return replace(old, options=merged(kept, choices, self.lexicon), guessed=guessed)

    def deny(self, phrases: Sequence[Phrase]) -> None:
        """ "not a latte, a mocha"; "a mocha, not a latte"; "instead of the latte"."""
        if not phrases:
            self.broken = True
            return
        denied, *instead = phrases
        self.correction = True
        if denied.values and denied.product is None and self.edits:
            self._deny_options(denied, instead)
        elif instead:
            self.broken = self.broken or (instead[0].product is not None and not self._is_named(denied))
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
        elif denied.product is not None:
            self.denied = denied
        else:
            self.broken = True

    def _is_named(self, denied: Phrase) -> bool:
        """Whether the product denied is one of this utterance, where it has products at all."""
        named = {edit.item.product for edit in self.edits if isinstance(edit, Add)}
        return not named or denied.product is None or bool(named & set(denied.product.ids))

    def swap(self, phrases: Sequence[Phrase]) -> bool:
        """ "Instead of the latte" was said before: put the first of these in its place."""
        if self.denied is None or not phrases or phrases[0].product is None:
            return False
        self.edits += self._made(self.ref(self.denied), phrases[0])
        self.denied = None
        self.add(phrases[1:])
        return True

    def _deny_options(self, denied: Phrase, instead: Sequence[Phrase]) -> None:
        """ "Instead of crab, avocado": the last item is without the one and with the other."""
        own = instead[:1] if instead and instead[0].product is None and instead[0].counted is None else []
        last, others = self.edits[-1], [said for phrase in own for said in phrase.values]
        if not isinstance(last, Add) or len(denied.values) > 1 + (not others):
            self.broken = True
            return
        takes = self.lexicon.products[last.item.product].options
        first, *more = denied.values
        [*refused] = self.choices(replace(denied, before=[first], after=[]), takes)
        chosen = self.choices(Phrase(before=[*more, *others]), takes)
        single = all(self.lexicon.groups[each.group].choose == "one" for each in (*refused, *chosen))
        self.broken = self.broken or not refused or (bool(more) and not single)
        options = merged(last.item.options, chosen, self.lexicon)
        taken = {each.group for each in options if each.wanted and single}
        without = tuple(replace(each, wanted=False) for each in refused if each.group not in taken)
        self.edits[-1] = Add(replace(last.item, options=merged(options, without, self.lexicon)))
        self.add(instead[len(own) :])

    def _deny_last(self, denied: Phrase) -> None:
        if denied.product is not None and not (denied.product.whole or denied.product.head):
            return
        if denied.product is not None and not denied.product.whole and not self._is_named(denied):
            self.broken = True
            return
        if denied.product is None and not denied.it and not denied.position:
            return
        match self.edits[-1]:
            case Add(item) | Replace(Ref(product=None), item):
                kept = replace(item, quantity=None) if item.quantity == ONE else item
                self.edits[-1] = Replace(self.ref(denied), kept)
            case _:
                pass


def _ids(phrase: Phrase) -> tuple[str, ...]:
    return phrase.product.ids if phrase.product else ()


def _instead(edit: Edit) -> Edit:
    """ "No, strawberries", of what was chosen in the turn before."""
    one = isinstance(edit, SetOptions) and [each.wanted for each in edit.options] == [True]
    return replace(edit, instead=True) if isinstance(edit, SetOptions) and one else edit


def _of_some(edit: Edit, some: Decimal | None) -> list[Edit]:
    """The edit made to only so many of what it points at."""
    match edit:
        case Replace(ref, item) if some is not None:
            return [Remove(ref, some), Add(replace(item, quantity=item.quantity or some))]
        case SetOptions() if some is not None:
            return [replace(edit, quantity=some)]
        case _:
            return [edit]


def without(edit: Edit, dropped: Choice) -> Edit:
    """The edit without this choice."""
    match edit:
        case Add(item):
            return Add(_item_without(item, dropped))
        case Replace(ref, item):
            return Replace(ref, _item_without(item, dropped))
        case SetOptions(ref, options):
            return SetOptions(ref, tuple(each for each in options if each != dropped))
        case other:
            return other


def _item_without(item: Item, dropped: Choice) -> Item:
    options = tuple(each for each in item.options if each != dropped)
    return Item(item.product, item.quantity, item.unit, options, item.guessed, item.alternatives)
