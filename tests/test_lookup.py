from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from nlu.lookup import NameIndex

NAMES = [
    f"{colour} {thing} {size}"
    for colour in ("red", "green", "blue", "amber")
    for thing in ("apple", "plum", "cherry", "onion", "pepper")
    for size in ("small", "large", "family pack", "jar")
]


def test_exact_name_comes_first() -> None:
    index = NameIndex(NAMES)
    for number, name in enumerate(NAMES):
        assert index.nearest(name, 1) == [(number, 100.0)]


def test_nothing_shared_finds_nothing() -> None:
    assert NameIndex(NAMES).nearest("xyzzy") == []
    assert NameIndex([]).nearest("anything") == []


def test_cutoff_and_limit_hold() -> None:
    hits = NameIndex(NAMES).nearest("green plum jr", 3, 60)
    assert next(NAMES[number] for number, _ in hits) == "green plum jar"
    assert len(hits) <= 3
    assert all(score >= 60 for _, score in hits)


@given(st.sampled_from(NAMES), st.integers(0, 10), st.sampled_from("aeiou"))
def test_one_wrong_letter_still_finds_a_name_as_near_as_any(name: str, at: int, letter: str) -> None:
    text = name[:at] + letter + name[at + 1 :]
    [(_, score), *_] = NameIndex(NAMES).nearest(text, 1)
    assert score == max(fuzz.ratio(text, other) for other in NAMES)
