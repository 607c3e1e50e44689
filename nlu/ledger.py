"""Knows whether everything that was said about things found a place in the edits. Does not know which place. PURE."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from nlu.intent import Add, AddSame, Choice, Edit, Ref, Remove, Replace, SetOptions, SetQuantity
from nlu.phrases import Phrase
from nlu.things import ONE


def is_complete(phrases: Sequence[Phrase], edits: Sequence[Edit], not_sold: Collection[str]) -> bool:
    """Whether no product, option, number and unknown thing of the phrases is missing among the edits."""
    if any(text not in not_sold for phrase in phrases for text in (*phrase.lost_things, *phrase.lost_options)):
        return False
    products = {product for edit in edits for product in _products(edit)}
    values = {(choice.group, choice.value) for edit in edits for choice in _choices(edit)}
    for phrase in phrases:
        if phrase.product is not None and not products & set(phrase.product.ids):
            return False
        if any(not values & {*said.value.pairs, *said.value.parts} for said in phrase.values if not said.refuses_group):
            return False
        if not _is_counted(phrase, edits):
            return False
    return True


def _is_counted(phrase: Phrase, edits: Sequence[Edit]) -> bool:
    """Whether the number said of a product is that of an edit, or of all of its edits; packs are counted elsewhere."""
    if phrase.product is None or phrase.counted is None:
        return True
    if phrase.unit or phrase.counted_by or phrase.packed or phrase.contained:
        return True
    ids = set(phrase.product.ids)
    counts = [
        (ONE if count is None else count)
        for edit in edits
        if (doubtful := _is_doubtful(edit)) or ids & set(_products(edit))
        for count in (_counts(edit) if not doubtful else (phrase.counted,))
    ]
    return not counts or phrase.counted in counts or phrase.counted == sum(counts)


def _is_doubtful(edit: Edit) -> bool:
    return isinstance(edit, Add | Replace) and edit.item.guessed


def _counts(edit: Edit) -> tuple[Decimal | None, ...]:
    match edit:
        case Add(item) | Replace(_, item):
            return (item.quantity,)
        case Remove(_, quantity) | SetOptions(_, _, quantity):
            return (quantity,)
        case AddSame(_, quantity) | SetQuantity(_, quantity):
            return (quantity,)
        case _:
            return ()


def _products(edit: Edit) -> Iterator[str]:
    match edit:
        case Add(item):
            yield from (item.product, *item.alternatives)
        case Replace(ref, item):
            yield from (item.product, *item.alternatives, *_referred(ref))
        case other:
            yield from _referred(other.ref)


def _referred(ref: Ref) -> tuple[str, ...]:
    return (ref.product, *ref.alternatives) if ref.product is not None else ()


def _choices(edit: Edit) -> Iterable[Choice]:
    match edit:
        case Add(item):
            return item.options
        case Replace(ref, item):
            return (*item.options, *ref.options)
        case SetOptions(ref, options):
            return (*options, *ref.options)
        case other:
            return other.ref.options
