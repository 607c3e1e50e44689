"""Knows which names are nearly what was said: the second chance. Numbers, digits, yes and no never get one. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from nlu.lexicon import Lexicon, Product, Reading, Value
from nlu.lookup import NameIndex
from nlu.segments import Segment
from nlu.settings import NluSettings
from nlu.text import words_of

SHORTEST = 4
"""Shorter words are near to too many others."""
LONG = 12
"""From this many letters on, words are hardly near to others by chance."""
LONGEST_LOST = 3
NEAREST = 3
CANDIDATES = 12


class SecondChance:
    """Finds names that sound or are spelled nearly like words that are in none."""

    def __init__(self, lexicon: Lexicon, settings: NluSettings) -> None:
        self._lexicon = lexicon
        self._settings = settings
        self._sounds = [(re.compile(pattern), sound) for pattern, sound in lexicon.language.sounds]
        self._targets: list[Reading] = []
        names: list[str] = []
        for product in lexicon.vocabulary.products:
            for spoken in product.spoken:
                names.append(lexicon.said(spoken))
                self._targets.append(Product((product.id,), guessed=True))
        for group in lexicon.vocabulary.groups:
            for value in group.values:
                for spoken in value.spoken:
                    names.append(lexicon.said(spoken))
                    self._targets.append(Value(((group.id, value.id),), guessed=True))
        self._index = NameIndex(names)
        self._spaced = {name.replace(" ", ""): _sure(each) for name, each in zip(names, self._targets, strict=True)}
        self._heard = [self.sound(name) for name in names]

    def sound(self, text: str) -> str:
        """A key that is much the same for texts that sound alike."""
        for pattern, sound in self._sounds:
            text = pattern.sub(sound, text)
        return text

    def _ranked(self, text: str) -> list[tuple[float, Reading]]:
        """The best score of each target, best first."""
        best: dict[Reading, float] = {}
        heard = self.sound(text)
        for number, score in self._index.nearest(text, CANDIDATES):
            sounding = fuzz.ratio(heard, self._heard[number])
            total = max(score, (score + sounding) / 2)
            target = self._targets[number]
            best[target] = max(best.get(target, 0.0), total)
        return sorted(((score, target) for target, score in best.items()), key=lambda hit: -hit[0])

    def match(self, text: str) -> tuple[float, Reading] | None:
        """The one target that is near enough and ahead of all others."""
        if len(text) < SHORTEST:
            return None
        ranked = self._ranked(text)
        if not ranked or ranked[0][0] < self._settings.fuzzy_cutoff:
            return None
        if same := self._spaced.get(text.replace(" ", "")):
            return 100.0, same
        others = [score for score, target in ranked[1:] if target != ranked[0][1]]
        if others and ranked[0][0] - others[0] < self._settings.fuzzy_margin:
            return None
        return ranked[0]

    def nearest(self, text: str) -> tuple[str, ...]:
        """Product ids that could be offered in place of what the text names, best first."""
        found: dict[str, float] = {}
        stems = set(self._lexicon.key(text.split()))
        cutoff = self._offered_from(len(text))
        for score, target in self._ranked(text):
            if isinstance(target, Product) and score >= cutoff:
                found.setdefault(target.ids[0], score)
        for product in self._lexicon.sharing(text.split()):
            names = [set(self._lexicon.key(words_of(each, self._lexicon.language))) for each in product.spoken]
            shared = max(len(stems & name) / max(len(stems), len(name)) for name in names)
            found[product.id] = max(found.get(product.id, 0.0), 60.0 + 40.0 * shared)
        ranked = sorted(found.items(), key=lambda hit: -hit[1])
        return tuple(product for product, _ in ranked[:NEAREST])

    def _offered_from(self, letters: int) -> float:
        """The score from which a product is offered for a text so long."""
        low, high = self._settings.nearest_cutoff, self._settings.nearest_short_cutoff
        share = min(1.0, max(0.0, (LONG - letters) / (LONG - SHORTEST)))
        return low + (high - low) * share

    # ---- pieces -----------------------------------------------------------------------------------------------

    def mend(self, pieces: Sequence[Segment]) -> tuple[Segment, ...]:
        """Give unknown pieces, alone or with the names beside them, what they nearly are.

        An unknown word that nothing is near to takes the name after it along: a "cashew milk" is no milk.
        """
        mended = list(pieces)
        at = 0
        while at < len(mended):
            if not mended[at].readings and not self._lexicon.is_idle(mended[at].words):
                start, end, piece = self._mended(mended, at)
                mended[start:end] = [piece]
                at = start
            at += 1
        return tuple(mended)

    def _mended(self, pieces: list[Segment], at: int) -> tuple[int, int, Segment]:
        spans = [(at, end) for end in (at + 2, at + 1) if end <= len(pieces)]
        spans += [(at - 1, at + 1)] if at else []
        best: tuple[float, int, int, Reading] | None = None
        for start, end in spans:
            if all(self._is_nameable(piece) for piece in pieces[start:end]):
                found = self.match(" ".join(word for piece in pieces[start:end] for word in piece.words))
                if found and (best is None or found[0] > best[0]):
                    best = (found[0], start, end, found[1])
        if best:
            _, start, end, reading = best
            return start, end, _joined(pieces[start:end], (reading,))
        if len(pieces[at].words) <= LONGEST_LOST and at + 1 < len(pieces) and self._is_name(pieces[at + 1]):
            return at, at + 2, _joined(pieces[at : at + 2], ())
        return at, at + 1, pieces[at]

    def _is_nameable(self, piece: Segment) -> bool:
        return not piece.readings or self._is_name(piece)

    @staticmethod
    def _is_name(piece: Segment) -> bool:
        return piece.find(Product) is not None or piece.find(Value) is not None


def _sure(target: Reading) -> Reading:
    """The same words with other spaces are no guess."""
    return replace(target, guessed=False) if isinstance(target, Product | Value) else target


def _joined(pieces: Sequence[Segment], readings: tuple[Reading, ...]) -> Segment:
    words = tuple(word for piece in pieces for word in piece.words)
    return Segment(pieces[0].start, pieces[-1].end, words, readings)
