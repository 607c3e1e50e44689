"""Words come out comparable, however they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.language import load_language
from nlu.text import is_unfinished, plural, stem, words_of

ENGLISH = load_language("en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can I get a Latte?", "can i get a latte"),
        ("I’d like two, please!", "i'd like two please"),
        ("16oz", "sixteen ounce"),
        ("water 20 fl oz", "water twenty fluid ounce"),
        ("eggs 12ct", "eggs twelve count"),
        ("oz of g", "oz of g"),
        ("7-up", "seven up"),
        ("1/2 gallon w/ pulp", "half gallon with pulp"),
        ("pie ½", "pie half"),
        ("a 12-ounce can", "a twelve ounce can"),
        ("500g of flour", "five hundred gram of flour"),
        ("Café crème", "cafe creme"),
        ("Ben & Jerry's", "ben and jerry's"),
        ("2% milk", "two percent milk"),
        ("1.5 kilos", "one point five kilos"),
        ("1000.5 l", "1000.5 liter"),
        ("Dr. Pepper", "dr pepper"),
        ("  spaces\tand\nlines  ", "spaces and lines"),
        ("order 123456", "order 123456"),
        ("pin 0042", "pin 0042"),
        ("1,200", "1200"),
        ("'quoted' words", "quoted words"),
        ("...", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    assert words_of(text, ENGLISH) == words.split()


@pytest.mark.parametrize(
    "pair",
    [
        "latte lattes", "muffin muffins", "loaf loaves", "berry berries", "box boxes", "brush brushes", "glass glasses",
        "tomato tomatoes", "cookie cookies", "knife knives", "peach peaches", "man men", "foot feet", "oz ounces",
        "lb pounds", "joe's joe",
    ],
)  # fmt: skip
def test_a_plural_and_an_abbreviation_stem_alike(pair: str) -> None:
    one, many = pair.split()
    assert stem(one, ENGLISH) == stem(many, ENGLISH)


@pytest.mark.parametrize("pair", ["glass glance", "bus bun", "rice ice", "beef bee", "pear peach", "tea teak"])
def test_different_words_stay_different(pair: str) -> None:
    one, other = pair.split()
    assert stem(one, ENGLISH) != stem(other, ENGLISH)


@pytest.mark.parametrize(
    ("name", "many"), [("latte", "lattes"), ("rye loaf", "rye loafs"), ("berry", "berries"), ("box", "boxes")]
)
def test_plural(name: str, many: str) -> None:
    assert plural(name, ENGLISH) == many


@pytest.mark.parametrize(
    "text", ["i'd like", "a latte and", "can i get a", "actually", "two lattes with no", "how about"]
)
def test_nobody_ends_so(text: str) -> None:
    assert is_unfinished(text, ENGLISH)


@pytest.mark.parametrize("text", ["", "a latte", "that's all", "yes", "two of them", "i'd like that", "no thanks"])
def test_one_may_end_so(text: str) -> None:
    assert not is_unfinished(text, ENGLISH)


@given(st.text(max_size=60))
def test_words_of_words_are_the_same_words(text: str) -> None:
    words = words_of(text, ENGLISH)
    assert words_of(" ".join(words), ENGLISH) == words
