"""Knows how goods are chosen by answering questions about what they should be like. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce import choosing
from commerce.advising import fits
from commerce.catalog import Product
from commerce.guiding import About, division, values_of
from nlu import intent
from voxcart.answers import offer_list
from voxcart.choosing_states import Guiding
from voxcart.decisions import Ask, Decision, Do
from voxcart.facts import Arg, Fact, Listed, Named, fact
from voxcart.moves import order
from voxcart.prices import at_most
from voxcart.states import DialogueState, Scene, Shopping

FEW, MOST_QUESTIONS = 3, 4
"""So many can be told at once; so many questions at most lead there."""
MOST_IN_FOCUS = 12


def begin(state: DialogueState, meaning: intent.HelpChoose, scene: Scene) -> Decision:
    wanted = meaning.wanted
    found = choosing.FindProducts(wanted.category, wanted.traits, wanted.brand, at_most(wanted, scene), meaning.among)
    return Do(replace(state, checking="guide", topic=None), found)


def begun(state: DialogueState, found: tuple[str, ...], scene: Scene) -> Decision:
    return _go_on(replace(state, checking="stock"), found, (), 0, scene)


def _go_on(
    state: DialogueState, left: tuple[str, ...], passed: tuple[About, ...], asked: int, scene: Scene
) -> Decision:
    divided = division(_goods(left, scene), passed) if len(left) > FEW and asked < MOST_QUESTIONS else None
    if divided is None:
        told = (fact("guided", n=len(left)),) if asked else ()
        return offer_list(replace(state, phase=Shopping()), left, scene, told)
    return Ask(replace(state, phase=Guiding(left, divided, passed, asked)))


def _goods(ids: tuple[str, ...], scene: Scene) -> tuple[Product, ...]:
    return tuple(scene.catalog.by_id[each] for each in ids if each in scene.catalog.by_id)


# ---- answers -------------------------------------------------------------------------------------------------


def guided(state: DialogueState, phase: Guiding, meaning: object, scene: Scene) -> Decision | None:
    about, shown = phase.division.about, answers(phase, scene)
    match meaning:
        case intent.FindProducts():
            return _narrowed(state, phase, meaning, scene)
        case intent.AskProducts(str(category)):
            return _narrowed(state, phase, intent.FindProducts(category), scene)
        case intent.Pick(position=int(place)) | intent.Number(place) if 0 < place <= len(shown):
            return _answered(state, phase, shown[int(place) - 1], scene)
        case intent.Pick(product=str(product)) if product in phase.left:
            return order(replace(state, phase=Shopping()), intent.Order((intent.Add(intent.Item(product)),)), scene)
        case intent.Simple("yes") if len(phase.division.values) == 1:
            return _answered(state, phase, phase.division.values[0], scene)
        case intent.Simple("more" | "none") if has_more(phase, scene):
            return Ask(replace(state, phase=replace(phase, shown=phase.shown + len(shown))))
        case intent.Indifferent() | intent.Simple("none" | "more" | "no_number"):
            return _go_on(state, phase.left, (*phase.passed, about), phase.asked, scene)
        case intent.Simple("no") if len(phase.division.values) == 1:
            return _go_on(state, phase.left, (*phase.passed, about), phase.asked, scene)
        case intent.Simple("no"):
            return Ask(replace(state, phase=Shopping()), (fact("all-right"),))
        case _:
            return None


def _answered(state: DialogueState, phase: Guiding, value: str, scene: Scene) -> Decision:
    about = phase.division.about
    left = tuple(each.id for each in _goods(phase.left, scene) if value in values_of(each, about))
    return _go_on(state, left, (*phase.passed, about), phase.asked + 1, scene)


def _narrowed(state: DialogueState, phase: Guiding, meaning: intent.FindProducts, scene: Scene) -> Decision:
    """By whatever was told, asked for or not."""
    left = fitting(meaning, phase.left, scene)
    if not left:
        return Ask(state, (fact("none-found"),))
    return _go_on(state, left, phase.passed, phase.asked + 1, scene)


def fitting(meaning: intent.FindProducts, among: tuple[str, ...], scene: Scene) -> tuple[str, ...]:
    most = at_most(meaning, scene)
    wanted = choosing.FindProducts(meaning.category, meaning.traits, meaning.brand)
    return tuple(
        each.id for each in _goods(among, scene) if fits(each, wanted) and (most is None or each.price <= most)
    )


# ---- the question --------------------------------------------------------------------------------------------


def answers(phase: Guiding, scene: Scene) -> tuple[str, ...]:
    return phase.division.values[phase.shown :][: scene.settings.options_at_a_time]


def has_more(phase: Guiding, scene: Scene) -> bool:
    return phase.shown + len(answers(phase, scene)) < len(phase.division.values)


def guiding_question(phase: Guiding, scene: Scene) -> Fact:
    about, values = phase.division.about, phase.division.values
    if len(values) == 1:
        return fact("ask-guide-whether", kind=about.kind, value=_named(about, values[0]))
    listed = Listed(tuple(_named(about, each) for each in answers(phase, scene)), "or")
    return fact("ask-guide", kind=about.kind, about=about.label, values=listed, more=int(has_more(phase, scene)))


def _named(about: About, value: str) -> Arg:
    return Named("category", value) if about.kind == "category" else value
