"""Knows how an order that has arrived is taken back in a conversation: which of it, why, and only on a yes. PURE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from commerce.cart import Line
from commerce.redress import NotReturnable, OrderReturned, ReturnOffered, ReturnOrder, ReturnOutcome, refund_for
from nlu import intent
from voxcart.after import day_of, pieces_of
from voxcart.decisions import Ask, Decision, Do, Heard
from voxcart.facts import DigitGroups, Fact, Goods, Listed, every, fact
from voxcart.moves import settle
from voxcart.quantities import quantity_of
from voxcart.redress_states import AskingReason, ChoosingReturn, ConfirmingReturn
from voxcart.states import ConfirmingOrderCancel, DialogueState, Errand, Scene, Shopping

AGREED_TO = ("ask-return", "ask-return-parcel")
"""What a "yes" can answer."""
ReturnPhase = ChoosingReturn | AskingReason | ConfirmingReturn


def return_outcome(state: DialogueState, outcome: ReturnOutcome, scene: Scene) -> Decision:
    match outcome:
        case ReturnOffered():
            return _offered(state, outcome, scene)
        case NotReturnable(number, "placed"):
            phase = ConfirmingOrderCancel(number, change=False, back=state.phase)
            return Ask(replace(state, phase=phase, errand=None), (fact("return-not-yet", why="placed"),))
        case NotReturnable(_, "packed" | "sent" as why):
            return _done(state, scene, fact("return-not-yet", why=why))
        case NotReturnable(_, why):
            return _done(state, scene, fact("return-not", why=why, n=scene.catalog.terms.return_days or 0))
        case OrderReturned():
            return _done(state, scene, *_accepted(outcome, scene))


def _offered(state: DialogueState, offered: ReturnOffered, scene: Scene) -> Decision:
    exchange = state.errand == "exchange"
    told = fact("return-found", day=day_of(offered.placed, scene.now), n=pieces_of(offered.lines, scene))
    state = replace(state, errand=None)
    if len(offered.lines) > 1 and can_name(offered.lines, scene):
        return Ask(replace(state, phase=ChoosingReturn(offered, exchange, state.phase)), (told,))
    return Ask(replace(state, phase=AskingReason(offered, offered.lines, exchange, state.phase)), (told,))


def can_name(lines: tuple[Line, ...], scene: Scene) -> bool:
    """Not of a present, nor of what the shop file no longer has."""
    return not scene.settings.gift_safe and all(line.product in scene.catalog.by_id for line in lines)


def _accepted(returned: OrderReturned, scene: Scene) -> tuple[Fact, ...]:
    number = DigitGroups(returned.number)
    facts = [fact("return-accepted", number=number), fact("return-how", way=returned.way, total=returned.refund)]
    if returned.cart is not None:
        facts.append(fact("return-again"))
    if returned.missing and can_name(returned.missing, scene):
        facts.append(fact("usual-missing", items=every(returned.missing)))
    return tuple(facts)


def _done(state: DialogueState, scene: Scene, *facts: Fact) -> Decision:
    return settle(replace(state, errand=None), scene, facts)


# ---- questions -----------------------------------------------------------------------------------------------


def return_question(phase: ReturnPhase, scene: Scene) -> Fact:
    match phase:
        case ChoosingReturn(offered):
            items = Listed(tuple(Goods(line.product, line.quantity, line.options) for line in offered.lines))
            return fact("ask-return-which", items=items)
        case AskingReason():
            return fact("ask-return-why")
        case ConfirmingReturn(offered, lines):
            refund = refund_for(offered, lines)
            if can_name(lines, scene):
                return fact("ask-return", way=offered.way, items=every(lines), total=refund)
            return fact("ask-return-parcel", way=offered.way, n=pieces_of(lines, scene), total=refund)


# ---- answers -------------------------------------------------------------------------------------------------


def answer_return(state: DialogueState, phase: ReturnPhase, heard: Heard, scene: Scene) -> Decision | None:
    if heard.meaning in (intent.Simple("no"), intent.Simple("none")):
        return _done(replace(state, phase=Shopping()), scene, fact("order-kept"))
    match phase:
        case ChoosingReturn():
            return _which(state, phase, heard.meaning, scene)
        case AskingReason(offered, lines, exchange, back):
            if not isinstance(heard.meaning, intent.Said):
                return None
            why = heard.meaning.reason or "other"
            confirming = ConfirmingReturn(offered, lines, exchange, why, heard.meaning.text, back)
            return Ask(replace(state, phase=confirming))
        case ConfirmingReturn():
            return _confirming(state, phase, heard, scene)


def _confirming(state: DialogueState, phase: ConfirmingReturn, heard: Heard, scene: Scene) -> Decision | None:
    """As with an order, a "yes" counts that began after the question had ended."""
    match heard.meaning:
        case intent.Simple("yes") if heard.over_prompt:
            return Ask(replace(state, misses=state.misses + 1), (fact("yes-too-early"),))
        case intent.Simple("yes") if not any(said.key in AGREED_TO for said in state.said):
            return Ask(state)
        case intent.Simple("yes"):
            errand: Errand = "exchange" if phase.exchange else "return"
            return Do(replace(state, phase=Shopping(), errand=errand), _command(state, phase, scene))
        case _:
            return None


def _command(state: DialogueState, phase: ConfirmingReturn, scene: Scene) -> ReturnOrder:
    return ReturnOrder(
        number=phase.offered.number,
        customer=state.customer or "",
        authorization=state.proof or "",
        lines=phase.lines,
        refund=refund_for(phase.offered, phase.lines),
        reason=phase.reason,
        said=phase.said,
        into=scene.cart.id if phase.exchange else None,
    )


def _which(state: DialogueState, phase: ChoosingReturn, meaning: object, scene: Scene) -> Decision | None:
    offered = phase.offered
    match meaning:
        case intent.Simple("all"):
            lines: tuple[Line, ...] | None = offered.lines
        case intent.Pick(position=int(place)) if 0 < abs(place) <= len(offered.lines):
            lines = (offered.lines[place - 1 if place > 0 else place],)
        case intent.Order(edits, not_sold=()) if all(isinstance(each, intent.Add) for each in edits):
            found = [_line_of(each.item, offered, scene) for each in edits if isinstance(each, intent.Add)]
            lines = tuple(each for each in found if each is not None)
            lines = lines if len({each.id for each in lines}) == len(edits) else None
        case _:
            return None
    if not lines:
        return Ask(replace(state, misses=state.misses + 1), (fact("return-not-in-it"),))
    return Ask(replace(state, phase=AskingReason(offered, lines, phase.exchange, phase.back)))


def _line_of(item: intent.Item, offered: ReturnOffered, scene: Scene) -> Line | None:
    """The one line of the order that was named, with so much of it as was said; all of it where nothing was."""
    wanted = {(each.group, each.value) for each in item.options if each.wanted}
    named = [
        line
        for line in offered.lines
        if line.product in (item.product, *item.alternatives)
        and wanted <= {(each.group, each.value) for each in line.options}
    ]
    if len(named) != 1 or item.guessed:
        return None
    [line] = named
    if item.quantity is None:
        return line
    so_much = quantity_of(scene.catalog.by_id[line.product], item.quantity, item.unit)
    if not isinstance(so_much, Decimal) or not 0 < so_much <= line.quantity:
        return None
    return replace(line, quantity=so_much)
