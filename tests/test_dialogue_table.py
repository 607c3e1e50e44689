"""The table of the dialogue: state and meaning in, decision out, without a shop; wording is looked at elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from commerce.cart import Cart, Line
from commerce.commands import CountUnclearPin, OpenTicket, QuoteCart, RedoCart, UndoCart
from commerce.money import Money
from commerce.outcomes import CartOpened, Failed, Quote
from nlu import intent
from nlu.intent import Digits, Number, Repeat, Simple
from tests.talk import COFFEE, REPLIES
from voxcart.decisions import Ask, Decision, Do, Heard, Leave, Silent, Tell, Unclear
from voxcart.dialogue import Part, decide, opening_state
from voxcart.facts import Listed, fact
from voxcart.meant import reading
from voxcart.patience import DialogueSettings
from voxcart.states import (
    AwaitingPin,
    Closed,
    ConfirmingCancel,
    ConfirmingGuess,
    ConfirmingLeave,
    ConfirmingOrder,
    ConfirmingResume,
    DialogueState,
    OfferingHuman,
    Paused,
    Phase,
    ReadingMore,
    Scene,
    Shopping,
)

EMPTY = Cart("call-1", "USD")
FULL = replace(EMPTY, lines=(Line(1, "latte", Decimal(1), (), Money(420, "USD")),))
LONG = replace(EMPTY, lines=tuple(Line(at, "latte", Decimal(at), (), Money(420, "USD")) for at in range(1, 8)))
QUOTE = Quote("q", FULL, FULL.total, "hash", needs_pin=True)
GUESS = ConfirmingGuess(intent.Add(intent.Item("latte", guessed=True)))
PIN = AwaitingPin(QUOTE, "123456")
PLACED = DialogueState(placed="777777")
SAID = (fact("missed"),)


def scene(cart: Cart = FULL, **settings: Any) -> Scene:
    return Scene(cart, COFFEE, "call-1", datetime(2030, 5, 1, tzinfo=UTC), None, DialogueSettings(**settings))


def at(phase: Phase, **more: Any) -> DialogueState:
    return DialogueState(phase, **more)


def told(decision: Decision) -> list[str]:
    return [each.key for each in decision.facts]


Row = tuple[DialogueState, Cart, Part, type[Any], list[str], Phase]

ASKS: list[Row] = [
    (at(Shopping()), FULL, Number(Decimal(2)), Ask, ["of-what"], Shopping()),
    (at(ConfirmingOrder(QUOTE)), FULL, Number(Decimal(2)), Ask, ["missed"], ConfirmingOrder(QUOTE)),
    (at(Shopping()), FULL, intent.Pick(2), Ask, ["none-offered"], Shopping()),
    (at(Shopping()), FULL, Digits("123"), Ask, ["of-what"], Shopping()),
    (at(Shopping()), FULL, Simple("help"), Ask, ["help-shopping", "help-human"], Shopping()),
    (at(GUESS), FULL, Simple("help"), Ask, ["help-yes-no", "help-human"], GUESS),
    (at(Shopping()), FULL, Simple("greet"), Ask, ["hello"], Shopping()),
    (at(Shopping()), FULL, Simple("yes"), Ask, [], Shopping()),
    (at(ConfirmingOrder(QUOTE)), FULL, Simple("backchannel"), Ask, ["help-order"], ConfirmingOrder(QUOTE)),
    (at(Shopping()), FULL, Simple("more"), Ask, ["no-more"], Shopping()),
    (at(Shopping()), FULL, Simple("stop"), Tell, ["stopped"], Shopping()),
    (at(GUESS), FULL, Simple("pause"), Tell, ["take-your-time"], Paused(GUESS)),
    (at(ConfirmingCancel(GUESS)), FULL, Simple("pause"), Tell, ["take-your-time"], Paused(GUESS)),
    (at(Shopping(), recording=True), FULL, Simple("no_recording"), Ask, ["not-recorded"], Shopping()),
    (at(Shopping()), FULL, Simple("no_recording"), Ask, ["never-recorded"], Shopping()),
    (at(GUESS, waiting=(GUESS,)), EMPTY, Simple("cancel"), Ask, ["all-right"], Shopping()),
    (at(GUESS), FULL, Simple("cancel"), Ask, [], ConfirmingCancel(GUESS)),
    (at(ConfirmingCancel(GUESS)), FULL, Simple("cancel"), Ask, [], ConfirmingCancel(GUESS)),
    (at(GUESS), FULL, Simple("goodbye"), Ask, [], ConfirmingLeave(GUESS)),
    (
        at(ConfirmingLeave(GUESS)),
        FULL,
        Simple("goodbye"),
        Leave,
        ["nothing-ordered", "goodbye"],
        ConfirmingLeave(GUESS),
    ),
    (at(Shopping()), EMPTY, Simple("goodbye"), Leave, ["goodbye"], Shopping()),
    (PLACED, EMPTY, Simple("goodbye"), Leave, ["thanks-order", "goodbye"], Shopping()),
    (PLACED, FULL, Simple("goodbye"), Ask, [], ConfirmingLeave(Shopping())),
    (PLACED, EMPTY, Simple("thanks"), Leave, ["welcome", "goodbye"], Shopping()),
    (PLACED, FULL, Simple("thanks"), Ask, ["welcome"], Shopping()),
    (at(Shopping()), EMPTY, Simple("thanks"), Ask, ["welcome"], Shopping()),
    (replace(PLACED, phase=GUESS), EMPTY, Simple("thanks"), Ask, ["welcome"], GUESS),
    (PLACED, EMPTY, Simple("checkout"), Leave, ["thanks-order", "goodbye"], Shopping()),
    (at(PIN), FULL, Simple("checkout"), Ask, [], PIN),
    (at(ConfirmingCancel(PIN)), FULL, Simple("checkout"), Ask, [], PIN),
    (at(GUESS), FULL, Simple("undo"), Ask, ["all-right"], Shopping()),
    (at(ConfirmingOrder(QUOTE)), FULL, Simple("read_cart"), Ask, ["quote"], ConfirmingOrder(QUOTE)),
    (at(Shopping()), FULL, Simple("read_cart"), Ask, ["cart"], Shopping()),
    (at(Shopping()), LONG, Simple("read_cart"), Ask, ["cart-long"], ReadingMore((4, 5, 6, 7), Shopping())),
    (at(ConfirmingCancel(GUESS)), LONG, Simple("read_cart"), Ask, ["cart-long"], ReadingMore((4, 5, 6, 7), GUESS)),
    (at(Shopping(), said=SAID), FULL, Repeat(), Tell, ["missed"], Shopping()),
    (at(Shopping(), said=SAID), FULL, Repeat("shorter"), Ask, [], Shopping()),
    (at(Paused(GUESS)), FULL, Silent(), Ask, ["resumed"], GUESS),
    (PLACED, EMPTY, Silent(), Leave, ["thanks-order", "goodbye"], Shopping()),
    (at(Shopping()), FULL, Silent(), Ask, ["silence-first"], Shopping()),
    (at(Shopping(), silences=1), FULL, Silent(), Ask, ["silence-again", "help-shopping"], Shopping()),
    (at(Shopping(), silences=2), FULL, Silent(), Ask, ["silence-last"], Shopping()),
    (at(GUESS, silences=3), FULL, Silent(), Leave, ["nobody-there", "nothing-ordered", "goodbye"], Closed()),
    (replace(PLACED, silences=3), FULL, Silent(), Leave, ["nobody-there", "nothing-ordered", "goodbye"], Closed()),
    (at(GUESS), FULL, Unclear(), Ask, ["missed"], GUESS),
    (at(Paused(GUESS)), FULL, Unclear(), Ask, ["missed"], GUESS),
    (at(GUESS, misses=1), FULL, Unclear(), Ask, ["missed-again", "help-yes-no"], GUESS),
    (at(GUESS, misses=2), FULL, Unclear(), Ask, ["missed-often"], OfferingHuman(GUESS)),
    (at(OfferingHuman(GUESS)), FULL, Unclear(), Ask, ["missed"], OfferingHuman(GUESS)),
    (
        *(at(OfferingHuman(GUESS), misses=1), FULL, Unclear()),
        *(Leave, ["not-understood-often", "nothing-ordered", "goodbye"], Closed()),
    ),
]


@pytest.mark.parametrize(("state", "cart", "said", "kind", "facts", "phase"), ASKS)
def test_what_is_said_and_asked(
    state: DialogueState, cart: Cart, said: Part, kind: type[Decision], facts: list[str], phase: Phase
) -> None:
    decision = decide(state, Heard(said), scene(cart))
    assert type(decision) is kind
    assert told(decision) == facts
    assert decision.state.phase == phase


@pytest.mark.parametrize(
    ("state", "said", "command", "phase"),
    [
        (at(ConfirmingOrder(QUOTE)), Simple("undo"), UndoCart("call-1"), Shopping()),
        (at(GUESS), Simple("redo"), RedoCart("call-1"), Shopping()),
        (at(ConfirmingCancel(Shopping())), Simple("undo"), UndoCart("call-1"), Shopping()),
        (at(GUESS, waiting=(GUESS,)), Simple("checkout"), QuoteCart("call-1"), Shopping()),
        (at(Shopping(), customer="123456"), Simple("checkout"), QuoteCart("call-1", "123456"), Shopping()),
        (replace(PLACED), Simple("checkout"), QuoteCart("call-1"), Shopping()),
        (at(GUESS), Simple("human"), OpenTicket("call-1", "asked", ""), GUESS),
        (at(PIN), Unclear(), CountUnclearPin("123456", "call-1"), PIN),
        (at(Paused(PIN)), Unclear(), CountUnclearPin("123456", "call-1"), PIN),
    ],
)
def test_what_the_shop_is_told(state: DialogueState, said: Part, command: object, phase: Phase) -> None:
    decision = decide(state, Heard(said), scene())
    assert isinstance(decision, Do)
    assert decision.command == command
    assert decision.state.phase == phase
    assert decision.state.waiting == ()


@pytest.mark.parametrize(
    ("state", "said", "reason", "facts"),
    [
        (at(Shopping(), silences=3), Silent(), "silence", ["nobody-there"]),
        (at(OfferingHuman(GUESS), misses=2), Unclear(), "not understood", ["not-understood-often"]),
    ],
)
def test_the_last_rung_may_be_a_ticket(state: DialogueState, said: Part, reason: str, facts: list[str]) -> None:
    decision = decide(state, Heard(said), scene(exit="ticket"))
    assert isinstance(decision, Do)
    assert decision.command == OpenTicket("call-1", reason, "")
    assert told(decision) == facts


@pytest.mark.parametrize(
    ("manner", "rate", "gain_db"),
    [("again", 1.0, 0.0), ("slower", 0.5, 0.0), ("louder", 1.0, 9.0)],
)
def test_repeating_changes_only_how_it_is_said(manner: Any, rate: float, gain_db: float) -> None:
    decision = decide(at(GUESS, said=SAID), Heard(Repeat(manner)), scene(slower_rate=0.5, louder_db=9.0))
    assert decision == Tell(at(GUESS, said=SAID), SAID, rate, gain_db, again=True)


def test_ladders_count_and_begin_again() -> None:
    silent = decide(at(GUESS, silences=1, misses=1), Heard(Silent()), scene())
    assert (silent.state.silences, silent.state.misses) == (2, 1)
    missed = decide(at(GUESS, silences=1, misses=1), Heard(Unclear()), scene())
    assert (missed.state.silences, missed.state.misses) == (0, 2)
    settled = decide(at(GUESS, silences=1, misses=1), Heard(Simple("help")), scene())
    assert (settled.state.silences, settled.state.misses) == (0, 0)
    offered = decide(at(GUESS, misses=2), Heard(Unclear()), scene())
    assert offered.state.misses == 0
    patient = decide(at(GUESS, misses=4), Heard(Unclear()), scene(misses=6))
    assert told(patient) == ["missed-again", "help-yes-no"]


def test_an_opt_out_stops_the_recording() -> None:
    decision = decide(at(Shopping(), recording=True), Heard(Simple("no_recording")), scene())
    assert decision.state.recording is False


def test_cancelling_nothing_forgets_what_was_open() -> None:
    decision = decide(at(GUESS, waiting=(GUESS,), checking_out=True), Heard(Simple("cancel")), scene(EMPTY))
    assert decision.state == DialogueState()


def test_a_call_begins_with_what_was_left_or_with_shopping() -> None:
    assert opening_state(DialogueState(), CartOpened(EMPTY, 2)).phase == ConfirmingResume(Shopping())
    assert opening_state(DialogueState(), CartOpened(EMPTY)).phase == Shopping()
    assert opening_state(DialogueState(), Failed("disk full")).phase == Shopping()


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        (intent.Add(intent.Item("latte")), "reading-goods"),
        (intent.Replace(intent.Ref(), intent.Item("latte")), "reading-goods"),
        (intent.Remove(intent.Ref("latte")), "reading-remove"),
        (intent.Keep(intent.Ref("latte")), "reading-keep"),
        (intent.SetQuantity(intent.Ref(), Decimal(2)), "reading-quantity"),
        (intent.AddSame(intent.Ref(), Decimal(2)), "reading-quantity"),
        (intent.SetOptions(intent.Ref(), (intent.Choice("size", "large"),)), "reading-options"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_every_edit_can_be_named_when_it_is_asked_about(edit: intent.Edit, key: str) -> None:
    named = reading(intent.Order((edit,)))
    assert named.key == key
    assert REPLIES.say((fact("ask-reading", readings=Listed((named, named), "or")),))
