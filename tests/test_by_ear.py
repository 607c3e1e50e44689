from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from nlu.by_ear import Likeness
from nlu.grammar import Grammar
from nlu.intent import Add, Item, Meaning, NotSold, Order
from nlu.parse import parse
from nlu.vocabulary import Product, Vocabulary
from voice.soundalike import open_table
from voxcart.by_ear import NamesByEar

HELPERS = ("wipeye helper", "wideye helper")
PRODUCTS = ("yelloweye peas", "seed chips", "multigrain and seed chips", *HELPERS, "green tea", "tea")
SOUNDS = {
    "yelloweye peas": "jɛloʊaɪpiz",
    "yellow i peas": "jɛloʊaɪpiz",
    "two yellow i peas": "tujɛloʊaɪpiz",
    "multigrain and seed chips": "mʌltigɹeɪnændsidtʃɪps",
    "multi grain and seed chips": "mʌltaɪgɹeɪnændsidtʃɪps",
    "seed chips": "sidtʃɪps",
    "wipeye helper": "waɪpaɪhɛlpɚ",
    "wideye helper": "waɪdaɪhɛlpɚ",
    "white i helper": "waɪtaɪhɛlpɚ",
    "tea": "ti",
    "green tea": "gɹinti",
    "blue sky": "bluskaɪ",
    "jello ibis": "dʒɛloʊaɪbɪs",
}
OTHERS = "ʒʊʒʊʒ"


def pronounce(text: str) -> str:
    return ", ".join(SOUNDS.get(each, OTHERS) for each in text.split(", "))


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    products = tuple(Product(name, (name,)) for name in PRODUCTS)
    ear = NamesByEar([(name, name) for name in PRODUCTS], open_table(), pronounce)
    return Grammar.load("en", Vocabulary("en", products), ear=ear)


def item(meaning: Meaning | None) -> Item:
    match meaning:
        case Order((Add(item),)):
            return item
        case _:
            raise AssertionError(meaning)


def test_the_same_sound_written_otherwise_is_the_name(grammar: Grammar) -> None:
    assert item(parse("can i get some yellow i peas please", grammar)) == Item("yelloweye peas")


def test_a_number_before_it_is_a_quantity(grammar: Grammar) -> None:
    found = item(parse("give me two yellow i peas", grammar))
    assert (found.product, found.quantity, found.guessed) == ("yelloweye peas", Decimal(2), False)


def test_parts_of_other_names_that_nearly_sound_like_one_name_are_asked_about(grammar: Grammar) -> None:
    found = item(parse("i'd like multi grain and seed chips", grammar))
    assert (found.product, found.guessed or found.alternatives) == ("multigrain and seed chips", True)


def test_names_that_are_about_as_near_are_asked_about_together(grammar: Grammar) -> None:
    found = item(parse("a white i helper", grammar))
    assert {found.product, *found.alternatives} == set(HELPERS)


def test_what_is_further_away_is_offered_where_nothing_better_is_known(grammar: Grammar) -> None:
    far = parse("give me a jello ibis", grammar)
    assert far == Order((), False, (NotSold("jello ibis", ("yelloweye peas", *nearest_of(far)[1:])),))
    deaf = parse("give me a jello ibis", Grammar.load("en", grammar.vocabulary))
    assert far != deaf


def nearest_of(meaning: Meaning | None) -> tuple[str, ...]:
    return meaning.not_sold[0].nearest if isinstance(meaning, Order) else ()


def test_names_as_they_are_written_are_left_alone(grammar: Grammar) -> None:
    assert item(parse("a green tea", grammar)) == item(parse("a green tea", Grammar.load("en", grammar.vocabulary)))
    two = parse("a green tea and seed chips", grammar)
    assert isinstance(two, Order)
    assert len(two.edits) == 2


def test_what_sounds_like_no_name_is_left_as_it_is(grammar: Grammar) -> None:
    deaf = Grammar.load("en", grammar.vocabulary)
    assert parse("give me a blue sky", grammar) == parse("give me a blue sky", deaf)


def test_names_of_the_same_sound_are_asked_about() -> None:
    products = tuple(Product(name, (name,)) for name in ("yelloweye peas", "yello eye peas"))
    sounds = SOUNDS | {"yello eye peas": SOUNDS["yelloweye peas"]}
    names = [(product.id, product.id) for product in products]
    ear = NamesByEar(names, open_table(), lambda text: ", ".join(sounds.get(each, OTHERS) for each in text.split(", ")))
    grammar = Grammar.load("en", Vocabulary("en", products), ear=ear)
    for written in ("yellow i peas", "yelloweye peas", "yello eye peas"):
        found = item(parse(f"some {written}", grammar))
        assert {found.product, *found.alternatives} == {"yelloweye peas", "yello eye peas"}


def test_the_sounds_of_the_names_are_kept(tmp_path: Path) -> None:
    names = [("tea", "tea"), ("green tea", "green tea")]
    first = NamesByEar(names, open_table(), pronounce, tmp_path / "names.json").nearest("tea")
    asked: list[str] = []

    def told(text: str) -> str:
        asked.append(text)
        return pronounce(text)

    assert (
        NamesByEar(names, open_table(), told, tmp_path / "names.json").nearest("tea")
        == first
        == [Likeness("tea", 0.0, True)]
    )
    assert asked == ["tea"]


def test_texts_without_a_sound_are_near_to_nothing() -> None:
    assert NamesByEar([("tea", "tea")], open_table(), lambda _: "ti").nearest("tea")
    assert NamesByEar([("tea", "tea")], open_table(), lambda text: "ti" if text == "tea" else "").nearest("?") == []
