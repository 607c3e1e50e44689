"""Spelled by names of letters, by alphabets, with "as in", in digits; read back letter by letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.intent import Add, Intent, Order, Several, Simple, Spelled, Text, When
from nlu.language import load_language
from nlu.parse import parse
from nlu.spelling import read_spelling, said_so, same_code
from nlu.text import words_of
from nlu.times import read_time
from tests.talk import REPLIES
from tests.test_dialogues import grammar_of
from voxcart.facts import Spelled as Aloud
from voxcart.facts import fact

LANGUAGE = load_language("en")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("K as in Karol, O, W", "KOW"),
        ("K jak Karol, O, W", "KOW"),
        ("kilo oscar whiskey", "KOW"),
        ("k for kitchen o for orange w for water", "KOW"),
        ("kay oh double u", "K0UU"),
        ("double n", "NN"),
        ("s w one a one a a", "SW1A1AA"),
        ("twelve a", "12A"),
        ("triple seven", "777"),
        ("twenty five b", "25B"),
        ("capital B dash three", "B3"),
        ("zulu niner", "Z9"),
    ],
)
def test_what_is_spelled(said: str, text: str) -> None:
    read = read_spelling(words_of(said, LANGUAGE), LANGUAGE)
    assert (read.text, read.spelled) == (text, True)


def test_a_letter_of_another_word_is_unclear() -> None:
    assert not read_spelling(words_of("b as in Karol", LANGUAGE), LANGUAGE).spelled
    assert not read_spelling(words_of("winter five", LANGUAGE), LANGUAGE).spelled


def test_it_is_read_back_letter_by_letter() -> None:
    """Row 34 of the features."""
    heard = parse("K as in Karol, O, W", grammar_of("pizzeria"), "code")
    assert heard == Spelled("KOW")
    assert "K O W" in REPLIES.word(fact("postcode-invalid", code=Aloud("KOW")))
    assert "S U M, M E R, one zero" in REPLIES.word(fact("postcode-invalid", code=Aloud("SUMMER10")))


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12))
def test_every_code_is_understood_as_it_is_taught(code: str) -> None:
    singly = said_so(code, LANGUAGE)[-1]
    assert same_code(read_spelling(singly.split(), LANGUAGE).text, [code]) == code


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow after five", When("tomorrow", 300, "after")),
        ("tomorrow after five pm please", When("tomorrow", 300, "after", "pm")),
        ("today at half past six", When("today", 390)),
        ("tomorrow evening", When("tomorrow", 1020, "after", "pm")),
        ("on friday before noon", When("friday", 720, "before", "pm")),
        ("between five and seven", When(None, 300, "after")),
        ("as soon as possible", When()),
        ("after seventeen", When(None, 1020, "after")),
        ("seven thirty", When(None, 450)),
        ("tomorrow with mushrooms", None),
        ("the pizza", None),
        ("", None),
    ],
)
def test_a_time(said: str, meant: When | None) -> None:
    assert read_time(said.split(), LANGUAGE) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("oak street", Text("oak street")),
        ("twelve oak street", Text("oak street", "12")),
        ("oak street twelve", Text("oak street", "12")),
        ("it's fourteen oak street", Text("oak street", "14")),
        ("margherita lane", Text("margherita lane")),
        ("K as in Karol, O, W", Text("KOW")),
        ("no", Simple("no")),
        ("i'll pick it up", Simple("pickup")),
    ],
)
def test_a_street_may_be_called_anything(said: str, meant: object) -> None:
    assert parse(said, grammar_of("pizzeria"), "street") == meant


CHECKOUT, EVENING = Simple("checkout"), When("tomorrow", 1020, "after", "pm")


def test_an_order_and_how_it_is_received_in_one_breath() -> None:
    meaning = parse("two margheritas and deliver it please", grammar_of("pizzeria"))
    assert isinstance(meaning, Several)
    order, way = meaning.intents
    assert isinstance(order, Order)
    [edit] = order.edits
    assert isinstance(edit, Add)
    assert edit.item.product == "margherita"
    assert way == Simple("deliver")


@pytest.mark.parametrize("said", ["do you do delivery", "how much is delivery", "what does the delivery cost"])
def test_questions_of_delivery_ask_for_none(said: str) -> None:
    meaning = parse(said, grammar_of("pizzeria"))
    assert "deliver" not in [getattr(each, "name", "") for each in getattr(meaning, "intents", (meaning,))]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("deliver it instead", Simple("deliver")),
        ("actually i'll pick it up", Simple("pickup")),
        ("no delivery please", Simple("pickup")),
        ("deliver it to fourteen oak street", Several((Simple("deliver"), Text("oak street", "14")))),
        ("deliver it to oak street please", Several((Simple("deliver"), Text("oak street")))),
        ("deliver it tomorrow at six", Several((Simple("deliver"), When("tomorrow", 360)))),
        ("to my usual address please", Simple("my_address")),
        ("that's all i'll pick it up", Several((Simple("checkout"), Simple("pickup")))),
        ("that's all, deliver it tomorrow evening", Several((CHECKOUT, Simple("deliver"), EVENING))),
    ],
)
def test_how_an_order_is_received(said: str, meant: object) -> None:
    assert parse(said, grammar_of("pizzeria")) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("yes", Simple("yes")),
        ("no", Simple("no")),
        ("no it's number fourteen", Text("", "14")),
        ("no the street is elm road", Text("elm road")),
        ("the postcode is one oh oh oh two", Spelled("10002")),
        ("sorry fourteen", Text("", "14")),
    ],
)
def test_which_part_of_an_address_is_another(said: str, meant: object) -> None:
    assert parse(said, grammar_of("pizzeria"), "address") == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("later", Simple("more")),
        ("something later please", Simple("more")),
        ("do you have anything earlier", When(how="before")),
        ("tomorrow before noon", When("tomorrow", 720, "before", "pm")),
        ("yes", Simple("yes")),
    ],
)
def test_another_time_than_the_one_offered(said: str, meant: object) -> None:
    assert parse(said, grammar_of("pizzeria"), "slot") == meant


def test_where_nothing_is_delivered_nothing_of_it_is_understood() -> None:
    assert parse("deliver it please", grammar_of("pizzeria")) == Simple("deliver")
    assert parse("deliver it please", grammar_of("coffee")) != Simple("deliver")


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("deliver it to one oh oh oh one", (Spelled("10001"),)),
        ("deliver it to 14 Oak Street", (Text("oak street", "14"),)),
        ("deliver it to fourteen oak street one oh oh oh one", (Spelled("10001"), Text("oak street", "14"))),
        ("deliver it to my office", None),
    ],
)
def test_where_it_goes_is_said_with_it(said: str, where: tuple[Intent, ...] | None) -> None:
    meaning = parse(said, grammar_of("pizzeria"))
    assert meaning == Several((Simple("deliver"), *where)) if where else not isinstance(meaning, Several)


@pytest.mark.parametrize("said", ["four two nine okay three eight", "do of anything late", "sugar mountain"])
def test_what_has_words_in_it_is_no_postcode_and_is_heard_again(said: str) -> None:
    assert not isinstance(parse(said, grammar_of("pizzeria"), "postcode"), Spelled)
