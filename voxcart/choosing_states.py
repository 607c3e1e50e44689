"""Knows the questions that lead to goods by what they are like. Knows no wording. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.guiding import About, Division


@dataclass(frozen=True, slots=True)
class Guiding:
    """What should it be like. `left`: products that satisfy every answer so far, cheapest first; `asked`: so many
    questions before this one; `passed`: what did not matter; `shown`: so many of the answers were told before these."""

    left: tuple[str, ...]
    division: Division
    passed: tuple[About, ...] = ()
    asked: int = 0
    shown: int = 0
