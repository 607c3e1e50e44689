"""Knows what stands around a place of an utterance. Does not know what the utterance means. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlu.lexicon import Amount, Lexicon, Product, Quantity, Reading, Unit, Value
from nlu.phrases import Phrase, Said
from nlu.segments import Segment


@dataclass(slots=True)
class Around:
    """The pieces of one clause, looked at from a place `at`; `phrases` and `now`: what was read before it."""

    lexicon: Lexicon
    pieces: Sequence[Segment]
    phrases: list[Phrase] = field(default_factory=list)
    now: Phrase = field(default_factory=Phrase)
    led: bool = False
    joined: bool = False
    apart: bool = False
    """After a comma and "and"."""

    def _unit_after(self, at: int) -> str | None:
        follower = self._follower(at)
        unit = follower.find(Unit) if follower else None
        return unit.id if isinstance(unit, Unit) else None

    def _strays_in(self, at: int) -> bool:
        """After a word like "for" or "at" stands nothing that is bought."""
        before = self.pieces[at - 1] if at else None
        while before is not None and before.cue("words.definite"):
            at -= 1
            before = self.pieces[at - 1] if at else None
        return before is not None and before.cue("links.to") is not None

    def _weight(self, words: Sequence[str]) -> int:
        return sum(1 for word in words if word not in self.lexicon.language.stop_words)

    def _follower(self, at: int) -> Segment | None:
        """The next piece, if it follows without any word between."""
        return self.pieces[at + 1] if at + 1 < len(self.pieces) else None

    def _is_article(self, at: int) -> bool:
        found = self.pieces[at].find(Quantity) if at < len(self.pieces) else None
        return isinstance(found, Quantity) and found.article

    def _next_is_of(self, at: int) -> bool:
        follower = self._follower(at)
        return follower is not None and follower.cue("words.of") is not None

    def _next_is(self, at: int, *kinds: type[Reading]) -> bool:
        for piece in self.pieces[at + 1 :]:
            if any(piece.find(kind) is not None for kind in kinds):
                return True
            if not piece.is_light:
                return False
        return False

    def _is_amount(self, at: int, amount: Amount) -> bool:
        """Whether what follows comes in such amounts."""
        rest = (piece for piece in self.pieces[at + 1 :] if not piece.is_light and not piece.cue("words.with"))
        following = next(rest, None)
        value = following.find(Value) if following else None
        groups = {group for group, _ in amount.pairs}
        return isinstance(value, Value) and any(group in groups for group, _ in value.pairs)

    def _is_list(self) -> bool:
        """Three and more things in a row, or two and another after "and"."""
        return sum(1 for piece in self.pieces if isinstance(piece.find(Product), Product)) > 2

    def _follows_option(self, at: int) -> bool:
        return at > 0 and self.pieces[at - 1].find(Value) is not None

    def _follows(self, at: int, cue: str) -> bool:
        return at > 0 and self.pieces[at - 1].cue(cue) is not None

    def _takes(self, product: Reading | None, value: Value) -> bool:
        if not isinstance(product, Product):
            return False
        taken = {group for each in product.ids for group in self.lexicon.products[each].options}
        return any(group in taken for group, _ in value.pairs)

    def _is_number(self, word: str) -> bool:
        return word in self.lexicon.language.numbers

    def _takes_back(self, at: int, said: Sequence[Said], value: Value) -> bool:
        """Whether the "no" of "a pint of mint no lemon" is no refusal but takes the only other one back."""
        groups = {group for group, _ in value.pairs}
        rivals = [each for each in said if each.wanted and groups & {group for group, _ in each.value.pairs}]
        return len(rivals) == 1 and rivals[0].at == at - 2 and not rivals[0].led and rivals[0].amount is None

    # ---- what the phrase so far leaves open ------------------------------------------------------------------------

    def _stands_for(self) -> bool:
        """Whether "one" here is a thing ("the large one") and not a number."""
        now = self.now
        if now.product is not None and not now.product.whole and not now.product.head:
            return True
        if now.product is not None or self.joined or self.led:
            return False
        if now.quantity is not None and not now.article:
            return bool(now.definite and now.position)  # "two of the second one"
        return bool(now.before or now.definite or now.position or now.by or now.article)

    def _are_ones(self, piece: Segment) -> bool:
        """Whether options end in a word like "ones", which is no number: "and ten red ones"."""
        return piece.find(Quantity) is None and bool(self.now.before) and self.now.product is None and not self.led

    def _shares(self, at: int) -> bool:
        """Whether "each" tells the quantity of several things: "half a pound each of ham and cheese"."""
        return (
            self.now.quantity is not None and not self.now.article and not self.now.is_closed and self._next_is_of(at)
        )

    def _follows_things(self, at: int) -> bool:
        """Whether "both" is about things named before."""
        return (self.now.is_closed or bool(self.phrases)) and not self._next_is(at, Product)

    def _completes(self, at: int) -> bool:
        """Whether the "a drink" of "with fries and a drink" is the other choice that the product asks for."""
        now, follower = self.now, self._follower(at)
        value = follower.find(Value) if follower else None
        product = follower.find(Product) if follower else None
        if not self.joined or not now.after or not isinstance(value, Value) or not self._takes(now.product, value):
            return False
        if not (isinstance(product, Product) and product.whole) or self._next_is(at + 1, Product):
            return False
        chosen = {group for said in now.values for group, _ in said.value.pairs}
        single = {group for group, _ in value.pairs if self.lexicon.groups[group].choose == "one"}
        return bool(single - chosen) and not single & chosen

    def _expects_thing(self, at: int) -> bool:
        """Whether the words stand where a product must: after "of", a number or a container."""
        before = self.pieces[at - 1] if at else None
        after_of = before is not None and before.cue("words.of") is not None
        counted = before is not None and (before.find(Quantity) or before.find(Unit)) is not None
        return self.now.product is None and (after_of or counted)

    def _hides_name(self, at: int) -> bool:
        """The "how" of "two how mochas" was some other word, and the name perhaps too; so was "to have mochas"."""
        counted = self.now.quantity is not None and not self.now.is_closed
        begins = at == 1 and self.pieces[0].cue("links.to") is not None
        return (counted or begins) and self._next_is(at, Product, Quantity)
