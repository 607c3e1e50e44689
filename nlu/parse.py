"""Knows how to find the one meaning of an utterance, or that it has none. Knows no cart and no shop. PURE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from nlu.by_ear import by_ear, offered
from nlu.choices import pick
from nlu.clauses import Clause, split
from nlu.draft import Draft, without
from nlu.finding import choosing_meaning, offer_of
from nlu.grammar import Grammar
from nlu.homophones import reheard
from nlu.intent import (
    Add,
    Ambiguous,
    AskFaq,
    AskPrice,
    AskStock,
    AskUnknown,
    Digits,
    Edit,
    Intent,
    Meaning,
    Number,
    Order,
    Pick,
    Ref,
    Repeat,
    Several,
    Simple,
)
from nlu.ledger import is_complete
from nlu.lists import about_list, list_meaning
from nlu.numbers import read_digits
from nlu.phrases import Phrase
from nlu.questions import ask
from nlu.reader import Reader
from nlu.segments import Segment, is_bare_reference, parted, segment
from nlu.set_phrases import NUMBERS, set_phrase, simple_of
from nlu.terms import about_terms
from nlu.text import commas, words_of
from nlu.things import ONE
from nlu.told import answered

DROPPED = ("greet", "thanks", "backchannel", "pause", "stop")
"""Said with something else, these say nothing."""
ABOUT_NOTHING = (AskStock(), AskPrice())
"""What "how about" and "what about" leave where a person is asked for."""
NAMED = ("order", "choice")
"""Questions that a name may answer."""
BESIDE_LISTS = ("choice", "digits", "who")
"""What answers these questions is none when it is said of a list."""
MENDING = ("actions.correct", "actions.not", "actions.replace", "actions.keep", "actions.change")


def parse(text: str, grammar: Grammar, expecting: str = "order", focus: Sequence[str] | None = None) -> Meaning | None:
    """What the text means as an answer to the kind of question asked; None = not understood.

    `expecting`: "order", "yes_no", "digits", "code", "choice", "who", "told", "slot", or a part of an address:
    "postcode", "street", "house", "address" (which of them is another). `focus`: ids of products or option groups that
    the question was about, or the names of people. Of what was said in vain, `Order.not_sold` tells; a doubtful cart is
    Ambiguous or None.
    """
    plain = words_of(text, grammar.language)
    words = reheard(plain, grammar.language)
    if not words:
        return None
    if told := answered(plain, text, expecting, focus or (), grammar.language):
        return told
    if expecting in NUMBERS and (found := _digits(words, grammar)):
        return found
    if faq := grammar.faq_exact(words):
        return AskFaq(faq)
    if about_list(plain, grammar.language):
        kind = "order" if expecting in BESIDE_LISTS else expecting
        return list_meaning(plain, grammar.language, lambda said: parse(said, grammar, kind))
    if terms := about_terms(plain, grammar, expecting, lambda said, kind: parse(said, grammar, kind)):
        return terms
    offer = offer_of(expecting, focus or (), grammar.lexicon.products)
    if chosen := choosing_meaning(words, grammar.language, grammar.names, lambda said: parse(said, grammar), offer):
        return chosen
    breaks = commas(text, grammar.language) if len(words) == len(plain) else frozenset()
    pieces = parted(grammar.second_chance.mend(segment(words, grammar.lexicon)), breaks)
    if simple := set_phrase(pieces, expecting):
        return simple
    if expecting == "order" and is_bare_reference(pieces):
        return None  # a lone "that" is what noise is most often taken for
    ear = grammar.ear if expecting in NAMED else None
    clauses = split(pieces, grammar.lexicon) if ear else []
    if ear and (order := by_ear(clauses, ear)):
        return order
    reading = _Parse(
        grammar,
        expecting,
        tuple(focus or ()),
        is_begun=grammar.language.idle.stripped(words) in grammar.language.unfinished,
    )
    meaning = reading.meaning(pieces)
    meaning = offered(meaning, clauses, ear) if ear else meaning
    if meaning is None or _is_lost(meaning):
        faq = grammar.faq.match(words)
        return AskFaq(faq) if faq else meaning
    return meaning


def _is_lost(meaning: Meaning) -> bool:
    """Whether something was named that nobody sells; it may have been a question."""
    parts = meaning.intents if isinstance(meaning, Several) else (meaning,)
    return any(
        part == AskFaq("") or isinstance(part, AskUnknown) or (isinstance(part, Order) and part.not_sold)
        for part in parts
    )


def _digits(words: Sequence[str], grammar: Grammar) -> Digits | None:
    digits, clear = read_digits(words, grammar.language)
    return Digits(digits, clear) if digits else None


@dataclass(slots=True)
class _Parse:
    """The meaning of one utterance, clause by clause."""

    grammar: Grammar
    expecting: str
    focus: tuple[str, ...]
    parts: list[Intent | None] = field(default_factory=list)
    """None stands where the order belongs."""
    strays: int = 0
    known: int = 0
    hedged: bool = False
    asked: bool = False
    """Something was wanted in so many words: "I'd like", "give me", "remove"."""
    said: list[Phrase] = field(default_factory=list)
    """What must be found in the cart: all since something was taken back, which what was before may be."""
    is_begun: bool = False
    """Nothing was said but how sentences begin: "actually"."""
    correcting: bool = False
    """The clause before took something back, and this one says what instead."""

    def meaning(self, pieces: Sequence[Segment]) -> Meaning | None:
        lexicon = self.grammar.lexicon
        draft = Draft(lexicon, self.grammar.second_chance.nearest, self._focused())
        clauses = split(pieces, lexicon)
        for clause in clauses:
            refuses = clause.has("actions.correct") is not None and clause.has("simple.no") is not None
            draft.refused = draft.refused or refuses
            if clause is not clauses[-1] and not clause.body and clause.has("actions.correct"):
                self.correcting = True
                draft.correction = draft.correction or not draft.edits
            elif (self.correcting and clause.has("simple.yes")) or not self._clause(clause, draft):
                return None
            else:
                self.correcting = False
        if draft.denied is not None or not self._is_whole(draft):
            return None
        self.hedged = any(piece.cue("words.hedges") for piece in pieces)
        self.known = sum(1 for piece in pieces if piece.readings and not piece.is_light)
        if (self.strays >= 2 and self.strays * 2 > self.known) or self._is_talk(draft):
            return None
        return self._joined(draft)

    def _focused(self) -> tuple[str, ...]:
        lexicon = self.grammar.lexicon
        groups = [each for each in self.focus if each in lexicon.groups]
        if not groups:
            groups = [
                group for each in self.focus if each in lexicon.products for group in lexicon.products[each].options
            ]
        return tuple(dict.fromkeys(groups))

    # ---- one clause --------------------------------------------------------------------------------------------

    def _clause(self, clause: Clause, draft: Draft) -> bool:
        """Take the clause in; False = it makes no sense."""
        if clause.has("questions."):
            return self._question(clause, draft)
        if spared := clause.spared:
            clause = Clause(frozenset(("actions.remove", "links.except")), clause.lead, spared)
        if clause.has("simple.", "repeat.") and (not clause.body or not clause.has("actions.")):
            return self._simple(clause, draft)
        self.asked = self.asked or clause.has("actions.") is not None
        reader = Reader(self.grammar.lexicon, clause.pieces)
        phrases = reader.read()
        if phrases and any((word,) in self.grammar.language.phrases["words.only"] for word in clause.lead):
            phrases[0].only = True
        self.strays += reader.strays
        if reader.doubtful or (reader.strays and phrases and not any(phrase.says for phrase in phrases)):
            return False
        if self.correcting or clause.has(*MENDING):
            self.said.clear()
        self.said += self._kept(clause, phrases)
        self._act(clause, phrases, draft)
        if draft.broken:
            return False
        if (draft.edits or draft.not_sold) and None not in self.parts:
            self.parts.append(None)
        return True

    @staticmethod
    def _kept(clause: Clause, phrases: list[Phrase]) -> list[Phrase]:
        """The phrases of a clause that do not say what is not wanted."""
        if clause.has("actions.introduce"):
            return []
        part = clause.has("actions.change", "actions.replace") and len(phrases) > 1 and not phrases[0].product
        denies = part or clause.has("actions.not") or _denies(clause, phrases)
        return phrases[1:] if denies else phrases

    def _is_whole(self, draft: Draft) -> bool:
        """Whether all that was said about things is in the cart that it makes, or known not to be sold."""
        if not draft.edits or draft.clash:
            return True
        return is_complete(self.said, draft.edits, {lost.text for lost in draft.not_sold})

    def _question(self, clause: Clause, draft: Draft) -> bool:
        asked = ask(clause, self.grammar.lexicon, self.grammar.second_chance.nearest)
        if asked is not None:
            self.parts.append(asked)
            return True
        simple = clause.has("simple.", "repeat.", "actions.")
        if simple is None:
            return False
        rest = Clause(
            frozenset(cue for cue in clause.cues if not cue.startswith("questions.")), clause.lead, clause.pieces
        )
        return self._clause(rest, draft)

    def _simple(self, clause: Clause, draft: Draft) -> bool:
        found = simple_of(tuple(clause.cues), self.expecting)
        assert found is not None
        if found == Simple("no") and (clause.body or clause.has("actions.correct")) and clause.body:
            found = None
        if found is not None:
            self.parts.append(found)
        if not clause.body:
            return True
        return self._clause(Clause(frozenset(), (), clause.pieces), draft)

    def _act(self, clause: Clause, phrases: list[Phrase], draft: Draft) -> None:
        instead = any(piece.cue("words.instead") for piece in clause.pieces)
        off = any(piece.cue("links.off") for piece in clause.pieces)
        if clause.has("actions.introduce"):
            draft.broken = any(phrase.product or phrase.values for phrase in phrases)
        elif clause.has("actions.double") or (clause.has("actions.not") and clause.weakens):
            draft.broken = True
        elif clause.has("actions.not"):
            draft.deny(phrases)
        elif clause.has("actions.correct") and (instead or not clause.has("actions.remove")):
            draft.deny(phrases) if instead and _denies(clause, phrases) else self._correct(phrases, draft)
        elif clause.has("links.except"):
            draft.spare(phrases)
        elif clause.has("actions.keep"):
            draft.keep(phrases)
        elif clause.has("actions.remove") or (clause.has("actions.take") and off):
            draft.remove(phrases)
        elif (clause.has("actions.replace") and len(phrases) > 1 and draft.change(None, phrases)) or (
            clause.has("actions.change") and self._change(clause, phrases, draft)
        ):
            pass
        elif clause.has("actions.replace") and not clause.has("actions.add"):
            draft.broken = True
        elif instead and phrases:
            draft.correct(phrases)
        elif phrases and any(piece.cue("links.enough") for piece in clause.pieces):
            draft.suffice(phrases)
        else:
            self._add(clause, phrases, draft)

    def _correct(self, phrases: list[Phrase], draft: Draft) -> None:
        if phrases:
            draft.correct(phrases)
        else:
            draft.correction = draft.correction or not draft.edits

    def _change(self, clause: Clause, phrases: list[Phrase], draft: Draft) -> bool:
        it = any(word in self.grammar.it_words for word in clause.lead)
        if it and draft.edits and phrases:
            draft.correct(phrases)
            return True
        return draft.change(Ref() if it else None, phrases)

    def _add(self, clause: Clause, phrases: list[Phrase], draft: Draft) -> None:
        if draft.swap(phrases):
            return
        if (self.correcting or (draft.correction and not draft.edits)) and not clause.has("actions.also"):
            draft.correct(phrases)
            return
        if (
            self.expecting == "choice"
            and not draft.edits
            and (found := pick(phrases, self.grammar.lexicon, self.focus))
        ):
            self.parts.append(found)
            return
        if not clause.cues and len(phrases) == 1 and not phrases[0].product and not self._has_unknown(clause):
            if phrases[0].position:
                self.parts.append(Pick(position=phrases[0].position))
                return
            if phrases[0].by is not None:
                self.parts.append(Pick(by=phrases[0].by))
                return
        draft.add(phrases)

    @staticmethod
    def _has_unknown(clause: Clause) -> bool:
        return any(not piece.readings for piece in clause.pieces)

    # ---- all together ------------------------------------------------------------------------------------------

    def _joined(self, draft: Draft) -> Meaning | None:
        order = self._order(draft)
        if isinstance(order, Ambiguous):
            return order if not [part for part in self.parts if part is not None] else None
        if isinstance(order, Order) and Simple("no") in self.parts:
            self.parts.remove(Simple("no"))
            order = replace(order, correction=True)
        parts = [order if part is None else part for part in self.parts]
        found = [part for part in parts if part is not None]
        if draft.bare is not None and not draft.edits and not self.strays:
            found.append(Number(draft.bare.quantity or ONE, draft.bare.unit))
        if draft.correction and not draft.edits and not found and not draft.not_sold:
            return Simple("backchannel" if self.is_begun else "no")
        telling = [part for part in found if not (isinstance(part, Simple) and part.name in DROPPED)] or found[:1]
        if Simple("complain") in telling:  # what it is about is no order
            telling = [part for part in telling if not isinstance(part, Order)]
        telling = list(dict.fromkeys(part for part in telling if part != Repeat("same") or len(telling) == 1))
        if Simple("human") in telling:
            telling = [part for part in telling if part not in ABOUT_NOTHING]
        if any(isinstance(part, Order) for part in telling):
            kept = self.expecting != "order" and telling[0] == Simple("yes")
            telling = [part for at, part in enumerate(telling) if part != Simple("yes") or (kept and at == 0)]
        answers = [part for part in telling if part in (Simple("yes"), Simple("no"))]
        if len(answers) > 1 or (answers and len(telling) == 1 and (self.strays or self.hedged)):
            return None
        if not telling or (len(telling) > 1 and any(_is_doubtful(part) for part in telling)):
            return None
        return telling[0] if len(telling) == 1 else Several(tuple(telling))

    def _order(self, draft: Draft) -> Order | Ambiguous | None:
        if draft.clash:
            return self._clashing(draft)
        if not draft.edits and not draft.not_sold:
            return None
        edits = tuple(_counted(edit, draft.uncounted) for edit in draft.edits)
        return Order(edits, draft.correction, tuple(dict.fromkeys(draft.not_sold)))

    def _is_talk(self, draft: Draft) -> bool:
        """Words about things nobody sells are an order if they ask for them, or name a thing and say nothing else."""
        if draft.edits or not draft.not_sold or self.asked:
            return False
        if any(phrase.lost_things and not (phrase.joined or phrase.quantity) for phrase in self.said[1:]):
            return True
        lost = [word for each in draft.not_sold for word in each.text.split()]
        return self.strays > 0 or any(self.grammar.lexicon.is_idle((word,)) for word in lost)

    def _clashing(self, draft: Draft) -> Ambiguous | None:
        """Two choices that exclude each other: one reading for each."""
        assert draft.clash is not None
        readings = []
        for dropped in reversed(draft.clash):
            edits = tuple(without(edit, dropped) for edit in draft.edits)
            readings.append(Order(edits, draft.correction, tuple(draft.not_sold)))
        return Ambiguous(tuple(dict.fromkeys(readings))) if readings[0] != readings[1] else None


def _denies(clause: Clause, phrases: Sequence[Phrase]) -> bool:
    """Whether it is "no fries, a salad instead", with two things and "instead" at the end."""
    things = [phrase for phrase in phrases if phrase.product]
    ends = bool(clause.body) and clause.body[-1].cue("words.instead") is not None
    return ends and len(things) == len(phrases) == 2 and not phrases[1].joined


def _is_doubtful(part: Intent) -> bool:
    """A guess beside something else is more likely neither."""
    return isinstance(part, Order) and any(isinstance(edit, Add) and edit.item.guessed for edit in part.edits)


def _counted(edit: Edit, uncounted: Collection[str]) -> Edit:
    """The edit, to be asked about where several were named and never counted."""
    match edit:
        case Add(item) if item.quantity is None and item.product in uncounted:
            return Add(replace(item, guessed=True))
        case other:
            return other
