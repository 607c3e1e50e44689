"""Reads quantities, digit strings and spelled letters as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.language import load_language
from nlu.numbers import number_words, read_digits, read_letters, read_number
from nlu.text import words_of

ENGLISH = load_language("en")

PHRASES = """
zero=0|one=1|two=2|three=3|four=4|five=5|six=6|seven=7|eight=8|nine=9|ten=10|eleven=11|twelve=12|thirteen=13
fourteen=14|fifteen=15|sixteen=16|seventeen=17|eighteen=18|nineteen=19|twenty=20|twenty one=21|twenty-one=21
twenty two=22|twenty three=23|twenty four=24|twenty five=25|twenty six=26|twenty seven=27|twenty eight=28
twenty nine=29|thirty=30|thirty one=31|thirty-two=32|thirty three=33|thirty five=35|thirty eight=38|forty=40
forty one=41|forty two=42|forty four=44|forty-five=45|forty seven=47|fifty=50|fifty one=51|fifty five=55
fifty-six=56|fifty nine=59|sixty=60|sixty one=61|sixty four=64|sixty six=66|seventy=70|seventy two=72
seventy five=75|seventy seven=77|eighty=80|eighty one=81|eighty four=84|eighty eight=88|ninety=90|ninety one=91
ninety five=95|ninety-nine=99|a hundred=100|one hundred=100|a hundred and one=101|one hundred and one=101
one hundred one=101|a hundred and ten=110|a hundred and twelve=112|a hundred and twenty=120
one hundred twenty five=125|a hundred and twenty five=125|a hundred fifty=150|one hundred and fifty=150
one hundred seventy-five=175|two hundred=200|two hundred and two=202|two hundred and fifty=250
two hundred fifty=250|three hundred=300|three hundred and thirty three=333|four hundred=400
four hundred and four=404|five hundred=500|five hundred and fifty five=555|six hundred=600|seven hundred=700
seven hundred and forty seven=747|eight hundred=800|nine hundred=900|nine hundred and ninety nine=999
a thousand=1000|one thousand=1000|a thousand and one=1001|one thousand one hundred=1100
one thousand two hundred and fifty=1250|two thousand=2000|two thousand and ten=2010
two thousand five hundred=2500|three thousand=3000|five thousand=5000|ten thousand=10000|twelve thousand=12000
eighteen thousand=18000|twenty thousand=20000|twenty one thousand=21000|fifty thousand=50000
a hundred thousand=100000|a=1|an=1|a couple=2|a couple of=2|couple of=2|a pair=2|a pair of=2|a few=3
a dozen=12|one dozen=12|dozen=12|two dozen=24|three dozen=36|half a dozen=6|a half dozen=6|half=0.5|a half=0.5
one half=0.5|half a=0.5|half an=0.5|a quarter=0.25|quarter=0.25|a quarter of a=0.25|three quarters=0.75
three quarters of a=0.75|one and a half=1.5|two and a half=2.5|three and a half=3.5|four and a half=4.5
five and a half=5.5|ten and a half=10.5|twelve and a half=12.5|twenty and a half=20.5|one and a quarter=1.25
two and a quarter=2.25|three and a quarter=3.25|two and three quarters=2.75|one and three quarters=1.75
zero point five=0.5|one point five=1.5|two point five=2.5|one point two five=1.25|three point one four=3.14
zero point seven five=0.75|ten point five=10.5|six point oh five=6.05|twenty point five=20.5|0.5=0.5|1.5=1.5
2.75=2.75|1=1|2=2|3=3|7=7|10=10|12=12|15=15|16=16|18=18|20=20|21=21|24=24|30=30|36=36|48=48|50=50|60=60|75=75
99=99|100=100|101=101|120=120|144=144|150=150|200=200|250=250|365=365|500=500|750=750|999=999|1,000=1000
1000=1000|2,500=2500|5000=5000|10,000=10000|18000=18000|one hundred and a half=100.5|a hundred and a half=100.5
both=2|six hundred and six=606|seven thousand=7000|eight thousand and eight=8008|nine thousand nine hundred=9900
"""
TABLE = [tuple(each.split("=")) for line in PHRASES.strip().splitlines() for each in line.split("|")]


def test_the_table_is_long() -> None:
    assert len(TABLE) >= 200


@pytest.mark.parametrize(("text", "value"), TABLE)
def test_a_number_phrase_is_its_value(text: str, value: str) -> None:
    words = words_of(text, ENGLISH)
    assert read_number(words, 0, ENGLISH) == (Decimal(value), len(words))


@pytest.mark.parametrize("text", ["latte", "and", "please two", "hundredth", "point five", "oh"])
def test_no_number(text: str) -> None:
    assert read_number(words_of(text, ENGLISH), 0, ENGLISH) is None


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [("two twenty ounce lattes", 2, 1), ("three and a latte", 3, 1), ("one two", 1, 1), ("twenty eleven", 20, 1)],
)
def test_two_numbers_side_by_side_stay_two(text: str, value: int, end: int) -> None:
    assert read_number(text.split(), 0, ENGLISH) == (Decimal(value), end)


@given(st.integers(0, 999))
def test_figures_and_words_are_the_same_number(number: int) -> None:
    words = number_words(number, ENGLISH)
    assert read_number(words, 0, ENGLISH) == (Decimal(number), len(words))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("one two three four", "1234"),
        ("twelve thirty four", "1234"),
        ("twelve thirty-four", "1234"),
        ("double five", "55"),
        ("triple zero", "000"),
        ("oh one two", "012"),
        ("o seven", "07"),
        ("nought nil zero", "000"),
        ("12 34", "1234"),
        ("12 three four", "1234"),
        ("nineteen eighty", "1980"),
        ("five hundred", "500"),
        ("one eight hundred five five five", "1800555"),
        ("two thousand", "2000"),
        ("four seven one nine please", "4719"),
        ("double oh seven", "007"),
        ("555-0100", "5550100"),
        ("0800 123", "0800123"),
        ("my pin is zero zero zero one", "0001"),
        ("six double seven eight", "6778"),
        ("twenty three forty five", "2345"),
        ("twenty oh five", "2005"),
        ("niner niner one", "991"),
        ("eight hundred and five", "805"),
    ],
)
def test_digits_keep_their_zeros(text: str, digits: str) -> None:
    assert read_digits(words_of(text, ENGLISH), ENGLISH) == (digits, True)


@pytest.mark.parametrize("text", ["one two blue four", "four latte", "one million"])
def test_what_is_no_digit_makes_it_unclear(text: str) -> None:
    digits, clear = read_digits(words_of(text, ENGLISH), ENGLISH)
    assert digits
    assert not clear


@given(st.text("0123456789", min_size=1, max_size=12))
def test_single_digits_survive_whole(digits: str) -> None:
    words = [next(word for word, digit in ENGLISH.digits.items() if digit == each) for each in digits]
    assert read_digits(words, ENGLISH) == (digits, True)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("s m i t h", "smith"),
        ("sierra mike india tango hotel", "smith"),
        ("a as in alpha b for bravo", None),
        ("alpha bravo charlie", "abc"),
        ("double l", "ll"),
        ("bee oh bee", None),
        ("x ray", None),
        ("latte", None),
    ],
)
def test_letters(text: str, letters: str | None) -> None:
    assert read_letters(text.split(), ENGLISH) == letters
