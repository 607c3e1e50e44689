"""Knows what a set phrase means as an answer to the question asked. Knows no clause and no shop. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from nlu.intent import Manner, Repeat, Simple, SimpleName
from nlu.segments import Segment

FIRST = {
    "order": ("simple.take_it", "simple.", "repeat."),
    "choice": ("simple.more", "simple.none", "simple.", "repeat."),
    "yes_no": ("simple.yes", "simple.no", "simple.", "repeat."),
    "digits": ("simple.", "repeat."),
    "who": ("simple.", "repeat."),
}
LAST = ("simple.yes", "simple.no")
NUMBERS = ("digits", "who")
"""Questions that a number answers."""
_MANNERS: dict[str, Manner] = {name: name for name in get_args(Manner)}
_NAMES: dict[str, SimpleName] = {name: name for name in get_args(SimpleName)}


def set_phrase(pieces: Sequence[Segment], expecting: str) -> Simple | Repeat | None:
    """The meaning of an utterance that is a set phrase as a whole, apart from fillers."""
    if any(piece.cue("words.hedges") for piece in pieces):
        return None
    said = [piece for piece in pieces if not piece.is_light] or list(pieces[:1])
    if len({piece.words for piece in said}) != 1:
        return None
    return simple_of(said[0].cues, expecting)


def simple_of(cues: Sequence[str], expecting: str) -> Simple | Repeat | None:
    """The one of these meanings that answers the question best."""
    names = [cue for cue in cues if cue.startswith(("simple.", "repeat."))]
    if not names:
        return None
    order = FIRST.get(expecting, FIRST["order"])

    def rank(cue: str) -> tuple[int, int]:
        place = next((at for at, prefix in enumerate(order) if cue.startswith(prefix)), len(order))
        return place, int(cue in LAST) if expecting in ("order", *NUMBERS) and "simple.backchannel" in names else 0

    table, _, name = min(names, key=rank).partition(".")
    if table == "repeat":
        return Repeat(_MANNERS[name])
    return Simple(_NAMES[name])
