"""Knows how the shopping list of a household is spoken about: without a PIN, and without a cart. PURE.

Edits of the list are worked out as those of a cart are, on the list in the cart's place; questions that come of it
are asked beside the open one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from commerce.cart import Cart
from commerce.commands import ChangeCart, ChangeList, ClearList, Command, ListToCart, ReadList
from commerce.outcomes import Change, LineGone, ListChanged, ListKnown, ListMoved, OutOfStock, Refusal, ShoppingList
from nlu import intent
from voxcart.decisions import Ask, Decision, Do, Heard
from voxcart.facts import Fact, Goods, Listed, Named, every, fact, goods
from voxcart.moves import aside, order, without_buying
from voxcart.phases import answer
from voxcart.refusals import refused_edit
from voxcart.states import (
    ConfirmingClear,
    DialogueState,
    ItemQuestion,
    OnList,
    Phase,
    ReadingList,
    Scene,
    Shopping,
    without_aside,
)

NO_LIST = fact("list-none")
SAID_OF_LISTS = {
    "unchanged": "list-unchanged",
    "cart-empty": "list-empty",
    "not-in-cart": "list-not-there",
    "no-such-line": "list-no-line",
}
"""What is said of the cart, and the same of the list."""


def edit_list(state: DialogueState, said: intent.Order, scene: Scene) -> Decision:
    """The list is looked at first: somebody else may have changed it meanwhile."""
    if not scene.household:
        return Ask(state, (NO_LIST,))
    phase = state.phase if isinstance(state.phase, OnList) else without_aside(state.phase)
    return Do(replace(state, phase=phase, listing=said), ReadList(scene.household))


def about_list(state: DialogueState, name: Literal["read_list", "clear_list", "order_list"], scene: Scene) -> Decision:
    if not scene.household:
        return Ask(state, (NO_LIST,))
    match name:
        case "read_list":
            return Do(replace(state, listing=None), ReadList(scene.household))
        case "clear_list":
            return aside(state, ConfirmingClear(without_aside(state.phase)))
        case "order_list":
            return Do(without_buying(state), ListToCart(scene.household, scene.cart.id))


def answer_on_list(state: DialogueState, heard: Heard, scene: Scene) -> Decision | None:
    """The answer to a question about the list; None if it is something else."""
    phase = state.phase
    assert isinstance(phase, OnList)
    alone = replace(state, phase=phase.asks[0], waiting=phase.asks[1:], checking_out=False)
    decided = answer(alone, heard, replace(scene, cart=phase.cart))
    return None if decided is None else _on_list(decided, state, phase.back, phase.cart, scene)


def list_outcome(
    state: DialogueState, command: Command, outcome: ListKnown | ListChanged | ListMoved, scene: Scene
) -> Decision:
    match outcome:
        case ListKnown(known) if state.listing is not None:
            return _resolved(state, state.listing, known.cart, scene)
        case ListKnown(known):
            return _read(state, known, scene)
        case ListChanged() if isinstance(command, ClearList):
            return Ask(state, (fact("list-cleared"),))
        case ListChanged():
            return _changed(state, command, outcome, scene)
        case ListMoved():
            return _moved(state, outcome)


# ---- changing it -------------------------------------------------------------------------------------------------


def _resolved(state: DialogueState, said: intent.Order, cart: Cart, scene: Scene) -> Decision:
    alone = replace(state, phase=Shopping(), waiting=(), checking_out=False)
    decided = order(alone, said, replace(scene, cart=cart))
    if not isinstance(state.phase, OnList):
        return _on_list(decided, state, state.phase, cart, scene)
    return _on_list(decided, state, state.phase.back, cart, scene, _still_open(state.phase, said))


def _still_open(phase: OnList, said: intent.Order) -> tuple[ItemQuestion, ...]:
    """Questions that another edit of the list does not settle."""
    about = {edit.item.product for edit in said.edits if isinstance(edit, intent.Add)}
    return () if said.correction else tuple(each for each in phase.asks if getattr(each, "product", "") not in about)


def _on_list(
    decided: Decision,
    state: DialogueState,
    back: Phase,
    cart: Cart,
    scene: Scene,
    still_open: tuple[ItemQuestion, ...] = (),
) -> Decision:
    """What was decided about the list in a cart's place, as a decision about the list; the rest stays as it was."""
    after = decided.state
    open_now = (after.phase,) if isinstance(after.phase, ItemQuestion) else ()
    asks = (*open_now, *(each for each in after.waiting if isinstance(each, ItemQuestion)), *still_open)
    phase = OnList(asks, cart, back) if asks else back
    kept = replace(
        after, phase=phase, waiting=state.waiting, checking_out=state.checking_out, topic=state.topic, listing=None
    )
    facts = tuple(replace(each, key=SAID_OF_LISTS.get(each.key, each.key)) for each in decided.facts)
    match decided:
        case Do(command=ChangeCart(_, edits, sure)):
            return Do(kept, ChangeList(scene.household, edits, sure), facts)
        case _:
            return Ask(kept, facts)


def _changed(state: DialogueState, command: Command, outcome: ListChanged, scene: Scene) -> Decision:
    facts = _echo(outcome.changes)
    if not outcome.changes and not outcome.refusals:
        facts = (fact("list-unchanged"),)
    cart = outcome.list.cart
    open_still = state.phase.asks if isinstance(state.phase, OnList) else ()
    back = state.phase.back if isinstance(state.phase, OnList) else state.phase
    asks: list[ItemQuestion] = []
    for refusal in outcome.refusals:
        said, ask = _refused(refusal, command, replace(scene, cart=cart))
        facts += said
        asks += [ask] if ask else []
    asks += open_still
    return Ask(replace(state, phase=OnList(tuple(asks), cart, back) if asks else back), facts)


def _refused(refusal: Refusal, command: Command, scene: Scene) -> tuple[tuple[Fact, ...], ItemQuestion | None]:
    assert isinstance(command, ChangeList)
    if isinstance(refusal, LineGone):
        return (fact("list-no-line"),), None
    return refused_edit(refusal, ChangeCart(scene.cart.id, command.edits, command.sure), scene)


def _echo(changes: tuple[Change, ...]) -> tuple[Fact, ...]:
    new = tuple(goods(each.after) for each in changes if each.before is None and each.after)
    gone = tuple(goods(each.before) for each in changes if each.after is None and each.before)
    facts = [fact("list-added", items=Listed(new))] if new else []
    for each in changes:
        if each.before and each.after:
            same = (each.before.product, each.before.options) == (each.after.product, each.after.options)
            facts.append(fact("list-makes" if same else "list-now", goods=goods(each.after)))
    return (*facts, *((fact("list-removed", items=Listed(gone)),) if gone else ()))


# ---- reading and buying it ---------------------------------------------------------------------------------------


def _read(state: DialogueState, known: ShoppingList, scene: Scene) -> Decision:
    lines, settings = known.cart.lines, scene.settings
    gone = _gone(known)
    if not lines:
        return Ask(state, gone or (fact("list-empty"),))
    if len(lines) <= settings.lines_in_full:
        return Ask(state, (fact("list", items=every(lines)), *gone))
    first, rest = lines[: settings.options_at_a_time], lines[settings.options_at_a_time :]
    summary = fact("list-long", count=len(lines), items=every(first))
    return aside(state, ReadingList(rest, without_aside(state.phase)), (summary, *gone))


def _gone(known: ShoppingList) -> tuple[Fact, ...]:
    names = tuple(each.name for each in known.discontinued)
    return (fact("list-gone", names=Listed(names)),) if names else ()


def _moved(state: DialogueState, outcome: ListMoved) -> Decision:
    """What is in the cart now, then why the rest is not; nothing that stays on the list goes unsaid."""
    kept = outcome.list.cart.lines
    facts: tuple[Fact, ...] = (fact("list-moved", items=every(outcome.moved)),) if outcome.moved else ()
    for line, refusal in zip(kept, outcome.refusals, strict=True):
        facts += (_why_not(refusal, goods(line)),)
    facts += (fact("list-still", items=every(kept)),) if kept else ()
    facts += _gone(outcome.list)
    return Ask(state, facts or (fact("list-empty"),))


def _why_not(refusal: Refusal, wanted: Goods) -> Fact:
    match refusal:
        case OutOfStock(product, _, available) if available > 0:
            return fact("only-left", goods=Goods(product, available))
        case OutOfStock(product):
            return fact("sold-out", products=Listed((Named("product", product),)))
        case _:
            return fact("list-other-way", goods=wanted)
