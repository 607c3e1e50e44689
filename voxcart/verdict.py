"""Knows whether what was understood is what was said about one name of a shop. Hears nothing. PURE."""

from __future__ import annotations

from typing import Literal, TypeAlias

from commerce.catalog import Catalog
from nlu import intent
from nlu.saying import Saying
from voxcart.hearing import is_in_doubt

Verdict: TypeAlias = Literal["right", "asked", "lost", "wrong"]
"""right: in the cart as it was said. asked: the caller is asked about it among others. lost: the caller is not
understood, or offered other things. wrong: something else is done without a question."""

BEST_FIRST: tuple[Verdict, ...] = ("right", "asked", "lost", "wrong")


def judge(meaning: intent.Meaning | None, saying: Saying, catalog: Catalog) -> Verdict:
    """What becomes of the sentence, understood as `meaning`."""
    parts = _parts(meaning)
    edits = [edit for part in parts if isinstance(part, intent.Order) for edit in part.edits]
    added = [edit.item for edit in edits if isinstance(edit, intent.Add)]
    doubted = isinstance(meaning, intent.Ambiguous) or any(item.alternatives for item in added)
    if doubted or (meaning is not None and is_in_doubt(meaning, catalog)):
        return "asked" if saying.product in offered(meaning) else "lost"
    if not edits:
        return "wrong" if any(isinstance(part, intent.AskPrice | intent.AskStock) for part in parts) else "lost"
    if len(added) != len(edits) or len(added) != 1:
        return "wrong"
    [item] = added
    chosen = {(choice.group, choice.value) for choice in item.options if choice.wanted}
    wanted = {saying.choice} if saying.choice else set()
    return "right" if item.product == saying.product and chosen == wanted else "wrong"


def offered(meaning: intent.Meaning | None) -> tuple[str, ...]:
    """The products that were understood or would be asked about, likeliest first."""
    found: list[str] = []
    for part in _parts(meaning):
        match part:
            case intent.Order(edits, _, not_sold):
                for edit in edits:
                    if isinstance(edit, intent.Add | intent.Replace):
                        found += [edit.item.product, *edit.item.alternatives]
                found += [product for lost in not_sold for product in lost.nearest]
            case intent.AskPrice(intent.Item() as item) | intent.AskStock(intent.Item() as item):
                found += [item.product, *item.alternatives]
            case intent.AskUnknown(lost):
                found += lost.nearest
            case _:
                pass
    return tuple(dict.fromkeys(found))


def told(meaning: intent.Meaning | None, catalog: Catalog) -> str:
    """What was understood, in the shop's names."""
    said: list[str] = []
    for part in _parts(meaning):
        if isinstance(part, intent.Order):
            for edit in part.edits:
                if isinstance(edit, intent.Add | intent.Replace):
                    values = [_value(choice, catalog) for choice in edit.item.options]
                    said.append(" ".join((*values, catalog.by_id[edit.item.product].name)))
    return ", ".join(said)


def _value(choice: intent.Choice, catalog: Catalog) -> str:
    return next(value.name for value in catalog.group_by_id[choice.group].values if value.id == choice.value)


def _parts(meaning: intent.Meaning | None) -> tuple[intent.Intent, ...]:
    match meaning:
        case None:
            return ()
        case intent.Several(parts):
            return parts
        case intent.Ambiguous(readings):
            return readings
        case single:
            return (single,)
