"""Knows the open question of each phase, how to listen for its answer, and the help that fits. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commerce.commands import AddLine, CartEdit, Quote, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.proofs import CODE_DIGITS
from voxcart.answers import values
from voxcart.calling_back import phone_question
from voxcart.coupons import discount_read
from voxcart.facts import Fact, Goods, Listed, Named, Ordinal, fact, goods, one_of
from voxcart.guiding import MOST_IN_FOCUS, guiding_question, has_more
from voxcart.handover import ask_handover, handover_read, listening
from voxcart.meant import reading, wanted
from voxcart.paying import ask_payment, listening_for_payment, payment_read
from voxcart.redress_states import (
    AskingComment,
    AskingComplaint,
    AskingReason,
    ChoosingReturn,
    ConfirmingReturn,
    OfferingGoodwill,
)
from voxcart.returning import return_question
from voxcart.states import (
    AskingOption,
    AskingQuantity,
    AskingRating,
    AwaitingAddress,
    AwaitingCode,
    AwaitingCoupon,
    AwaitingCustomer,
    AwaitingOrderNumber,
    AwaitingPhone,
    AwaitingPin,
    Choosing,
    ChoosingCategory,
    ChoosingHandover,
    ChoosingLine,
    ChoosingPayment,
    ChoosingReading,
    ChoosingSlot,
    Closed,
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
    OfferingHuman,
    OnList,
    Paused,
    Phase,
    ReadingList,
    ReadingMore,
    Scene,
    Secret,
    Shopping,
    without_aside,
)

SHORTEST_PIN = 4


@dataclass(frozen=True, slots=True)
class Expecting:
    """What to listen for: the kind of answer, and the ids of what it may name.

    `patience` is the kind of turn the line waits for, where that is another. `protected`: the question must be
    heard to the end. `private`: nobody but the shop may learn the answer.
    """

    kind: str
    focus: tuple[str, ...] = ()
    protected: bool = False
    private: bool = False
    patience: str | None = None


def is_whole(digits: str, phase: Phase) -> bool:
    """Whether nothing more is to come: a number that others ask for may be of any length."""
    match phase:
        case AwaitingPin(positions=places):
            return len(digits) == len(places) if places else len(digits) >= SHORTEST_PIN
        case AwaitingCode():
            return len(digits) == CODE_DIGITS
        case _:
            return False


def expecting(phase: Phase) -> Expecting:
    """Beside the PIN question, too, a caller may be saying the PIN."""
    private = isinstance(without_aside(phase), Secret)
    match phase:
        case Choosing(options):
            return Expecting("choice", options)
        case Guiding(left):
            return Expecting("choice", left[:MOST_IN_FOCUS])
        case AskingOption(_, product, group):
            return Expecting("choice", (group, product))
        case ChoosingLine() | ChoosingReading():
            return Expecting("choice")
        case _ if isinstance(phase, Handing):
            kind, protected, patience = listening(phase)
            return Expecting(kind, protected=protected, patience=patience)
        case ChoosingPayment():
            return Expecting(listening_for_payment(phase))
        case ConfirmingOrder() | ConfirmingAge():
            return Expecting("yes_no", protected=True)
        case OnList(asks):
            return replace(expecting(asks[0]), private=private)
        case AwaitingPin() | AwaitingCode():
            return Expecting("digits", protected=True, private=private)
        case AwaitingCustomer(members=members) if members:
            return Expecting("who", tuple(each.name for each in members), patience="digits")
        case AwaitingCustomer() | AwaitingOrderNumber() | AwaitingPhone():
            return Expecting("digits", private=private)
        case AwaitingCoupon():
            return Expecting("code", private=private, patience="digits")
        case Paused(back):
            return replace(expecting(back), protected=False, patience="pause")
        case AskingQuantity(_, product):
            return Expecting("order", (product,))
        case ChoosingReturn(offered):
            return Expecting("order", tuple(line.product for line in offered.lines))
        case AskingReason() | AskingComplaint() | AskingComment():
            return Expecting("told", private=private)
        case AskingRating():
            return Expecting("order", patience="yes_no")
        case ConfirmingGuess(edit):
            return Expecting("yes_no", (edit.item.product,))
        case Shopping() | ChoosingCategory() | Closed():
            return Expecting("order")
        case _:
            return Expecting("yes_no", private=private)


def question(state: DialogueState, scene: Scene) -> tuple[Fact, ...]:
    """The open question, which is asked again after every digression; with the keys for who uses them."""
    return (*_question(state, scene), *(_keys(state.phase, scene) if state.by_keys else ()))


def _keys(phase: Phase, scene: Scene) -> tuple[Fact, ...]:
    """Which keys answer the question."""
    match phase:
        case OnList(asks):
            return _keys(asks[0], scene)
        case Shopping():
            return (fact("keys-shopping", n=len(scene.cart.lines)),)
        case Choosing(rest=rest) | ChoosingCategory(rest=rest):
            return (fact("keys-choice", more=int(bool(rest))),)
        case Guiding(division=division) if len(division.values) > 1:
            return (fact("keys-choice", more=int(has_more(phase, scene))),)
        case ChoosingPayment(ways) if len(ways) == 1:
            return (fact("keys-yes-no"),)
        case ChoosingLine() | ChoosingReading() | AskingOption() | ChoosingPayment():
            return (fact("keys-choice", more=0),)
        case (
            AskingQuantity()
            | AskingRating()
            | ChoosingReturn()
            | AskingReason()
            | AskingComplaint()
            | AskingComment()
            | AwaitingCustomer()
            | AwaitingPin()
            | AwaitingCode()
            | AwaitingOrderNumber()
            | AwaitingPhone()
            | AwaitingCoupon()
            | ChoosingHandover()
            | AwaitingAddress()
            | Paused()
            | Closed()
        ):
            return ()
        case _:
            return (fact("keys-yes-no"),)


def _question(state: DialogueState, scene: Scene) -> tuple[Fact, ...]:
    match state.phase:
        case Shopping():
            return (_anything(state, scene),)
        case Choosing():
            return (_choose(state.phase),)
        case ChoosingCategory(names, rest):
            listed = Listed(tuple(Named("category", each) for each in names), "or")
            return (fact("ask-category", names=listed, more=int(bool(rest))),)
        case Guiding():
            return (guiding_question(state.phase, scene),)
        case ChoosingLine(lines):
            found = (scene.cart.line(each) for each in lines)
            return (fact("ask-line", lines=Listed(tuple(goods(line) for line in found if line), "or")),)
        case ChoosingReading(readings):
            return (fact("ask-reading", readings=Listed(tuple(reading(each) for each in readings), "or")),)
        case ConfirmingGuess(edit):
            return (fact("ask-guess", goods=wanted(edit.item)),)
        case Confirming(_, asked):
            return (asked,)
        case ConfirmingQuantity(edit, product):
            return (fact("ask-quantity-sure", goods=_edited(edit, product, scene)),)
        case AskingQuantity(_, product):
            return (_how_much(product, scene),)
        case AskingOption():
            return (_which_option(state.phase, scene),)
        case ConfirmingOrder(quote):
            return (fact("ask-order", total=quote.total),)
        case OnList(asks, cart):
            return _question(replace(state, phase=asks[0]), replace(scene, cart=cart))
        case _:
            return _ask_aside(state.phase, scene)


def _ask_aside(phase: Phase, scene: Scene) -> tuple[Fact, ...]:
    match phase:
        case _ if isinstance(phase, Handing):
            return (ask_handover(phase, scene),)
        case ChoosingPayment():
            return ask_payment(phase, scene)
        case AwaitingCustomer(members=members):
            return (fact("ask-buyer" if members else "ask-customer"),)
        case AwaitingPin(positions=()):
            return (fact("ask-pin"),)
        case AwaitingPin(positions=places):
            asked = Listed(tuple(Ordinal(each) for each in places))
            return (fact("ask-pin-digits", places=asked),)
        case AwaitingCode():
            return (fact("ask-code"),)
        case AwaitingOrderNumber(complaint=complaint):
            return (fact("ask-complaint-number" if complaint else "ask-order-number"),)
        case AskingComment():
            return (fact("ask-comment"),)
        case AskingComplaint():
            return (fact("ask-complaint"),)
        case OfferingGoodwill(amount):
            return (fact("ask-goodwill", total=amount),)
        case AwaitingCoupon():
            return (fact("ask-coupon"),)
        case AwaitingPhone() | ConfirmingPhone():
            return (phone_question(phase),)
        case ReadingMore() | ReadingList():
            return (fact("ask-read-all"),)
        case ConfirmingClear():
            return (fact("ask-clear-list"),)
        case OfferingHuman():
            return (fact("ask-human-now" if scene.transfers else "ask-human"),)
        case ConfirmingCancel():
            return (fact("ask-cancel"),)
        case ConfirmingLeave():
            return (fact("ask-leave"),)
        case ConfirmingResume():
            return (fact("ask-resume"),)
        case AskingRating():
            return (fact("ask-rating"),)
        case ConfirmingAge(age):
            return (fact("ask-age", n=age),)
        case ChoosingReturn() | AskingReason() | ConfirmingReturn():
            return (return_question(phase, scene),)
        case ConfirmingOrderCancel(change=change):
            return (fact("ask-change-order" if change else "ask-cancel-order"),)
        case _:
            return ()


def _anything(state: DialogueState, scene: Scene) -> Fact:
    if scene.cart.lines:
        return fact("ask-else")
    return fact("ask-else-after" if state.placed or state.proof or state.complaint else "ask-first")


def _choose(phase: Choosing) -> Fact:
    more = int(bool(phase.rest))
    if phase.why == "browse":
        return fact("ask-browse", products=one_of(phase.options), n=len(phase.options), more=more)
    if phase.why == "compared":
        return fact("ask-compared")
    key = "ask-which" if phase.why == "which" else "ask-instead"
    return fact(key, products=one_of(phase.options), n=len(phase.options), more=more)


def _how_much(product_id: str, scene: Scene) -> Fact:
    product = scene.catalog.by_id[product_id]
    if product.unit == "each":
        return fact("ask-how-many", product=Named("product", product_id))
    return fact("ask-how-much", product=Named("product", product_id), unit=product.unit)


def _which_option(phase: AskingOption, scene: Scene) -> Fact:
    listed = values(scene.catalog, phase.group, phase.allowed)
    return fact(
        "ask-option" if phase.needed else "ask-option-instead",
        group=Named("group", phase.group),
        values=listed,
        product=Named("product", phase.product),
    )


def _edited(edit: CartEdit, product: str, scene: Scene) -> Goods:
    """What the edit would put into the cart."""
    match edit:
        case AddLine(_, quantity, options):
            return Goods(product, quantity, options)
        case ReplaceLine(line_id, _, quantity, options):
            line = scene.cart.line(line_id)
            return Goods(product, quantity or (line.quantity if line else None), options)
        case SetLineQuantity(line_id, quantity):
            line = scene.cart.line(line_id)
            return Goods(product, quantity, line.options if line else ())
        case SetLineOptions(line_id, options):
            line = scene.cart.line(line_id)
            return Goods(product, line.quantity if line else None, options)
        case RemoveLine():
            return Goods(product)


def read_back(quote: Quote, scene: Scene) -> tuple[Fact, ...]:
    """The whole order with its total, before the question whether to place it. Long ones begin with a summary."""
    lines, most = quote.cart.lines, scene.settings.lines_in_full
    items = Listed(tuple(goods(line) for line in lines))
    terms = (*discount_read(quote, scene), *handover_read(quote, scene), *payment_read(quote, scene))
    if len(lines) > most:
        return (fact("quote-long", count=len(lines), items=items, total=quote.total), *terms)
    return (fact("quote", items=items, total=quote.total), *terms)


def read_cart(scene: Scene) -> tuple[tuple[Fact, ...], tuple[int, ...]]:
    """The cart: all of it, or a summary and the lines that it leaves out."""
    lines, settings = scene.cart.lines, scene.settings
    if not lines:
        return (fact("cart-empty"),), ()
    if len(lines) <= settings.lines_in_full:
        return (fact("cart", items=Listed(tuple(goods(line) for line in lines)), total=scene.cart.total),), ()
    first, rest = lines[: settings.options_at_a_time], lines[settings.options_at_a_time :]
    items = Listed(tuple(goods(line) for line in first))
    summary = fact("cart-long", count=len(lines), items=items, total=scene.cart.total)
    return (summary,), tuple(line.id for line in rest)


def help_for(state: DialogueState) -> Fact:
    """What can be said here, by example."""
    match state.phase:
        case Guiding():
            return fact("help-guide")
        case Choosing() | ChoosingCategory() | ChoosingLine() | ChoosingReading() | AskingOption():
            return fact("help-choice")
        case AskingQuantity():
            return fact("help-quantity")
        case ConfirmingOrder():
            return fact("help-order")
        case AwaitingPin(positions=places):
            return fact("help-pin-digits" if places else "help-pin")
        case AwaitingCode():
            return fact("help-code")
        case AskingRating():
            return fact("help-rating")
        case ChoosingReturn():
            return fact("help-return-which")
        case AskingReason() | AskingComplaint() | AskingComment():
            return fact("help-told")
        case AwaitingCustomer(members=members):
            return fact("help-buyer" if members else "help-customer")
        case OnList(asks):
            return help_for(replace(state, phase=asks[0]))
        case AwaitingOrderNumber(complaint=complaint):
            return fact("help-complaint-number" if complaint else "help-order-number")
        case AwaitingCoupon():
            return fact("help-coupon")
        case AwaitingPhone():
            return fact("help-phone")
        case ChoosingHandover():
            return fact("help-handover")
        case AwaitingAddress():
            return fact("help-address")
        case ChoosingSlot():
            return fact("help-slot")
        case ChoosingPayment():
            return fact("help-payment")
        case Shopping() | Paused() | Closed():
            return fact("help-shopping")
        case _:
            return fact("help-yes-no")
