from __future__ import annotations

from collections.abc import Sequence

import pytest

from nlu.grammar import Grammar
from nlu.lexicon import Lexicon
from nlu.vocabulary import Name, OptionGroup, Product, Vocabulary
from voice.soundalike import open_table
from voxcart.likeness import Alike, alike_names

SOUNDS = {
    "pear": "pɛɹ",
    "bear": "bɛɹ",
    "melon": "mɛlən",
    "sixteen": "sɪkstin",
    "sixty": "sɪksti",
    "ounce": "aʊns",
    "coffee": "kɔfi",
    "toffee": "tɔfi",
    "two": "tu",
    "three": "θɹi",
    "point": "pɔɪnt",
    "percent": "pɚsɛnt",
    "milk": "mɪlk",
    "purl": "pɚl",
    "pearl": "pɚl",
}


def pronounce(texts: Sequence[str]) -> list[bytes]:
    return [open_table().encode("".join(SOUNDS[word] for word in text.split())) for text in texts]


def lexicon(products: Sequence[Product], groups: Sequence[OptionGroup] = ()) -> Lexicon:
    return Grammar.load("en", Vocabulary("en", tuple(products), tuple(groups))).lexicon


def group(id: str, *values: str) -> OptionGroup:
    return OptionGroup(id, (id,), "one", tuple(Name(value, (value,)) for value in values))


def told(found: Sequence[Alike]) -> set[tuple[str, ...]]:
    return {tuple(sorted((each.one.said, each.other.said))) for each in found}


def alike(products: Sequence[Product], groups: Sequence[OptionGroup] = ()) -> list[Alike]:
    return alike_names(lexicon(products, groups), pronounce, open_table())


def test_products_that_sound_nearly_the_same_are_found_nearest_first() -> None:
    found = alike([Product(each, (each,)) for each in ("pear", "melon", "bear", "sixteen ounce", "sixty ounce")])
    assert [(each.one.said, each.other.said) for each in found] == [("pear", "bear"), ("sixteen ounce", "sixty ounce")]
    assert found[0].cost == pytest.approx(0.25)
    assert {each.why for each in found} == {"sound"}


def test_names_of_one_product_are_not_confused() -> None:
    assert alike([Product("fruit", ("pear", "bear")), Product("melon", ("melon",))]) == []


def test_names_that_are_written_alike_are_one_name_and_those_that_only_sound_so_are_two() -> None:
    products = [Product("one", ("purl",)), Product("two", ("pearl",)), Product("three", ("melon",))]
    assert [(pair.cost, *told([pair])) for pair in alike(products)] == [(0.0, ("pearl", "purl"))]
    assert alike([Product("one", ("purl",)), Product("two", ("purl",))]) == []


def test_values_are_compared_where_one_product_takes_both() -> None:
    groups = [group("size", "sixteen ounce", "sixty ounce"), group("fruit", "pear"), group("animal", "bear")]
    apart = [
        Product("coffee", ("coffee",), options=("size", "fruit")),
        Product("melon", ("melon",), options=("animal",)),
    ]
    assert told(alike(apart, groups)) == {("sixteen ounce", "sixty ounce")}
    together = [Product("coffee", ("coffee",), options=("size", "fruit", "animal"))]
    assert told(alike(together, groups)) == {("sixteen ounce", "sixty ounce"), ("bear", "pear")}


def test_a_value_is_compared_with_the_products_that_take_it() -> None:
    takes = Product("coffee", ("coffee",), options=("taste",))
    assert told(alike([takes], [group("taste", "toffee")])) == {("coffee", "toffee")}
    other = Product("melon", ("melon",), options=("taste",))
    assert alike([Product("coffee", ("coffee",)), other], [group("taste", "toffee")]) == []


def test_a_number_that_begins_another_is_a_trap() -> None:
    values = group("milk", "two percent milk", "two point three percent milk", "three percent milk")
    found = alike([Product("coffee", ("coffee",), options=("milk",))], [values])
    traps = {
        ("two percent milk", "two point three percent milk"),
        ("three percent milk", "two point three percent milk"),
    }
    assert told(found) == traps
    assert {each.why for each in found} == {"number"}
