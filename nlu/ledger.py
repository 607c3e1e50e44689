"""Knows whether everything that was said about things found a place in the edits. Does not know which place. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nlu.intent import Add, Choice, Edit, Ref, Replace, SetOptions
from nlu.phrases import Phrase


def is_complete(phrases: Sequence[Phrase], edits: Sequence[Edit], not_sold: bool) -> bool:
    """Whether no product, no option and no unknown thing of the phrases is missing among the edits."""
    if any(phrase.lost_things or phrase.lost_options for phrase in phrases) and not not_sold:
        return False
    products = {product for edit in edits for product in _products(edit)}
    values = {(choice.group, choice.value) for edit in edits for choice in _choices(edit)}
    for phrase in phrases:
        if phrase.product is not None and not products & set(phrase.product.ids):
            return False
        if any(not values & set(said.value.pairs) for said in phrase.values if not said.refuses_group):
            return False
    return True


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
