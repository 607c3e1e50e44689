"""What the parser is told of a shop: every name and alias under the catalogue's own id, and nothing of money."""

from __future__ import annotations

from tests.small_shop import kiosk
from tests.talk import COFFEE
from voxcart.vocabulary import vocabulary_of


def test_every_product_and_value_is_there_under_its_id() -> None:
    for shop in (kiosk(), COFFEE):
        words = vocabulary_of(shop)
        assert [each.id for each in words.products] == [each.id for each in shop.products]
        assert [each.spoken for each in words.products] == [(each.name, *each.aliases) for each in shop.products]
        groups = {group.id: [value.id for value in group.values] for group in words.groups}
        assert groups == {group.id: [value.id for value in group.values] for group in shop.groups}
        assert {each.id for each in words.faqs} == {each.id for each in shop.faqs}


def test_what_the_parser_must_know_to_understand_options_and_weights() -> None:
    words = vocabulary_of(kiosk())
    products = {each.id: each for each in words.products}
    groups = {each.id: each for each in words.groups}
    assert products["cheese"].unit == "kg"
    assert products["latte"].options == ("size", "milk")
    assert groups["extras"].choose == "many"
    assert [each.spoken for each in groups["milk"].amounts] == [("a bit of",), ("lots of",)]


def test_prices_stay_behind() -> None:
    assert "420" not in repr(vocabulary_of(kiosk()))
    assert "4.2" not in repr(vocabulary_of(kiosk()))
