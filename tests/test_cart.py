"""The cart adds up, merges what is equal and knows itself again by its hash."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from commerce.cart import Cart, Chosen, Line, cart_hash, differences, repriced, with_line, without_line
from commerce.money import Money

EMPTY = Cart("c", "USD")
CHOSEN = st.tuples() | st.tuples(st.builds(Chosen, st.just("size"), st.sampled_from(["s", "m", "l"])))
LINES = st.builds(
    Line,
    id=st.integers(1, 10**6),
    product=st.sampled_from("abcdef"),
    quantity=st.decimals("0.001", 999, places=3),
    options=CHOSEN,
    unit_price=st.builds(Money, st.integers(0, 10**5), st.just("USD")),
)
CARTS = st.lists(LINES, max_size=8, unique_by=lambda line: line.id).map(lambda lines: Cart("c", "USD", tuple(lines)))


def line(line_id: int, product: str = "a", quantity: str = "1", price: int = 100, options: str = "") -> Line:
    chosen = tuple(Chosen("size", each) for each in options)
    return Line(line_id, product, Decimal(quantity), chosen, Money(price, "USD"))


@given(CARTS)
def test_the_total_is_the_sum_of_the_lines(cart: Cart) -> None:
    assert cart.total.minor == sum(each.total.minor for each in cart.lines)


@given(CARTS, LINES)
def test_a_line_is_never_lost_by_adding(cart: Cart, new: Line) -> None:
    new = replace(new, id=10**6 + 1)
    assert with_line(cart, new).held(new.product) == cart.held(new.product) + new.quantity


@given(CARTS)
def test_every_part_of_the_cart_counts_for_its_hash(cart: Cart) -> None:
    hashes = {cart_hash(cart), cart_hash(replace(cart, id="d"))}
    for each in cart.lines:
        dearer = replace(each, unit_price=each.unit_price + Money(1, "USD"))
        more = replace(each, quantity=each.quantity + 1)
        other = replace(each, options=(*each.options, Chosen("milk", "oat")))
        hashes |= {cart_hash(with_line(cart, changed)) for changed in (dearer, more, other)}
    assert len(hashes) == 2 + 3 * len(cart.lines)


def test_two_spellings_of_a_quantity_have_one_hash() -> None:
    assert cart_hash(with_line(EMPTY, line(1, quantity="2"))) == cart_hash(with_line(EMPTY, line(1, quantity="2.000")))


def test_equal_goods_share_a_line_and_others_do_not() -> None:
    cart = with_line(with_line(EMPTY, line(1)), line(2, quantity="2"))
    assert [(each.id, each.quantity) for each in cart.lines] == [(1, Decimal(3))]
    assert cart.touched == 1
    assert len(with_line(cart, line(3, options="l")).lines) == 2


def test_a_known_id_takes_the_place_of_its_line() -> None:
    cart = with_line(with_line(EMPTY, line(1)), line(2, "b"))
    changed = with_line(cart, line(1, "c"))
    assert [each.product for each in changed.lines] == ["c", "b"]
    assert differences(cart, changed) == ((line(1), line(1, "c")),)


def test_removing_the_touched_line_leaves_nothing_touched() -> None:
    cart = with_line(with_line(EMPTY, line(1)), line(2, "b"))
    assert without_line(cart, 2).touched is None
    assert without_line(cart, 1).touched == 2


def test_what_has_no_price_any_more_falls_out() -> None:
    cart = with_line(with_line(EMPTY, line(1)), line(2, "b"))
    kept = repriced(cart, lambda each: Money(250, "USD") if each.product == "a" else None)
    assert [(each.product, each.unit_price.minor) for each in kept.lines] == [("a", 250)]
    assert kept.touched is None


def test_removing_takes_that_line_and_no_other() -> None:
    cart = Cart("c", "USD", (line(1), line(2, "b"), line(3, "c")), touched=3)
    assert without_line(cart, 2) == replace(cart, lines=(line(1), line(3, "c")))


def test_the_line_that_was_changed_last_is_remembered() -> None:
    cart = with_line(with_line(EMPTY, line(1)), line(2, "b"))
    assert cart.touched == 2
    assert with_line(cart, line(3)).touched == 1, "it joined an equal line"
    assert with_line(cart, line(1, quantity="5")).touched == 1


def test_other_prices_do_not_change_which_line_was_touched() -> None:
    cart = Cart("c", "USD", (line(1), line(2, "b")), touched=2)
    assert repriced(cart, lambda _: Money(70, "USD")).touched == 2
    assert repriced(cart, lambda each: each.unit_price if each.id == 1 else None).touched is None


def test_nothing_held_is_a_number_too() -> None:
    assert isinstance(EMPTY.held("a"), Decimal)
