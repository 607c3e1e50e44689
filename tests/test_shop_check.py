from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from nlu.grammar import Grammar
from nlu.intent import Meaning
from nlu.parse import parse
from nlu.saying import Saying, sayings
from nlu.vocabulary import Vocabulary
from tests.commandline import Run, runner
from tests.small_shop import KIOSK, kiosk
from voice import models
from voice.errors import ModelMissing
from voice.recognizer import Hearing, Transcript
from voice.settings import Models
from voxcart.aliases import heard_name, propose, with_alias
from voxcart.hear import Ears
from voxcart.hearing_back import Spoken, chosen, hear_back, judged, unread
from voxcart.shop_report import alias_lines
from voxcart.verdict import judge
from voxcart.vocabulary import vocabulary_of

SHOP = vocabulary_of(kiosk())
GRAMMAR = Grammar.load("en", SHOP)


def read(text: str, expecting: str = "order", grammar: Grammar = GRAMMAR) -> Meaning | None:
    return parse(text, grammar, expecting)


def reader(shop: Vocabulary) -> partial[Meaning | None]:
    return partial(read, grammar=Grammar(GRAMMAR.language, shop, GRAMMAR.settings))


def said(name: str) -> Saying:
    return next(each for each in sayings(GRAMMAR.lexicon, 7) if each.name == name)


def heard(name: str, text: str) -> Spoken:
    saying = said(name)
    whole = saying.sentence.replace(name, text)
    return judged(saying, whole, "vosk", read(whole), read, kiosk())


def test_every_name_is_said_once_and_understood_as_it_is_written() -> None:
    everything = sayings(GRAMMAR.lexicon, 7)
    names = [each for product in SHOP.products for each in product.spoken]
    values = [each for group in SHOP.groups for value in group.values for each in value.spoken]
    assert [each.name for each in everything] == names + values
    assert all(each.name in each.sentence for each in everything)
    assert unread(everything, read, kiosk()) == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("a latte", "right"),
        ("a latte and a cake", "wrong"),
        ("two cakes", "wrong"),
        ("a large latte", "wrong"),
        ("how much is a latte", "wrong"),
        ("a latta", "asked"),
        ("a lamp", "lost"),
        ("yes", "lost"),
        ("", "lost"),
    ],
)
def test_a_verdict_tells_what_becomes_of_the_name(text: str, verdict: str) -> None:
    assert judge(read(text), Saying("a latte", "latte", "latte"), kiosk()) == verdict


def test_a_value_must_be_heard_with_its_product() -> None:
    oat = Saying("a latte with oat milk", "oat milk", "latte", ("milk", "oat_milk"))
    assert judge(read("a latte with oat milk"), oat, kiosk()) == "right"
    assert judge(read("a latte with milk"), oat, kiosk()) == "wrong"
    assert judge(read("a latte"), oat, kiosk()) == "wrong"


def test_the_names_at_risk_are_spoken_first_and_the_rest_by_chance() -> None:
    everything = sayings(GRAMMAR.lexicon, 7)
    few = chosen(everything, {"cake", "jam"}, 4, seed=1)
    assert len(few) == 4
    assert {"cake", "jam"} <= {each.name for each in few}
    assert few == sorted(few, key=everything.index)
    assert chosen(everything, set(), len(everything), seed=1) == everything
    assert chosen(everything, set(), 4, seed=2) != chosen(everything, set(), 4, seed=3)


def test_what_was_heard_in_the_place_of_the_name() -> None:
    saying = Saying("can i get a latte please", "latte", "latte")
    place = partial(heard_name, saying, language=GRAMMAR.language)
    assert place("can i get a lot a please") == "lot a"
    assert place("can i get latin please") == "latin"
    assert place("can i get a latin") == ""
    assert place("give me a latin please") == ""
    assert place("can i get a please") == ""


def test_an_alias_is_proposed_for_what_was_heard_and_means_nothing_else() -> None:
    spoken = [heard("cheese", "jeeves"), heard("cake", "cake"), heard("water", "latte")]
    assert [one.verdict for one in spoken] == ["lost", "right", "wrong"]
    [found] = propose(spoken, SHOP, GRAMMAR.language, reader, kiosk())
    assert (found.alias, found.name, found.product) == ("jeeves", "cheese", "cheese")
    assert judge(reader(with_alias(SHOP, found))(spoken[0].text), spoken[0].saying, kiosk()) == "right"
    assert list(alias_lines([found], kiosk())) == [("cheese", 'aliases = ["jeeves"]')]


def test_an_alias_of_a_value_goes_to_its_group() -> None:
    [found] = propose([heard("brown", "brawn")], SHOP, GRAMMAR.language, reader, kiosk())
    assert found.choice == ("bread", "brown")
    wider = with_alias(SHOP, found)
    assert [value.spoken for group in wider.groups if group.id == "bread" for value in group.values] == [
        ("white",),
        ("brown", "brawn"),
    ]


def test_what_two_names_were_heard_as_is_proposed_for_neither() -> None:
    spoken = [heard("cheese", "jeeves"), heard("cake", "jeeves")]
    assert propose(spoken, SHOP, GRAMMAR.language, reader, kiosk()) == []


def test_an_alias_that_spoils_another_name_is_not_proposed() -> None:
    spoken = [heard("water", "cheese cake"), heard("cheese", "cheese"), heard("cake", "cheese cake")]
    assert propose(spoken, SHOP, GRAMMAR.language, reader, kiosk()) == []


class Parrot:
    """Hears what the audio says in letters."""

    def __init__(self, mishears: dict[str, str]) -> None:
        self._mishears = mishears
        self._said = b""

    def listen(self, phrases: Sequence[str]) -> Hearing:
        assert phrases
        return Parrot(self._mishears)

    def accept(self, pcm: bytes) -> None:
        self._said += pcm

    def partial(self) -> str:
        return ""

    def finish(self) -> Transcript:
        text = self._said.replace(b"\0", b"").decode()
        for right, wrong in self._mishears.items():
            text = text.replace(right, wrong)
        return Transcript(text, "parrot")

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in words if not word)


async def spell(sentence: str) -> bytes:
    return sentence.encode().ljust(640, b"\0")


async def test_every_name_is_spoken_and_heard_back_in_turn() -> None:
    ears = Ears(kiosk(), Parrot({"cake": "cheese"}), None, read, GRAMMAR.phrases, lambda _: "")
    told: list[Spoken] = []
    everything = sayings(GRAMMAR.lexicon, 7)
    spoken = await hear_back(everything, ears, spell, told.append)
    assert spoken == told
    assert [one.saying for one in spoken] == everything
    [cake] = [one for one in spoken if not one.is_fine]
    assert (cake.saying.name, cake.verdict, cake.typed, cake.instead) == ("cake", "wrong", "right", "cheese")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def test_a_file_that_is_no_shop_ends_with_two(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text(KIOSK.replace("price = 4.20", 'price = "dear"'))
    done = run("shop", "check", "broken.toml")
    assert done.code == 2
    assert "latte" in done.err


TWINS = """
name = "Twins"
currency = "USD"

[options.size]
values = ["sixteen ounce", "sixty ounce"]

[[products]]
name = "pierogi"
price = 4

[[products]]
name = "coffee"
price = 3
options = ["size"]
"""


@pytest.mark.audio
def test_a_shop_is_spoken_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "twins.toml").write_text(TWINS)
    done = run("shop", "check", "twins.toml", "--json")
    report = json.loads(done.out)
    assert report["unknown_words"]["pierogi"]
    [pair] = report["alike"]
    assert pair["names"] == ["sixteen ounce", "sixty ounce"]
    spoken = report["spoken"]
    assert [row["name"] for row in spoken["rows"]] == ["pierogi", "coffee", "sixteen ounce", "sixty ounce"]
    assert spoken["right"] == 4, spoken["rows"]
    assert pair["confused"] is False
    assert done.code == 0
    done = run("shop", "check", "twins.toml", "--no-speech")
    assert done.code == 0
    assert "sixteen ounce  sixty ounce" in done.out
    assert "not spoken" in done.out


@pytest.mark.audio
def test_without_a_voice_it_says_how_to_get_one(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locate = models.locate

    def no_caller(name: str, settings: Models) -> Path:
        if name == "piper-kristin":
            raise ModelMissing("The model piper-kristin is not on this machine.")
        return locate(name, settings)

    monkeypatch.setattr(models, "locate", no_caller)
    (tmp_path / "twins.toml").write_text(TWINS)
    done = run("shop", "check", "twins.toml")
    assert done.code == 1
    assert "names were not spoken: The model piper-kristin" in done.err
