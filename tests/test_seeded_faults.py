"""Faults that could be made are made: the exploration finds each, and tells the shortest way to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from commerce import buying
from commerce.commands import ConfirmQuote, PlaceOrder
from commerce.money import Money
from commerce.outcomes import Quoted
from nlu.intent import Simple
from tests.exploring import Violated, explore
from tests.invariants import Invariants
from tests.worlds import MEANWHILE, NAME, WORLDS, few
from voxcart import buyer, dialogue, moves, outcomes, phases, questions
from voxcart.decisions import Ask, Decision, Do
from voxcart.facts import fact
from voxcart.mind import ShopMind
from voxcart.states import AwaitingOrderNumber, ConfirmingOrder, Paused

HOME = WORLDS[0]
FEW = {"a tea", "a wine", "yes", "yes, over the prompt", "no", "cancel", "goodbye", "pause", "usual", "human",
       "the PIN", "a wrong PIN", "where is my order", "[silence]", "[nonsense]"}  # fmt: skip
MOST = 1000


@dataclass(frozen=True)
class Fault:
    """`rule`: which one finds it. `way`: the shortest conversation; `why`: what is said to be wrong."""

    name: str
    make: Callable[[pytest.MonkeyPatch], None]
    rule: str
    way: tuple[str, ...]
    why: str


def explored(only: str, most: int = MOST) -> None:
    asyncio.run(explore(HOME, [*few(*FEW), *MEANWHILE[2:]], Invariants(only), most))


# ---- faults --------------------------------------------------------------------------------------------------


def a_yes_over_the_prompt_counts(patch: pytest.MonkeyPatch) -> None:
    right = phases._confirming_order
    patch.setattr(
        phases,
        "_confirming_order",
        lambda state, phase, heard, scene: right(state, phase, replace(heard, over_prompt=False), scene),
    )


def orders_are_not_asked_about(patch: pytest.MonkeyPatch) -> None:
    right = outcomes._quoting

    def quoting(state: Any, outcome: Any, scene: Any) -> Decision:
        return (
            Do(state, ConfirmQuote(outcome.quote.id)) if isinstance(outcome, Quoted) else right(state, outcome, scene)
        )

    patch.setattr(outcomes, "_quoting", quoting)


def no_pin_is_asked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outcomes, "_buy", lambda state, quote, _scene: Do(state, PlaceOrder(quote.id)))


def no_pin_is_needed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(buying, "_unproved", lambda *_: None)


def a_change_leaves_the_question_open(patch: pytest.MonkeyPatch) -> None:
    """What is asked after it is the quote from before it."""
    right = dialogue._order

    def order(state: Any, said: Any, scene: Any) -> Decision:
        decided = right(state, said, scene)
        is_asked = isinstance(state.phase, ConfirmingOrder) and isinstance(decided, Do)
        return replace(decided, state=replace(decided.state, phase=state.phase)) if is_asked else decided

    settle = moves.settle
    patch.setattr(dialogue, "_order", order)
    patch.setattr(
        outcomes,
        "settle",
        lambda state, scene, facts: (
            Ask(state, facts) if isinstance(state.phase, ConfirmingOrder) else settle(state, scene, facts)
        ),
    )


def a_changed_cart_voids_no_quote(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(buying, "_void", lambda *_: None)


def a_yes_stands_for_ever(patch: pytest.MonkeyPatch) -> None:
    right = buying._void
    patch.setattr(buying, "_void", lambda till, row: right(till, row | {"expires": None}))


def nobody_is_a_person_while_a_number_is_asked_for(patch: pytest.MonkeyPatch) -> None:
    right = phases._digits

    def digits(state: Any, meaning: Any, scene: Any) -> Decision | None:
        is_deaf = isinstance(state.phase, AwaitingOrderNumber) and isinstance(meaning, Simple)
        return Ask(state, (fact("digits-unclear"),)) if is_deaf else right(state, meaning, scene)

    patch.setattr(phases, "_digits", digits)


def a_pause_has_no_end(patch: pytest.MonkeyPatch) -> None:
    right = dialogue._silence
    patch.setattr(
        dialogue,
        "_silence",
        lambda state, scene: Ask(state) if isinstance(state.phase, Paused) else right(state, scene),
    )


def the_call_goes_on_after_its_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ShopMind, "_over", property(lambda _: False, lambda *_: None), raising=False)


def a_cent_less_is_said(patch: pytest.MonkeyPatch) -> None:
    right = questions._question

    def question(state: Any, scene: Any) -> Any:
        match state.phase:
            case ConfirmingOrder(quote):
                return (fact("ask-order", total=quote.total - Money(1, quote.total.currency)),)
            case _:
                return right(state, scene)

    patch.setattr(questions, "_question", question)


def a_cent_less_is_kept(patch: pytest.MonkeyPatch) -> None:
    right = buying._order_lines
    patch.setattr(
        buying, "_order_lines", lambda cart: ({**line, "total": int(str(line["total"])) - 1} for line in right(cart))
    )


def the_caller_is_greeted_by_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        outcomes,
        "ask_pin",
        lambda state, quote, customer, *said: buyer.ask_pin(state, quote, customer, fact("buyer", name=NAME), *said),
    )


def every_try_has_a_key_of_its_own(patch: pytest.MonkeyPatch) -> None:
    numbers = count(1000)
    patch.setattr(ShopMind, "_turn_id", property(lambda mind: f"{mind._call}/{next(numbers)}"))


def all_of(*faults: Callable[[pytest.MonkeyPatch], None]) -> Callable[[pytest.MonkeyPatch], None]:
    def make(patch: pytest.MonkeyPatch) -> None:
        for each in faults:
            each(patch)

    return make


# ---- each is found -------------------------------------------------------------------------------------------

FAULTS = [
    Fault("early yes", a_yes_over_the_prompt_counts, "a", ("a tea", "no", "yes, over the prompt"),
          "no clear yes"),
    Fault("unasked", orders_are_not_asked_about, "a", ("a tea", "no"), "total was not said"),
    Fault("no PIN", all_of(no_pin_is_asked_for, no_pin_is_needed), "a", ("a wine", "no", "yes", "yes"),
          "no PIN was given"),
    Fault("stale quote", all_of(a_change_leaves_the_question_open, a_changed_cart_voids_no_quote), "a",
          ("a tea", "no", "a tea", "yes"), "not what is in the cart"),
    Fault("old yes", a_yes_stands_for_ever, "a", ("a wine", "no", "yes", "yes", "[a minute passes]", "the PIN"),
          "agreed to too long ago"),
    Fault("no person", nobody_is_a_person_while_a_number_is_asked_for, "b", ("where is my order", "human"),
          "nobody is told"),
    Fault("endless pause", a_pause_has_no_end, "c", ("pause", "[silence]"), "answered for ever"),
    Fault("no end", the_call_goes_on_after_its_end, "c", ("goodbye", "yes"), "after the end"),
    Fault("said less", a_cent_less_is_said, "d", ("a tea", "no"), "not what is said"),
    Fault("kept less", a_cent_less_is_kept, "d", ("a tea", "no", "yes"), "its lines make"),
    Fault("named", the_caller_is_greeted_by_name, "e", ("usual",), "name is told"),
    Fault("twice", every_try_has_a_key_of_its_own, "f", ("a tea",), "once more"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[each.name for each in FAULTS])
def test_the_fault_is_found_and_shown(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.make(monkeypatch)
    with pytest.raises(Violated) as found:
        explored(fault.rule)
    told = str(found.value)
    print(told)
    assert found.value.rule == fault.rule
    assert fault.why in told
    said = [line.removeprefix("  caller: ") for line in told.splitlines() if line.startswith("  caller: ")]
    assert len(said) == len(fault.way) or fault.why == "answered for ever"
    assert said[: len(fault.way)] == list(fault.way)


@pytest.mark.parametrize(
    "fault",
    [no_pin_is_asked_for, no_pin_is_needed, a_change_leaves_the_question_open, a_changed_cart_voids_no_quote],
    ids=lambda each: each.__name__,
)
def test_what_one_side_forgets_the_other_holds(
    fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialogue and the shop each see to it that nothing is bought by a stale yes or without its PIN."""
    fault(monkeypatch)
    explored("a", most=80)
