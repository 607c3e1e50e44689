"""Edits of a cart: what is refused, with the allowed ones named, and what goes through."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.cart import Cart, Chosen
from commerce.edits import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.money import Money
from commerce.outcomes import LineGone, OptionMissing, OptionRefused, OutOfStock, QuantityDoubted
from commerce.shelf import Shelf, apply_edit
from tests.small_shop import kiosk

CATALOG = kiosk()
SHELF = Shelf(
    CATALOG,
    {each.id: each.price for each in CATALOG.products},
    {each.id: None if each.stock is None else Decimal(each.stock) for each in CATALOG.products},
)
EMPTY = Cart("c", "USD")
BROWN = Chosen("bread", "brown")


def after(*edits: CartEdit, cart: Cart = EMPTY, sure: bool = False) -> Cart:
    for edit in edits:
        result = apply_edit(cart, edit, SHELF, 1 + max((line.id for line in cart.lines), default=0), sure)
        assert isinstance(result, Cart), result
        cart = result
    return cart


def add(product: str, quantity: str = "1", *options: Chosen) -> AddLine:
    return AddLine(product, Decimal(quantity), options)


def test_options_change_the_price_and_the_default_is_filled_in() -> None:
    [line] = after(add("latte", "2", Chosen("milk", "oat_milk", "lots_of"))).lines
    assert line.options == (Chosen("size", "medium"), Chosen("milk", "oat_milk", "lots_of"))
    assert line.unit_price == Money(480, "USD")


def test_the_order_in_which_options_are_said_does_not_matter() -> None:
    options = (Chosen("milk", "milk"), Chosen("size", "large"))
    cart = after(add("latte", "1", *options), add("latte", "1", *reversed(options)))
    assert [line.quantity for line in cart.lines] == [Decimal(2)]


@pytest.mark.parametrize(
    ("edit", "refused", "allowed"),
    [
        (add("latte", "1", Chosen("size", "huge")), Chosen("size", "huge"), ("small", "medium", "large")),
        (add("cake", "1", Chosen("size", "small")), Chosen("size", "small"), ()),
        (add("latte", "1", Chosen("colour", "red")), Chosen("colour", "red"), ()),
        (add("latte", "1", Chosen("milk", "milk", "tons_of")), Chosen("milk", "milk", "tons_of"), ("milk", "oat_milk")),
        (
            add("latte", "1", Chosen("size", "small"), Chosen("size", "large")),
            Chosen("size", "large"),
            ("small", "medium", "large"),
        ),
    ],
)
def test_an_option_that_is_not_offered_is_refused_with_the_allowed_ones(
    edit: AddLine, refused: Chosen, allowed: tuple[str, ...]
) -> None:
    assert apply_edit(EMPTY, edit, SHELF, 1) == OptionRefused(edit.product, refused, allowed)


def test_several_values_of_a_multiple_choice_are_kept() -> None:
    [line] = after(add("toast", "1", BROWN, Chosen("extras", "jam"), Chosen("extras", "butter"))).lines
    assert line.options == (BROWN, Chosen("extras", "butter"), Chosen("extras", "jam"))
    assert line.unit_price == Money(285, "USD")


def test_a_required_group_is_asked_for() -> None:
    edit = add("toast")
    assert apply_edit(EMPTY, edit, SHELF, 1) == OptionMissing("toast", "bread", edit)


@pytest.mark.parametrize(
    ("product", "quantity", "possible"),
    [
        ("water", "18000", False),
        ("water", "21", True),
        ("water", "2001", False),
        ("latte", "21", True),
        ("latte", "18000", False),
        ("cake", "21", False),
        ("cake", "0.5", False),
        ("cake", "0", False),
        ("cake", "-1", False),
        ("cheese", "0.0001", False),
        ("cheese", "NaN", False),
        ("latte", "1E+30", False),
    ],
)
def test_absurd_quantities_are_doubted(product: str, quantity: str, possible: bool) -> None:
    edit = add(product, quantity)
    assert repr(apply_edit(EMPTY, edit, SHELF, 1)) == repr(
        QuantityDoubted(product, Decimal(quantity), edit, possible=possible)
    )


def test_a_sure_caller_gets_the_large_quantity_that_is_there() -> None:
    assert after(add("water", "21"), sure=True).held("water") == 21
    edit = add("water", "2001")
    assert apply_edit(EMPTY, edit, SHELF, 1, sure=True) == QuantityDoubted("water", Decimal(2001), edit, possible=False)


def test_stock_counts_what_the_cart_holds_already() -> None:
    cart = after(add("cake", "3"))
    assert apply_edit(cart, add("cake", "3"), SHELF, 2) == OutOfStock("cake", Decimal(6), Decimal(5))
    assert after(add("cake", "2"), cart=cart).held("cake") == 5


def test_options_do_not_hide_stock() -> None:
    cart = after(add("toast", "6", BROWN))
    other = add("toast", "5", Chosen("bread", "white"))
    assert apply_edit(cart, other, SHELF, 2) == OutOfStock("toast", Decimal(11), Decimal(10))


def test_less_may_always_be_wanted_even_if_stock_sank_below() -> None:
    cart = after(add("cake", "5"))
    sunk = replace(SHELF, levels={**SHELF.levels, "cake": Decimal(1)})
    fewer = apply_edit(cart, SetLineQuantity(1, Decimal(3)), sunk, 2)
    assert isinstance(fewer, Cart)
    assert fewer.held("cake") == 3


def test_what_is_not_sold_cannot_be_had() -> None:
    assert apply_edit(EMPTY, add("'; DROP TABLE orders; --"), SHELF, 1) == OutOfStock(
        "'; DROP TABLE orders; --", Decimal(1), Decimal(0)
    )


def test_weighed_goods_are_weighed_to_the_thousandth() -> None:
    [line] = after(add("cheese", "0.33333333")).lines
    assert line.quantity == Decimal("0.333")
    assert line.total == Money(266, "USD")


def test_taking_away_a_part_or_all() -> None:
    cart = after(add("cake", "4"))
    assert after(RemoveLine(1, Decimal(1)), cart=cart).held("cake") == 3
    assert after(RemoveLine(1, Decimal(9)), cart=cart).lines == ()
    assert after(RemoveLine(1), cart=cart).lines == ()
    assert after(SetLineQuantity(1, Decimal(0)), cart=cart).lines == ()
    half = RemoveLine(1, Decimal("0.5"))
    assert apply_edit(cart, half, SHELF, 2) == QuantityDoubted("cake", Decimal("0.5"), half, possible=False)


def test_an_edit_of_a_line_that_is_gone_says_so() -> None:
    edit = SetLineQuantity(7, Decimal(1))
    assert apply_edit(EMPTY, edit, SHELF, 1) == LineGone(edit)


def test_options_are_replaced_group_by_group() -> None:
    cart = after(add("latte", "1", Chosen("milk", "milk")))
    [line] = after(SetLineOptions(1, (Chosen("size", "large"),)), cart=cart).lines
    assert line.options == (Chosen("size", "large"), Chosen("milk", "milk"))
    [line] = after(SetLineOptions(1, (), (("milk", "milk"),)), cart=cart).lines
    assert line.options == (Chosen("size", "medium"),)


NO_BUTTER = Chosen("extras", "butter", wanted=False)
WHITE = Chosen("bread", "white")


def test_what_is_refused_stays_with_the_line_and_costs_nothing() -> None:
    [toast] = after(add("toast", "1", WHITE, NO_BUTTER)).lines
    assert (toast.options, toast.unit_price.minor) == ((WHITE, NO_BUTTER), 190)


def test_another_value_of_a_multiple_choice_comes_on_top() -> None:
    jam = Chosen("extras", "jam")
    cart = after(add("toast", "1", WHITE, NO_BUTTER))
    [toast] = after(SetLineOptions(1, (jam,)), cart=cart).lines
    assert toast.options == (WHITE, NO_BUTTER, jam)
    [toast] = after(SetLineOptions(1, (Chosen("extras", "butter"),)), cart=cart).lines
    assert toast.options == (WHITE, Chosen("extras", "butter"))


@pytest.mark.parametrize(
    ("refused", "options"),
    [
        ("medium", (Chosen("size", "medium", wanted=False),)),
        ("large", (Chosen("size", "medium"),)),
    ],
)
def test_a_refused_default_is_not_filled_in(refused: str, options: tuple[Chosen, ...]) -> None:
    [latte] = after(add("latte", "1", Chosen("size", refused, wanted=False))).lines
    assert latte.options == options


def test_a_refusal_does_not_answer_what_must_be_chosen() -> None:
    edit = add("toast", "1", Chosen("bread", "white", wanted=False))
    assert apply_edit(EMPTY, edit, SHELF, 1) == OptionMissing("toast", "bread", edit)


def test_a_required_option_cannot_be_taken_off() -> None:
    cart = after(add("toast", "1", BROWN))
    edit = SetLineOptions(1, (), (("bread", "brown"),))
    assert apply_edit(cart, edit, SHELF, 2) == OptionMissing("toast", "bread", edit)


def test_a_replaced_product_keeps_quantity_and_the_options_it_takes() -> None:
    cart = after(add("toast", "2", BROWN))
    [line] = after(ReplaceLine(1, "cake"), cart=cart).lines
    assert (line.id, line.product, line.quantity, line.options) == (1, "cake", Decimal(2), ())
    assert line.unit_price == Money(333, "USD")


def test_a_weight_does_not_become_pieces() -> None:
    cart = after(add("cheese", "1.5"))
    edit = ReplaceLine(1, "cake")
    assert apply_edit(cart, edit, SHELF, 2) == QuantityDoubted("cake", Decimal("1.5"), edit, possible=False)


EDITS = st.one_of(
    st.builds(AddLine, st.sampled_from(sorted(CATALOG.by_id)), st.decimals(-2, 30, places=1)),
    st.builds(RemoveLine, st.integers(1, 6), st.none() | st.decimals(-1, 10, places=1)),
    st.builds(SetLineQuantity, st.integers(1, 6), st.decimals(-2, 30, places=1)),
    st.builds(SetLineOptions, st.integers(1, 6), st.just((Chosen("size", "large"),))),
    st.builds(ReplaceLine, st.integers(1, 6), st.sampled_from(sorted(CATALOG.by_id))),
)


@given(st.lists(EDITS, max_size=12), st.booleans())
def test_no_edits_make_a_cart_that_the_shop_cannot_fill(edits: list[CartEdit], sure: bool) -> None:
    cart = EMPTY
    for number, edit in enumerate(edits, start=1):
        result = apply_edit(cart, edit, SHELF, number, sure)
        cart = result if isinstance(result, Cart) else cart
    assert SHELF.missing(cart) == ()
    assert len({line.id for line in cart.lines}) == len(cart.lines)
    for line in cart.lines:
        assert line.quantity > 0
        assert line.unit_price == SHELF.price_of(line)
        if CATALOG.by_id[line.product].unit == "each":
            assert line.quantity == int(line.quantity)
