"""Weights, volumes, dozens and packs, as callers say them, to the line and its price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from voxcart.build import Front, open_mind, open_shop
from voxcart.chat import input_of
from voxcart.config import load_config
from voxcart.mind import ShopMind

DELI = """
name = "Deli"
currency = "USD"

[[products]]
name = "ham"
price = 12.90
unit = "kg"

[[products]]
name = "gouda cheese"
price = 9.99
unit = "lb"

[[products]]
name = "olives"
price = 8.00
unit = "kg"

[[products]]
name = "egg"
price = 0.30

[[products]]
name = "roll"
price = 0.55

[[products]]
name = "flour"
price = 1.10
pack = "500 g"

[[products]]
name = "oat milk"
price = 2.20
pack = "1 l"

[[products]]
name = "orange juice"
price = 4.40
pack = "64 fl oz"
"""


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    (tmp_path / "deli.toml").write_text(DELI, "utf-8")
    with closing(open_shop(load_config(), str(tmp_path / "deli.toml"), in_memory=True)) as front:
        yield front


async def told(front: Front, *lines: str) -> tuple[ShopMind, str]:
    mind = open_mind(front, "call-1", None, typed=True)
    prompt = await mind.greet()
    for line in lines:
        prompt = await mind.act(mind.understand(input_of(line)))
    return mind, prompt.text


def lines_of(mind: ShopMind) -> list[tuple[str, Decimal, int]]:
    _, cart = mind.snapshot()
    return [(line.product, line.quantity, line.total.minor) for line in cart.lines]


@pytest.mark.parametrize(
    ("said", "product", "quantity", "minor"),
    [
        ("twenty decagrams of ham", "ham", "0.2", 258),
        ("half a kilo of ham", "ham", "0.5", 645),
        ("a quarter of a kilo of ham", "ham", "0.25", 323),
        ("one and a half kilos of ham", "ham", "1.5", 1935),
        ("two hundred and fifty grams of olives", "olives", "0.25", 200),
        ("300 g of olives", "olives", "0.3", 240),
        ("1.5 kg olives please", "olives", "1.5", 1200),
        ("half a pound of gouda cheese", "gouda_cheese", "0.5", 500),
        ("a pound and a half of gouda cheese", "gouda_cheese", "1.5", 1499),
        ("a dozen eggs", "egg", "12", 360),
        ("half a dozen eggs", "egg", "6", 180),
        ("two dozen rolls", "roll", "24", 1320),
        ("a pair of rolls", "roll", "2", 110),
        ("two packs of flour", "flour", "2", 220),
    ],
)
async def test_an_amount_becomes_a_line_with_its_price(
    said: str, product: str, quantity: str, minor: int, front: Front
) -> None:
    mind, answer = await told(front, said)
    assert lines_of(mind) == [(product, Decimal(quantity), minor)], answer
    assert "point" not in answer, "two hundred grams, not zero point two kilos"


@pytest.mark.parametrize(
    ("said", "product", "packs", "asked"),
    [
        ("seven hundred grams of flour", "flour", 2, "two"),
        ("a kilo of flour", "flour", 2, "two"),
        ("fifty centiliters of oat milk", "oat_milk", 1, "one"),
        ("three liters of oat milk", "oat_milk", 3, "three"),
        ("four liters of orange juice", "orange_juice", 3, "three"),
    ],
)
async def test_a_measure_of_what_comes_in_packs_is_rounded_and_said_before_it_is_added(
    said: str, product: str, packs: int, asked: str, front: Front
) -> None:
    mind, question = await told(front, said)
    assert lines_of(mind) == []
    assert asked in question.lower(), question
    assert question.endswith("?")
    assert not re.search(r"\b(fl|oz|cl|gal|qt)\b", question), "spoken in full"
    taken, _ = await told(front, said, "yes")
    assert [(each, quantity) for each, quantity, _ in lines_of(taken)] == [(product, Decimal(packs))]
    refused, _ = await told(front, said, "no")
    assert lines_of(refused) == []


async def test_a_volume_of_what_is_weighed_is_asked_about(front: Front) -> None:
    mind, question = await told(front, "two liters of ham")
    assert lines_of(mind) == []
    assert question.endswith("?")
