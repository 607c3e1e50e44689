"""What is masked in a caller's words before they are kept, and what stays to be read."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.intent import Simple
from nlu.language import load_language
from nlu.redaction import MASK, card_in, is_card, redact
from tests.talk import CHECKOUT, COFFEE, Talk, add
from voice.channels import Keys
from voice.recognizer import Transcript
from voxcart.hearing import CARD, read
from voxcart.states import AwaitingCustomer, Shopping

ENGLISH = load_language("en")
CARDS = ["4111111111111111", "5500005555555559", "340000000000009", "6011000000000004", "4222222222222"]
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

MASKED = """
call me on 5550100123|call me on •••
call me on 555 010 0123 please|call me on ••• please
my number is +1 555-010-0123|my number is •••
(555) 010-0123 is my number|••• is my number
my number is five five five zero one zero zero|my number is •••
my number is five five five oh one oh oh thank you|my number is ••• thank you
it's double five five zero one double zero|it's •••
it's fifty five fifty oh one hundred|it's •••
five five five um zero one zero zero|•••
my pin is four seven three nine|my pin is •••
my pin is 4739|my pin is •••
4739|•••
it's forty seven thirty nine|it's •••
forty-seven 39 and then a latte|forty-seven 39 and then a latte
twelve thirty four|•••
the code is 1 2 3 4|the code is •••
the code is 123 456|the code is •••
four seven three nine and a latte please|••• and a latte please
a latte and four seven three nine|a latte and •••
my card is 4111 1111 1111 1111|my card is •••
my card is 4111-1111-1111-1111 okay|my card is ••• okay
four one one one one one one one one one one one one one one one|•••
my card is four one double one|my card is •••
write to ada@example.com please|write to ••• please
Ada.Lovelace+shop@mail.example.co.uk|•••
my email is ada at example dot com|my email is •••
my email is ada dot lovelace at example dot com|my email is •••
it's ada underscore l at mail dot example dot org thanks|it's ••• thanks
send it to a d a at example dot com and a latte|send it to ••• and a latte
email john smith nineteen at gmail dot com|email •••
reach me at home dot sweet dot home|reach me •••
my phone is 5550100 and my mail is ada@example.com|my phone is ••• and my mail is •••
order number 123456 and pin 9 8 7 6|order number ••• and pin •••
i live at 12345 main street|i live at ••• main street
my account is nine hundred twelve thirty four|my account is •••
Four, seven, three, nine.|•••
one two three four five|•••
seven seven seven seven|•••
oh seven oh seven|•••
"""

OPEN = """
two lattes and a bagel
can i get two large lattes and three small teas
twenty five cookies please
two hundred and fifty grams of ham
i'd like one two or three of them
a dozen eggs and six rolls
half a kilo of cheese
350 g of olives
1.5 kg of potatoes
eighteen thousand waters
it is two thousand twenty six
no i said four
make that two
where is my order
is there anything under five dollars
can you deliver at noon
meet me at the shop
the one at the top
what do you have at three dollars
at what time do you open
two for me two for ada
one latte two mochas three teas four bagels
the second one
100 cookies
it's number 12
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("said", "kept"), rows(MASKED))
def test_what_may_be_personal_is_masked(said: str, kept: str) -> None:
    assert redact(said, ENGLISH) == kept


@pytest.mark.parametrize("said", OPEN.strip().splitlines())
def test_what_is_an_order_stays(said: str) -> None:
    assert redact(said, ENGLISH) == said


numbers = st.text("0123456789", min_size=4, max_size=20)


@given(numbers, st.booleans(), st.sampled_from(["", "my number is ", "a latte and "]), st.sampled_from(["", " please"]))
def test_no_long_number_is_left(digits: str, in_words: bool, before: str, after: str) -> None:
    said = " ".join(DIGITS[int(each)] for each in digits) if in_words else digits
    assert redact(f"{before}{said}{after}", ENGLISH) == f"{before}{MASK}{after}"


@given(st.text(max_size=60))
def test_anything_can_be_redacted_and_nothing_more_is_masked_the_second_time(text: str) -> None:
    once = redact(text, ENGLISH)
    assert redact(once, ENGLISH) == once


# ---- cards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_known_in_figures_and_words(card: str) -> None:
    assert is_card(card)
    spoken = " ".join(DIGITS[int(each)] for each in card)
    for said in (card, f"my card is {card[:4]} {card[4:8]} {card[8:]}", spoken, f"charge {spoken} please"):
        assert card_in(said, ENGLISH), said


@given(st.text("0123456789", min_size=13, max_size=19))
def test_one_wrong_digit_makes_it_no_card(digits: str) -> None:
    other = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
    assert not (is_card(digits) and is_card(other))


@pytest.mark.parametrize("digits", ["4739", "5550100123", "4111111111111112", "", "12x"])
def test_what_is_no_card(digits: str) -> None:
    assert not is_card(digits)


@pytest.mark.parametrize("phase", [Shopping(), AwaitingCustomer(None)])
def test_a_card_is_a_card_whatever_was_asked(phase: Shopping | AwaitingCustomer) -> None:
    said = Transcript(" ".join(DIGITS[int(each)] for each in CARDS[0]), "test")
    for heard in (said, Keys(f"{CARDS[0]}#", 0)):
        reading = read(heard, phase, lambda *_: None, COFFEE)
        assert reading.meaning == CARD
        assert reading.unheard


async def test_a_card_is_refused_and_nowhere_kept() -> None:
    talk = Talk()
    await talk.says(add("latte"))
    for said in (f"my card is {CARDS[0]}", " ".join(DIGITS[int(each)] for each in CARDS[0])):
        answer = await talk.hear(Transcript(said, "test"))
        assert answer.startswith("Please don't tell me a card number.")
        assert talk.last.private, "the rest of it may follow"
    assert (await talk.press(CARDS[1])).startswith("Please don't tell me")
    await talk.say(Simple("human"))
    kept = json.dumps(
        [talk.log, talk.told, [row["outcome"] for row in talk.shop.store._rows("SELECT * FROM commands")]]
    )
    kept += json.dumps(talk.shop.store._rows("SELECT summary FROM tickets"))
    for trace in ("4111", "5500", "one one one one"):
        assert trace not in kept


async def test_the_question_stays_open_while_a_card_is_refused() -> None:
    talk = Talk()
    await talk.says(add("latte"), CHECKOUT)
    before = talk.state.phase
    answer = await talk.hear(Transcript(CARDS[0], "test"))
    assert talk.state.phase == before
    assert answer.endswith("Shall I place the order?")


async def test_what_was_asked_for_by_number_stays_readable() -> None:
    """The number of an order is no secret: it tells nothing without a PIN."""
    talk = Talk()
    await talk.says(Simple("cancel_order"))
    talk.shop.set_stock("latte", Decimal(1))
    await talk.say(None, text="call me on 555 0100 or at ada@example.com")
    told = [payload["heard"] for _, _, kind, payload in talk.log if kind == "turn"][-1]
    assert told["text"] == "call me on ••• or at •••"
