"""What is said of how an order is paid is understood wherever it is said, and in no shop that does not ask."""

from __future__ import annotations

import pytest

from nlu import intent
from nlu.intent import Simple
from nlu.parse import parse
from nlu.terms import PAYING
from tests.test_dialogues import grammar_of

PIZZERIA = grammar_of("pizzeria")
EVERYWHERE = ("order", "yes_no", "choice", "digits", "slot", "address", "postcode")


@pytest.mark.parametrize("name", PAYING)
def test_every_sentence_is_understood_at_every_question(name: str) -> None:
    said = [" ".join(words) for words in PIZZERIA.language.terms[name]]
    assert len(said) > 20
    for each in said:
        for expecting in EVERYWHERE:
            assert parse(each, PIZZERIA, expecting) == Simple(name), (each, expecting)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("cash please", "pay_delivery"),
        ("I'd rather pay at the door", "pay_delivery"),
        ("actually, by card", "pay_card"),
        ("no, with my credit card please", "pay_card"),
        ("could you text me a link", "pay_link"),
        ("put it on my account please", "pay_invoice"),
    ],
)
def test_as_people_say_it(said: str, name: str) -> None:
    assert parse(said, PIZZERIA) == Simple(name)  # type: ignore[arg-type]


def test_with_something_else() -> None:
    done = parse("that's all I'll pay by card", PIZZERIA)
    assert done == intent.Several((Simple("checkout"), Simple("pay_card")))
    both = parse("deliver it and I'll pay cash", PIZZERIA)
    assert both == intent.Several((Simple("deliver"), Simple("pay_delivery")))
    ordered = parse("two margheritas and put it on my account", PIZZERIA)
    assert isinstance(ordered, intent.Several)
    assert ordered.intents[1] == Simple("pay_invoice")


def test_questions_stay_questions() -> None:
    for said in ("can I pay by card", "do you take cash", "how can I pay"):
        assert parse(said, PIZZERIA) == intent.AskPayment()


def test_a_shop_that_does_not_ask_hears_none_of_it() -> None:
    coffee = grammar_of("coffee")
    heard = [parse(" ".join(words), coffee) for name in PAYING for words in coffee.language.terms[name]]
    assert not [each for each in heard if isinstance(each, Simple) and each.name in PAYING]


def test_the_recogniser_is_told_of_it() -> None:
    for kind in ("order", "yes_no", "choice"):
        assert {"by card", "on delivery"} <= set(PIZZERIA.phrases(kind)), kind
    assert "by card" not in grammar_of("coffee").phrases("order")
