"""Knows how a conversation moves from one question to the next. Knows no intent and no outcome. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce.commands import ChangeCart, IdentifyCustomer, OpenTicket, QuoteCart
from commerce.edits import AddLine, CartEdit, ReplaceLine, SetLineQuantity
from nlu import intent
from voxcart.answers import not_sold, refused
from voxcart.decisions import Ask, Decision, Do, Leave, Tell
from voxcart.edits import Resolved, instead_of, just_removed, resolve
from voxcart.facts import Fact, fact
from voxcart.patience import HumanRule
from voxcart.states import (
    Aside,
    AskingRating,
    Buying,
    ConfirmingQuantity,
    DialogueState,
    OfferingHuman,
    Phase,
    Scene,
    Shopping,
    without_aside,
)


def settle(state: DialogueState, scene: Scene, facts: tuple[Fact, ...] = ()) -> Decision:
    """The current question is answered: go on with the next one, with the checkout, or with shopping."""
    if state.waiting:
        return Ask(replace(state, phase=state.waiting[0], waiting=state.waiting[1:]), facts)
    state = replace(state, phase=Shopping())
    if state.checking_out and scene.cart.lines:
        return quote(state, scene, facts)
    return Ask(replace(state, checking_out=False), facts)


def quote(state: DialogueState, scene: Scene, facts: tuple[Fact, ...] = ()) -> Decision:
    return Do(replace(state, checking_out=True), QuoteCart(scene.cart.id, state.customer, state.proof), facts)


def change(state: DialogueState, scene: Scene, *edits: CartEdit, sure: bool = False) -> Decision:
    """Answer the current question by changing the cart."""
    return Do(replace(state, phase=Shopping()), ChangeCart(scene.cart.id, edits, sure))


def order(state: DialogueState, said: intent.Order, scene: Scene) -> Decision:
    """Carry out what can be carried out, and queue what must be asked."""
    resolved = resolve(said.edits, scene, state.topic, just_removed(state.said))
    if not said.edits and len(said.not_sold) == 1:
        return not_sold(state, said.not_sold[0], scene)
    facts = tuple(resolved.facts) + tuple(refused(lost) for lost in said.not_sold)
    judged = [(edit, _misheard(edit, scene)) for edit in resolved.edits]
    doubtful = tuple(ask for _, ask in judged if ask is not None)
    edits = tuple(edit for edit, ask in judged if ask is None)
    state = replace(state, waiting=(*doubtful, *_asked(resolved, said, scene), *state.waiting), topic=None)
    if not edits:
        return settle(state, scene, facts)
    return Do(replace(state, phase=Shopping()), ChangeCart(scene.cart.id, edits), facts)


def _misheard(edit: CartEdit, scene: Scene) -> ConfirmingQuantity | None:
    """Sixteen may have been sixty."""
    match edit:
        case AddLine(product, quantity) | ReplaceLine(_, product, quantity) if quantity in scene.close_numbers:
            return ConfirmingQuantity(edit, product)
        case SetLineQuantity(line_id, quantity) if quantity in scene.close_numbers:
            line = scene.cart.line(line_id)
            return ConfirmingQuantity(edit, line.product) if line else None
        case _:
            return None


def _asked(resolved: Resolved, said: intent.Order, scene: Scene) -> tuple[Phase, ...]:
    near = (instead_of(lost, scene) for lost in said.not_sold)
    return (*resolved.asks, *(each for each in near if each is not None))


def aside(state: DialogueState, phase: Aside, facts: tuple[Fact, ...] = ()) -> Decision:
    """Ask something beside the open question, which is asked again afterwards."""
    return Ask(replace(state, phase=phase), facts)


def back(state: DialogueState, facts: tuple[Fact, ...] = ()) -> Decision:
    return Ask(replace(state, phase=without_aside(state.phase)), facts)


def stop_buying(state: DialogueState, *facts: Fact) -> Decision:
    """Nothing is bought; the cart stays."""
    return Ask(replace(state, phase=Shopping(), waiting=(), checking_out=False), facts)


def without_buying(state: DialogueState) -> DialogueState:
    """At the open question, but for those of a purchase, which is begun anew."""
    phase = without_aside(state.phase)
    if isinstance(phase, Buying):
        return replace(state, phase=Shopping(), checking_out=False)
    return replace(state, phase=phase)


def offer_human(state: DialogueState, *facts: Fact) -> Decision:
    state = without_buying(state)
    return Ask(replace(state, phase=OfferingHuman(state.phase), misses=0), facts)


def by_rule(rule: HumanRule, state: DialogueState, scene: Scene, reason: str, *facts: Fact) -> Decision:
    """A human without having been asked for: offered, or at once."""
    return ticket(state, scene, reason, *facts) if rule == "transfer" else offer_human(state, *facts)


def ticket(state: DialogueState, scene: Scene, reason: str, *facts: Fact) -> Decision:
    """Hand over to a human. The caller of `decide` fills in the summary: the conversation is not known here."""
    return Do(state, OpenTicket(scene.call, reason, ""), facts)


def farewell(state: DialogueState, scene: Scene, *facts: Fact) -> Decision:
    """The caller is done. Who has ordered may be asked how it was first, once."""
    if scene.settings.ask_rating and state.placed and not state.rated:
        return Ask(replace(state, phase=AskingRating(Shopping()), rated=True), facts)
    return leave(state, scene, *facts)


def leave(state: DialogueState, scene: Scene, *facts: Fact) -> Decision:
    kept = (fact("nothing-ordered"),) if scene.cart.lines else ()
    return Leave(state, (*facts, *kept, fact("goodbye")))


def take_up(state: DialogueState, scene: Scene) -> Decision:
    """Go on with the cart of an earlier call. Who has a PIN must give it first: the number that calls is a hint."""
    digits = "".join(each for each in scene.caller or "" if each.isdigit())
    return Do(state, IdentifyCustomer(digits))


def wait(state: DialogueState, *facts: Fact) -> Decision:
    return Tell(state, facts)


def repeat(state: DialogueState, manner: str, scene: Scene) -> Decision:
    settings = scene.settings
    match manner:
        case "slower":
            return Tell(state, state.said, rate=settings.slower_rate, again=True)
        case "louder":
            return Tell(state, state.said, gain_db=settings.louder_db, again=True)
        case "shorter":
            return Ask(state)
        case _:
            return Tell(state, state.said, again=True)
