"""Every reply can be worded, can be read aloud, and says amounts exactly."""

from __future__ import annotations

import ast
import random
import re
from dataclasses import replace
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.cart import Chosen
from commerce.money import Money
from commerce.shop_file import load_shop
from tests.talk import COFFEE, REPLIES, SHOPS
from voxcart.errors import VoxcartError
from voxcart.facts import Arg, DigitGroups, Goods, Listed, Measure, Named, Ordinal, Span, Spelled, fact
from voxcart.replies import FOLDER, Replies

GROCERY = load_shop(SHOPS / "grocery.toml")
VOXCART = Path(__file__).parent.parent / "voxcart"


def keys_in_code() -> set[str]:
    """Every message that some module of the conversation asks for."""
    found: set[str] = set()
    for path in VOXCART.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("fact", "Fact", "_note")
            ):
                at = 1 if node.func.id == "_note" else 0
                found |= {each.value for each in ast.walk(node.args[at]) if isinstance(each, ast.Constant)}
    return {key for key in found if isinstance(key, str)}


def messages() -> dict[str, str]:
    text = (FOLDER / "en.ftl").read_text("utf-8")
    entries = re.split(r"\n(?=[a-z])", "\n" + text)
    return {entry.split(" =")[0]: entry for entry in entries if re.match(r"[a-z][\w-]* =", entry)}


def test_every_fact_has_a_message() -> None:
    assert keys_in_code()
    assert {key for key in keys_in_code() if key not in messages()} == set()


SAMPLES: dict[str, Arg] = {
    "goods": Goods("latte", Decimal(2), (Chosen("size", "large"),)),
    "items": Listed((Goods("latte", Decimal(1)), Goods("tea", Decimal(2)))),
    "lines": Listed((Goods("latte", Decimal(1)), Goods("tea", Decimal(2))), "or"),
    "products": Listed((Named("product", "latte"), Named("product", "tea"))),
    "product": Named("product", "latte"),
    "other": Named("product", "tea"),
    "theirs": "sixteen ounces",
    "about": "roast",
    "value": "vegan",
    "group": Named("group", "roast"),
    "groups": Listed((Named("group", "roast"), Named("group", "milk"))),
    "names": Listed((Named("category", "coffee"), Named("category", "tea"))),
    "values": Listed((Chosen("milk", "soy_milk", "a_bit_of"), Chosen("milk", "cream")), "or"),
    "options": Listed((Chosen("milk", "soy_milk", "a_bit_of"),)),
    "option": Chosen("milk", "soy_milk"),
    "readings": Listed(
        (fact("reading-goods", goods=Goods("tea", Decimal(1))), fact("reading-simple", name="undo")), "or"
    ),
    "what": fact("it"),
    "spans": Listed((Span(time(7), time(18, 30)), Span(time(19, 5), time(0)))),
    "number": DigitGroups("412790"),
    "code": Spelled("SUMMER10"),
    "off": Money(200, "USD"),
    "reason": "over",
    "fee": Money(300, "USD"),
    "slot": fact("slot", day="tomorrow", spans=Listed((Span(time(17), time(19)),))),
    "address": fact("address", street="Oak Street", house=Spelled("12A"), code=Spelled("10001")),
    "street": "Oak Street",
    "house": Spelled("12A"),
    "places": Listed((Ordinal(2), Ordinal(4))),
    "thing": Ordinal(2),
    "time": fact("at", time=time(18, 30)),
    "ways": Listed((fact("pay-way", way="delivery"), fact("pay-way", way="link")), "or"),
    "card": DigitGroups("4242"),
    "n": 2,
    "count": 6,
    "more": 1,
    **{name: Money(450, "USD") for name in ("total", "price", "old", "new", "minimum", "limit")},
    "pack": Measure(Decimal(500), "g"),
    **{"day": "monday", "last": "friday", "unit": "kg", "text": "Yes.", "greeting": "Hello."},
    **{"shop": "Corner Coffee", "why": "asked", "how": "dearer", "way": "label"},
    **{"name": "undo", "kind": "AskHours", "status": "placed"},
}
BLOCKS = set(list(messages())[list(messages()).index("described") :]) | {
    "day",
    "date",
    "at",
    "deal-price",
    "deal-by-unit",
    "deal-all",
    "deal-percent",
    "address",
    "slot",
    "pay-way",
    "pay-hidden",
}


@pytest.mark.parametrize("key", sorted({re.sub(r"-\d$", "", key) for key in messages()} - BLOCKS))
def test_every_wording_is_a_speakable_sentence(key: str) -> None:
    for variant in range(REPLIES.wordings(key)):
        said = REPLIES.word(replace(fact(key, **SAMPLES), variant=variant))
        assert not re.search(r"[{}$<>|_]|\s\s|(?<!or )none\b", said), said
        if key not in ("greeting", "merchant") and not key.startswith(("reading-", "it")):
            assert said[-1] in ".?!"
            assert not re.search(r"\d", said)


def _varied(key: str, variant: int):
    from dataclasses import replace

    return replace(fact(key, **SAMPLES), variant=variant)


# ---- money ---------------------------------------------------------------------------------------------------------

UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}


def number_in(words: str) -> int:
    total = part = 0
    for word in re.split(r"[ -]", words):
        if word == "hundred":
            part *= 100
        elif word in ("thousand", "million"):
            total += part * {"thousand": 1000, "million": 1_000_000}[word]
            part = 0
        elif word != "and":
            part += UNITS.index(word) if word in UNITS else TENS[word]
    return total + part


def cents_in(words: str) -> int:
    found = re.fullmatch(r"(?:(.+?) dollars?)?(?: and )?(?:((?:(?!dollar).)+) cents?)?", words)
    assert found
    return 100 * number_in(found[1] or "zero") + number_in(found[2] or "zero")


def test_spoken_amounts_are_exact() -> None:
    draw = random.Random(7)
    amounts = [*range(300), *(draw.randrange(10 ** draw.randint(1, 9)) for _ in range(10_000))]
    for minor in amounts:
        assert cents_in(REPLIES.money(Money(minor, "USD"))) == minor


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(0, "USD"), "zero dollars"),
        (Money(1, "USD"), "one cent"),
        (Money(100, "USD"), "one dollar"),
        (Money(101, "USD"), "one dollar and one cent"),
        (Money(11222, "USD"), "one hundred and twelve dollars and twenty-two cents"),
        (Money(250, "GBP"), "two pounds and fifty pence"),
        (Money(450, "JPY"), "four hundred and fifty Japanese yen"),
        (Money(300, "CHF"), "three Swiss francs"),
    ],
)
def test_money_in_words(money: Money, words: str) -> None:
    assert REPLIES.money(money) == words


# ---- goods ---------------------------------------------------------------------------------------------------------

EVERYTHING = (
    Chosen("size", "large"),
    Chosen("roast", "light_roast"),
    Chosen("milk", "almond_milk", "a_little_bit_of"),
    Chosen("sugar", "brown_sugar"),
)
OAT_MILK, NO_SUGAR = Chosen("milk", "oat_milk"), Chosen("sugar", "brown_sugar", wanted=False)


@pytest.mark.parametrize(
    ("goods", "words"),
    [
        (Goods("latte", Decimal(1)), "a latte"),
        (Goods("espresso", Decimal(1)), "an espresso"),
        (Goods("latte", Decimal(1), (Chosen("size", "eight_ounce"),)), "an eight ounce latte"),
        (Goods("latte", Decimal(2), EVERYTHING[:1]), "two large lattes"),
        (
            Goods("latte", Decimal(1), EVERYTHING),
            "a large light roast latte with a little bit of almond milk and brown sugar",
        ),
        (Goods("blueberry_muffin", Decimal(21)), "twenty-one blueberry muffins"),
        (Goods("bottle_of_water", Decimal(2)), "two bottles of water"),
        (Goods("latte"), "latte"),
        (Goods("latte", Decimal(1), (EVERYTHING[0], NO_SUGAR)), "a large latte without brown sugar"),
        (Goods("latte", Decimal(2), (OAT_MILK, NO_SUGAR)), "two lattes with oat milk without brown sugar"),
    ],
)
def test_goods_in_words(goods: Goods, words: str) -> None:
    assert REPLIES.goods(goods) == words


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("0.5", "half a pound of bananas"),
        ("1", "one pound of bananas"),
        ("1.5", "one and a half pounds of bananas"),
        ("2", "two pounds of bananas"),
        ("2.25", "two point two five pounds of bananas"),
    ],
)
def test_weights_in_words(quantity: str, words: str) -> None:
    assert Replies.load("en", GROCERY).goods(Goods("bananas", Decimal(quantity))) == words


def test_every_product_of_the_sample_shops_has_words() -> None:
    for catalog in (COFFEE, GROCERY):
        replies = Replies.load("en", catalog)
        for product in catalog.products:
            for quantity in (None, Decimal(1), Decimal(2)):
                words = replies.goods(Goods(product.id, quantity))
                assert re.fullmatch(r"[A-Za-z' -]+", words), words


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("412790", "four one two, seven nine zero"),
        ("4127901", "four one two, seven nine zero one"),
        ("41", "four one"),
        ("0001", "zero zero zero one"),
    ],
)
def test_numbers_are_said_in_groups(digits: str, words: str) -> None:
    assert REPLIES.word(fact("reading-digits", number=DigitGroups(digits))) == f"The number {words}"


def test_a_measure_has_its_unit() -> None:
    assert REPLIES.word(fact("weighed", measure=Measure(Decimal(3), "kg"), thing="ham")) == "Three kilos of ham"


def test_a_language_without_replies_is_refused() -> None:
    with pytest.raises(VoxcartError, match="one of: en"):
        Replies.load("tlh", COFFEE)


def test_a_broken_replies_file_is_refused() -> None:
    with pytest.raises(VoxcartError, match="cannot be read near"):
        Replies("hello = { $n -> [one] x *[other] y }", {"language": "en"}, COFFEE)


def test_fixed_sentences_are_whole() -> None:
    fixed = REPLIES.fixed()
    assert "Anything else?" in fixed
    assert "Please say your PIN, digit by digit, or type it in." in fixed
    assert not [each for each in fixed if "{" in each]


def test_openings_are_whole_sentences_before_the_particulars() -> None:
    openings = REPLIES.openings()
    assert {"Okay.", "All right.", "Got it.", "Your order is placed.", "The number is:"} <= set(openings)
    assert len(openings) < 40
    assert {"Once more:", "Thank you!"} <= set(REPLIES.fragments())


def test_a_sentence_that_begins_with_an_argument_has_a_capital() -> None:
    two = Goods("latte", Decimal(2))
    assert REPLIES.word(fact("added", items=Listed((two,)))) == "Okay. Two lattes."


def test_an_answer_opens_once() -> None:
    added = fact("added", items=Listed((Goods("latte", Decimal(1)),)))
    said = REPLIES.say([added, fact("removed", items=Listed((Goods("mocha", Decimal(1)),)))])
    assert said == "Okay. A latte. I've taken off a mocha."
    assert REPLIES.say([fact("undone"), replace(added, variant=1)]) == "I've taken that back. A latte."
