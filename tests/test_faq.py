"""Answers the merchant's questions in other words, and refuses what the merchant has not answered."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.intent import AskFaq
from nlu.parse import parse
from nlu.vocabulary import Faq, Product, Vocabulary

SHOP = Vocabulary(
    "en",
    (Product("latte", ("latte",)), Product("bagel", ("bagel",)), Product("vegan_muffin", ("vegan muffin",))),
    faqs=(
        Faq("wifi", ("do you have wifi", "what is the wifi password")),
        Faq("parking", ("is there parking", "where can i park")),
        Faq("address", ("where are you", "what is your address", "where are you located")),
        Faq("dogs", ("can i bring my dog", "are dogs allowed")),
        Faq("gluten", ("do you have anything gluten free", "is it gluten free")),
        Faq("decaf", ("do you have decaf", "can i get decaf coffee")),
        Faq("beans", ("where do your beans come from", "which beans do you use")),
        Faq("vouchers", ("do you sell gift cards", "do you have gift vouchers")),
        Faq("allergy", ("do you have nuts in your food", "what about nut allergies")),
        Faq("birthday", ("can i book the shop for a birthday party", "do you do private events")),
    ),
)
GRAMMAR = Grammar.load("en", SHOP)

PARAPHRASES = [
    ("have you got wifi", "wifi"),
    ("is there wi-fi", "wifi"),
    ("what's the wifi password please", "wifi"),
    ("do you have internet", "wifi"),
    ("is there wifi in the shop", "wifi"),
    ("is there any parking", "parking"),
    ("where can i park my car", "parking"),
    ("do you have parking", "parking"),
    ("can i park there", "parking"),
    ("where exactly are you located", "address"),
    ("what's your address", "address"),
    ("can you tell me your address", "address"),
    ("where is your location", "address"),
    ("can i bring my dog with me", "dogs"),
    ("are pets allowed", "dogs"),
    ("is my dog allowed inside", "dogs"),
    ("do you have gluten free stuff", "gluten"),
    ("is anything gluten free", "gluten"),
    ("what do you have that is gluten free", "gluten"),
    ("do you do decaf", "decaf"),
    ("is there decaf coffee", "decaf"),
    ("where are the beans from", "beans"),
    ("what beans do you use", "beans"),
    ("can i buy a gift card", "vouchers"),
    ("do you have gift cards", "vouchers"),
    ("do you sell vouchers", "vouchers"),
    ("i have a nut allergy", "allergy"),
    ("are there nuts in your food", "allergy"),
    ("can i have a birthday party there", "birthday"),
    ("can we book a private event", "birthday"),
]

FOREIGN = [
    "what is the capital of france",
    "who won the game last night",
    "what's the weather like",
    "do you sell shoes",
    "can you fix my phone",
    "how old are you",
    "are you a robot",
    "what is your name",
    "do you like music",
    "can i bring a tent",
    "where is the nearest hospital",
    "do you have a swimming pool",
    "how tall is the eiffel tower",
    "do you rent cars",
    "can you book me a flight",
    "what's the meaning of life",
    "tell me a joke",
    "do you speak german",
    "are you married",
    "which bus goes to the station",
    "do you have a job for me",
    "can i use the restroom",
    "do you have live music",
    "is the owner there",
    "what do you think about politics",
    "do you recycle",
    "can i get a haircut",
    "do you have batteries",
    "what is two plus two",
    "how do i get a passport",
]


def test_thirty_of_each() -> None:
    assert len(PARAPHRASES) >= 30
    assert len(FOREIGN) >= 30


@pytest.mark.parametrize(("text", "faq"), PARAPHRASES)
def test_a_paraphrase_is_answered(text: str, faq: str) -> None:
    assert parse(text, GRAMMAR) == AskFaq(faq)


@pytest.mark.parametrize("text", FOREIGN)
def test_a_foreign_question_is_not_answered(text: str) -> None:
    assert not isinstance(parse(text, GRAMMAR), AskFaq)


@pytest.mark.parametrize("text", ["two lattes", "a vegan muffin please", "remove the bagel", "yes", "that's all"])
def test_an_order_is_no_question(text: str) -> None:
    assert not isinstance(parse(text, GRAMMAR), AskFaq)


def test_the_merchants_own_words_always_find_their_answer() -> None:
    for faq in SHOP.faqs:
        for question in faq.questions:
            assert parse(question, GRAMMAR) == AskFaq(faq.id)
