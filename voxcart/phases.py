"""Knows which meaning answers which open question. Knows no command that works everywhere. PURE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from commerce.after import CommentCall, RateCall
from commerce.cart import Chosen
from commerce.commands import CheckPin, ClearCart, ClearList, ConfirmQuote, CountUnclearPin, IdentifyCustomer
from commerce.edits import AddLine, CartEdit, ReplaceLine, SetLineOptions
from commerce.pin import LENGTHS
from commerce.proofs import CODE_DIGITS, CheckCode
from commerce.restrictions import StateAge
from nlu import intent
from voxcart import complaining
from voxcart.after import begin_errand, confirming_cancel
from voxcart.answers import find_by_number
from voxcart.buyer import buyer_named, forget_buyer
from voxcart.calling_back import phone_answer
from voxcart.choices import (
    at_place,
    choosing,
    choosing_category,
    choosing_line,
    choosing_reading,
    confirming_guess,
    dropped,
    picked,
)
from voxcart.coupons import coupon_answer
from voxcart.decisions import Ask, Decision, Do, Heard, Tell
from voxcart.edits import chosen, just_added, with_choices, with_quantity
from voxcart.facts import all_of, fact, goods
from voxcart.guiding import guided
from voxcart.handover import handover_answer
from voxcart.moves import back, change, farewell, leave, offer_human, order, quote, stop_buying, take_up, ticket
from voxcart.paying import SAID as PAY_ERRANDS
from voxcart.paying import payment_answer, unproved
from voxcart.quantities import number_in, quantity_of
from voxcart.redress_states import (
    AskingComment,
    AskingComplaint,
    AskingReason,
    ChoosingReturn,
    ConfirmingReturn,
    OfferingGoodwill,
)
from voxcart.returning import answer_return
from voxcart.states import (
    Aside,
    AskingOption,
    AskingQuantity,
    AskingRating,
    AwaitingCode,
    AwaitingCoupon,
    AwaitingCustomer,
    AwaitingOrderNumber,
    AwaitingPhone,
    AwaitingPin,
    Choosing,
    ChoosingCategory,
    ChoosingLine,
    ChoosingPayment,
    ChoosingReading,
    Confirming,
    ConfirmingAge,
    ConfirmingCancel,
    ConfirmingClear,
    ConfirmingGuess,
    ConfirmingLeave,
    ConfirmingOrder,
    ConfirmingOrderCancel,
    ConfirmingPhone,
    ConfirmingQuantity,
    ConfirmingResume,
    DialogueState,
    Guiding,
    Handing,
    ItemQuestion,
    OfferingHuman,
    Paused,
    Phase,
    ReadingList,
    ReadingMore,
    Scene,
    Shopping,
)

BEST_LAST = range(1, 6)
YES, NO, NONE = intent.Simple("yes"), intent.Simple("no"), intent.Simple("none")


def answer(state: DialogueState, heard: Heard, scene: Scene) -> Decision | None:
    """What follows if the meaning answers the open question; None if it is something else."""
    meaning = NONE if _waves_off(state.phase, heard.meaning) else heard.meaning
    match state.phase:
        case Shopping():
            return _shopping(state, meaning, scene)
        case Choosing():
            return choosing(state, state.phase, meaning, scene)
        case Guiding():
            return guided(state, state.phase, meaning, scene)
        case ChoosingCategory():
            return choosing_category(state, state.phase, meaning, scene)
        case ChoosingLine():
            return choosing_line(state, state.phase, meaning, scene)
        case ChoosingReading():
            return choosing_reading(state, state.phase, meaning, scene)
        case ConfirmingGuess():
            return confirming_guess(state, state.phase, meaning, scene)
        case Confirming(edit):
            return _yes_no(meaning, change(state, scene, edit), dropped(state, scene))
        case ConfirmingQuantity():
            return _quantity_sure(state, state.phase, meaning, scene)
        case AskingQuantity():
            return _quantity(state, state.phase, meaning, scene)
        case AskingOption():
            return _option(state, state.phase, meaning, scene)
        case ConfirmingOrder():
            return _confirming_order(state, state.phase, heard, scene)
        case ConfirmingAge(age):
            return _confirming_age(state, age, heard, scene)
        case phase if isinstance(phase, Handing):
            return handover_answer(state, heard, scene)
        case ChoosingPayment():
            return payment_answer(state, state.phase, heard, scene)
        case ConfirmingOrderCancel():
            return confirming_cancel(state, state.phase, heard, scene)
        case ChoosingReturn() | AskingReason() | ConfirmingReturn():
            return answer_return(state, state.phase, heard, scene)
        case AskingComplaint() | OfferingGoodwill():
            return complaining.answer_complaining(state, state.phase, heard, scene)
        case AwaitingCoupon():
            return coupon_answer(state, meaning, scene)
        case AwaitingPhone() | ConfirmingPhone():
            return phone_answer(state, state.phase, meaning, scene)
        case AwaitingCustomer() | AwaitingPin() | AwaitingCode() | AwaitingOrderNumber():
            return _digits(state, meaning, scene)
        case _:
            return _aside(state, meaning, scene)


def _waves_off(phase: Phase, meaning: object) -> bool:
    """ "Never mind", "remove it" in the middle of a question means what the question is about, not the cart."""
    asks_about_something = isinstance(phase, ItemQuestion | Aside) and not isinstance(phase, Paused)
    return asks_about_something and meaning == intent.Order((intent.Remove(intent.Ref()),))


def _yes_no(meaning: object, yes: Decision, no: Decision) -> Decision | None:
    return yes if meaning == YES else no if meaning in (NO, NONE) else None


# ---- shopping ------------------------------------------------------------------------------------------------


def _shopping(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Simple("no" | "none") if state.notice and state.recording:
            return Ask(replace(state, recording=False), (fact("not-recorded"),))
        case intent.Simple("no" | "none") if scene.cart.lines:
            return quote(state, scene)
        case intent.Simple("no" | "none") if state.placed:
            return farewell(state, scene, fact("thanks-order"))
        case intent.Simple("no" | "none") if state.proof or state.complaint:
            return farewell(state, scene)
        case intent.Simple("no" | "none"):
            return Ask(state, (fact("no-hurry"),))
        case intent.Simple("take_it") if state.topic is not None:
            return order(state, intent.Order((intent.Add(state.topic),)), scene)
        case intent.Number(quantity, unit) if state.topic is not None:
            item = replace(state.topic, quantity=quantity, unit=unit, guessed=unit == "pair")
            return order(state, intent.Order((intent.Add(item),)), scene)
        case intent.Number(quantity, unit) if just_added(state.said):
            counted = intent.SetQuantity(intent.Ref(), quantity, unit)
            return order(state, intent.Order((counted,)), scene)
        case intent.Pick() as pick if state.offered:
            products = picked(pick, state.offered, scene)
            return order(state, intent.Order((intent.Add(intent.Item(products[0])),)), scene) if products else None
        case _:
            return None


# ---- questions about an edit ---------------------------------------------------------------------------------


def _quantity(state: DialogueState, phase: AskingQuantity, meaning: object, scene: Scene) -> Decision | None:
    product = scene.catalog.by_id[phase.product]
    match meaning:
        case intent.Order((intent.Add(item),)) if item.product == phase.product and item.quantity:
            said: tuple[Decimal, str | None] | None = (item.quantity, item.unit)
        case intent.Simple("no" | "none"):
            return dropped(state, scene)
        case intent.Order((intent.SetOptions(ref, options, None),)) if ref == intent.Ref():
            return _noted(state, phase, options, scene)
        case _:
            said = number_in(meaning)
    if said is None:
        return None
    number, unit = said
    amount = quantity_of(product, number, unit or (None if product.unit == "each" else product.unit))
    if not isinstance(amount, Decimal):
        return Ask(state, (fact("other-measure"),))
    return change(state, scene, with_quantity(phase.edit, amount))


def _noted(
    state: DialogueState, phase: AskingQuantity, options: tuple[intent.Choice, ...], scene: Scene
) -> Decision | None:
    """Options of what is still to be counted are kept with it."""
    takes = scene.catalog.by_id[phase.product].options
    if not isinstance(phase.edit, AddLine) or any(each.group not in takes for each in options):
        return None
    edit = replace(phase.edit, options=with_choices(phase.edit.options, options, scene.catalog))
    return Ask(replace(state, phase=replace(phase, edit=edit)), (fact("all-right"),))


def _quantity_sure(state: DialogueState, phase: ConfirmingQuantity, meaning: object, scene: Scene) -> Decision | None:
    asking = AskingQuantity(phase.edit, phase.product)
    if (said := number_in(meaning)) is not None:
        return change(state, scene, with_quantity(phase.edit, said[0]))
    again = Ask(replace(state, phase=asking), (fact("all-right"),))
    return _yes_no(meaning, change(state, scene, phase.edit, sure=True), again)


def _option(state: DialogueState, phase: AskingOption, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Simple("no" | "none") if not phase.needed:
            return change(state, scene, phase.edit)
        case intent.Simple("no" | "none"):
            return dropped(state, scene)
        case intent.Number(quantity) if found := at_place(int(quantity), phase.allowed):
            return change(state, scene, with_option(phase.edit, (Chosen(phase.group, found[0]),)))
        case intent.Indifferent() if phase.needed and phase.allowed:
            return change(state, scene, with_option(phase.edit, (Chosen(phase.group, phase.allowed[0]),)))
        case intent.Indifferent():
            return change(state, scene, phase.edit)
        case intent.Pick(position=int(position)) if found := at_place(position, phase.allowed):
            return change(state, scene, with_option(phase.edit, (Chosen(phase.group, found[0]),)))
        case intent.Pick(options=options) if options:
            return _options(state, phase, options, scene)
        case intent.Order((intent.SetOptions(_, options),)):
            return _options(state, phase, options, scene)
        case intent.Order((intent.Add(item),)) if item.product == phase.product and item.options:
            return _options(state, phase, item.options, scene)
        case _:
            return None


def _options(
    state: DialogueState, phase: AskingOption, options: tuple[intent.Choice, ...], scene: Scene
) -> Decision | None:
    if not any(each.group == phase.group for each in options):
        return None
    return change(state, scene, with_option(phase.edit, chosen(options)))


def with_option(edit: CartEdit, options: tuple[Chosen, ...]) -> CartEdit:
    """The edit with these options in place of those of the same groups."""
    if not isinstance(edit, AddLine | ReplaceLine | SetLineOptions):
        return edit
    groups = {each.group for each in options}
    return replace(edit, options=tuple(each for each in edit.options if each.group not in groups) + options)


# ---- buying --------------------------------------------------------------------------------------------------


def _confirming_order(state: DialogueState, phase: ConfirmingOrder, heard: Heard, scene: Scene) -> Decision | None:
    match heard.meaning:
        case intent.Simple("yes") if heard.over_prompt:
            misses = state.misses + 1
            if misses >= scene.settings.misses:
                return offer_human(state, fact("not-placed"))
            return Ask(replace(state, misses=misses), (fact("yes-too-early"),))
        case intent.Simple("yes") if not any(said.key == "ask-order" for said in state.said):
            return Ask(state)
        case intent.Simple("yes"):
            return Do(state, ConfirmQuote(phase.quote.id))
        case intent.Simple("no" | "none"):
            return stop_buying(state, fact("not-placed"))
        case intent.Simple("checkout"):
            return Ask(state, (fact("yes-needed"),))
        case _:
            return None


def _confirming_age(state: DialogueState, age: int, heard: Heard, scene: Scene) -> Decision | None:
    match heard.meaning:
        case intent.Simple("yes") if heard.over_prompt:
            return Ask(replace(state, misses=state.misses + 1), (fact("yes-too-early"),))
        case intent.Simple("yes" | "no" | "none" as said):
            return Do(state, StateAge(scene.cart.id, age, said == "yes"))
        case _:
            return None


def _digits(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match state.phase, meaning:
        case AwaitingPin(_, customer, places), intent.Digits(digits, True) if len(digits) == len(places) or (
            len(digits) >= LENGTHS.start and not places
        ):
            return Do(state, CheckPin(customer, scene.call, digits, places))
        case AwaitingCode(_, customer), intent.Digits(digits, True) if len(digits) == CODE_DIGITS:
            return Do(state, CheckCode(customer, scene.call, state.authorization or "", digits))
        case AwaitingPin(_, customer) | AwaitingCode(_, customer), intent.Digits() | intent.Number() | intent.Pick():
            return Do(state, CountUnclearPin(customer, scene.call))
        case AwaitingCustomer(), intent.Digits(digits, True) if digits:
            return Do(state, IdentifyCustomer(digits))
        case AwaitingCustomer() as phase, intent.Person(name):
            return buyer_named(state, phase, name)
        case AwaitingOrderNumber(back_to, complaint=True), intent.Digits(digits, True) if digits:
            return Do(replace(state, phase=back_to), complaining.find_by_number(state, digits, scene))
        case AwaitingOrderNumber(complaint=True), intent.Simple("no_number"):
            return begin_errand(state, "complaint", scene)
        case AwaitingOrderNumber(), intent.Digits(digits, True) if digits:
            return Do(replace(state, phase=state.phase.back), find_by_number(state, digits, scene))
        case AwaitingCustomer() | AwaitingOrderNumber(), intent.Digits():
            return Ask(state, (fact("digits-unclear"),))
        case AwaitingOrderNumber(), intent.Simple("no" | "none"):
            return back(state, (fact("all-right"),))
        case AwaitingOrderNumber(), intent.Simple("no_number"):
            return begin_errand(state, "status", scene)
        case AwaitingPin(None) | AwaitingCustomer(None), intent.Simple("no" | "none") if state.errand in PAY_ERRANDS:
            return unproved(state, scene)
        case AwaitingPin(None) | AwaitingCustomer(None), intent.Simple("no" | "none"):
            return stop_buying(forget_buyer(replace(state, errand=None), scene), fact("all-right"))
        case _, intent.Simple("no" | "none"):
            return stop_buying(forget_buyer(state, scene), fact("not-placed"))
        case _:
            return None


# ---- asides --------------------------------------------------------------------------------------------------


def _aside(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match state.phase:
        case ReadingMore(lines):
            found = (scene.cart.line(each) for each in lines)
            rest = tuple(fact("cart-line", goods=goods(line)) for line in found if line)
            return _yes_no(meaning, back(state, rest), back(state))
        case OfferingHuman():
            return _yes_no(meaning, ticket(state, scene, "offered"), back(state, (fact("all-right"),)))
        case ConfirmingCancel():
            return _yes_no(meaning, Do(state, ClearCart(scene.cart.id)), back(state, (fact("cart-kept"),)))
        case ConfirmingLeave():
            return _leaving(state, meaning, scene)
        case ConfirmingResume():
            return _yes_no(meaning, take_up(state, scene), back(state, (fact("all-right"),)))
        case AskingRating():
            return _rating(state, meaning, scene)
        case AskingComment():
            return _comment(state, meaning, scene)
        case ReadingList(rest):
            return _yes_no(meaning, back(state, (all_of(rest),)), back(state))
        case ConfirmingClear():
            emptied = Do(replace(state, phase=state.phase.back), ClearList(scene.household))
            return _yes_no(meaning, emptied, back(state, (fact("list-kept"),)))
        case _:
            return None


def _rating(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    said = number_in(meaning)
    match meaning:
        case _ if said and said[0] in BEST_LAST:
            return Do(state, RateCall(scene.call, int(said[0])))
        case _ if said:
            return Ask(replace(state, misses=state.misses + 1), (fact("rating-range"),))
        case intent.Simple("no" | "none" | "goodbye" | "thanks" | "stop" | "checkout"):
            return leave(state, scene)
        case _:
            return None


def _comment(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Said(text):
            return Do(state, CommentCall(scene.call, text))
        case intent.Simple("yes"):
            return Tell(state, (fact("stopped"),))
        case intent.Simple("no" | "none" | "goodbye" | "thanks" | "stop" | "checkout"):
            return leave(state, scene, fact("rating-thanks"))
        case _:
            return None


def _leaving(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Simple("yes" | "checkout"):
            return quote(replace(state, phase=Shopping(), waiting=()), scene)
        case intent.Simple("no" | "none" | "goodbye" | "thanks"):
            return leave(state, scene)
        case _:
            return None
