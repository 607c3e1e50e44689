"""What the shop's callers may say: sampled sentences mean what they were made from, and every name can be heard."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise

import pytest

from nlu.grammar import Grammar
from nlu.intent import Simple
from nlu.parse import parse
from nlu.text import words_of
from nlu.vocabulary import Product, Vocabulary
from tests.menus import MENUS, load_menu

COFFEE = Grammar.load("en", load_menu("coffee")[0])
KINDS = ("order", "yes_no", "digits", "choice")


@pytest.mark.parametrize("name", MENUS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_sampled_sentence_parses_back_to_its_own_meaning(name: str, seed: int) -> None:
    grammar = Grammar.load("en", load_menu(name)[0])
    for sentence, meaning in grammar.sample(400, seed):
        assert parse(sentence, grammar) == meaning, sentence


def test_sampling_is_the_same_for_the_same_seed() -> None:
    assert list(COFFEE.sample(50, 3)) == list(COFFEE.sample(50, 3))
    assert list(COFFEE.sample(50, 3)) != list(COFFEE.sample(50, 4))


@pytest.mark.parametrize("kind", KINDS)
def test_help_and_corrections_can_be_heard_everywhere(kind: str) -> None:
    phrases = set(COFFEE.phrases(kind))
    assert {"help", "cancel", "goodbye", "undo", "no", "yes"} <= phrases


@pytest.mark.parametrize("name", MENUS)
def test_every_product_and_value_can_be_heard(name: str) -> None:
    menu, _ = load_menu(name)
    grammar = Grammar.load("en", menu)
    heard = " | ".join(grammar.phrases("order"))
    names = [spoken for product in menu.products for spoken in product.spoken]
    names += [spoken for group in menu.groups for value in group.values for spoken in value.spoken]
    for spoken in names:
        assert f" {' '.join(words_of(spoken, grammar.language))}" in f" {heard}", spoken


def test_options_meet_each_other_and_their_products_in_any_order() -> None:
    pairs = Counter(pair for phrase in COFFEE.phrases("order") for pair in pairwise(phrase.split()))
    for first in ("large", "roast", "shot", "ounce"):
        for second in ("dark", "double", "latte", "iced"):
            assert pairs[first, second] or (first, second) in (("roast", "dark"), ("shot", "double")), (first, second)
    for joint in (("latte", "with"), ("with", "some"), ("milk", "and"), ("and", "a"), ("bit", "of"), ("sugar", "and")):
        assert pairs[joint] >= 5, joint


def test_digits_follow_each_other_and_come_in_pairs() -> None:
    pairs = Counter(pair for phrase in COFFEE.phrases("digits") for pair in pairwise(phrase.split()))
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert all(pairs[one, other] for one in digits for other in digits)
    assert pairs["thirty", "four"]


def test_answers_weigh_more_where_they_are_expected() -> None:
    def share(kind: str) -> float:
        phrases = COFFEE.phrases(kind)
        yes_or_no = (Simple("yes"), Simple("no"))
        answers = {phrase for phrase in set(phrases) if parse(phrase, COFFEE, "yes_no") in yes_or_no}
        return sum(phrase in answers for phrase in phrases) / len(phrases)

    assert share("yes_no") > 2 * share("order")


def test_phrases_are_made_once() -> None:
    assert COFFEE.phrases("choice", focus=("latte",)) is COFFEE.phrases("choice", focus=("latte",))


def test_what_is_offered_can_be_heard() -> None:
    phrases = Counter(COFFEE.phrases("choice", focus=("iced_mocha",)))
    assert phrases["iced mocha"] > Counter(COFFEE.phrases("choice", focus=("latte",)))["iced mocha"]


def test_five_thousand_products_can_all_be_heard() -> None:
    syllables = (
        "ba",
        "lo",
        "mi",
        "ter",
        "sol",
        "quin",
        "ra",
        "vel",
        "nor",
        "di",
        "fen",
        "gus",
        "hal",
        "jo",
        "kip",
        "pax",
        "rue",
    )
    names = (f"{a}{b} {c}{d}" for a in syllables for b in syllables for c in syllables for d in syllables)
    shop = Vocabulary("en", tuple(Product(name, (name,)) for name in islice(names, 5000)))
    grammar = Grammar.load("en", shop)
    heard = {" ".join(pair) for phrase in grammar.phrases("order") for pair in pairwise(phrase.split())}
    said = [product.spoken[0] for product in shop.products]
    missing = [name for name in said if name not in heard and not any(name in each for each in heard)]
    assert len(missing) == 0
    assert parse(f"two {said[4321]}", grammar) is not None


def test_every_name_of_a_shop_with_more_names_than_sampled_phrases_can_be_heard_word_by_word() -> None:
    names = [
        f"{first}{last} {kind}" for first in "abcdefgh" for last in "klmnopqr" for kind in ("tea", "sauce", "roll")
    ]
    products = tuple(Product(id=name, spoken=(name,)) for name in names)
    grammar = Grammar.load("en", Vocabulary("en", products, (), (), ()))
    phrases = grammar.phrases("order", limit=60)
    said = {pair for phrase in phrases for pair in pairwise(phrase.split())}
    assert [name for name in names if tuple(name.split()) not in said] == []
