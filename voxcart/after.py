"""Knows how orders that are placed are talked about: only with who has proved to be the customer. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from commerce.after import (
    CALLERS_MAY_CANCEL,
    BasketTaken,
    CallCommented,
    CallRated,
    CancelOrder,
    FindLatest,
    NoOrders,
    OrderCancelled,
    ProofNeeded,
    TakeBasket,
    TooLate,
)
from commerce.cart import Line
from commerce.delivery import FindAddresses
from commerce.outcomes import OrderFound
from commerce.payments import PayBy
from commerce.preferences import ForgetPreferences, KeepPreferences
from commerce.redress import ClaimGoodwill, FindComplaint, FindReturn
from nlu import intent
from voxcart.answers import DAYS, order_found
from voxcart.buyer import identify
from voxcart.decisions import Ask, Decision, Do, Heard, Leave
from voxcart.facts import DigitGroups, Fact, Listed, Ordinal, every, fact
from voxcart.moves import settle, without_buying
from voxcart.redress_states import AskingComment
from voxcart.states import ConfirmingOrderCancel, DialogueState, Errand, Scene, Shopping

AfterOutcome = ProofNeeded | NoOrders | BasketTaken | OrderCancelled | TooLate | CallRated | CallCommented


ERRANDS: dict[str, Errand] = {
    "usual": "usual",
    "last_order": "last",
    "return_order": "return",
    "exchange_order": "exchange",
}
"""Of what callers say, what they want of it."""


def begin_errand(state: DialogueState, errand: Errand, scene: Scene) -> Decision:
    """First the proof, unless it was given in this call; the question that is open now is asked again afterwards."""
    asked = without_buying(state)
    waiting = asked.waiting if isinstance(asked.phase, Shopping) else (asked.phase, *asked.waiting)
    return run_errand(replace(asked, phase=Shopping(), waiting=waiting, errand=errand), scene)


def tell_number(state: DialogueState, scene: Scene) -> Decision:
    """Of the order placed in this call; of another only its customer hears."""
    if state.placed is None:
        return begin_errand(state, "status", scene)
    return Ask(state, (fact("order-number", number=DigitGroups(state.placed)),))


def run_errand(state: DialogueState, scene: Scene) -> Decision:
    customer, proof = state.customer, state.proof
    if not customer or not proof:
        return identify(state, None, scene)
    state = replace(state, phase=Shopping())
    match state.errand:
        case "usual" | "last" as which:
            return Do(state, TakeBasket(scene.cart.id, customer, proof, which))
        case "return" | "exchange":
            return Do(state, FindReturn(customer, proof))
        case "complaint":
            return Do(state, FindComplaint(state.complaint, scene.caller, customer, proof))
        case "goodwill":
            return Do(state, ClaimGoodwill(state.complaint or "", customer, proof))
        case "pay_card":
            return Do(state, PayBy(scene.cart.id, "card", customer, proof))
        case "pay_invoice":
            return Do(state, PayBy(scene.cart.id, "invoice", customer, proof))
        case "pay_link":
            return Do(state, PayBy(scene.cart.id, "link", customer, proof))
        case "address":
            return Do(state, FindAddresses(customer, proof))
        case "like" if state.liked:
            return Do(state, KeepPreferences(customer, proof, state.liked, scene.call))
        case "like":
            return Do(state, ForgetPreferences(customer, proof, scene.call))
        case _:
            return Do(state, FindLatest(customer, proof, under_way=True))


def latest_found(state: DialogueState, found: OrderFound, scene: Scene) -> Decision:
    assert found.lines is not None
    told = fact("order-latest", day=day_of(found.placed, scene.now), n=pieces_of(found.lines, scene))
    if state.errand not in ("cancel", "change"):
        return _done(state, scene, told, *order_found(found, scene))
    if found.status not in CALLERS_MAY_CANCEL:
        return _done(state, scene, told, fact("order-too-late", status=found.status))
    phase = ConfirmingOrderCancel(found.number, state.errand == "change", state.phase)
    content = order_found(found, scene)[1:]
    return Ask(replace(state, phase=phase, errand=None), (told, *content))


def confirming_cancel(
    state: DialogueState, phase: ConfirmingOrderCancel, heard: Heard, scene: Scene
) -> Decision | None:
    """As with an order, a "yes" counts that began after the question had ended."""
    match heard.meaning:
        case intent.Simple("yes") if heard.over_prompt:
            return Ask(replace(state, misses=state.misses + 1), (fact("yes-too-early"),))
        case intent.Simple("yes"):
            into = scene.cart.id if phase.change else None
            order = CancelOrder(phase.number, state.customer or "", state.proof or "", into)
            return Do(replace(state, phase=Shopping(), errand="change" if phase.change else "cancel"), order)
        case intent.Simple("no" | "none"):
            return settle(state, scene, (fact("order-kept"),))
        case _:
            return None


def after_outcome(state: DialogueState, outcome: AfterOutcome, scene: Scene) -> Decision:
    match outcome:
        case ProofNeeded():
            return identify(replace(state, proof=None, authorization=None), None, scene)
        case NoOrders():
            return _done(state, scene, fact("no-orders"))
        case TooLate(_, status):
            return _done(state, scene, fact("order-too-late", status=status))
        case OrderCancelled(number, _, cart):
            state = replace(state, placed=None) if state.placed == number else state
            if cart is None or not cart.lines:
                return _done(state, scene, fact("order-cancelled"))
            return _done(state, scene, fact("order-changed", items=every(cart.lines)))
        case CallRated() if scene.settings.ask_comment:
            return Ask(replace(state, phase=AskingComment(Shopping())))
        case CallRated() | CallCommented():
            return Leave(state, (fact("rating-thanks"), fact("goodbye")))
        case BasketTaken():
            return _done(state, scene, *_taken(outcome))


def _taken(outcome: BasketTaken) -> tuple[Fact, ...]:
    facts = [fact("usual-taken", items=every(outcome.taken), total=outcome.cart.total)] if outcome.taken else []
    facts += [fact("usual-missing", items=every(outcome.missing))] if outcome.missing else []
    facts += [fact("usual-gone", names=Listed(outcome.gone))] if outcome.gone else []
    return tuple(facts)


def _done(state: DialogueState, scene: Scene, *facts: Fact) -> Decision:
    return settle(replace(state, errand=None), scene, facts)


def pieces_of(lines: tuple[Line, ...], scene: Scene) -> int:
    """What is weighed counts as one thing; what is no longer sold was counted."""
    sold = scene.catalog.by_id
    weighed = {line.id for line in lines if line.product in sold and sold[line.product].unit != "each"}
    return sum(1 if line.id in weighed else int(line.quantity) for line in lines)


def day_of(placed: datetime, now: datetime) -> Fact:
    """As people say it: today, yesterday, the name of a day of the last week, a date."""
    day = placed.astimezone(now.tzinfo).date()
    match (now.date() - day).days:
        case 0:
            return fact("day", day="today")
        case 1:
            return fact("day", day="yesterday")
        case int(ago) if 1 < ago < 7:
            return fact("day", day=DAYS[day.weekday()])
        case _:
            return fact("date", month=day.month, day=Ordinal(day.day))
