from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from voice import sounds
from voice.pronunciations import Pronunciations
from voice.sound_index import APART, SHORTER, Piece, SoundIndex

BEST, PER_SOUND = 3, 0.18


@pytest.fixture(scope="module")
def table() -> sounds.SoundTable:
    path = Path(sounds.__file__).with_name("sounds.toml")
    return sounds.sound_table(tomllib.loads(path.read_text("utf-8")))


def drawn(random: Random, table: sounds.SoundTable, shortest: int, longest: int) -> bytes:
    few = [code for code, name in enumerate(table.names) if name in set("pbtdsziɪæə")]
    return bytes(random.choice(few) for _ in range(random.randint(shortest, longest)))


def compared_one_by_one(words: list[bytes], said: bytes, table: sounds.SoundTable) -> Iterator[list[float]]:
    """For each stretch the costs of the words nearest to it."""
    for start in range(len(said)):
        for end in range(start + 1, len(said) + 1):
            stretch = said[start:end]
            near = [word for word in words if -SHORTER <= len(stretch) - len(word) <= APART]
            costs = sounds.apart([stretch] * len(near), near, table)
            yield sorted(round(float(cost), 3) for cost in costs if cost <= PER_SOUND * (end - start))[:BEST]


@pytest.mark.parametrize("seed", range(8))
def test_the_tree_finds_what_comparing_every_word_finds(table: sounds.SoundTable, seed: int) -> None:
    random = Random(seed)
    words = list(dict.fromkeys(drawn(random, table, 1, 6) for _ in range(400)))
    said = drawn(random, table, 4, 9)
    found: dict[tuple[int, int], list[Piece]] = {}
    for piece in SoundIndex(words, table).pieces(said, PER_SOUND, BEST):
        found.setdefault((piece.start, piece.end), []).append(piece)
    stretches = [(start, end) for start in range(len(said)) for end in range(start + 1, len(said) + 1)]
    expected = list(compared_one_by_one(words, said, table))
    assert any(expected)
    for stretch, costs in zip(stretches, expected, strict=True):
        got = [round(piece.cost, 3) for piece in found.get(stretch, [])]
        assert got[: len(costs)] == costs
        assert len(got) <= BEST


def test_of_words_that_sound_the_same_the_first_is_found(table: sounds.SoundTable) -> None:
    words = [b"", b"\x01\x02", b"\x01", b"\x01\x02"]
    found = SoundIndex(words, table).pieces(b"\x01\x02", PER_SOUND, 1)
    assert Piece(1, 0, 2, 0.0) in found
    assert Piece(2, 0, 1, 0.0) in found
    assert {piece.word for piece in found} == {1, 2}


def test_nothing_is_found_without_words_or_sounds(table: sounds.SoundTable) -> None:
    assert SoundIndex([], table).pieces(b"\x01", PER_SOUND, 1) == []
    assert SoundIndex([b"\x01"], table).pieces(b"", PER_SOUND, 1) == []


def test_pronunciations_are_kept_for_the_very_same_words(table: sounds.SoundTable, tmp_path: Path) -> None:
    memory = tmp_path / "cache" / "sounds.json"
    said = {"tip": "tˈɪp", "abbr": "ˈæ b", "dip": "dˈɪp", "tip, abbr, dip": "tˈɪp, ˈæ, b, dˈɪp"}
    words = ["tip", "abbr", "dip"]
    first = Pronunciations(words, table, said.__getitem__, memory).of_all()
    assert first == [table.encode(said[word]) for word in words]

    def deaf(_text: str) -> str:
        raise AssertionError("asked again")

    assert Pronunciations(words, table, deaf, memory).of_all() == first
    with pytest.raises(AssertionError, match="asked again"):
        Pronunciations(words[:2], table, deaf, memory).of_all()
    memory.write_text(memory.read_text()[:-9])
    assert Pronunciations(words, table, said.__getitem__, memory).of_all() == first
