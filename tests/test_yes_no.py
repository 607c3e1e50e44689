"""A yes is never taken for a no, nor a no for a yes; what is neither is asked again."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.intent import Order, Several, Simple
from nlu.parse import parse
from nlu.vocabulary import Product, Vocabulary

GRAMMAR = Grammar.load("en", Vocabulary("en", (Product("latte", ("latte",)),)))

YES = (
    """
yes|yeah|yep|yup|sure|okay|ok|alright|right|correct|absolutely|definitely|certainly|exactly|indeed|perfect
of course|sure thing|you bet|yes please|yes sir|yes ma'am|yes that's right|yes that is correct|yeah that's fine
yeah sure|yeah please|yes please that's right|that's right|that's correct|that is correct|sounds good|looks good
that's fine|it's fine|go ahead|yes go ahead|please do|do it|yes do it|place it|place the order
yes place the order|please place the order|confirm|yes confirm|I confirm|let's do it|works for me|that works
I agree|yes yes|yeah yeah|yes yes yes|okay go ahead|okay do it|fine|great|uh yes|um yeah|oh yes|yes I am
yes I do|affirmative|by all means|why not|yes of course|yeah okay
""".strip()
    .replace("\n", "|")
    .split("|")
)

NO = (
    """
no|nope|nah|no thanks|no thank you|no way|not really|not now|not yet|no no|no no no|never|negative
absolutely not|definitely not|certainly not|of course not|no please|no sir|no don't|don't do that|don't place it
do not place the order|that's wrong|that's not right|that is not correct|no that's wrong|no that's not right
that's incorrect|no it isn't|no it's not|I'd rather not|I don't want that|no I don't|nope that's wrong
nah thanks|um no|oh no|wrong|incorrect|no not yet|no way|no absolutely not|not at all
""".strip()
    .replace("\n", "|")
    .split("|")
)

UNCLEAR = [
    "yeah no",
    "no yes",
    "yes no",
    "maybe not yes",
    "the weather is nice",
    "no yeah",
    "well I was thinking about my aunt",
]


@pytest.mark.parametrize("expecting", ["yes_no", "order"])
@pytest.mark.parametrize("text", YES)
def test_yes(text: str, expecting: str) -> None:
    meaning = parse(text, GRAMMAR, expecting)
    if expecting == "yes_no":
        assert meaning == Simple("yes")
    else:
        assert meaning != Simple("no")


@pytest.mark.parametrize("expecting", ["yes_no", "order"])
@pytest.mark.parametrize("text", NO)
def test_no(text: str, expecting: str) -> None:
    meaning = parse(text, GRAMMAR, expecting)
    if expecting == "yes_no":
        assert meaning == Simple("no")
    else:
        assert meaning != Simple("yes")


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_both_or_neither_is_neither(text: str) -> None:
    assert parse(text, GRAMMAR, "yes_no") not in (Simple("yes"), Simple("no"))


def test_there_are_a_hundred_ways() -> None:
    assert len(YES) + len(NO) >= 100


@pytest.mark.parametrize("text", ["no I said two", "no, two", "no make it three", "no a latte"])
def test_a_no_that_says_what_instead_is_a_correction(text: str) -> None:
    meaning = parse(text, GRAMMAR, "yes_no")
    assert isinstance(meaning, Order)
    assert meaning.correction


def test_a_yes_with_more_keeps_both() -> None:
    meaning = parse("yes and add a latte", GRAMMAR, "yes_no")
    assert isinstance(meaning, Several)
    assert meaning.intents[0] == Simple("yes")
