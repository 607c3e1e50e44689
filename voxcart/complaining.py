"""Knows how a complaint is taken, apologised for and asked about in a conversation. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from commerce.redress import (
    ClaimGoodwill,
    ComplaintFound,
    ComplaintOpened,
    ComplaintOutcome,
    ComplaintUnknown,
    FindComplaint,
    GoodwillGranted,
    NoComplaints,
    NoGoodwill,
    OpenComplaint,
)
from nlu import intent
from voxcart.after import begin_errand
from voxcart.answers import DAYS
from voxcart.decisions import Ask, Decision, Do, Heard
from voxcart.facts import DigitGroups, Fact, Ordinal, fact
from voxcart.moves import aside, settle, without_buying
from voxcart.redress_states import AskingComplaint, OfferingGoodwill
from voxcart.states import AwaitingOrderNumber, DialogueState, Scene, Shopping

ComplaintPhase = AskingComplaint | OfferingGoodwill


def complain(state: DialogueState) -> Decision:
    """Anybody may: nobody is asked who they are before they are heard."""
    state = without_buying(state)
    return aside(state, AskingComplaint(state.phase))


def ask_complaint(state: DialogueState, scene: Scene) -> Decision:
    """That of this call, else by its number, for which the PIN does as well."""
    if state.complaint is not None:
        return Do(state, find_by_number(state, state.complaint, scene))
    if state.proof is not None:
        return begin_errand(state, "complaint", scene)
    return aside(state, AwaitingOrderNumber(state.phase, complaint=True))


def find_by_number(state: DialogueState, number: str, scene: Scene) -> FindComplaint:
    return FindComplaint(number, scene.caller, state.customer, state.proof)


def answer_complaining(state: DialogueState, phase: ComplaintPhase, heard: Heard, scene: Scene) -> Decision | None:
    match phase, heard.meaning:
        case _, intent.Simple("no" | "none"):
            return settle(replace(state, phase=Shopping()), scene, (fact("all-right"),))
        case AskingComplaint(back), intent.Said(text, reason):
            who = {"caller": scene.caller, "customer": state.customer, "authorization": state.proof}
            return Do(replace(state, phase=back), OpenComplaint(scene.call, reason or "other", text, **who))
        case OfferingGoodwill(), intent.Simple("yes"):
            return begin_errand(state, "goodwill", scene)
        case _:
            return None


def complaint_outcome(state: DialogueState, outcome: ComplaintOutcome, scene: Scene) -> Decision:
    match outcome:
        case ComplaintOpened():
            return _opened(state, outcome, scene)
        case ComplaintFound(number, answered=True, answer=None, of_customer=True) if state.proof is None:
            asked = begin_errand(replace(state, complaint=number), "complaint", scene)
            return replace(asked, facts=(fact("complaint-answered"), *asked.facts))
        case ComplaintFound():
            return _done(state, scene, *_found(outcome, scene))
        case ComplaintUnknown(number):
            return _done(state, scene, fact("complaint-unknown", number=DigitGroups(number)))
        case NoComplaints():
            return _done(state, scene, fact("no-complaints"))
        case GoodwillGranted(code, amount):
            return _done(state, scene, fact("goodwill", total=amount, number=DigitGroups(code)))
        case NoGoodwill() if state.errand == "goodwill":
            return _done(state, scene, fact("no-goodwill"))
        case NoGoodwill():
            return Ask(state)


def _opened(state: DialogueState, opened: ComplaintOpened, scene: Scene) -> Decision:
    """The apology needs a customer: who has given the PIN gets it at once, others are asked for it."""
    number = DigitGroups(opened.number)
    told = (fact("complaint-opened", number=number), fact("complaint-promised", **until(opened.promised, scene.now)))
    state = replace(state, complaint=opened.number)
    if opened.apology is None:
        return Ask(state, told)
    if state.customer and state.proof:
        return Do(state, ClaimGoodwill(opened.number, state.customer, state.proof), told)
    return Ask(replace(state, phase=OfferingGoodwill(opened.apology, state.phase)), told)


def _found(found: ComplaintFound, scene: Scene) -> tuple[Fact, ...]:
    if found.answer is not None:
        return fact("complaint-answer"), fact("merchant", text=found.answer)
    if found.answered:
        return (fact("complaint-answered"),)
    late = found.promised < scene.now
    return (fact("complaint-late" if late else "complaint-open", **until(found.promised, scene.now)),)


def until(moment: datetime, now: datetime) -> dict[str, Fact | str]:
    """A day and a time, as people say them."""
    local = moment.astimezone(now.tzinfo)
    match (local.date() - now.date()).days:
        case 0 | 1 | -1 as days:
            day = fact("day", day=("today", "tomorrow", "yesterday")[days])
        case days if 1 < days < 7:
            day = fact("day", day=DAYS[local.weekday()])
        case _:
            day = fact("date", month=local.month, day=Ordinal(local.day))
    return {"day": day, "time": fact("at", time=local.time().replace(second=0, microsecond=0))}


def _done(state: DialogueState, scene: Scene, *facts: Fact) -> Decision:
    return settle(replace(state, errand=None), scene, facts)
