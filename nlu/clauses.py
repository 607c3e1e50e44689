"""Knows where one clause of an utterance ends and the next begins. Knows no meaning of its own. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlu.lexicon import Amount, Category, Cue, Group, Lexicon, Position, Product, Quantity, Unit, Value
from nlu.segments import Segment

LEADING = (
    "actions.add",
    "actions.also",
    "actions.remove",
    "actions.keep",
    "actions.double",
    "actions.take",
    "actions.change",
    "actions.replace",
    "actions.correct",
    "actions.not",
    "actions.introduce",
    "questions.",
    "simple.",
    "repeat.",
)
TRAILING = ("_end", "about_it")
WEAK = ("simple.more", "simple.backchannel", "simple.none")
"""Words that mean something only where nothing else is said with them."""


@dataclass(slots=True)
class Clause:
    """`cues`: everything that its first words can be; empty = it just names things."""

    cues: frozenset[str] = frozenset()
    lead: tuple[str, ...] = ()
    pieces: list[Segment] = field(default_factory=list)

    def has(self, *prefixes: str) -> str | None:
        """The first cue, in the order of the sentence file's tables, that begins with one of these."""
        return next((cue for prefix in prefixes for cue in sorted(self.cues) if cue.startswith(prefix)), None)

    @property
    def body(self) -> list[Segment]:
        return [piece for piece in self.pieces if not piece.is_light]

    @property
    def weakens(self) -> bool:
        """Whether its first words only say how much: "(not) too spicy"."""
        follower = self.pieces[1] if len(self.pieces) > 1 else None
        return follower is not None and self.pieces[0].cue("words.degree") is not None and not follower.is_light

    @property
    def spared(self) -> list[Segment]:
        """What stays where all the rest is to go: "drop everything but the latte"."""
        at = next((at for at, piece in enumerate(self.pieces) if piece.cue("links.except")), None)
        gone = self.has("actions.remove", "actions.take", "simple.cancel")
        return self.pieces[at + 1 :] if gone and at is not None else []


def split(pieces: Sequence[Segment], lexicon: Lexicon) -> list[Clause]:
    """The clauses in order; one without words is left out."""
    clauses = [Clause()]
    for at, piece in enumerate(pieces):
        cues = _leading(pieces, at, clauses[-1], lexicon)
        if cues:
            clauses.append(Clause(cues, piece.words))
        else:
            clauses[-1].pieces.append(piece)
    return [clause for clause in clauses if clause.cues or clause.body]


def _leading(pieces: Sequence[Segment], at: int, clause: Clause, lexicon: Lexicon) -> frozenset[str]:
    piece = pieces[at]
    cues = frozenset(
        reading.name
        for reading in piece.readings
        if isinstance(reading, Cue) and reading.name.startswith(LEADING) and not reading.name.endswith(TRAILING)
    )
    if not cues or _is_part(piece, clause, cues):
        return frozenset()
    if piece.is_light and not all(other.is_light for other in pieces):
        return frozenset()
    if piece.cue("words.no", "words.without") and _takes_off(pieces, at, clause, lexicon):
        return frozenset()
    return cues


def _is_part(piece: Segment, clause: Clause, cues: frozenset[str]) -> bool:
    """Words that can open a clause, but here go on with one."""
    if any(piece.find(kind) for kind in (Product, Value, Quantity, Position, Amount, Group, Category)):
        return True
    if piece.find(Unit) and clause.pieces and clause.pieces[-1].find(Quantity):
        return True
    if piece.cue("actions.same", "links.", "words.and", "words.with"):
        return not cues - set(WEAK) or not any(cue.startswith(("actions.", "questions.")) for cue in cues)
    if clause.has("questions.") and any(cue.endswith(TRAILING) for cue in piece.cues):
        return True
    return bool(clause.body) and not cues - set(WEAK)


def _takes_off(pieces: Sequence[Segment], at: int, clause: Clause, lexicon: Lexicon) -> bool:
    """Whether a "no" is the "no" of "no sugar", and not that of "no, soy milk"."""
    following = next((piece for piece in pieces[at + 1 :] if not piece.is_light or piece.cue("words.definite")), None)
    value = following.find(Value) if following else None
    if pieces[at].cue("words.without") or (following and not following.apart and following.is_group):
        return True
    if any(piece.cue("words.instead") for piece in pieces[at:]):
        return False
    product = following.find(Product) if following else None
    if following is not None and following.apart and not pieces[at].is_light:
        return False  # "no, strawberries"
    if not isinstance(value, Value) or (isinstance(product, Product) and product.whole):
        return False
    said = [found for piece in clause.pieces if isinstance(found := piece.find(Value), Value)]
    groups = {group for each in said for group, _ in each.pairs if lexicon.groups[group].choose == "one"}
    return not any(group in groups for group, _ in value.pairs)
