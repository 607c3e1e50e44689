"""Knows how it is talked about how an order is paid. Knows no rule of it, and nobody who moves money. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce.commands import Quote
from commerce.payments import PayBy, PaymentOutcome, PaymentRefused, WayClosed, WayKept, WayNeeded, WayUnproved
from commerce.terms import WAYS, Way
from nlu import intent
from voxcart.answers import payment_told, way_named, ways_listed
from voxcart.buyer import forget_buyer, identify
from voxcart.decisions import Ask, Decision, Do, Heard
from voxcart.facts import DigitGroups, Fact, Listed, fact
from voxcart.moves import quote, stop_buying
from voxcart.states import ChoosingPayment, DialogueState, Errand, Scene, Shopping

ERRANDS: dict[Way, Errand] = {"card": "pay_card", "invoice": "pay_invoice", "link": "pay_link"}
"""What is asked again once the caller has proved to be the customer."""
SAID: dict[str, Way] = {f"pay_{way}": way for way in WAYS}
"""Of what callers say, the way they mean; an errand has the same name."""


def speak_of_payment(state: DialogueState, name: str, scene: Scene) -> Decision:
    """ "By card", "send me a link", wherever it is said; or an errand that the proof was needed for."""
    way = SAID[name]
    if not scene.catalog.ways:
        return Ask(state, payment_told(scene))
    return Do(replace(state, phase=Shopping()), PayBy(scene.cart.id, way, state.customer, state.proof))


def payment_answer(state: DialogueState, phase: ChoosingPayment, heard: Heard, scene: Scene) -> Decision | None:
    """What answers the question of this module; None if it is something else."""
    match heard.meaning:
        case intent.Pick(int(position)) if phase.ways and position in (-1, *range(1, len(phase.ways) + 1)):
            return speak_of_payment(state, f"pay_{phase.ways[position - (position > 0)]}", scene)
        case intent.Simple("yes") if len(phase.ways) == 1:
            return speak_of_payment(state, f"pay_{phase.ways[0]}", scene)
        case intent.Indifferent() if phase.ways:
            return speak_of_payment(state, f"pay_{phase.ways[0]}", scene)
        case intent.Simple("deliver") | intent.AskDelivery() if "delivery" in phase.ways:
            return speak_of_payment(state, "pay_delivery", scene)
        case intent.Simple("no" | "none"):
            return stop_buying(state, fact("not-placed"))
        case _:
            return None


def payment_outcome(state: DialogueState, outcome: PaymentOutcome, scene: Scene) -> Decision:
    buying = state.checking_out and bool(scene.cart.lines)
    match outcome:
        case WayKept() if buying:
            return quote(replace(state, phase=Shopping(), errand=None), scene)
        case WayKept(way):
            kept = (fact("all-right"), fact("pay-read", way=way_named(way, scene), card=""))
            return Ask(replace(state, phase=Shopping(), errand=None), kept)
        case WayUnproved(way):
            proving = replace(state, phase=Shopping(), errand=ERRANDS[way], proof=None, authorization=None)
            return replace(identify(proving, None, scene), facts=(fact("pay-prove"),))
        case WayClosed(way):
            closed, state = (fact("pay-closed", way=way),), replace(state, phase=Shopping(), errand=None)
            return quote(state, scene, closed) if buying else Ask(state, closed)
        case WayNeeded((), hidden) if not hidden:
            return stop_buying(state, *payment_told(scene), fact("order-not-placed"))
        case WayNeeded(ways, hidden):
            return Ask(replace(state, phase=ChoosingPayment(ways, hidden)))
        case PaymentRefused(why, ways):
            said = fact("card-declined") if why == "declined" else fact("card-unavailable")
            if not ways:
                return stop_buying(state, said, fact("order-not-placed"))
            return Ask(replace(state, phase=ChoosingPayment(ways, instead=True)), (said,))


def unproved(state: DialogueState, scene: Scene) -> Decision:
    """No PIN after all: in the middle of buying it is asked anew how it is paid."""
    state = forget_buyer(replace(state, errand=None, phase=Shopping()), scene)
    if state.checking_out and scene.cart.lines:
        return quote(state, scene, (fact("all-right"),))
    return stop_buying(state, fact("all-right"))


# ---- the questions -------------------------------------------------------------------------------------------


def ask_payment(phase: ChoosingPayment, scene: Scene) -> tuple[Fact, ...]:
    ways = ways_listed(phase.ways, scene)
    if phase.instead:
        return (fact("ask-payment-instead", ways=ways, n=len(phase.ways)),)
    hidden = tuple(fact("pay-hidden", way=each) for each in phase.hidden)
    told = (fact("pay-customers", ways=Listed(hidden, "or")),) if hidden else ()
    return (*told, fact("ask-payment", ways=ways)) if phase.ways else (*told, fact("ask-payment-customer"))


def listening_for_payment(phase: ChoosingPayment) -> str:
    return "yes_no" if len(phase.ways) == 1 else "choice"


def payment_read(quoted: Quote, scene: Scene) -> tuple[Fact, ...]:
    """What the read-back says of it, before the total."""
    if quoted.payment is None:
        return ()
    way = way_named(quoted.payment.way, scene)
    if quoted.payment.way == "delivery" and quoted.handover:
        way = quoted.handover.way
    return (fact("pay-read", way=way, card=DigitGroups(quoted.card) if quoted.card else ""),)
