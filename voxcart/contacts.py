"""Knows how callers agree to be told of something, or to be remembered, and take it back. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce.contacts import AlertKept, ConsentWithdrawn, ContactOutcome, KeepAlert, NoNumber, WithdrawConsent
from commerce.preferences import PreferenceOutcome, PreferencesForgotten, PreferencesKept
from voxcart.decisions import Ask, Decision, Do
from voxcart.facts import Listed, Named, fact, products
from voxcart.moves import settle
from voxcart.states import Confirming, DialogueState, Scene


def keep_alert(state: DialogueState, scene: Scene) -> Decision:
    """Of what was said to be sold out just now."""
    wanted = _sold_out(state)
    if not wanted:
        return Ask(state, (fact("alert-of-what"),))
    return Do(state, KeepAlert(wanted, scene.caller or "", scene.call))


def withdraw_consent(state: DialogueState, scene: Scene) -> Decision:
    return Do(state, WithdrawConsent(scene.caller or "", scene.call))


def contact_outcome(state: DialogueState, outcome: ContactOutcome, scene: Scene) -> Decision:
    match outcome:
        case AlertKept(kept):
            said = fact("alert-kept", products=products(kept))
        case NoNumber():
            said = fact("alert-without-number")
        case ConsentWithdrawn():
            said = fact("consent-withdrawn")
    # Who wants to wait for it does not want what was offered instead.
    if isinstance(state.phase, Confirming) and isinstance(outcome, AlertKept):
        return settle(state, scene, (said,))
    return Ask(state, (said,))


def preference_outcome(state: DialogueState, outcome: PreferenceOutcome, scene: Scene) -> Decision:
    state = replace(state, errand=None, liked=())
    match outcome:
        case PreferencesKept(traits):
            return settle(state, scene, (fact("preferences-kept", what=Listed(tuple(value for _, value in traits))),))
        case PreferencesForgotten():
            return settle(state, scene, (fact("preferences-forgotten"),))


def _sold_out(state: DialogueState) -> tuple[str, ...]:
    return tuple(
        item.id
        for said in state.said
        if said.key == "sold-out"
        for _, value in said.args
        if isinstance(value, Listed)
        for item in value.items
        if isinstance(item, Named)
    )
