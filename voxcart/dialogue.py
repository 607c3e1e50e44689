"""Knows what to do about what was heard, in every phase of a conversation. Does nothing itself. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, assert_never

from commerce.commands import CartOpened, CloseTicket, CountUnclearPin, Outcome, RedoCart, UndoCart
from nlu import intent
from voxcart import choosing
from voxcart.after import ERRANDS, begin_errand, tell_number
from voxcart.answers import Question, answer_question, deals, list_more, refused, returns
from voxcart.buyer import who_is_unknown
from voxcart.calling_back import nobody_answers, unheard, without_phone
from voxcart.complaining import ask_complaint, complain
from voxcart.contacts import keep_alert, withdraw_consent
from voxcart.coupons import speak_of_coupon
from voxcart.decisions import (
    Ask,
    Decision,
    Do,
    Gone,
    Heard,
    Leave,
    Silent,
    TakenOver,
    Tell,
    Unanswered,
    Unclear,
    Unsaid,
)
from voxcart.edits import product_of, resolve
from voxcart.facts import Fact, fact
from voxcart.handover import speak_of_handover
from voxcart.household import about_list, answer_on_list, edit_list
from voxcart.moves import aside, back, by_rule, farewell, leave, order, repeat, settle, ticket
from voxcart.outcomes import conclude
from voxcart.paying import speak_of_payment
from voxcart.phases import answer
from voxcart.questions import expecting, help_for, read_back, read_cart
from voxcart.redress_states import AskingComment
from voxcart.states import (
    AskingOption,
    AskingQuantity,
    AskingRating,
    Buying,
    CallingBack,
    ChoosingReading,
    Closed,
    Confirming,
    ConfirmingCancel,
    ConfirmingLeave,
    ConfirmingOrder,
    ConfirmingQuantity,
    ConfirmingResume,
    DialogueState,
    HandingOver,
    ItemQuestion,
    OfferingHuman,
    OnList,
    Paused,
    ReadingMore,
    Scene,
    Secret,
    Shopping,
    without_aside,
)

__all__ = ["arrange", "conclude", "decide", "opening_state"]

Part = intent.Intent | intent.Ambiguous | Unsaid

POLITE = ("thanks", "greet", "backchannel")
AGREEING = ("yes", "no", "none")
HARMLESS = (*AGREEING, *POLITE)
"""What, after a pause, only says that the caller is back."""


def decide(state: DialogueState, heard: Heard, scene: Scene) -> Decision:
    """What to do now. First the silence and no-match ladders, then the open question, then what works everywhere."""
    if not isinstance(heard.meaning, Silent):
        state = replace(state, by_keys=heard.by_key)
    match heard.meaning:
        case Gone():
            return Leave(replace(state, phase=Closed()), ())
        case TakenOver():
            assert isinstance(state.phase, HandingOver)
            return Do(state, CloseTicket(state.phase.number))
        case Unanswered():
            return nobody_answers(state, scene)
        case Silent():
            return _silence(state, scene)
        case said if (unknown := who_is_unknown(state.phase, said)) is not None:
            return _miss(replace(state, silences=0), scene, unknown)
        case Unclear():
            return _miss(replace(state, silences=0), scene)
        case intent.Order((), not_sold=lost) if lost and not any(each.nearest for each in lost):
            return _miss(replace(state, silences=0), scene, refused(lost[0]))
        case intent.Order(not_sold=lost) | intent.OnList(intent.Order(not_sold=lost)) if (
            lost and expecting(state.phase).private
        ):
            return _miss(replace(state, silences=0), scene)
    if isinstance(state.phase, Paused):
        if _is_simple(heard.meaning, HARMLESS):
            return back(replace(state, silences=0, misses=0))
        state = replace(state, phase=state.phase.back)
    settled = replace(state, silences=0, notice=False)
    answering = answer_on_list if isinstance(state.phase, OnList) else answer
    answered = answering(replace(settled, notice=state.notice), heard, scene)
    if answered is not None:
        kept = answered.state.misses if _too_early(answered.state, state) else 0
        return replace(answered, state=replace(answered.state, misses=kept, notice=False))
    return _anywhere(replace(settled, misses=0), heard.meaning, scene)


def opening_state(state: DialogueState, opened: Outcome) -> DialogueState:
    """The first question of a call: whether to go on with what an earlier one left behind, if there is anything."""
    match opened:
        case CartOpened(left=left) if left:
            return replace(state, phase=ConfirmingResume(Shopping()))
        case _:
            return state


def _too_early(after: DialogueState, before: DialogueState) -> bool:
    return after.misses > before.misses


def arrange(state: DialogueState, meaning: intent.Meaning | Unsaid) -> tuple[Part, ...]:
    """The parts of an utterance in the order to deal with them, without those that others make superfluous.

    A "yes" never agrees to an order that the same utterance changes or asks about.
    """
    if not isinstance(meaning, intent.Several):
        return (meaning,)
    parts = tuple(part for part in meaning.intents if not _is_simple(part, POLITE)) or meaning.intents[:1]
    others = tuple(part for part in parts if not _is_simple(part, AGREEING))
    asked = without_aside(state.phase) if isinstance(state.phase, Paused) else state.phase
    if isinstance(asked, ConfirmingOrder):
        harmless = all(_is_simple(part, ("goodbye", "checkout")) for part in others)
        return parts[:1] if harmless and not _contradictory(parts) else others or (intent.Simple("backchannel"),)
    if isinstance(asked, Shopping):
        return others or parts[-1:]
    return parts


def _contradictory(parts: tuple[intent.Intent, ...]) -> bool:
    return len({part.name for part in parts if isinstance(part, intent.Simple) and part.name in AGREEING}) > 1


def _is_simple(part: object, names: tuple[str, ...]) -> bool:
    return isinstance(part, intent.Simple) and part.name in names


# ---- what works everywhere -----------------------------------------------------------------------------------


def _anywhere(state: DialogueState, meaning: object, scene: Scene) -> Decision:
    match meaning:
        case intent.Simple():
            return _simple(state, meaning, scene)
        case intent.Order():
            return _order(state, meaning, scene)
        case intent.OnList(order):
            return edit_list(state, order, scene)
        case intent.FindProducts() | intent.Compare() | intent.HelpChoose():
            return choosing.asked(state, meaning, scene)
        case intent.Coupon():
            return speak_of_coupon(state, meaning, scene)
        case intent.Prefer(known=False):
            return Ask(state, (fact("preferences-unknown"),))
        case intent.Prefer(traits):
            return begin_errand(replace(state, liked=traits), "like", scene)
        case intent.Repeat(manner):
            return repeat(state, manner, scene)
        case intent.Ambiguous(readings):
            return Ask(replace(state, phase=ChoosingReading(readings), waiting=_still_open(state)))
        case _ if isinstance(meaning, intent.Answer):
            return _bare(state, meaning, scene)
        case _:
            assert isinstance(meaning, Question)
            return answer_question(state, meaning, scene)


def _bare(state: DialogueState, meaning: object, scene: Scene) -> Decision:
    """A number or a choice where none was asked for."""
    if isinstance(state.phase, Shopping):
        return Ask(state, (fact("none-offered" if isinstance(meaning, intent.Pick) else "of-what"),))
    return _miss(state, scene)


def _simple(state: DialogueState, said: intent.Simple, scene: Scene) -> Decision:
    match said.name:
        case "help":
            return Ask(state, (help_for(state), fact("help-human")))
        case "human":
            return ticket(state, scene, "asked")
        case "cancel":
            return _cancel(state, scene)
        case "goodbye":
            return _goodbye(state, scene)
        case "stop":
            return Tell(state, (fact("stopped"),))
        case "pause":
            return Tell(replace(state, phase=Paused(without_aside(state.phase))), (fact("take-your-time"),))
        case "undo" | "redo":
            return _undo(state, said.name, scene)
        case "read_cart":
            return _read_cart(state, scene)
        case "checkout":
            return _checkout(state, scene)
        case "deals":
            return deals(state, scene)
        case "ask_returns":
            return Ask(state, (returns(scene.catalog),))
        case "deliver" | "pickup" | "my_address":
            return speak_of_handover(state, said.name, scene)
        case "pay_delivery" | "pay_invoice" | "pay_card" | "pay_link":
            return speak_of_payment(state, said.name, scene)
        case "usual" | "last_order" | "return_order" | "exchange_order":
            return begin_errand(state, ERRANDS[said.name], scene)
        case "order_number":
            return tell_number(state, scene)
        case "complain":
            return complain(state)
        case "ask_complaint":
            return ask_complaint(state, scene)
        case "cancel_order" | "change_order":
            return _placed_order(state, said.name, scene)
        case "read_list" if not scene.household and scene.cart.lines:
            return _read_cart(state, scene)
        case "read_list" | "clear_list" | "order_list":
            return about_list(state, said.name, scene)
        case "more":
            return list_more(state, scene)
        case "thanks":
            return _thanks(state, scene)
        case "greet":
            return Ask(state, (fact("hello"),))
        case "yes" | "no" | "none" | "backchannel" | "no_number" | "all" | "take_it":
            return Ask(state, () if isinstance(state.phase, Shopping) else (help_for(state),))
        case "recommend":
            return choosing.recommend(state, scene)
        case "alert":
            return keep_alert(state, scene)
        case "no_contact":
            return withdraw_consent(state, scene)
        case "card":
            return Ask(state, (fact("card-refused"),))
        case "no_recording":
            return _opt_out(state)
        case "upset":
            return by_rule(scene.settings.human_on_upset, state, scene, "upset", fact("upset"))
        case never:
            assert_never(never)


def _opt_out(state: DialogueState) -> Decision:
    said = fact("not-recorded" if state.recording else "never-recorded")
    return Ask(replace(state, recording=False), (said,))


def _cancel(state: DialogueState, scene: Scene) -> Decision:
    if not scene.cart.lines:
        state = replace(state, phase=Shopping(), waiting=(), checking_out=False)
        return Ask(state, (fact("all-right"),))
    if isinstance(state.phase, ConfirmingCancel):
        return Ask(state)
    return aside(state, ConfirmingCancel(without_aside(state.phase)))


def _placed_order(state: DialogueState, name: Literal["cancel_order", "change_order"], scene: Scene) -> Decision:
    """ "My order" is the one being made, as long as there is one."""
    if not scene.cart.lines:
        return begin_errand(state, "cancel" if name == "cancel_order" else "change", scene)
    return _cancel(state, scene) if name == "cancel_order" else Ask(state, (fact("help-change"),))


def _goodbye(state: DialogueState, scene: Scene) -> Decision:
    if not scene.cart.lines:
        return farewell(state, scene, *((fact("thanks-order"),) if state.placed else ()))
    return aside(state, ConfirmingLeave(without_aside(state.phase)))


def _thanks(state: DialogueState, scene: Scene) -> Decision:
    if state.placed and not scene.cart.lines and isinstance(state.phase, Shopping):
        return farewell(state, scene, fact("welcome"))
    return Ask(state, (fact("welcome"),))


def _undo(state: DialogueState, name: str, scene: Scene) -> Decision:
    state = replace(state, phase=without_aside(state.phase))
    if isinstance(state.phase, ItemQuestion) and name == "undo":
        return settle(state, scene, (fact("all-right"),))
    shopping = replace(state, phase=Shopping())
    return Do(shopping, UndoCart(scene.cart.id) if name == "undo" else RedoCart(scene.cart.id))


def _read_cart(state: DialogueState, scene: Scene) -> Decision:
    if isinstance(state.phase, ConfirmingOrder):
        return Ask(state, read_back(state.phase.quote, scene))
    facts, rest = read_cart(scene)
    if rest:
        return aside(state, ReadingMore(rest, without_aside(state.phase)), facts)
    return Ask(state, facts)


def _checkout(state: DialogueState, scene: Scene) -> Decision:
    """Open questions about items come first; the checkout follows their answers."""
    phase = without_aside(state.phase)
    if isinstance(phase, Buying):
        return Ask(replace(state, phase=phase))
    if isinstance(phase, Confirming | ConfirmingQuantity | AskingQuantity | AskingOption):
        return Ask(replace(state, phase=phase, checking_out=True))
    if not scene.cart.lines and state.placed:
        return farewell(state, scene, fact("thanks-order"))
    return choosing.beside(replace(state, phase=Shopping(), waiting=()), scene)


def _still_open(state: DialogueState) -> tuple[ItemQuestion, ...]:
    phase = without_aside(state.phase)
    kept = (phase,) if isinstance(phase, Confirming | ConfirmingQuantity | AskingQuantity | AskingOption) else ()
    return (*kept, *(each for each in state.waiting if isinstance(each, ItemQuestion)))


def _order(state: DialogueState, said: intent.Order, scene: Scene) -> Decision:
    """A new order in the middle of another question.

    It takes back what it corrects and ends a choice; a doubt about an earlier edit is asked again after it.
    In the middle of buying the quote is void: the cart is read back and confirmed anew.
    """
    phase = without_aside(state.phase)
    same = getattr(phase, "product", None) in {each for edit in said.edits if (each := product_of(edit))}
    waiting = state.waiting if said.correction or same else _still_open(state)
    if said.correction and isinstance(phase, ItemQuestion) and not _reaches_cart(said, scene):
        return settle(state, scene, (fact("all-right"),))
    return order(replace(state, phase=Shopping(), waiting=waiting), said, scene)


def _reaches_cart(said: intent.Order, scene: Scene) -> bool:
    resolved = resolve(said.edits, scene)
    return bool(resolved.edits or resolved.asks or said.not_sold)


# ---- ladders -------------------------------------------------------------------------------------------------


def _silence(state: DialogueState, scene: Scene) -> Decision:
    """Three different prompts, then the exit."""
    if isinstance(state.phase, AskingRating | AskingComment):
        return leave(state, scene)
    if isinstance(state.phase, Paused):
        return back(state, (fact("resumed"),))
    if state.placed and not scene.cart.lines and isinstance(state.phase, Shopping):
        return leave(state, scene, fact("thanks-order"))
    state = replace(state, silences=state.silences + 1)
    if isinstance(state.phase, CallingBack) and state.silences > 1:
        return without_phone(state, state.phase, scene)
    if state.silences > scene.settings.silences:
        return _exit(state, scene, "silence", fact("nobody-there"))
    if state.silences == 1:
        return Ask(state, (fact("silence-first"),))
    if state.silences < scene.settings.silences:
        return Ask(state, (fact("silence-again"), help_for(state)))
    return Ask(state, (fact("silence-last"),))


def _miss(state: DialogueState, scene: Scene, said: Fact | None = None) -> Decision:
    """Rephrase, then options, then a human. `said` is what there is to say about it."""
    if isinstance(state.phase, Paused):
        state = replace(state, phase=without_aside(state.phase))
    if isinstance(state.phase, Secret):
        return Do(state, CountUnclearPin(state.phase.customer, scene.call))
    if isinstance(state.phase, OfferingHuman) and state.misses:
        return _exit(state, scene, "not understood", fact("not-understood-often"))
    if isinstance(state.phase, AskingRating | AskingComment) and state.misses:
        return leave(state, scene)
    state = replace(state, misses=state.misses + 1)
    if isinstance(state.phase, CallingBack):
        return unheard(state, state.phase, scene)
    if isinstance(state.phase, OfferingHuman) or state.misses == 1:
        return Ask(state, (said or fact("missed"),))
    if state.misses < scene.settings.misses:
        return Ask(state, (said or fact("missed-again"), help_for(state)))
    return by_rule(scene.settings.human_on_misses, state, scene, "not understood", fact("missed-often"))


def _exit(state: DialogueState, scene: Scene, reason: str, *said: Fact) -> Decision:
    if scene.settings.exit == "ticket":
        return ticket(state, scene, reason, *said)
    left = leave(state, scene, *said)
    assert isinstance(left, Leave)
    return replace(left, state=replace(state, phase=Closed()))
