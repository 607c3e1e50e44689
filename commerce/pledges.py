"""Knows what a shop promises when something is wrong: returns, answers, apologies. Knows no order. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from commerce.money import Money

Reason: TypeAlias = Literal[
    "late", "missing", "wrong", "damaged", "quality", "unfriendly", "price", "unwanted", "other"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
Way: TypeAlias = Literal["label", "bring"]


@dataclass(frozen=True, slots=True)
class Terms:
    """`return_days` None = the line takes nothing back. `goodwill`: what a complaint for a reason is worth as an
    apology. `answer_hours` count while the shop is open."""

    return_days: int | None = None
    return_way: Way = "bring"
    answer_hours: int = 24
    goodwill: tuple[tuple[Reason, Money], ...] = ()

    def apology(self, reason: Reason) -> Money | None:
        return dict(self.goodwill).get(reason)
