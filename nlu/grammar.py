"""Knows everything sayable in one shop: the language's sentences joined with the shop's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import cycle, pairwise

from nlu.by_ear import Ear
from nlu.faq import FaqIndex
from nlu.finding import Names, said_of_choices, said_of_goods
from nlu.fuzzy import SecondChance
from nlu.intent import Meaning, OnList
from nlu.language import Language, load_language
from nlu.lexicon import Lexicon
from nlu.lists import sampled, set_phrases, taking_off
from nlu.people import ways_to_say
from nlu.sampled_terms import TermSampler
from nlu.sampling import Sampler
from nlu.settings import NluSettings
from nlu.spelling import said_so
from nlu.text import words_of
from nlu.vocabulary import Vocabulary

ABOUT = {
    "product": (
        "remove",
        "replace",
        "price",
        "stock",
        "options",
        "add",
        "one",
        "two",
        "set",
        "not",
        "correct",
        "other",
    ),
    "value": ("set", "product", "without", "correct", "other"),
    "category": ("ask", "other"),
    "group": ("ask", "other"),
}
ORDERS_EACH = 0.8
"""The share of the phrases for shopping that are whole orders."""
BESIDE_DIGITS = ("help", "human", "cancel", "goodbye", "stop", "pause", "yes", "no", "undo")
"""What is listened for beside a number: every other word is one that a digit can be taken for."""
MOST_IN_FOCUS = 40
TIMED = 200
"""So often it is said when something is to be delivered."""
COMPARED = 40
"""So many names are taught in comparisons; in orders all are."""
SPOKEN_OF_LISTS = ("order", "choice", "yes_no")
NAMED_EACH = 20
"""So often a name is among the phrases, where a person is asked for."""
LISTED_EACH = 6
"""One phrase in so many is about the list, where there is one."""


class Grammar:
    """The parser's tables and the recogniser's phrases for one shop. Immutable but for its cache of phrases."""

    def __init__(
        self, language: Language, vocabulary: Vocabulary, settings: NluSettings, ear: Ear | None = None
    ) -> None:
        """`ear` compares what is no name with the names by their sounds."""
        self.language = language
        self.ear = ear
        self.vocabulary = vocabulary
        self.settings = settings
        self.lexicon = Lexicon(language, vocabulary, ear.twins() if ear else ())
        self.second_chance = SecondChance(self.lexicon, settings)
        self.faq = FaqIndex(self.lexicon)
        self.names = Names(language, vocabulary)
        self.it_words = frozenset(word for phrase in language.phrases["links.it"] for word in phrase)
        self._faqs = {
            tuple(words_of(question, language)): faq.id for faq in vocabulary.faqs for question in faq.questions
        }
        self._base: dict[int, list[str]] = {}
        self._phrases: dict[tuple[str, int, tuple[str, ...], bool], list[str]] = {}

    @classmethod
    def load(
        cls, language: str, vocabulary: Vocabulary, settings: NluSettings | None = None, ear: Ear | None = None
    ) -> Grammar:
        """Raises SentencesError if there are no sentences for the language."""
        return cls(load_language(language), vocabulary, settings or NluSettings(), ear)

    def faq_exact(self, words: Sequence[str]) -> str | None:
        return self._faqs.get(tuple(words))

    # ---- sentences ---------------------------------------------------------------------------------------------

    def sample(self, n: int, seed: int, lists: bool = False) -> Iterator[tuple[str, Meaning]]:
        """Sentences that callers of this shop would say, with their meanings; the same for the same seed.

        `lists`: what is said of a shopping list as well.
        """
        sampler = Sampler(self.lexicon, seed)
        draws = [sampler.order, *(draw for draw, _ in _about(sampler))]
        draws += [partial(sampled, sampler)] if lists else []
        left, at = n, 0
        while left:
            sentence, meaning = draws[at % len(draws)]()
            at += 1
            told = meaning.order if isinstance(meaning, OnList) else meaning
            if meaning is not None and told is not None and sampler.is_certain(told):
                left -= 1
                yield sentence, meaning

    def phrases(
        self, expecting: str, limit: int | None = None, focus: Sequence[str] | None = None, lists: bool = False
    ) -> list[str]:
        """Phrases that bias a recogniser towards the answers to a kind of question, help and the like included.

        `expecting`: "order", "yes_no", "digits", "choice" or "told": no phrases at all, anything may be said. Every
        product can be named, so with very many products there are more phrases than `limit`. Frequent ones come more
        than once: repetition is weight. `lists`: a shopping list may be spoken of. With "who", `focus` holds the names
        of people.
        """
        key = (expecting, limit or self.settings.phrases, tuple(focus or ()), lists)
        found = self._phrases.get(key)  # calls ask at the same time, from several threads
        if found is None:
            if len(self._phrases) >= MOST_IN_FOCUS:
                self._phrases.clear()
            found = self._sampled(*key[:3])
            if lists and expecting in SPOKEN_OF_LISTS:
                found = found + self._listing(len(found) // LISTED_EACH)
            self._phrases[key] = found
        return found

    def _sampled(self, expecting: str, limit: int, focus: tuple[str, ...]) -> list[str]:
        sampler = Sampler(self.lexicon, self.settings.seed, focus)
        terms = TermSampler(self.language, self.settings.seed)
        match expecting:
            case "told":
                return []
            case "who":
                names = [name for each in focus for name in ways_to_say(each, self.language) for _ in range(NAMED_EACH)]
                return names + self.phrases("digits", limit)
            case "street":
                return []  # may be called anything
            case "slot":
                answers = 4 * [
                    *self._set("simple.yes", "simple.no", "simple.more"),
                    *self._of_terms("later", "earlier"),
                ] + [terms.time() for _ in range(limit)]
                shopping = 0
            case "postcode" if self.vocabulary.postcode_forms:
                return self._postcodes(terms, limit)
            case "house":
                houses = [terms.house() for _ in range(limit)]
                return houses + self._set("repeat.same", *(f"simple.{name}" for name in BESIDE_DIGITS))
            case "code" | "postcode":
                return self._spelling(sampler, limit)
            case "digits":
                answers = [sampler.single_digits() for _ in range(limit)]
                answers += [sampler.digits() for _ in range(limit // 10)]
                return answers + self._set("repeat.same", *(f"simple.{name}" for name in BESIDE_DIGITS))
            case "address":
                answers = 4 * self._set("simple.yes", "simple.no") + self._mending(sampler, terms, limit)
                shopping = 0
            case "yes_no":
                answers = 12 * self._set("simple.yes", "simple.no")
                shopping = limit // 3
            case "choice":
                answers = 2 * self._set("simple.yes", "simple.no", "simple.more", "simple.none")
                answers += self._choosing(sampler, limit // 5, focus)
                shopping = limit // 2
            case _:
                answers, shopping = [], limit
        always = self._set("simple.", "repeat.", "questions.hours", "questions.delivery", "questions.payment")
        always += self._set("questions.order_status", "questions.menu")
        always += [" ".join(words) for words in self._faqs]
        always += self._coupons() + self._paying() + self._handing(terms) + self._of_goods(expecting)
        return answers + always + (self._shopping(shopping) if shopping else [])

    def _spelling(self, sampler: Sampler, limit: int) -> list[str]:
        """Letters and digits in any order, the shop's own codes, and what is listened for beside a number."""
        letters, digits = list(self.language.letters), list(self.language.digits)
        said = [sampler.spelled(letters, digits) for _ in range(limit)]
        said += [
            way for code in self.vocabulary.codes for way in said_so(code, self.language) for _ in range(NAMED_EACH)
        ]
        return said + self._set("repeat.same", "simple.no_number", *(f"simple.{name}" for name in BESIDE_DIGITS))

    def _coupons(self) -> list[str]:
        """What is said of coupons, where the shop has any."""
        if not self.vocabulary.codes:
            return []
        table = self.language.terms
        leads = _apart(" ".join(words) for words in table["coupon"])
        codes = [way for code in self.vocabulary.codes for way in said_so(code, self.language)]
        whole = _apart(" ".join(words) for words in table["no_coupon"])
        return [*leads, *whole, *(f"{lead} {code}" for lead, code in zip(cycle(leads), codes * 4, strict=False))]

    def _of_goods(self, expecting: str) -> list[str]:
        """What is asked of goods as a whole, and answered where a choice is offered."""
        names = [product.spoken[0] for product in self.vocabulary.products[:COMPARED]]
        asked = said_of_goods(self.language, self.names, names) if expecting in ("order", "choice") else ()
        answered = said_of_choices(self.language, self.names) if expecting == "choice" else ()
        return [*_apart(answered), *_apart(asked)]

    def _postcodes(self, terms: TermSampler, limit: int) -> list[str]:
        """Those that the shop delivers to, others that look so, and what is listened for beside them."""
        forms, known = self.vocabulary.postcode_forms, [each.rstrip("*") for each in self.vocabulary.postcodes]
        codes = zip(cycle(forms), range(limit), strict=False)
        said = [terms.code(form, known[at % len(known)] if at % 2 and known else "") for form, at in codes]
        ways = [" ".join(words) for way in ("pickup", "my_address") for words in self.language.terms[way]]
        return [*said, *ways, *self._set("repeat.same", *(f"simple.{name}" for name in BESIDE_DIGITS))]

    def _mending(self, sampler: Sampler, terms: TermSampler, limit: int) -> list[str]:
        """Which part of an address is another."""
        table, half = self.language.terms, range(limit // 2)
        told = [(lead, sampler.single_digits()) for lead, _ in zip(cycle(table["postcode"]), half, strict=False)]
        told += [(lead, terms.house()) for lead, _ in zip(cycle(table["house"]), half, strict=False)]
        wrong = zip(cycle(table["wrong"]), told, strict=False)
        return [f"{' '.join(no)} {' '.join(lead)} {part}" for no, (lead, part) in wrong]

    def _of_terms(self, *names: str) -> list[str]:
        return [" ".join(words) for name in names for words in self.language.terms[name]]

    def _handing(self, terms: TermSampler) -> list[str]:
        """What is said of how an order is received, where the shop asks for it."""
        if not self.vocabulary.delivers:
            return []
        table = self.language.terms
        ways = _apart(" ".join(words) for way in ("deliver", "pickup", "my_address") for words in table[way])
        leads = zip(cycle(table["deliver"]), range(TIMED), strict=False)
        return [*ways, *(f"{' '.join(lead)} {terms.time()}" for lead, _ in leads)]

    def _paying(self) -> list[str]:
        """What is said of how an order is paid, where the shop asks for it."""
        said = self._of_terms("pay_delivery", "pay_invoice", "pay_card", "pay_link")
        return _apart(said) if self.vocabulary.pays else []

    def _listing(self, limit: int) -> list[str]:
        """What is said of a shopping list."""
        sampler = Sampler(self.lexicon, self.settings.seed)
        said = [sampled(sampler)[0] for _ in range(limit)] + [taking_off(sampler) for _ in range(limit // 4)]
        return said + _apart(set_phrases(self.language))

    def _set(self, *prefixes: str) -> list[str]:
        """The set phrases of these tables; of those that are made of the same pairs of words, the first ones."""
        tables = (phrases for name, phrases in self.language.phrases.items() if name.startswith(prefixes))
        return _apart(" ".join(words) for phrases in tables for words in phrases)

    def _shopping(self, limit: int) -> list[str]:
        """Orders, changes and questions; the same whatever else is expected."""
        if limit not in self._base:
            self._base[limit] = self._sampled_shopping(Sampler(self.lexicon, self.settings.seed), limit)
        return self._base[limit]

    def _sampled_shopping(self, sampler: Sampler, limit: int) -> list[str]:
        orders = int(limit * ORDERS_EACH)
        said = [sampler.order()[0] for _ in range(max(orders, sampler.names))]
        about = _about(sampler)
        weight = sum(share for _, share in about) or 1
        for draw, share in about:
            said += [draw()[0] for _ in range(max(1, (limit - orders) * share // weight))]
        said += [sampler.plain() for _ in range(limit // 12)]
        said += [sampler.led_order() for _ in range(limit // 20)]
        return said + _unsaid(sampler.product_names, said)

    def _choosing(self, sampler: Sampler, limit: int, focus: Sequence[str]) -> list[str]:
        """The frames that pick, and the names of what is offered."""
        said = [sampler.plain() for _ in range(limit // 2)]
        for each in focus:
            if each in self.lexicon.products:
                said += [name for name in sampler.frames_of(each) for _ in range(3)]
        return said


def _apart(sentences: Iterable[str]) -> list[str]:
    """Those that are not made of the pairs of words of the ones before."""
    seen: set[tuple[str, str]] = set()
    kept: list[str] = []
    for sentence in sentences:
        pairs = set(pairwise(("", *sentence.split(), "")))
        if not pairs <= seen:
            kept.append(sentence)
        seen |= pairs
    return kept


def _unsaid(names: Sequence[str], said: Sequence[str]) -> list[str]:
    """The names with a word, or two words in a row, that nothing said holds: drawn as a plural only, perhaps."""
    heard = {piece for sentence in said for piece in _pieces(sentence)}
    return [name for name in names if not _pieces(name) <= heard]


def _pieces(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {*((word,) for word in words), *pairwise(words)}


def _about(sampler: Sampler) -> list[tuple[Callable[[], tuple[str, Meaning | None]], int]]:
    """Draws of all frames about names that the shop has, with their weights."""
    draws: list[tuple[Callable[[], tuple[str, Meaning | None]], int]] = []
    for what, kinds in ABOUT.items():
        if what == "product" or sampler.has(what):
            for kind in kinds:
                draws.append((sampler.drawer(what, f"{kind}_{what}"), 6 if what in ("product", "value") else 2))
    return draws
