"""Knows which options of a product the said words choose. Does not know whether the shop allows them. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.intent import Choice
from nlu.lexicon import Lexicon
from nlu.phrases import Said


@dataclass(frozen=True, slots=True)
class Chosen:
    """`clash`: two choices of one group that exclude each other. `lost`: words that fit several options."""

    choices: tuple[Choice, ...]
    clash: tuple[Choice, Choice] | None = None
    lost: tuple[str, ...] = ()
    guessed: bool = False
    none: tuple[Choice, ...] = ()
    """One of each group of which nothing is wanted: "no milk", where there are several."""


def choose(said: Iterable[Said], takes: Sequence[str], lexicon: Lexicon) -> Chosen:
    """`takes`: the ids of the groups that can be meant; empty = not known."""
    choices: list[Choice] = []
    clash: tuple[Choice, Choice] | None = None
    lost: list[str] = []
    guessed = False
    none: list[Choice] = []
    for each in said:
        choice = _choice(each, takes)
        if choice is None and each.refuses_group and lexicon.groups[each.value.pairs[0][0]].choose == "one":
            none.append(Choice(*each.value.pairs[0], wanted=False))
        elif choice is None:
            lost.append(lexicon.value_name(*each.value.pairs[0]))
        if choice is None:
            continue
        guessed = guessed or (choice.group, choice.value) not in each.value.pairs
        guessed = guessed or each.value.guessed or (each.wanted and not each.value.whole and not each.value.leading)
        rival = next((other for other in choices if _exclude(other, choice, lexicon)), None)
        if rival is not None and clash is None:
            clash = (rival, choice)
        choices = [other for other in choices if (other.group, other.value) != (choice.group, choice.value)]
        choices.append(choice)
    return Chosen(tuple(choices), clash, tuple(lost), guessed, tuple(none))


def merged(old: Sequence[Choice], new: Sequence[Choice], lexicon: Lexicon) -> tuple[Choice, ...]:
    """The old choices with the new ones in the place of those that they exclude."""
    kept = tuple(
        choice
        for choice in old
        if not any(
            _exclude(choice, other, lexicon) or (choice.group, choice.value) == (other.group, other.value)
            for other in new
        )
    )
    return kept + tuple(new)


def _choice(said: Said, takes: Sequence[str]) -> Choice | None:
    pairs = said.value.pairs
    if takes and not any(group in takes for group, _ in pairs):
        named = tuple(pair for pair in said.value.parts if pair[0] in takes)
        pairs = named if len(named) == 1 else pairs
    amounts = dict(said.amount.pairs) if said.amount else {}
    for preferred in (amounts, takes):
        pairs = tuple(pair for pair in pairs if pair[0] in preferred) or pairs
    if len(pairs) > 1:
        if not said.value.whole:
            return None
        order = {group: place for place, group in enumerate(takes)}
        pairs = tuple(sorted(pairs, key=lambda pair: order.get(pair[0], len(order))))
    group, value = pairs[0]
    if not said.value.whole and takes and group not in takes:
        return None
    return Choice(group, value, amounts.get(group), said.wanted)


def _exclude(one: Choice, other: Choice, lexicon: Lexicon) -> bool:
    if one.group != other.group or one.value == other.value:
        return False
    return lexicon.groups[one.group].choose == "one" and (one.wanted or other.wanted)
