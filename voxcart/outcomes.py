"""Knows what follows from each outcome of the shop. Knows no intent and no wording. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from commerce.after import (
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
from commerce.choosing import ProductsFound, Recommended
from commerce.commands import (
    CheckPin,
    CheckStock,
    ClearCart,
    Command,
    ConfirmQuote,
    FindOrder,
    IdentifyCustomer,
    OpenTicket,
    PlaceOrder,
    QuoteCart,
    RedoCart,
    ResumeCart,
    UndoCart,
)
from commerce.connectors import Unavailable
from commerce.contacts import AlertKept, ConsentWithdrawn, NoNumber
from commerce.coupons import CouponOutcome
from commerce.delivery import HandoverOutcome
from commerce.edits import RemoveLine, SetLineQuantity
from commerce.outcomes import (
    AboveLimit,
    BelowMinimum,
    CartChanged,
    CartEmpty,
    CartOpened,
    Change,
    CodeNeeded,
    Confirmed,
    CustomerFound,
    CustomerUnknown,
    Failed,
    ListChanged,
    ListKnown,
    ListMoved,
    MembersKnown,
    NothingToUndo,
    OrderFound,
    OrderPlaced,
    OrderUnknown,
    Outcome,
    OutOfStock,
    PhoneNoted,
    PinAccepted,
    PinLocked,
    PinNeeded,
    PinRejected,
    PinUnclear,
    PriceChanged,
    Quote,
    Quoted,
    QuoteVoid,
    StockChanged,
    StockKnown,
    TicketClosed,
    TicketOpened,
)
from commerce.payments import PaymentOutcome
from commerce.preferences import PreferencesForgotten, PreferencesKept
from commerce.pricing import CheckPrices, PricesKnown
from commerce.proofs import AskPin, CheckCode, CodeAccepted, PinAsked
from commerce.redress import NotReturnable, OrderReturned, RedressCommand, RedressOutcome, ReturnOffered
from commerce.restrictions import AgeNeeded, AgeStated, StateAge
from voxcart import choosing
from voxcart.after import after_outcome, latest_found, run_errand
from voxcart.answers import order_found
from voxcart.buyer import ask_pin, ask_who, identify, unlike
from voxcart.calling_back import phone_noted, ticket_opened
from voxcart.complaining import complaint_outcome
from voxcart.contacts import contact_outcome, preference_outcome
from voxcart.coupons import coupon_outcome
from voxcart.decisions import Ask, Decision, Do, Leave
from voxcart.facts import DigitGroups, Fact, Goods, Listed, Named, every, fact, goods, products
from voxcart.handover import handover_outcome
from voxcart.household import list_outcome
from voxcart.moves import by_rule, offer_human, quote, settle, stop_buying
from voxcart.paying import payment_outcome
from voxcart.questions import read_back, read_cart
from voxcart.refusals import refused_edit, rest_of
from voxcart.returning import return_outcome
from voxcart.states import (
    AwaitingCode,
    AwaitingCustomer,
    AwaitingPin,
    Closed,
    Confirming,
    ConfirmingAge,
    ConfirmingOrder,
    ConfirmingResume,
    DialogueState,
    Doubt,
    ReadingMore,
    Scene,
    Shopping,
)
from voxcart.unavailable import unavailable


def conclude(state: DialogueState, command: Command, outcome: Outcome, scene: Scene) -> Decision:
    """What to do and say now that this has happened. `scene` holds the cart as it is afterwards."""
    match outcome:
        case CartOpened():
            return Ask(state)
        case CartChanged():
            return _changed(state, command, outcome, scene)
        case NothingToUndo():
            return Ask(state, (fact("nothing-to-redo" if isinstance(command, RedoCart) else "nothing-to-undo"),))
        case StockKnown() | PricesKnown():
            return choosing.known(state, outcome, scene)
        case OrderFound() if isinstance(command, FindLatest):
            return latest_found(state, outcome, scene)
        case OrderFound():
            return Ask(state, order_found(outcome, scene))
        case OrderUnknown(number):
            return Ask(state, (fact("order-unknown", number=DigitGroups(number)),))
        case TicketOpened(number):
            return ticket_opened(state, number, command.reason if isinstance(command, OpenTicket) else "", scene)
        case PhoneNoted():
            return phone_noted(state, scene)
        case TicketClosed():
            return Leave(replace(state, phase=Closed()), ())
        case Failed():
            return _failed(state, command)
        case Unavailable():
            return unavailable(state, command, outcome)
        case Quoted() | CartEmpty() | BelowMinimum() | AboveLimit() | Confirmed() | QuoteVoid() | PriceChanged():
            return _quoting(state, outcome, scene)
        case AgeNeeded() | AgeStated():
            return _age(state, command, outcome, scene)
        case StockChanged(missing):
            return _sold_meanwhile(state, missing, isinstance(command, PlaceOrder), scene)
        case PinNeeded(needed):
            return identify(replace(state, authorization=None), needed, scene)
        case CodeNeeded(needed):
            assert state.customer is not None
            return Ask(replace(state, phase=AwaitingCode(needed, state.customer)))
        case OrderPlaced(number):
            return _placed(state, number)
        case ProofNeeded() | NoOrders() | BasketTaken() | OrderCancelled() | TooLate() | CallRated() | CallCommented():
            return after_outcome(state, outcome, scene)
        case ProductsFound() | Recommended():
            return choosing.found(state, outcome, scene)
        case PreferencesKept() | PreferencesForgotten():
            return preference_outcome(state, outcome, scene)
        case AlertKept() | NoNumber() | ConsentWithdrawn():
            return contact_outcome(state, outcome, scene)
        case ReturnOffered() | NotReturnable() | OrderReturned():
            return return_outcome(state, outcome, scene)
        case _ if isinstance(outcome, RedressOutcome):
            return complaint_outcome(state, outcome, scene)
        case _ if isinstance(outcome, CouponOutcome):
            return coupon_outcome(state, outcome, scene)
        case _ if isinstance(outcome, HandoverOutcome):
            return handover_outcome(state, outcome, scene)
        case _ if isinstance(outcome, PaymentOutcome):
            return payment_outcome(state, outcome, scene)
        case ListKnown() | ListChanged() | ListMoved():
            return list_outcome(state, command, outcome, scene)
        case _:
            return _identity(state, outcome, scene)


def _failed(state: DialogueState, command: Command) -> Decision:
    """Say honestly what did not happen."""
    if isinstance(command, QuoteCart | ConfirmQuote | PlaceOrder | CheckPin | CheckCode | AskPin | IdentifyCustomer):
        return stop_buying(state, fact("failed-order"))
    if isinstance(
        command, CheckStock | CheckPrices | FindOrder | FindLatest | TakeBasket | CancelOrder | RedressCommand
    ):
        return offer_human(state, fact("failed-lookup"))
    return Ask(state, (fact("failed"),))


# ---- the cart ------------------------------------------------------------------------------------------------


def _resumed(state: DialogueState, outcome: CartChanged, scene: Scene) -> Decision:
    state = replace(state, phase=Shopping())
    if not outcome.changes:
        return Ask(state, (fact("cart-gone"),))
    facts, rest = read_cart(scene)
    return Ask(replace(state, phase=ReadingMore(rest, Shopping())) if rest else state, (fact("cart-taken-up"), *facts))


def _changed(state: DialogueState, command: Command, outcome: CartChanged, scene: Scene) -> Decision:
    if isinstance(command, ResumeCart):
        return _resumed(state, outcome, scene)
    if isinstance(command, ClearCart):
        return stop_buying(state, fact("cart-dropped"))
    undone = {UndoCart: "undone", RedoCart: "redone"}.get(type(command))
    facts = _echo(outcome.changes)
    if undone is not None:
        facts = (fact(undone), *facts, *((fact("relisted"),) if outcome.relisted else ()))
    elif not outcome.changes and not outcome.refusals:
        facts = (fact("unchanged"),)
    asks: list[Doubt] = []
    for refusal in outcome.refusals:
        said, ask = refused_edit(refusal, command, scene)
        facts += said
        asks += [ask] if ask else []
    return settle(replace(state, waiting=(*asks, *state.waiting), topic=None), scene, facts)


def _echo(changes: tuple[Change, ...]) -> tuple[Fact, ...]:
    """Each change in passing: what is new together, what is gone together, what became of the rest."""
    new = tuple(goods(each.after) for each in changes if each.before is None and each.after)
    gone = tuple(goods(each.before) for each in changes if each.after is None and each.before)
    facts = [fact("added", items=Listed(new))] if new else []
    facts += [_became(each) for each in changes if each.before and each.after]
    facts += [fact("removed", items=Listed(gone))] if gone else []
    return tuple(facts)


def _became(change: Change) -> Fact:
    before, after = change.before, change.after
    assert before is not None
    assert after is not None
    if before.product != after.product:
        return fact("replaced", goods=goods(after))
    if before.options != after.options:
        return fact("now", goods=goods(after))
    return fact("makes", goods=goods(after))


# ---- buying --------------------------------------------------------------------------------------------------


def _quoting(
    state: DialogueState,
    outcome: Quoted | CartEmpty | BelowMinimum | AboveLimit | Confirmed | QuoteVoid | PriceChanged,
    scene: Scene,
) -> Decision:
    match outcome:
        case Quoted(quoted):
            state = replace(state, phase=ConfirmingOrder(quoted), checking_out=True)
            was, now = (scene.known or scene.cart).total, quoted.cart.total
            changed = (fact("price-changed", old=was, new=now),) if was != now else ()
            return Ask(state, (*changed, *read_back(quoted, scene)))
        case CartEmpty():
            return stop_buying(state, fact("cart-empty"))
        case BelowMinimum(total, minimum):
            return stop_buying(state, fact("below-minimum", total=total, minimum=minimum))
        case AboveLimit(total, limit):
            said = fact("above-limit", total=total, limit=limit)
            return by_rule(scene.settings.human_on_expensive, state, scene, "too expensive", said)
        case Confirmed(confirmed):
            return _buy(state, confirmed, scene)
        case QuoteVoid("used"):
            return stop_buying(state, fact("already-ordered"))
        case QuoteVoid():
            return quote(state, scene, (fact("quote-void"),))
        case PriceChanged(old, new):
            said = fact("price-changed", old=old, new=new.total)
            return Ask(replace(state, phase=ConfirmingOrder(new)), (said, *read_back(new, scene)))


def _age(state: DialogueState, command: Command, outcome: AgeNeeded | AgeStated, scene: Scene) -> Decision:
    """A yes leads on to the total; after a no it is taken off, and said so."""
    match outcome:
        case AgeNeeded(age, denied=True):
            return Do(state, StateAge(scene.cart.id, age, old_enough=False))
        case AgeNeeded(age, products=ids):
            said = fact("age-needed", products=products(ids), n=age)
            return Ask(replace(state, phase=ConfirmingAge(age)), (said,))
        case AgeStated(removed=removed) if removed and isinstance(command, StateAge):
            said = fact("too-young", items=every(removed), n=command.age)
            return stop_buying(state, said)
        case AgeStated():
            return quote(replace(state, phase=Shopping()), scene)


def _buy(state: DialogueState, confirmed: Quote, scene: Scene) -> Decision:
    if not confirmed.needs_pin:
        return Do(state, PlaceOrder(confirmed.id, state.customer))
    if state.customer and state.authorization:
        return Do(state, PlaceOrder(confirmed.id, state.customer, state.authorization))
    return identify(state, confirmed, scene)


def _identity(state: DialogueState, outcome: Outcome, scene: Scene) -> Decision:
    match outcome, state.phase:
        case CustomerFound(customer), ConfirmingResume():
            return ask_pin(state, None, customer, fact("prove-it"))
        case CustomerUnknown(), ConfirmingResume():
            return Do(state, ResumeCart(scene.cart.id))
        case CustomerFound(customer), AwaitingCustomer(quoted):
            return ask_pin(replace(state, misses=0), quoted, customer)
        case PinAsked(customer, positions), AwaitingPin(quoted):
            return Ask(replace(state, phase=AwaitingPin(quoted, customer, positions)))
        case CodeAccepted(authorization), AwaitingCode(quoted, customer):
            return Do(state, PlaceOrder(quoted.id, customer, authorization))
        case PinRejected(remaining), AwaitingCode():
            return Ask(state, (fact("code-wrong", n=remaining),))
        case PinLocked(), AwaitingCode():
            return offer_human(state, fact("code-locked"), fact("cart-kept"))
        case PinUnclear(remaining), AwaitingCode() if remaining > 0:
            return Ask(state, (fact("pin-unclear"),))
        case MembersKnown(members), AwaitingCustomer() as phase:
            return Ask(replace(state, phase=replace(phase, members=unlike(members))))
        case CustomerUnknown(), AwaitingCustomer(quoted, tries):
            return _unknown_customer(state, quoted, tries, scene)
        case PinAccepted(authorization, customer), AwaitingPin(quoted):
            state = replace(state, customer=customer, authorization=authorization, proof=authorization)
            if quoted:
                return Do(state, PlaceOrder(quoted.id, customer, authorization))
            return run_errand(state, scene) if state.errand else Do(state, ResumeCart(scene.cart.id))
        case PinRejected(remaining), AwaitingPin():
            return Ask(state, (fact("pin-wrong", n=remaining),))
        case PinUnclear(remaining), AwaitingPin() if remaining > 0:
            return Ask(state, (fact("pin-unclear"),))
        case PinUnclear(), _:
            return offer_human(state, fact("pin-unclear-often"))
        case PinLocked(until), _:
            return offer_human(state, _locked(until, scene.now), fact("cart-kept"))
        case _:
            return Ask(state)


def _unknown_customer(state: DialogueState, quoted: Quote | None, tries: int, scene: Scene) -> Decision:
    """The first number is the one that calls: it was not spoken, so nothing is said about it."""
    asked = tries + 1
    if tries == 0 and scene.caller and not _asked_for_number(state):
        return ask_who(replace(state, phase=AwaitingCustomer(quoted, asked)), scene)
    if asked > 2:
        return offer_human(state, fact("customer-unknown"))
    assert isinstance(state.phase, AwaitingCustomer)
    return Ask(replace(state, phase=replace(state.phase, tries=asked)), (fact("customer-unknown"),))


def _asked_for_number(state: DialogueState) -> bool:
    return state.said[-1:] in ((fact("ask-customer"),), (fact("ask-buyer"),))


def _locked(until: datetime | None, now: datetime) -> Fact:
    if until is None:
        return fact("pin-locked-for-good")
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return fact("pin-locked", n=minutes)


def _placed(state: DialogueState, number: str) -> Decision:
    state = replace(state, phase=Shopping(), waiting=(), checking_out=False, authorization=None, placed=number)
    return Ask(state, (fact("order-placed", number=DigitGroups(number)),))


def _sold_meanwhile(state: DialogueState, missing: tuple[OutOfStock, ...], at_order: bool, scene: Scene) -> Decision:
    """Something in the cart was sold to somebody else, perhaps between the read-back and the order."""
    facts: list[Fact] = [fact("not-placed")] if at_order else []
    asks: list[Doubt] = []
    for lost in missing:
        lines = tuple(line for line in scene.cart.lines if line.product == lost.product)
        name = Named("product", lost.product)
        short = fact("only-left", goods=Goods(lost.product, lost.available))
        facts.append(short if lost.available > 0 else fact("sold-out", products=Listed((name,))))
        if len(lines) == 1:
            if lost.available > 0:
                asks.append(rest_of(SetLineQuantity(lines[0].id, lost.available), lost.product, lost.available))
            else:
                asks.append(Confirming(RemoveLine(lines[0].id), fact("ask-drop")))
    return settle(replace(state, phase=Shopping(), waiting=tuple(asks), checking_out=bool(asks)), scene, tuple(facts))
