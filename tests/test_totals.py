"""What is said, kept and summed up is one amount: random carts of both shops, told back from the words alone."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from benchmarks.money import random_line, reference_total, unit_price
from commerce.cart import Cart, Line, with_line
from commerce.catalog import Catalog
from commerce.money import Money
from tests.talk import COFFEE, REPLIES
from tests.test_replies import GROCERY, cents_in
from voxcart.facts import fact
from voxcart.replies import Replies


def random_cart(catalog: Catalog, dice: random.Random) -> Cart:
    """As prices and options make it, without stock."""
    cart = Cart("call-1", catalog.currency)
    for number in range(dice.randint(1, 8)):
        wanted = random_line(catalog, dice)
        price = unit_price(catalog, catalog.by_id[wanted.product], wanted.options)
        cart = with_line(
            cart,
            Line(number + 1, wanted.product, Decimal(wanted.quantity), wanted.options, Money(price, cart.currency)),
        )
    return cart


def check(catalog: Catalog, replies: Replies, carts: int, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(carts):
        cart = random_cart(catalog, dice)
        total = cart.total
        assert type(total.minor) is int
        assert total.minor == sum(line.total.minor for line in cart.lines) == reference_total(catalog, cart)
        said = replies.say((fact("ask-order", total=total),))
        assert cents_in(said.removeprefix("That's ").partition(" altogether")[0]) == total.minor


SHOPS = pytest.mark.parametrize("catalog", [COFFEE, GROCERY], ids=lambda each: each.name)


@SHOPS
def test_the_total_that_is_heard_is_that_of_the_lines(catalog: Catalog) -> None:
    check(catalog, REPLIES, 1500, seed=49)


@pytest.mark.slow
@SHOPS
def test_a_hundred_thousand_carts_are_told_to_the_cent(catalog: Catalog) -> None:
    check(catalog, REPLIES, 50_000, seed=51)
