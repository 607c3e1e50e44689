from __future__ import annotations

import json
import struct
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from voice import models, sounds
from voice.audio import silence
from voice.errors import ModelCorrupt
from voice.recognizer import Hearing, Transcript, VoskRecognizer
from voice.settings import Models, Speech
from voice.soundalike import SoundAlikeRecognizer, SoundAlikes
from voice.synthesizer import PiperSynthesizer
from voice.vosk_words import words_of

SOUNDS = {
    "peer": "pɪɹ",
    "ogi": "ˈoʊɡi",
    "ogee": "ˈoʊɡi",
    "milk": "mˈɪlk",
    "pearl": "pˈɜːl",
    "beer": "bɪɹ",
    "pierogi": "pɪɹˈoʊɡi",
    "perogi": "pɪɹˈoʊɡi",
    "xyz": "ʃʊʒʊʃʊʒ",
    "birogi": "bɪɹˈoʊɡi",
    "purl": "pˈɜːl",
}
KNOWN = ("peer", "ogi", "ogee", "milk", "pearl", "beer", "#0", "<eps>", "[unk]")


def say(text: str) -> str:
    return ", ".join(SOUNDS[word] for word in text.split(", "))


class SmallRecognizer:
    """Knows few words and hears exactly the first phrase it is given."""

    def __init__(self) -> None:
        self.listened: list[str] = []

    def listen(self, phrases: Sequence[str]) -> Hearing:
        self.listened = list(phrases)
        return self

    def accept(self, pcm: bytes) -> None:
        assert pcm

    def partial(self) -> str:
        return self.listened[0]

    def finish(self) -> Transcript:
        return Transcript(self.listened[0], "small")

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in words if word not in KNOWN)


def alikes(memory: Path | None = None) -> SoundAlikes:
    return SoundAlikes(SmallRecognizer(), KNOWN, memory, say)


def test_an_unknown_word_is_spelled_by_known_ones() -> None:
    found = alikes()
    assert found.spell(["milk", "pierogi"]) == {"pierogi": "peer ogi"}
    assert found.respell("two pierogi and milk")[0] == "two peer ogi and milk"
    assert found.translate("two peer ogi and milk") == "two pierogi and milk"


def test_a_word_is_heard_by_its_next_best_spellings_too() -> None:
    found = alikes()
    found.spell(["pierogi", "purl"])
    ways = found.respell("pierogi milk")
    assert len({*ways}) == len(ways) == 3
    assert ways[0] == "peer ogi milk"
    assert [found.translate(way) for way in ways] == ["pierogi milk"] * 3
    assert found.respell("milk and tea") == ["milk and tea"]
    assert {found.translate(way) for way in found.respell("pierogi purl")} == {"pierogi purl"}


def test_whole_words_only_are_exchanged() -> None:
    found = alikes()
    found.spell(["pierogi"])
    assert found.respell("pierogis") == ["pierogis"]
    assert found.translate("peer ogies") == "peer ogies"


def test_what_sounds_like_nothing_has_no_spelling() -> None:
    assert alikes().spell(["xyz"]) == {"xyz": None}


def test_no_two_words_share_a_spelling() -> None:
    spelled = alikes().spell(["pierogi", "perogi", "birogi"])
    assert len({*spelled.values()}) == 3


def test_a_word_that_may_be_said_is_no_spelling() -> None:
    assert alikes().spell(["purl"]) == {"purl": "pearl"}
    assert alikes().spell(["purl", "pearl"])["purl"] != "pearl"
    found = alikes()
    found.spell(["purl"])
    assert found.spell(["purl", "pearl"])["purl"] != "pearl"
    assert found.translate("pearl") == "pearl"


def test_found_spellings_are_remembered(tmp_path: Path) -> None:
    memory = tmp_path / "cache" / "alikes.json"
    first = alikes(memory).spell(["pierogi"])

    def deaf(_text: str) -> str:
        raise AssertionError("searched again")

    assert SoundAlikes(SmallRecognizer(), KNOWN, memory, deaf).spell(["pierogi"]) == first
    with pytest.raises(AssertionError, match="searched again"):
        SoundAlikes(SmallRecognizer(), KNOWN[1:], memory, deaf).spell(["pierogi"])
    kept = json.loads(memory.read_text())
    memory.write_text(json.dumps(kept)[:-20])
    assert alikes(memory).spell(["pierogi"]) == first


def test_the_recogniser_hears_and_tells_the_meant_word() -> None:
    small, found = SmallRecognizer(), alikes()
    ears = SoundAlikeRecognizer(small, found)
    assert ears.unknown_words(["milk", "pierogi", "xyz"]) == ("xyz",)
    hearing = ears.listen(["two pierogi", "milk"])
    assert (small.listened[0], small.listened[-1]) == ("two peer ogi", "milk")
    hearing.accept(b"\0\0")
    assert hearing.partial() == "two pierogi"
    assert hearing.finish() == Transcript("two pierogi", "small")


@pytest.fixture(scope="module")
def table() -> sounds.SoundTable:
    path = Path(sounds.__file__).with_name("sounds.toml")
    return sounds.sound_table(tomllib.loads(path.read_text("utf-8")))


def distance(table: sounds.SoundTable, one: str, other: str) -> float:
    [found] = sounds.apart([table.encode(one)], [table.encode(other)], table)
    return float(found)


def test_like_sounds_are_near(table: sounds.SoundTable) -> None:
    assert distance(table, "pˈɪt", "pɪt") == 0
    assert 0 < distance(table, "pɪt", "bɪt") < distance(table, "pɪt", "mɪt") < distance(table, "pɪt", "mun")
    assert 0 < distance(table, "pɪtə", "pɪt") < distance(table, "pɪts", "pɪt")
    assert distance(table, "bɜːd", "bəɹd") == 0
    assert np.allclose(table.swap, table.swap.T)
    assert np.all(np.diag(table.swap) == 0)


def test_every_fold_leads_to_a_sound(table: sounds.SoundTable) -> None:
    assert [table.names[code] for code in table.encode("tʃˈɚɡ")] == ["tʃ", "ə", "ɹ", "g"]
    assert table.encode("?") == b""


def graph_with(words: list[str]) -> bytes:
    """An OpenFst file with both symbol tables, as small Vosk models carry it."""

    def text(value: str) -> bytes:
        return struct.pack("<i", len(value.encode())) + value.encode()

    symbols = struct.pack("<i", 2_125_658_996) + text("words.txt") + struct.pack("<qq", len(words), len(words))
    symbols += b"".join(text(word) + struct.pack("<q", at) for at, word in enumerate(words))
    head = struct.pack("<i", 2_125_659_606) + text("ngram") + text("standard") + struct.pack("<ii", 4, 3)
    return head + struct.pack("<4q", 1, 1, 1, 0) + symbols * 2 + b"the rest"


def test_the_words_of_a_model_are_read_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "Gr.fst").write_bytes(graph_with(["<eps>", "milk", "crème"]))
    assert words_of(tmp_path) == ("<eps>", "milk", "crème")
    (tmp_path / "graph" / "words.txt").write_text("<eps> 0\nbread 1\n")
    assert words_of(tmp_path) == ("<eps>", "bread")


@pytest.mark.parametrize("content", [b"", b"no graph", graph_with(["milk"])[:60], bytes(200)])
def test_a_graph_without_words_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "Gr.fst").write_bytes(content)
    with pytest.raises(ModelCorrupt, match="which words it knows"):
        words_of(tmp_path)


@pytest.mark.audio
async def test_spoken_names_come_back_by_their_sound_alikes() -> None:
    folder = models.locate("vosk-en", Models())
    vosk, known = VoskRecognizer(folder), words_of(folder)
    assert len(known) > 100_000
    assert vosk.unknown_words(["milk", *known[1000:1010]]) == ()
    names = ["pierogi", "chobani yogurt", "sriracha sauce", "tzatziki dip", "rotini", "grapeseed oil"]
    others = ["milk", "nutella", "lays chips", "mozzarella", "orange juice", "brown rice", "rye bread", "olive oil"]
    found = SoundAlikes(vosk, known)
    spelled = found.spell([word for name in names + others for word in name.split()])
    assert all(spelled.values())
    assert len(spelled) == 6
    ears = SoundAlikeRecognizer(vosk, found)
    caller = PiperSynthesizer(models.locate("piper-kristin", Models()), Speech())
    heard = []
    for name in names + others:
        hearing = ears.listen(names + others)
        hearing.accept(silence(4800) + await caller.say(name) + silence(8000))
        heard.append(hearing.finish().text)
    caller.close()
    right = [said for said, got in zip(names + others, heard, strict=True) if said == got]
    assert len({*right} & {*names}) >= len(names) - 1, heard
    assert len(right) >= len(names + others) - 2, heard
