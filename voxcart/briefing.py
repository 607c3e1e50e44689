"""Knows what a person is told about the caller they take over. Does not know how they are reached. PURE."""

from __future__ import annotations

from voxcart.facts import DigitGroups, Fact, every, fact
from voxcart.states import DialogueState, Scene


def briefing(ticket: str, reason: str, state: DialogueState, scene: Scene) -> tuple[Fact, ...]:
    """Why, who, and what is in the cart: what the ticket holds, in short."""
    facts = [fact("briefing", shop=scene.catalog.name), fact("briefing-why", why=reason.replace(" ", "-"))]
    digits = "".join(each for each in scene.caller or "" if each.isdecimal())
    if digits:
        facts.append(fact("briefing-caller", number=DigitGroups(digits)))
    if state.customer is not None:
        facts.append(fact("briefing-customer", number=DigitGroups(state.customer)))
    if scene.cart.lines:
        facts.append(fact("briefing-cart", items=every(scene.cart.lines), total=scene.cart.total))
    else:
        facts.append(fact("briefing-nothing"))
    return (*facts, fact("briefing-end", number=DigitGroups(ticket)))
