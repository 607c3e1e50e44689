"""Knows how somebody who calls without a number is asked for one, so that people can call back. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from commerce.commands import NotePhone
from nlu import intent
from voxcart.briefing import briefing
from voxcart.callback_states import AwaitingPhone, CallingBack, ConfirmingPhone
from voxcart.decisions import Ask, Decision, Do, HandOver, Leave
from voxcart.facts import DigitGroups, Fact, fact
from voxcart.moves import without_buying
from voxcart.states import Closed, DialogueState, HandingOver, Scene

PHONE_DIGITS = range(7, 16)
"""As many digits as a telephone number has: E.164 allows fifteen."""
NOBODY_THERE = "silence"
"""Why a ticket is opened for who does not answer: there is nobody to ask."""


def ticket_opened(state: DialogueState, number: str, reason: str, scene: Scene) -> Decision:
    """A person takes over, or will call back."""
    back = without_buying(state).phase
    if scene.transfers:
        told = briefing(number, reason, state, scene)
        state = replace(state, phase=HandingOver(number, back), checking_out=False)
        return HandOver(state, (fact("handing-over"),), told)
    if reason == NOBODY_THERE:
        return _told(state, AwaitingPhone(number, True, back), scene, reachable=_is_known(state, scene))
    return _promised(state, AwaitingPhone(number, True, back), scene)


def nobody_answers(state: DialogueState, scene: Scene) -> Decision:
    """The ticket stays for a call back, the cart as it is, and the caller may go on."""
    assert isinstance(state.phase, HandingOver)
    asked = AwaitingPhone(state.phase.number, False, state.phase.back)
    return _promised(state, asked, scene, fact("nobody-answers"))


def _promised(state: DialogueState, asked: AwaitingPhone, scene: Scene, *facts: Fact) -> Decision:
    if _is_known(state, scene):
        return _told(state, asked, scene, *facts, reachable=True)
    return Ask(replace(state, phase=asked, misses=0, silences=0), facts)


def _is_known(state: DialogueState, scene: Scene) -> bool:
    """Whether there is a number to call."""
    return bool(scene.caller) or state.customer is not None


def phone_answer(state: DialogueState, phase: CallingBack, meaning: object, scene: Scene) -> Decision | None:
    match phase, meaning:
        case _, intent.Digits(digits, True) if len(digits) in PHONE_DIGITS:
            return Ask(replace(state, phase=ConfirmingPhone(phase.ticket, digits, phase.leaving, phase.back)))
        case AwaitingPhone(), intent.Digits() | intent.Number() | intent.Pick():
            return unheard(replace(state, misses=state.misses + 1), phase, scene)
        case ConfirmingPhone(ticket, phone), intent.Simple("yes"):
            return Do(state, NotePhone(ticket, phone))
        case ConfirmingPhone(ticket, _, leaving, back), intent.Simple("no" | "none"):
            return Ask(replace(state, phase=AwaitingPhone(ticket, leaving, back)), (fact("all-right"),))
        case _, intent.Simple("goodbye"):
            return without_phone(state, replace(phase, leaving=True), scene)
        case _, intent.Simple("human" | "upset") if phase.leaving:
            return without_phone(state, phase, scene)
        case _, intent.Simple("no" | "none" | "no_number" | "thanks"):
            return without_phone(state, phase, scene)
        case _:
            return None


def unheard(state: DialogueState, phase: CallingBack, scene: Scene) -> Decision:
    """Ask again, a few times: the ticket is there whatever comes of it."""
    if state.misses >= scene.settings.misses:
        return without_phone(state, phase, scene)
    return Ask(state, (fact("phone-unclear"),))


def without_phone(state: DialogueState, phase: CallingBack, scene: Scene) -> Decision:
    return _told(state, phase, scene, reachable=False)


def phone_noted(state: DialogueState, scene: Scene) -> Decision:
    phase = state.phase
    assert isinstance(phase, ConfirmingPhone)
    return _told(state, phase, scene, reachable=True)


def phone_question(phase: CallingBack) -> Fact:
    match phase:
        case AwaitingPhone():
            return fact("ask-phone")
        case ConfirmingPhone(phone=phone):
            return fact("ask-phone-right", number=DigitGroups(phone))
        case never:
            assert_never(never)


def _told(state: DialogueState, phase: CallingBack, scene: Scene, *facts: Fact, reachable: bool) -> Decision:
    kept = (fact("cart-noted"),) if scene.cart.lines else ()
    said = (*facts, fact("ticket" if reachable else "ticket-only", number=DigitGroups(phase.ticket)), *kept)
    if phase.leaving:
        return Leave(replace(state, phase=Closed()), (*said, fact("goodbye")))
    return Ask(replace(state, phase=phase.back, misses=0, silences=0), said)
