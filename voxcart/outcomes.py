"""Knows what follows from each outcome of the shop. Knows no intent and no wording. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from commerce.cart import Chosen
from commerce.commands import (
    ChangeCart,
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
from commerce.edits import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.outcomes import (
    AboveLimit,
    BelowMinimum,
    CartChanged,
    CartEmpty,
    CartOpened,
    Change,
    Confirmed,
    CustomerFound,
    CustomerUnknown,
    Failed,
    LineGone,
    NothingToUndo,
    OptionMissing,
    OptionRefused,
    OrderFound,
    OrderPlaced,
    OrderUnknown,
    Outcome,
    OutOfStock,
    PinAccepted,
    PinLocked,
    PinNeeded,
    PinRejected,
    PinUnclear,
    PriceChanged,
    QuantityDoubted,
    Quote,
    Quoted,
    QuoteVoid,
    Refusal,
    StockChanged,
    StockKnown,
    TicketClosed,
    TicketOpened,
)
from voxcart.answers import order_found, stock_known, takes_no
from voxcart.briefing import briefing
from voxcart.facts import DigitGroups, Fact, Goods, Listed, Named, fact, goods
from voxcart.moves import by_rule, offer_human, quote, settle, stop_buying, without_buying
from voxcart.questions import read_back, read_cart
from voxcart.states import (
    Ask,
    AskingOption,
    AskingQuantity,
    AwaitingCustomer,
    AwaitingPin,
    Closed,
    Confirming,
    ConfirmingOrder,
    ConfirmingQuantity,
    ConfirmingResume,
    Decision,
    DialogueState,
    Do,
    Doubt,
    HandingOver,
    HandOver,
    Leave,
    ReadingMore,
    Scene,
    Shopping,
)


def conclude(state: DialogueState, command: Command, outcome: Outcome, scene: Scene) -> Decision:
    """What to do and say now that this has happened. `scene` holds the cart as it is afterwards."""
    match outcome:
        case CartOpened():
            return Ask(state)
        case CartChanged():
            return _changed(state, command, outcome, scene)
        case NothingToUndo():
            return Ask(state, (fact("nothing-to-redo" if isinstance(command, RedoCart) else "nothing-to-undo"),))
        case StockKnown():
            return stock_known(state, outcome, scene)
        case OrderFound():
            return Ask(state, order_found(outcome))
        case OrderUnknown(number):
            return Ask(state, (fact("order-unknown", number=DigitGroups(number)),))
        case TicketOpened(number):
            return _ticket(state, number, command.reason if isinstance(command, OpenTicket) else "", scene)
        case TicketClosed():
            return Leave(replace(state, phase=Closed()), ())
        case Failed():
            return _failed(state, command)
        case Quoted() | CartEmpty() | BelowMinimum() | AboveLimit() | Confirmed() | QuoteVoid() | PriceChanged():
            return _quoting(state, outcome, scene)
        case StockChanged(missing):
            return _sold_meanwhile(state, missing, isinstance(command, PlaceOrder), scene)
        case PinNeeded(needed):
            return identify(replace(state, authorization=None), needed, scene)
        case OrderPlaced(number):
            return _placed(state, number)
        case _:
            return _identity(state, outcome, scene)


def _ticket(state: DialogueState, number: str, reason: str, scene: Scene) -> Decision:
    if scene.transfers:
        phase = HandingOver(number, without_buying(state).phase)
        told = briefing(number, reason, state, scene)
        return HandOver(replace(state, phase=phase, checking_out=False), (fact("handing-over"),), told)
    kept = (fact("cart-noted"),) if scene.cart.lines else ()
    said = fact("ticket", number=DigitGroups(number))
    return Leave(replace(state, phase=Closed()), (said, *kept, fact("goodbye")))


def _failed(state: DialogueState, command: Command) -> Decision:
    """Say honestly what did not happen."""
    if isinstance(command, QuoteCart | ConfirmQuote | PlaceOrder | CheckPin | IdentifyCustomer):
        return stop_buying(state, fact("failed-order"))
    if isinstance(command, CheckStock | FindOrder):
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
        facts = (fact(undone), *facts)
    elif not outcome.changes and not outcome.refusals:
        facts = (fact("unchanged"),)
    asks: list[Doubt] = []
    for refusal in outcome.refusals:
        said, ask = _refused(refusal, command, scene)
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


def _refused(refusal: Refusal, command: Command, scene: Scene) -> tuple[tuple[Fact, ...], Doubt | None]:
    match refusal:
        case OutOfStock(product, _, available):
            return _out_of_stock(product, available, command, scene)
        case OptionRefused():
            return _option_refused(refusal, _edit_of(command, refusal.product, scene, refusal.chosen))
        case OptionMissing(product, group, edit):
            allowed = tuple(value.id for value in scene.catalog.group_by_id[group].values)
            return (), AskingOption(edit, product, group, allowed, needed=True)
        case QuantityDoubted(product, _, edit, True):
            return (), ConfirmingQuantity(edit, product)
        case QuantityDoubted(product, quantity, edit):
            said = fact("quantity-impossible", goods=Goods(product, abs(quantity)))
            return (said,), None if isinstance(edit, RemoveLine) else AskingQuantity(edit, product)
        case LineGone():
            return (fact("no-such-line"),), None


def _option_refused(refused: OptionRefused, edit: CartEdit | None) -> tuple[tuple[Fact, ...], Doubt | None]:
    """Name what can be had instead; where the product takes no such option at all, offer it without."""
    product, option = refused.product, refused.chosen
    bare = _without_group(edit, option.group) if edit else None
    if refused.allowed:
        said = fact("option-refused", product=Named("product", product), option=option)
        asking = AskingOption(bare, product, option.group, refused.allowed, needed=False) if bare else None
        return (said,), asking
    said = takes_no(product, option.group)
    if not isinstance(bare, AddLine):
        return (said,), None
    return (said,), Confirming(bare, fact("ask-without", goods=Goods(product, bare.quantity, bare.options)))


def _without_group(edit: CartEdit, group: str) -> CartEdit:
    match edit:
        case AddLine() | ReplaceLine() | SetLineOptions():
            return replace(edit, options=tuple(each for each in edit.options if each.group != group))
        case _:
            return edit


def _edit_of(command: Command, product: str, scene: Scene, option: Chosen | None = None) -> CartEdit | None:
    """The edit of the command that concerns this product, and this option if there is one."""
    if not isinstance(command, ChangeCart):
        return None
    for edit in command.edits:
        about = getattr(edit, "product", None)
        if about is None and (line := scene.cart.line(getattr(edit, "line", -1))):
            about = line.product
        if about == product and (option is None or option in getattr(edit, "options", ())):
            return edit
    return None


def _out_of_stock(
    product: str, available: Decimal, command: Command, scene: Scene
) -> tuple[tuple[Fact, ...], Doubt | None]:
    edit = _edit_of(command, product, scene)
    held = scene.cart.held(product)
    if available <= 0:
        return (fact("sold-out", products=Listed((Named("product", product),))),), None
    short = fact("only-left", goods=Goods(product, available))
    if isinstance(edit, AddLine) and available > held:
        return (short,), _rest(replace(edit, quantity=available - held), product, available - held)
    if isinstance(edit, SetLineQuantity) and available > scene.cart.held(product, apart_from=edit.line):
        most = available - scene.cart.held(product, apart_from=edit.line)
        return (short,), _rest(SetLineQuantity(edit.line, most), product, most)
    return (fact("no-more-left", goods=Goods(product, available)),), None


def _rest(edit: CartEdit, product: str, quantity: Decimal) -> Confirming:
    return Confirming(edit, fact("ask-rest", goods=Goods(product, quantity)))


# ---- buying --------------------------------------------------------------------------------------------------


def _quoting(
    state: DialogueState,
    outcome: Quoted | CartEmpty | BelowMinimum | AboveLimit | Confirmed | QuoteVoid | PriceChanged,
    scene: Scene,
) -> Decision:
    match outcome:
        case Quoted(quoted):
            state = replace(state, phase=ConfirmingOrder(quoted), checking_out=True)
            return Ask(state, read_back(quoted, scene))
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


def _buy(state: DialogueState, confirmed: Quote, scene: Scene) -> Decision:
    if not confirmed.needs_pin:
        return Do(state, PlaceOrder(confirmed.id, state.customer))
    if state.customer and state.authorization:
        return Do(state, PlaceOrder(confirmed.id, state.customer, state.authorization))
    return identify(state, confirmed, scene)


def identify(state: DialogueState, quoted: Quote, scene: Scene) -> Decision:
    """Find out whose PIN to ask for: the number that calls is a hint."""
    if state.customer is not None:
        return Ask(replace(state, phase=AwaitingPin(quoted, state.customer)))
    digits = "".join(each for each in scene.caller or "" if each.isdigit())
    state = replace(state, phase=AwaitingCustomer(quoted))
    return Do(state, IdentifyCustomer(digits)) if digits else Ask(state)


def _identity(state: DialogueState, outcome: Outcome, scene: Scene) -> Decision:
    match outcome, state.phase:
        case CustomerFound(customer), ConfirmingResume():
            return Ask(replace(state, customer=customer, phase=AwaitingPin(None, customer)), (fact("prove-it"),))
        case CustomerUnknown(), ConfirmingResume():
            return Do(state, ResumeCart(scene.cart.id))
        case CustomerFound(customer), AwaitingCustomer(quoted):
            return Ask(replace(state, customer=customer, phase=AwaitingPin(quoted, customer), misses=0))
        case CustomerUnknown(), AwaitingCustomer(quoted, tries):
            return _unknown_customer(state, quoted, tries, scene)
        case PinAccepted(authorization, customer), AwaitingPin(quoted):
            state = replace(state, customer=customer, authorization=authorization)
            bought = quoted and PlaceOrder(quoted.id, customer, authorization)
            return Do(state, bought or ResumeCart(scene.cart.id))
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


def _unknown_customer(state: DialogueState, quoted: Quote, tries: int, scene: Scene) -> Decision:
    """The first number is the one that calls: it was not spoken, so nothing is said about it."""
    asked = tries + 1
    if tries == 0 and scene.caller and state.said[-1:] != (fact("ask-customer"),):
        return Ask(replace(state, phase=AwaitingCustomer(quoted, asked)))
    if asked > 2:
        return offer_human(state, fact("customer-unknown"))
    return Ask(replace(state, phase=AwaitingCustomer(quoted, asked)), (fact("customer-unknown"),))


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
                asks.append(_rest(SetLineQuantity(lines[0].id, lost.available), lost.product, lost.available))
            else:
                asks.append(Confirming(RemoveLine(lines[0].id), fact("ask-drop")))
    return settle(replace(state, phase=Shopping(), waiting=tuple(asks), checking_out=bool(asks)), scene, tuple(facts))
