"""Knows how the pieces of an utterance join into phrases: "two large lattes with oat milk". Knows no cart. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from nlu.around import Around
from nlu.lexicon import Amount, Day, Extra, Group, Position, Product, Quantity, Reading, Unit, Value
from nlu.phrases import Phrase, Said
from nlu.segments import Segment

AT_ONCE = ("now", "today")
"""Days that say of an order what is so anyway; any other is for somebody to note."""


@dataclass(slots=True)
class Reader(Around):
    """Reads the pieces of one clause from left to right."""

    strays: int = 0
    """Words that belong to nothing."""
    unknown: bool = False
    """Some of these are no words of this shop or language."""
    doubtful: bool = False
    """Something was left half said: "with" and nothing, "ounce" without a number."""
    wanted: bool = True
    amount: Amount | None = None
    of: bool = False
    """After the "of" of "a large one of the lattes"."""

    def read(self) -> list[Phrase]:
        for at, piece in enumerate(self.pieces):
            self._take(at, piece)
        if self.led and not self.wanted:
            self._refuse_the_same()
        self.doubtful = self.doubtful or self.led or self.amount is not None
        self._close()
        self.doubtful = self.doubtful or (self.unknown and any(phrase.product for phrase in self.phrases))
        return self.phrases

    # ---- one piece after another ------------------------------------------------------------------------------

    def _take(self, at: int, piece: Segment) -> None:
        product, value, amount = piece.find(Product), piece.find(Value), piece.find(Amount)
        group = piece.find(Group)
        if not piece.readings:
            self._lose(at, piece)
        elif isinstance(group, Group) and piece.is_group and self.led and not self.wanted:
            self._option(at, self.lexicon.any_of(group.id))
        elif self._says_kind(at, piece):
            return
        elif isinstance(value, Value) and not (
            isinstance(product, Product) and not self._is_option(at, product, value)
        ):
            self._option(at, value)
        elif isinstance(product, Product) and not (piece.find(Unit) and self._contains(at)):
            self._product(at, product, piece)
        elif isinstance(amount, Amount) and self._is_amount(at, amount):
            self.amount = amount
        elif isinstance(amount, Amount) and not piece.is_light and not self._next_is(at, Value, Product):
            self.doubtful = True
        elif not self._determine(at, piece):
            self._link(at, piece)

    def _determine(self, at: int, piece: Segment) -> bool:
        """Words that open a phrase: quantities, "the", ordinals, "another"; and words that stand for a thing."""
        quantity, position, unit = piece.find(Quantity), piece.find(Position), piece.find(Unit)
        extra = piece.find(Extra)
        if piece.cue("links.it") and self.led and self.now.values:
            self.led = False
        elif piece.cue("links.every") and self._shares(at):
            self.now.each = True
        elif piece.cue("links.other"):
            self._open().one = self.now.other = True
            self.now.quantity = self.now.quantity or Decimal(1)
        elif piece.cue("links.one") and (self._stands_for() or self._are_ones(piece)):
            self.now.one = True
        elif isinstance(quantity, Quantity) and piece.cue("links.every") and self._follows_things(at):
            self._open().every = True
        elif isinstance(quantity, Quantity) and not isinstance(unit, Unit):
            self._quantity(at, quantity)
        elif isinstance(quantity, Quantity) and self._next_is(at, Product):
            self._open().quantity = quantity.value
        elif isinstance(unit, Unit):
            self.doubtful = self.now.measure(unit.id, piece.words[-1]) or self.doubtful
        elif isinstance(extra, Extra):
            self.doubtful = self.doubtful or self.now.unit is None or self.now.is_closed
            self.now.quantity = (self.now.quantity or Decimal(0)) + extra.value
        elif piece.cue("words.definite"):
            if not self.led and not self.of and not self.amount:
                self._open().definite = True
                self.now.some = self.now.counted is not None and self._follows(at, "words.of")
        elif isinstance(position, Position):
            self._open().position = position.value
        elif piece.cue("links.cheapest"):
            self._open().by = "cheapest"
        elif piece.cue("links.dearest"):
            self._open().by = "dearest"
        elif piece.cue("actions.same"):
            self._open().same = True
        elif piece.cue("links.every"):
            self.doubtful = self.doubtful or self.led
            self._open().every = True
        elif piece.cue("links.it"):
            self._open().it = True
        elif piece.cue("links.one"):
            self._open().one = True
        else:
            return False
        return True

    def _quantity(self, at: int, quantity: Quantity) -> None:
        if quantity.article and (self.led or self.amount or self._completes(at)):
            return
        if self.led and self._next_is(at, Value):
            self._lose(at, self.pieces[at])
            return
        phrase = self._open()
        phrase.counted_by = phrase.counted_by or quantity.counted_by
        if phrase.quantity is not None and phrase.article and not quantity.article:
            unit = self._unit_after(at)
            if unit is not None:
                phrase.packed = (quantity.value, unit)
            else:
                phrase.quantity, phrase.article = quantity.value, False
        elif phrase.quantity is None:
            phrase.quantity, phrase.article = quantity.value, quantity.article
        elif not quantity.article:
            self._close()
            self.now.quantity = quantity.value

    def _link(self, at: int, piece: Segment) -> None:
        if piece.cue("words.without", "words.no"):
            self.wanted, self.led, self.joined = False, True, False
        elif piece.cue("words.with") and not (self.amount and self._next_is(at, Value)):
            self.wanted, self.led, self.joined = True, True, False
        elif piece.cue("words.and"):
            if self.phrases and self.now.counts(self.phrases[-1]):
                self._close()
            self.led, self.joined, self.apart = False, True, piece.apart
        elif piece.cue("links.among") and self.now.counted and not self.now.is_closed and self._is_article(at + 1):
            self.now.it = self.now.some = True
        elif piece.cue("words.only"):
            self.now.only = self.now.is_empty
        elif cue := piece.cue("links.to", "links.off"):
            if not self.now.is_empty:
                self._close()
            self.now.link = cue.removeprefix("links.")
        elif piece.cue("words.of") and self.now.one and self.now.product is None and self._next_is(at, Product):
            self.now.one, self.of = False, True
        elif piece.cue("words.of"):
            self.doubtful = self.doubtful or self.joined or self.led
        elif isinstance(day := piece.find(Day), Day) and (self.phrases or not self.now.is_empty):
            self.doubtful = self.doubtful or day.id not in AT_ONCE
        elif not piece.is_light:
            self.strays += self._weight(piece.words) if not piece.cue("links.", "words.", "actions.") else 0

    # ---- options ----------------------------------------------------------------------------------------------

    def _contains(self, at: int) -> bool:
        """Whether a word like "can" is the container of a product: "a can of paint", "paint two cans"."""
        follower = self._follower(at)
        before = self.phrases[-1] if self.phrases else None
        if follower is None and before is not None and before.product is not None and before.quantity is None:
            return self.now.quantity is not None and not self.now.is_closed
        return follower is not None and (follower.cue("words.of") is not None or follower.find(Product) is not None)

    def _is_option(self, at: int, product: Reading, value: Value) -> bool:
        """Whether words that name both a product and an option are the option here."""
        assert isinstance(product, Product)
        if value.whole and not product.whole and not product.head:
            counted = self.now.quantity is not None and not self.now.article
            before = self.phrases if counted else ()
            return not self._is_noun(at) or any(self._takes(phrase.product, value) for phrase in before)
        if self.amount or not self.wanted or (self.led and value.whole and not product.whole):
            return True
        follower = self._follower(at)
        if follower and isinstance(follower.find(Product), Product) and follower.find(Value) is None:
            return self._takes(follower.find(Product), value)
        if self.led or self.joined:
            return self.now.product is not None and self._takes(self.now.product, value)
        return self.now.product is not None and self.now.quantity is not None and self._takes(self.now.product, value)

    def _is_noun(self, at: int) -> bool:
        """Whether the piece stands where a product must: after "a" or "two", and no product follows."""
        counted = self.now.quantity is not None and self.now.product is None and not self.led
        following = self.pieces[at + 1 :]
        begins = not self.phrases and self.now.is_empty and not self.led and bool(following)
        named = any(piece.find(Product) or piece.cue("links.one") for piece in following[:2])
        return (counted or (begins and following[0].cue("words.with") is not None)) and not named

    def _option(self, at: int, value: Value) -> None:
        if not self.wanted and not self.led and not self.joined and not self._follows_option(at):
            self.wanted = True
        self.doubtful = self.doubtful or (not value.whole and self._follows(at, "words.extra"))
        self.doubtful = self.doubtful or (
            self._follows(at, "words.no") and self._takes_back(at, self.now.values, value)
        )
        said = Said(value, self.amount, self.wanted, self.led, at, self.joined)
        if self.now.product is None and not self.now.one:
            self.now.before.append(said)
        else:
            self.now.after.append(said)
        self.amount, self.led, self.joined = None, False, False

    def _refuse_the_same(self) -> None:
        """ "One with onions and one without" is without onions."""
        before = next((phrase.values[-1] for phrase in reversed(self.phrases) if phrase.values), None)
        if before is not None and before.wanted and not self.now.values and self.now.product is None:
            self._option(len(self.pieces), before.value)

    # ---- products ---------------------------------------------------------------------------------------------

    def _product(self, at: int, product: Product, piece: Segment) -> None:
        if self._is_kind(at, product) or self._is_for(product, piece):
            return
        if self.led and self.now.lost_things and self.now.product is None:
            self.led = False
            return
        if self.now.product is not None or self.now.it or self.now.one or self.now.lost_things:
            if self.now.product is not None and self.now.last == at - 1 and self._compound(product, piece):
                return
            if self._names_another(at, product):
                return
            self._hand_over(product, at)
        leads = self.now.is_empty and not self.phrases and not product.whole
        self.doubtful = self.doubtful or (
            self.led and (leads or bool(self.now.before and self._follows(at, "words.definite")))
        )
        self.now.product, self.now.words, self.now.last = product, piece.words, at
        self.wanted, self.led, self.joined, self.of = True, False, False, False

    def _says_kind(self, at: int, piece: Segment) -> bool:
        """Whether the words only say what kind of thing the product is: "oolong tea"."""
        product, value = self.now.product, piece.find(Value)
        named = isinstance(value, Value) and value.whole
        follows = product is not None and product.whole and self.now.last == at - 1
        return follows and product is not None and not named and self.lexicon.is_kind_of(piece.words, product.ids)

    def _is_kind(self, at: int, product: Product) -> bool:
        """Narrow down the product by what follows: "a bouquet of roses"."""
        if self.now.product is None or self.now.last != at - 2 or not self.pieces[at - 1].cue("words.of"):
            return False
        both = tuple(each for each in self.now.product.ids if each in product.ids)
        if both:
            self.now.product, self.now.last = Product(both, whole=False), at
        self.doubtful = self.doubtful or not both
        return True

    def _is_for(self, product: Product, piece: Segment) -> bool:
        """Narrow down the product before by what it is for: "a collar for my dog"."""
        before = self.phrases[-1] if self.phrases else None
        if self.now.link != "to" or product.whole or before is None or before.product is None or self.now.counted:
            return False
        both = tuple(each for each in before.product.ids if self.lexicon.has_words(each, piece.words))
        if not both:
            return False
        before.product = replace(before.product, ids=both)
        before.after += self.now.values
        self.now = self.phrases.pop()
        return True

    def _compound(self, product: Product, piece: Segment) -> bool:
        """ "banana bread" of a shop with bananas and bread is neither; "bananas bread" is a list."""
        assert self.now.product is not None
        if piece.apart or self.lexicon.is_plural(self.now.words[-1]) or len(self.phrases) > 1:
            return False
        if self.now.product.whole and product.whole and self._is_list():
            return False
        self.now.lost_things.append(" ".join(self.now.words + piece.words))
        self.now.product = None
        return True

    def _names_another(self, at: int, product: Product) -> bool:
        """ "And tomato soup", where no soup takes tomatoes, is a soup that is not sold."""
        last = self.now.after[-1] if self.now.after else None
        if last is None or last.at != at - 1 or not last.joined or product.whole or self._takes(product, last.value):
            return False
        self.now.after.pop()
        self._close()
        self.now.lost_things.append(" ".join(self.pieces[at - 1].words + self.pieces[at].words))
        self._close()
        return True

    def _hand_over(self, product: Product, at: int) -> None:
        """The next product begins: the options right before it are its own, unless they cannot be."""
        handed: list[Said] = []
        while self.now.after and not self._is_number(self.pieces[at].words[0]):
            last = self.now.after[-1]
            adjacent = last.at == (handed[0].at if handed else at) - 1
            if not adjacent or last.led or last.amount or not self._takes(product, last.value):
                break
            handed.insert(0, self.now.after.pop())
            if last.joined:
                break
        self._close()
        self.now.before = handed

    # ---- what is not known ------------------------------------------------------------------------------------

    def _lose(self, at: int, piece: Segment) -> None:
        text = " ".join(piece.words)
        adjacent = at > 0 and self.now.last == at - 1
        if (self.led or self.amount or self._follows(at, "words.in")) and self.now.product is not None:
            self.now.lost_options.append(text)
            self.led, self.joined, self.amount = False, False, None
        elif self._is_stray(at, piece, adjacent):
            self.doubtful = self.doubtful or self._hides_name(at)
            self._stray(piece)
        elif adjacent and self.now.product is not None and not piece.apart:
            self.now.lost_things.append(" ".join(self.now.words + piece.words))
            self.now.product = None
        elif self.now.values and self.now.product is None and self.now.values[-1].at == at - 1:
            self.now.lost_things.append(" ".join(self.pieces[at - 1].words + piece.words))
            self.now.last = at
        elif self.now.is_closed and not self.joined and not piece.apart and not self._expects_thing(at):
            self._stray(piece)
        else:
            self._open().lost_things.append(text)
            self.now.last = at

    def _stray(self, piece: Segment) -> None:
        weight = self._weight(piece.words)
        self.strays, self.unknown = self.strays + weight, self.unknown or weight > 0

    def _is_stray(self, at: int, piece: Segment, adjacent: bool) -> bool:
        if self.lexicon.is_idle(piece.words) or self._strays_in(at):
            return True
        if at == 0 and self.lexicon.is_idle(piece.words[:1]):
            return True
        leads = adjacent and len(piece.words) == 1 and self._next_is(at, Value)
        return leads and self.now.product is not None

    # ---- around -----------------------------------------------------------------------------------------------

    def _open(self) -> Phrase:
        if self.now.is_closed:
            self._close()
        return self.now

    def _close(self) -> None:
        if not self.now.is_empty:
            self.phrases.append(self.now)
        self.now = Phrase(joined=self.joined, apart=self.joined and self.apart)
        self.wanted, self.led, self.joined, self.amount = True, False, False, None
