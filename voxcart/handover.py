"""Knows how it is talked about where an order goes, when it comes and what that costs. Knows no rule of it. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commerce.catalog import Delivery
from commerce.commands import Quote
from commerce.delivery import (
    AddressesKnown,
    FindAddresses,
    HandoverKept,
    HandoverNeeded,
    HandoverOutcome,
    ReceiveAtShop,
    ReceiveByDelivery,
    postcode,
    zone_of,
)
from commerce.slots import DAYS, Wish, cut_off, fitting, named_day, offered, slots_of
from commerce.terms import Address, Handover, Slot
from nlu import intent
from voxcart.after import run_errand
from voxcart.decisions import Ask, Decision, Do, Heard
from voxcart.facts import Fact, Listed, Span, Spelled, fact
from voxcart.moves import offer_human, quote, stop_buying
from voxcart.states import (
    AwaitingAddress,
    ChoosingHandover,
    ChoosingSlot,
    ConfirmingAddress,
    DialogueState,
    Handing,
    OfferingAddress,
    Scene,
    Shopping,
)

HURRY = timedelta(hours=1)
"""A cut-off that is nearer is told."""
A_WEEK = 7


# ---- what is said anywhere ---------------------------------------------------------------------------------------


def speak_of_handover(state: DialogueState, name: str, scene: Scene) -> Decision:
    """ "Deliver it", "I'll pick it up", "to my address", wherever it is said."""
    terms = scene.catalog.delivers
    if terms is None:
        return Ask(state, (fact("merchant", text=scene.catalog.delivery or "") if scene.catalog.delivery else _none(),))
    match name:
        case "pickup" if terms.pickup:
            return Do(replace(state, phase=Shopping()), ReceiveAtShop(scene.cart.id))
        case "pickup":
            return Ask(state, (fact("no-pickup"),))
        case "my_address":
            return run_errand(replace(state, phase=Shopping(), errand="address"), scene)
        case _:
            return begin_delivery(state)


def _none() -> Fact:
    return fact("no-delivery")


def begin_delivery(state: DialogueState, *facts: Fact) -> Decision:
    """To an address that is known, if the caller has proved to be the customer; else to one that is captured."""
    if state.customer and state.proof:
        return Do(replace(state, phase=Shopping(), errand="address"), FindAddresses(state.customer, state.proof), facts)
    return Ask(replace(state, phase=AwaitingAddress()), facts)


# ---- answers -----------------------------------------------------------------------------------------------------


def handover_answer(state: DialogueState, heard: Heard, scene: Scene) -> Decision | None:
    """What answers the questions of this module; None if it is something else."""
    meaning, terms = heard.meaning, scene.catalog.delivers
    if terms is None:
        return None
    match state.phase, meaning:
        case ChoosingHandover(), intent.Pick(position=1) | intent.AskDelivery():
            return begin_delivery(state)
        case ChoosingHandover(), intent.Pick(position=2 | -1):
            return speak_of_handover(state, "pickup", scene)
        case ChoosingHandover() | AwaitingAddress(), intent.Simple("no" | "none"):
            return stop_buying(state, fact("not-placed"))
        case AwaitingAddress() as phase, _:
            return _capture(state, phase, meaning, terms, scene)
        case ConfirmingAddress() | OfferingAddress(), intent.Simple("yes") if heard.over_prompt:
            return Ask(replace(state, misses=state.misses + 1), (fact("yes-too-early"),))
        case ConfirmingAddress(address, wish), intent.Simple("yes"):
            return _wished(state, address, wish, terms, scene)
        case OfferingAddress(address), intent.Simple("yes"):
            return choose_slot(state, address, scene)
        case ConfirmingAddress(address, wish), intent.Text(street, number):
            mended = replace(address, street=street or address.street, house=number or address.house)
            return Ask(replace(state, phase=ConfirmingAddress(mended, wish)))
        case ConfirmingAddress(address, wish), intent.Spelled(said) | intent.Digits(said):
            code = postcode(said, terms)
            if code is None or zone_of(code, terms) is None:
                return _postcode(state, said, terms, scene)
            return Ask(replace(state, phase=ConfirmingAddress(replace(address, postcode=code), wish)))
        case OfferingAddress(_, (following, *rest)), intent.Simple("no" | "none"):
            return Ask(replace(state, phase=OfferingAddress(following, tuple(rest))))
        case ConfirmingAddress() | OfferingAddress(), intent.Simple("no" | "none"):
            return Ask(replace(state, phase=AwaitingAddress()), (fact("all-right"),))
        case ChoosingSlot() as phase, _:
            return _slot(state, phase, heard, terms, scene)
        case _:
            return None


def _capture(
    state: DialogueState, phase: AwaitingAddress, meaning: object, terms: Delivery, scene: Scene
) -> Decision | None:
    """One part after the other: postcode, street, house."""
    match phase, meaning:
        case AwaitingAddress(), intent.When():
            return Ask(replace(state, phase=replace(phase, wish=meaning)))
        case AwaitingAddress(postcode=""), intent.Spelled(said) | intent.Digits(said):
            return _postcode(state, said, terms, scene)
        case AwaitingAddress(street="") | AwaitingAddress(postcode=""), intent.Text(street, number):
            return _part(state, replace(phase, street=street, house=number or ""))
        case AwaitingAddress(), intent.Spelled(said) | intent.Digits(said) if phase.street:
            return _part(state, replace(phase, house=said))
        case AwaitingAddress(), intent.Number(quantity) if phase.street:
            return _part(state, replace(phase, house=str(int(quantity))))
        case _:
            return None


def _part(state: DialogueState, phase: AwaitingAddress) -> Decision:
    if not (phase.house and phase.postcode and phase.street):
        return Ask(replace(state, phase=phase))
    address = Address(phase.postcode, phase.street, phase.house)
    return Ask(replace(state, phase=ConfirmingAddress(address, phase.wish)))


def _postcode(state: DialogueState, said: str, terms: Delivery, scene: Scene) -> Decision:
    code = postcode(said, terms)
    if code is not None and zone_of(code, terms):
        kept = state.phase if isinstance(state.phase, AwaitingAddress) else AwaitingAddress()
        return _part(state, replace(kept, postcode=code))
    why = fact("postcode-invalid" if code is None else "postcode-outside", code=Spelled(code or said))
    if state.misses + 1 >= scene.settings.misses:
        return offer_human(state, why)
    return Ask(replace(state, misses=state.misses + 1), (why,))


def _slot(state: DialogueState, phase: ChoosingSlot, heard: Heard, terms: Delivery, scene: Scene) -> Decision | None:
    now = local(scene)
    match heard.meaning:
        case intent.Simple("yes") if heard.over_prompt:
            return Ask(replace(state, misses=state.misses + 1), (fact("yes-too-early"),))
        case intent.Simple("yes"):
            return _receive(state, phase.address, phase.slot, scene)
        case intent.Simple("no" | "none" | "more"):
            later = [each for each in offered(terms, now) if each.starts > phase.slot.starts]
            said = () if later else (fact("slot-no-more"),)
            following = later[0] if later else next(iter(offered(terms, now)), phase.slot)
            return Ask(replace(state, phase=replace(phase, slot=following)), said)
        case intent.When(None, None, "before"):
            first = next(iter(offered(terms, now)), phase.slot)
            said = (fact("slot-earliest"),) if first == phase.slot else ()
            return Ask(replace(state, phase=replace(phase, slot=first)), said)
        case intent.When(day, minute, how, part):
            found = fitting(offered(terms, now), Wish(day, minute, how, part), now.date())
            if found:
                return _receive(state, phase.address, found[0], scene)
            date = named_day(day, now.date())
            key = "slot-holiday" if date in terms.holidays else "slot-none"
            return Ask(state, (fact(key, day=day or ""),))
        case _:
            return None


def _receive(state: DialogueState, address: Address, slot: Slot, scene: Scene) -> Decision:
    command = ReceiveByDelivery(scene.cart.id, address, slot, state.customer, state.proof)
    return Do(replace(state, phase=Shopping()), command)


def _wished(
    state: DialogueState, address: Address, wish: intent.When | None, terms: Delivery, scene: Scene
) -> Decision:
    """At the time that was said before, if that can be had."""
    now = local(scene)
    if wish is None or not offered(terms, now):
        return choose_slot(state, address, scene)
    found = fitting(offered(terms, now), Wish(wish.day, wish.minute, wish.how, wish.part), now.date())
    return _receive(state, address, found[0], scene) if found else choose_slot(state, address, scene, fact("slot-none"))


def choose_slot(state: DialogueState, address: Address, scene: Scene, *facts: Fact) -> Decision:
    terms, now = scene.catalog.delivers, local(scene)
    slots = offered(terms, now) if terms else ()
    if not terms or not slots:
        return stop_buying(state, *facts, fact("slot-no-more"))
    said = (*facts, *_today(terms, slots, now))
    return Ask(replace(state, phase=ChoosingSlot(address, slots[0])), said)


def _today(terms: Delivery, slots: tuple[Slot, ...], now: datetime) -> tuple[Fact, ...]:
    """How long there is still time, or that it is too late for today, or that today is a holiday."""
    first = slots[0]
    left = cut_off(first, terms) - now
    if left <= HURRY:
        return (fact("slot-hurry", n=max(1, -int(-left.total_seconds() // 60))),)
    if now.date() in terms.holidays:
        return (fact("slot-holiday", day="today"),)
    late = first.starts.date() > now.date() and slots_of(now.date(), terms, now)
    return (fact("slot-too-late"),) if late else ()


# ---- outcomes ----------------------------------------------------------------------------------------------------


def handover_outcome(state: DialogueState, outcome: HandoverOutcome, scene: Scene) -> Decision:
    match outcome:
        case HandoverKept() if state.checking_out and scene.cart.lines:
            return quote(replace(state, phase=Shopping()), scene)
        case HandoverKept(kept):
            return Ask(replace(state, phase=Shopping()), (*_how(kept, scene),))
        case HandoverNeeded("late", Handover(address=Address() as address)):
            return choose_slot(state, address, scene, fact("slot-gone"))
        case HandoverNeeded(why):
            outside = (fact("outside-now"),) if why == "outside" else ()
            pickup = scene.catalog.delivers is not None and scene.catalog.delivers.pickup
            if pickup:
                return Ask(replace(state, phase=ChoosingHandover()), outside)
            return begin_delivery(state, *outside)
        case AddressesKnown(addresses):
            state = replace(state, errand=None)
            if not addresses:
                return Ask(replace(state, phase=AwaitingAddress()), (fact("no-addresses"),))
            return Ask(replace(state, phase=OfferingAddress(addresses[0], addresses[1:])))


def handover_read(quoted: Quote, scene: Scene) -> tuple[Fact, ...]:
    """What the read-back says of the delivery, before the total."""
    handover = quoted.handover
    if handover is None:
        return ()
    fee = fact("handover-fee", fee=handover.fee) if handover.fee.minor else fact("handover-free")
    return (*_how(handover, scene), fee) if handover.way == "delivery" else _how(handover, scene)


def _how(handover: Handover, scene: Scene) -> tuple[Fact, ...]:
    if handover.address and handover.slot:
        slot = slot_fact(handover.slot, local(scene))
        return (fact("handover-delivery", address=address_fact(handover.address), slot=slot),)
    return (_fetched(scene),)


def _fetched(scene: Scene) -> Fact:
    """Until when it can be fetched today, or from when on another day."""
    now = local(scene)
    for ahead in range(A_WEEK + 1 if scene.catalog.hours else 0):
        day = now.date() + timedelta(days=ahead)
        for span in (scene.catalog.hours or ())[day.weekday()]:
            opens = datetime.combine(day, span.opens, now.tzinfo)
            closes = datetime.combine(day + timedelta(days=int(span.closes <= span.opens)), span.closes, now.tzinfo)
            spans = Listed((Span(span.opens, span.closes),))
            if opens <= now < closes:
                return fact("pickup-now", spans=spans)
            if now < opens:
                return fact("pickup-later", day=_day_name(opens, now), spans=spans)
    return fact("pickup")


# ---- the questions -----------------------------------------------------------------------------------------------


def listening(phase: Handing) -> tuple[str, bool, str | None]:
    """What is listened for, whether the question must be heard to its end, and how patiently."""
    match phase:
        case ChoosingHandover():
            return "choice", False, None
        case AwaitingAddress(code, street):
            return "postcode" if not code else "house" if street else "street", False, "digits"
        case ConfirmingAddress():
            return "address", True, "yes_no"
        case OfferingAddress():
            return "yes_no", True, None
        case ChoosingSlot():
            return "slot", True, "order"


def ask_handover(phase: Handing, scene: Scene) -> Fact:
    match phase:
        case ChoosingHandover():
            return fact("ask-handover")
        case AwaitingAddress(postcode="", street=""):
            return fact("ask-postcode")
        case AwaitingAddress(postcode=""):
            return fact("ask-postcode-too")
        case AwaitingAddress(street=""):
            return fact("ask-street")
        case AwaitingAddress():
            return fact("ask-house")
        case ConfirmingAddress(address):
            return fact("ask-address", address=address_fact(address))
        case OfferingAddress(address):
            return fact("ask-address-known", address=address_fact(address))
        case ChoosingSlot(_, slot):
            return fact("ask-slot", slot=slot_fact(slot, local(scene)))


# ---- words for things --------------------------------------------------------------------------------------------


def local(scene: Scene) -> datetime:
    return scene.now.astimezone(ZoneInfo(scene.catalog.time_zone))


def slot_fact(slot: Slot, now: datetime) -> Fact:
    spans = Listed((Span(slot.starts.time(), slot.ends.time()),))
    return fact("slot", day=_day_name(slot.starts.astimezone(now.tzinfo), now), spans=spans)


def _day_name(when: datetime, now: datetime) -> str:
    ahead = (when.date() - now.date()).days
    return {0: "today", 1: "tomorrow"}.get(ahead, DAYS[when.weekday()])


def address_fact(address: Address) -> Fact:
    spelled = address.street.isupper()
    street = Spelled(address.street) if spelled else address.street.title()
    house, code = Spelled(address.house), Spelled(address.postcode)
    return fact("address", street=street, house=house, code=code)
