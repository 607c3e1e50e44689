"""Knows how patient the assistant is, as settings. Does not know what it is patient with. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

HumanRule: TypeAlias = Literal["offer", "transfer"]


@dataclass(frozen=True, slots=True)
class DialogueSettings:
    """How patient the assistant is; `exit`: what follows the last rung of a ladder.

    What brings a human without being asked for: too many `misses`, a caller who is `upset`, an order that is too
    `expensive` for the line. It is offered, or the caller is put through at once.
    """

    silences: int = 3
    misses: int = 3
    exit: Literal["goodbye", "ticket"] = "goodbye"
    human_on_misses: HumanRule = "offer"
    human_on_upset: HumanRule = "offer"
    human_on_expensive: HumanRule = "offer"
    options_at_a_time: int = 3
    lines_in_full: int = 5
    """Carts with more lines are summarised first."""
    cross_sell: bool = True
    """Before the total, once in a call: what `goes_with` something in the cart."""
    ask_rating: bool = False
    """After an order, before the goodbye: how was it, from one to five."""
    ask_comment: bool = False
    """After the rating: is there anything they would like to tell."""
    gift_safe: bool = False
    """What is in an order is never said after it is placed: somebody else may be listening."""
    slower_rate: float = 0.75
    louder_db: float = 6.0
