"""Knows how a coupon is talked about: asked for, taken off, refused and why. Knows no rule of one. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce.commands import Quote
from commerce.coupons import (
    CouponDropped,
    CouponOutcome,
    CouponRefused,
    CouponTaken,
    DropCoupon,
    UseCoupon,
    find,
)
from nlu import intent
from voxcart.decisions import Ask, Decision, Do
from voxcart.facts import Fact, Ordinal, Spelled, fact
from voxcart.moves import aside, quote
from voxcart.states import AwaitingCoupon, Buying, DialogueState, Scene, Shopping, without_aside


def speak_of_coupon(state: DialogueState, said: intent.Coupon, scene: Scene) -> Decision:
    """Wherever it is said. In the middle of buying the total is read anew."""
    if not scene.catalog.coupons:
        return Ask(state, (fact("no-coupons"),))
    if not said.wanted:
        return Do(state, DropCoupon(scene.cart.id))
    if said.code is None:
        return aside(state, AwaitingCoupon(without_aside(state.phase)))
    return Do(replace(state, phase=without_aside(state.phase)), UseCoupon(scene.cart.id, said.code))


def coupon_answer(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    """What answers the question for the code."""
    match meaning:
        case intent.Spelled(code) | intent.Digits(code, True):
            return speak_of_coupon(state, intent.Coupon(code), scene)
        case intent.Simple("no" | "none" | "no_number"):
            return Ask(replace(state, phase=without_aside(state.phase)), (fact("all-right"),))
        case _:
            return None


def coupon_outcome(state: DialogueState, outcome: CouponOutcome, scene: Scene) -> Decision:
    match outcome:
        case CouponTaken():
            return _go_on(state, scene, _taken(outcome, scene))
        case CouponRefused(code, reason):
            starts = coupon.starts if (coupon := find(scene.catalog.coupons, code)) else None
            if reason == "early" and starts:
                day = fact("date", month=starts.month, day=Ordinal(starts.day))
                return _go_on(state, scene, fact("coupon-early", day=day))
            return _go_on(state, scene, fact("coupon-refused", reason=reason, code=Spelled(code)))
        case CouponDropped(code):
            return _go_on(state, scene, fact("coupon-dropped" if code else "coupon-none"))


def _taken(taken: CouponTaken, scene: Scene) -> Fact:
    code = Spelled(taken.code)
    if taken.off.minor:
        return fact("coupon-taken", code=code, off=taken.off, total=taken.total)
    if taken.minimum and scene.cart.lines:
        return fact("coupon-minimum", code=code, minimum=taken.minimum)
    return fact("coupon-kept", code=code)


def _go_on(state: DialogueState, scene: Scene, said: Fact) -> Decision:
    """What was quoted is void, so it is quoted again."""
    if isinstance(without_aside(state.phase), Buying):
        return quote(replace(state, phase=Shopping()), scene, (said,))
    return Ask(state, (said,))


def discount_read(quoted: Quote, scene: Scene) -> tuple[Fact, ...]:
    """What the read-back says of the coupon, before the total."""
    if quoted.discount is None:
        return ()
    if quoted.discount.amount.minor:
        return (fact("coupon-off", off=quoted.discount.amount),)
    coupon = find(scene.catalog.coupons, quoted.discount.code)
    minimum = coupon.minimum if coupon else None
    return (fact("coupon-too-little", minimum=minimum),) if minimum else ()
