"""How much is meant, in which unit, and which line."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.cart import Cart, Chosen, Line
from commerce.catalog import Catalog
from commerce.commands import AddLine, RemoveLine, SetLineOptions, SetLineQuantity
from commerce.money import Money
from commerce.shop_file import load_shop
from nlu import intent
from tests.small_shop import kiosk
from tests.talk import COFFEE, SHOPS
from voxcart.edits import MEASURES, Quantity, convert, just_removed, lines_of, packs_for, quantity_of, resolve
from voxcart.facts import Goods, Listed, Measure, fact
from voxcart.states import AskingQuantity, Confirming, Scene

GROCERY = load_shop(SHOPS / "grocery.toml")
NOW = datetime(2030, 5, 1, tzinfo=UTC)


def line(line_id: int, product: str, quantity: str = "1", *options: Chosen) -> Line:
    return Line(line_id, product, Decimal(quantity), options, Money(100, "USD"))


LARGE = Chosen("size", "large")
CART = Cart("c", "USD", (line(1, "latte"), line(2, "latte", "2", LARGE), line(3, "tea")), touched=2)


@pytest.mark.parametrize(
    ("ref", "ids"),
    [
        (intent.Ref(), [2]),
        (intent.Ref("latte"), [1, 2]),
        (intent.Ref("latte", (intent.Choice("size", "large"),)), [2]),
        (intent.Ref("latte", (intent.Choice("size", "large", wanted=False),)), [1]),
        (intent.Ref("latte", position=2), [2]),
        (intent.Ref(position=1), [1]),
        (intent.Ref(position=-1), [3]),
        (intent.Ref(position=-3), [1]),
        (intent.Ref(position=4), []),
        (intent.Ref(every=True), [1, 2, 3]),
        (intent.Ref("mocha"), []),
    ],
)
def test_which_lines_a_reference_means(ref: intent.Ref, ids: list[int]) -> None:
    assert [each.id for each in lines_of(ref, CART)] == ids


@pytest.mark.parametrize(
    ("product", "quantity", "unit", "amount"),
    [
        ("latte", None, None, Decimal(1)),
        ("latte", "3", "each", Decimal(3)),
        ("latte", "2", "dozen", Decimal(24)),
        ("latte", "500", "g", Measure(Decimal(500), "g")),
        ("bananas", "2", "lb", Decimal(2)),
        ("bananas", "1", "kg", Decimal("2.205")),
        ("bananas", "3", None, None),
        ("bananas", None, None, None),
        ("bananas", "2", "l", None),
    ],
)
def test_how_much_is_meant(product: str, quantity: str | None, unit: str | None, amount: Quantity) -> None:
    catalog = COFFEE if product in COFFEE.by_id else GROCERY
    said = None if quantity is None else Decimal(quantity)
    assert quantity_of(catalog.by_id[product], said, unit) == amount


@given(st.sampled_from(sorted(MEASURES)), st.sampled_from(sorted(MEASURES)), st.integers(1, 5000))
def test_a_measure_survives_the_way_there_and_back(unit: str, other: str, quantity: int) -> None:
    there = convert(Decimal(quantity), unit, other)
    assert (there is None) == (MEASURES[unit][0] != MEASURES[other][0])
    if there is not None:
        back = convert(there, other, unit)
        assert back is not None
        grain = MEASURES[other][1] / MEASURES[unit][1] / 1000
        assert abs(back - quantity) <= grain + Decimal("0.001")


@pytest.mark.parametrize(
    ("wanted", "pack", "packs"),
    [
        (Measure(Decimal(700), "g"), Measure(Decimal(500), "g"), 2),
        (Measure(Decimal(1), "kg"), Measure(Decimal(500), "g"), 2),
        (Measure(Decimal(500), "g"), Measure(Decimal(500), "g"), 1),
        (Measure(Decimal(1), "l"), Measure(Decimal(500), "g"), None),
    ],
)
def test_packs_hold_at_least_what_is_wanted(wanted: Measure, pack: Measure, packs: int | None) -> None:
    assert packs_for(wanted, pack) == packs


def scene_of(catalog: Catalog = COFFEE, cart: Cart = CART) -> Scene:
    return Scene(cart, catalog, "c", NOW)


def test_a_weight_of_a_packed_product_is_offered_in_packs() -> None:
    packed = next(each for each in GROCERY.products if (each.pack or "").endswith(" g"))
    weighed = intent.Add(intent.Item(packed.id, Decimal(3), "kg"))
    [ask] = resolve((weighed,), scene_of(GROCERY, Cart("c", "USD"))).asks
    assert isinstance(ask, Confirming)
    assert isinstance(ask.edit, AddLine)
    assert ask.edit.quantity > 1


def test_pieces_of_a_weighed_product_are_asked_about() -> None:
    [ask] = resolve((intent.Add(intent.Item("bananas", Decimal(3))),), scene_of(GROCERY, Cart("c", "USD"))).asks
    assert isinstance(ask, AskingQuantity)


def test_every_line_may_be_meant_at_once() -> None:
    every = intent.SetQuantity(intent.Ref("latte", every=True), Decimal(3))
    assert resolve((every,), scene_of()).edits == [SetLineQuantity(1, Decimal(3)), SetLineQuantity(2, Decimal(3))]


SOY, OAT = intent.Choice("milk", "soy_milk"), intent.Choice("milk", "oat_milk")


def with_milk(quantity: int, milk: intent.Choice) -> intent.SetOptions:
    return intent.SetOptions(intent.Ref(), (milk,), Decimal(quantity))


def test_one_of_two_gets_other_options_and_the_other_stays() -> None:
    milk = Chosen("milk", "soy_milk")
    assert resolve((with_milk(1, SOY),), scene_of()).edits == [
        RemoveLine(2, Decimal(1)),
        AddLine("latte", Decimal(1), (LARGE, milk)),
    ]


def test_the_rest_of_a_divided_line_is_the_line_itself() -> None:
    *_, last = resolve((with_milk(1, SOY), with_milk(1, OAT)), scene_of()).edits
    assert last == SetLineOptions(2, (Chosen("milk", "oat_milk"),))


def test_no_more_can_be_divided_than_there_is() -> None:
    resolved = resolve((with_milk(1, SOY), with_milk(2, OAT)), scene_of())
    assert len(resolved.edits) == 2
    assert [each.key for each in resolved.facts] == ["no-such-line"]


def test_more_of_a_line_than_it_holds_is_a_new_quantity() -> None:
    edits = resolve((with_milk(3, SOY),), scene_of()).edits
    assert edits == [SetLineOptions(2, (Chosen("milk", "soy_milk"),)), SetLineQuantity(2, Decimal(3))]


def test_a_part_of_what_was_just_added_gets_other_options() -> None:
    add = intent.Add(intent.Item("mocha", Decimal(3)))
    edits = resolve((add, with_milk(1, SOY)), scene_of()).edits
    assert edits == [AddLine("mocha", Decimal(1), (Chosen("milk", "soy_milk"),)), AddLine("mocha", Decimal(2))]


def without(product: str, group: str, value: str) -> intent.Add:
    return intent.Add(intent.Item(product, Decimal(1), None, (intent.Choice(group, value, wanted=False),)))


def test_what_is_refused_reaches_the_cart() -> None:
    [edit] = resolve((without("latte", "milk", "oat_milk"),), scene_of()).edits
    assert edit == AddLine("latte", Decimal(1), (Chosen("milk", "oat_milk", wanted=False),))


SPREAD = intent.Choice("extras", "butter", wanted=False)


@pytest.mark.parametrize(
    ("has", "put", "off"),
    [
        ((), (Chosen("extras", "butter", wanted=False),), ()),
        ((Chosen("extras", "jam"),), (Chosen("extras", "butter", wanted=False),), ()),
        ((Chosen("extras", "butter"),), (), (("extras", "butter"),)),
    ],
)
def test_what_was_chosen_is_taken_off_and_anything_else_refused(
    has: tuple[Chosen, ...], put: tuple[Chosen, ...], off: tuple[tuple[str, str], ...]
) -> None:
    cart = Cart("c", "USD", (line(1, "toast", "1", *has),))
    refusing = intent.SetOptions(intent.Ref(), (SPREAD,))
    assert resolve((refusing,), scene_of(kiosk(), cart)).edits == [SetLineOptions(1, put, off)]


def test_a_refusal_right_after_the_choice_takes_it_back() -> None:
    buttered = intent.Add(intent.Item("toast", Decimal(1), None, (intent.Choice("extras", "butter"),)))
    [edit] = resolve((buttered, intent.SetOptions(intent.Ref(), (SPREAD,))), scene_of(kiosk())).edits
    assert edit == AddLine("toast", Decimal(1))


REMOVED = (fact("removed", items=Listed((Goods("mocha", Decimal(2), (LARGE,)), Goods("tea", Decimal(1))))),)


def test_what_is_to_stay_is_put_back_as_it_was() -> None:
    removed = just_removed(REMOVED)
    kept = resolve((intent.Keep(intent.Ref("mocha")),), scene_of(), removed=removed)
    assert kept.edits == [AddLine("mocha", Decimal(2), (LARGE,))]
    assert len(resolve((intent.Keep(intent.Ref()),), scene_of(), removed=removed).edits) == 2


@pytest.mark.parametrize(("product", "key"), [("latte", "unchanged"), ("mocha", "not-in-cart")])
def test_what_was_not_removed_is_not_put_back(product: str, key: str) -> None:
    resolved = resolve((intent.Keep(intent.Ref(product)),), scene_of())
    assert (resolved.edits, [each.key for each in resolved.facts]) == ([], [key])
