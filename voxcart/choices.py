"""Knows what follows when one of several things is picked, or a guess is agreed to. Knows no other question. PURE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from nlu import intent
from voxcart.answers import answer_question, list_categories
from voxcart.decisions import Ask, Decision
from voxcart.edits import Resolved, apply, fits
from voxcart.facts import fact
from voxcart.guiding import fitting
from voxcart.moves import change, order, settle
from voxcart.states import (
    Choosing,
    ChoosingCategory,
    ChoosingLine,
    ChoosingReading,
    ConfirmingGuess,
    DialogueState,
    Scene,
    Shopping,
)

YES = intent.Simple("yes")


def dropped(state: DialogueState, scene: Scene) -> Decision:
    return settle(state, scene, (fact("all-right"),))


def picked(pick: intent.Pick, products: tuple[str, ...], scene: Scene) -> tuple[str, ...]:
    """The product that was picked, if it is among those offered."""
    if pick.product is not None:
        return (pick.product,) if pick.product in products else ()
    if pick.by is not None:
        by_price = sorted(products, key=lambda each: scene.catalog.by_id[each].price.minor)
        return (by_price[0 if pick.by == "cheapest" else -1],)
    return at_place(pick.position, products)


def at_place(position: int | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    at = None if position is None else position - 1 if position > 0 else position
    return (offered[at],) if at is not None and -len(offered) <= at < len(offered) else ()


def choosing(state: DialogueState, phase: Choosing, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Pick(options=options) as pick if found := picked(pick, phase.options, scene):
            return _take(state, phase, found[0], options, scene, pick.quantity)
        case intent.Pick(None, None, options, None) if options and (found := _taking(options, state, phase, scene)):
            if len(found) == 1:
                return _take(state, phase, found[0], options, scene)
            noted = replace(phase.edit, item=replace(phase.edit.item, options=options))
            return Ask(replace(state, phase=replace(phase, edit=noted, why="which")))
        case intent.Order((intent.Add(item),)) if item.product in phase.options and phase.why not in (
            "browse",
            "compared",
        ):
            return order(replace(state, phase=Shopping()), meaning, scene)
        case intent.FindProducts() if found := fitting(meaning, (*phase.options, *phase.rest), scene):
            return _narrowed(state, phase, found, scene)
        case intent.Indifferent():
            return _take(state, phase, phase.options[0], (), scene)
        case intent.Simple("yes") if len(phase.options) == 1:
            return _take(state, phase, phase.options[0], (), scene)
        case intent.Number(quantity, unit) if state.topic is not None:
            item = replace(state.topic, quantity=quantity, unit=unit)
            return order(replace(state, phase=Shopping()), intent.Order((intent.Add(item),)), scene)
        case intent.Number(quantity) if found := at_place(int(quantity), phase.options):
            return _take(state, phase, found[0], (), scene)
        case intent.Simple("more" | "none" | "yes") if phase.rest and (meaning != YES or phase.why == "browse"):
            some = scene.settings.options_at_a_time
            return Ask(replace(state, phase=replace(phase, options=phase.rest[:some], rest=phase.rest[some:])))
        case _:
            return _none_of_them(state, meaning, scene)


def _taking(options: tuple[intent.Choice, ...], state: DialogueState, phase: Choosing, scene: Scene) -> tuple[str, ...]:
    """Those of the offered that come so: the one just spoken of, if it does."""
    groups = {each.group for each in options}
    found = tuple(each for each in phase.options if groups <= set(scene.catalog.by_id[each].options))
    topic = state.topic.product if state.topic else None
    return (topic,) if topic in found else found


def _narrowed(state: DialogueState, phase: Choosing, found: tuple[str, ...], scene: Scene) -> Decision:
    """ "The vegan one": taken if it is the only one, else those that are left are offered."""
    if len(found) == 1:
        return _take(state, phase, found[0], (), scene)
    some = scene.settings.options_at_a_time
    return Ask(replace(state, phase=replace(phase, options=found[:some], rest=found[some:])))


def choosing_category(state: DialogueState, phase: ChoosingCategory, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Pick(position=position) if found := at_place(position, phase.names):
            return answer_question(replace(state, phase=Shopping()), intent.AskProducts(found[0]), scene)
        case intent.Simple("more") if phase.rest:
            return list_categories(state, phase.rest)
        case _:
            return _none_of_them(state, meaning, scene)


def _none_of_them(state: DialogueState, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Simple("more"):
            return settle(state, scene, (fact("no-more"),))
        case intent.Simple("no" | "none"):
            return dropped(state, scene)
        case _:
            return None


def _take(
    state: DialogueState,
    phase: Choosing,
    product: str,
    options: tuple[intent.Choice, ...],
    scene: Scene,
    quantity: Decimal | None = None,
) -> Decision:
    kept, quantity = options or phase.edit.item.options, quantity or phase.edit.item.quantity
    item = replace(phase.edit.item, product=product, quantity=quantity, options=kept, guessed=False, alternatives=())
    said = intent.Order((replace(phase.edit, item=item),))
    return order(replace(state, phase=Shopping()), said, scene)


def choosing_line(state: DialogueState, phase: ChoosingLine, meaning: object, scene: Scene) -> Decision | None:
    lines = tuple(line for each in phase.lines if (line := scene.cart.line(each)))
    match meaning:
        case intent.Pick(position=int(position)):
            found = tuple(int(each) for each in at_place(position, tuple(str(line.id) for line in lines)))
        case intent.Pick(by=str(by)):
            found = (sorted(lines, key=lambda line: line.unit_price.minor)[0 if by == "cheapest" else -1].id,)
        case intent.Pick(None, product, options) if product or options:
            asked = tuple(replace(each, amount=None) for each in options)
            found = tuple(line.id for line in lines if fits(line, intent.Ref(product, asked)))
        case intent.Simple("no" | "none"):
            return dropped(state, scene)
        case _:
            return None
    if len(found) != 1 or (line := scene.cart.line(found[0])) is None:
        return None
    resolved = Resolved()
    apply(resolved, phase.edit, line, scene.catalog)
    state = replace(state, waiting=(*resolved.asks, *state.waiting))
    return change(state, scene, *resolved.edits) if resolved.edits else settle(state, scene, tuple(resolved.facts))


def choosing_reading(state: DialogueState, phase: ChoosingReading, meaning: object, scene: Scene) -> Decision | None:
    match meaning:
        case intent.Pick(int(position)) if 0 < abs(position) <= len(phase.readings):
            meant: intent.Intent | None = phase.readings[position - 1 if position > 0 else position]
        case intent.Pick(None, str(product)):
            meant = next((each for each in phase.readings if _names(each, product)), None)
        case intent.Simple("no" | "none"):
            return dropped(state, scene)
        case _:
            return None
    if isinstance(meant, intent.Order):
        return order(replace(state, phase=Shopping()), meant, scene)
    return None


def _names(meant: intent.Intent, product: str) -> bool:
    match meant:
        case intent.Order((intent.Add(item) | intent.Replace(_, item), *_)):
            return item.product == product
        case _:
            return False


def confirming_guess(state: DialogueState, phase: ConfirmingGuess, meaning: object, scene: Scene) -> Decision | None:
    sure = replace(phase.edit, item=replace(phase.edit.item, guessed=False))
    match meaning:
        case intent.Simple("yes"):
            return order(replace(state, phase=Shopping()), intent.Order((sure,)), scene)
        case intent.Simple("no" | "none"):
            return settle(state, scene, (fact("guess-wrong"),))
        case intent.Number(quantity, unit):
            counted = replace(sure, item=replace(sure.item, quantity=quantity, unit=unit))
            return order(replace(state, phase=Shopping()), intent.Order((counted,)), scene)
        case intent.Pick(product=product) if product == phase.edit.item.product:
            return order(replace(state, phase=Shopping()), intent.Order((sure,)), scene)
        case _:
            return None
