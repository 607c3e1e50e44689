"""Knows how the caller is found, by number or in a household by name. It proves nothing: the PIN follows. PURE."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from commerce.commands import FindMembers, IdentifyCustomer, Member, Quote
from commerce.proofs import AskPin
from nlu import intent
from voxcart.decisions import Ask, Decision, Do, Unclear
from voxcart.facts import Fact, fact
from voxcart.states import AwaitingCustomer, AwaitingPin, DialogueState, Phase, Scene


def identify(state: DialogueState, quoted: Quote | None, scene: Scene) -> Decision:
    """Find out whose PIN to ask for: the number that calls is a hint."""
    if state.customer is not None:
        return ask_pin(state, quoted, state.customer)
    digits = "".join(each for each in scene.caller or "" if each.isdigit())
    state = replace(state, phase=AwaitingCustomer(quoted))
    return Do(state, IdentifyCustomer(digits)) if digits else ask_who(state, scene)


def ask_pin(state: DialogueState, quoted: Quote | None, customer: str, *said: Fact) -> Decision:
    """Which of its digits is for the shop to say."""
    return Do(replace(state, customer=customer, phase=AwaitingPin(quoted, customer)), AskPin(customer), said)


def ask_who(state: DialogueState, scene: Scene) -> Decision:
    """By name where the household has customers, else by number."""
    return Do(state, FindMembers(scene.household)) if scene.household else Ask(state)


def unlike(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Those whose name nobody else has: of the others only the number tells who they are."""
    named = Counter(each.name.casefold() for each in members)
    return tuple(each for each in members if named[each.name.casefold()] == 1)


def buyer_named(state: DialogueState, phase: AwaitingCustomer, name: str) -> Decision | None:
    """The name is said back, so that who was not meant can say no instead of the PIN."""
    found = [each.customer for each in phase.members if each.name == name]
    if len(found) != 1:
        return None
    return Do(state, IdentifyCustomer(found[0]), (fact("buyer", name=name),))


def who_is_unknown(phase: Phase, meaning: object) -> Fact | None:
    """What there is to say where a name was asked for, and what was said is neither a known one nor anything else.

    A name that nobody has is easily heard as some short words: what names no goods changes no order here.
    """
    if not isinstance(phase, AwaitingCustomer) or not phase.members:
        return None
    match meaning:
        case (
            Unclear() | intent.AskUnknown() | intent.Number() | intent.Pick() | intent.Simple("undo" | "redo" | "more")
        ):
            return fact("name-unknown")
        case intent.Order(edits) if not edits or not all(map(_names_goods, edits)):
            return fact("name-unknown")
        case _:
            return None


def _names_goods(edit: intent.Edit) -> bool:
    match edit:
        case intent.Add(item) | intent.Replace(_, item):
            return not item.guessed
        case other:
            return other.ref.product is not None


def forget_buyer(state: DialogueState, scene: Scene) -> DialogueState:
    """Who was named and did not prove it is not asked for the PIN again: somebody else may be next."""
    unproved = isinstance(state.phase, AwaitingPin) and state.authorization is None
    return replace(state, customer=None) if scene.household and unproved else state
