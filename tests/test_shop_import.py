"""A table of products becomes a shop file that loads, the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from commerce.errors import ShopFileError
from commerce.shop_file import parse_shop
from commerce.shop_import import import_csv, made_up_price

CSV = """gtin14,brand,name,size
001,Heinz,Tomato Ketchup,20 oz
002,Hunts,Tomato Ketchup,24 oz
003,Heinz,Tomato Ketchup,38 oz
004,Kroger,"Say ""cheese"" \\ now",8 oz
005,Acme,Dish Soap,12 oz
006,,???,1 oz
007,Mark's,Odd	Thing\x7f,
"""


def imported(tmp_path: Path, text: str = CSV) -> str:
    source = tmp_path / "products.csv"
    source.write_text(text, "utf-8")
    return import_csv(source, "My Shop").text


def test_an_imported_table_loads_as_a_shop(tmp_path: Path) -> None:
    shop = parse_shop(imported(tmp_path), Path("shop.toml"))
    assert shop.name == "My Shop"
    assert [product.name for product in shop.products] == [
        "heinz tomato ketchup 20 oz",
        "hunts tomato ketchup",
        "heinz tomato ketchup 38 oz",
        'say "cheese" \\ now',
        "dish soap",
        "odd thing",
    ]
    assert all("tomato ketchup" in product.aliases for product in shop.products[:3])
    assert [product.category for product in shop.products] == ["sauces"] * 3 + ["dairy", "household", "other"]
    assert shop.products[1].pack == "24 oz"


def test_rows_without_a_name_are_counted(tmp_path: Path) -> None:
    source = tmp_path / "products.csv"
    source.write_text(CSV, "utf-8")
    result = import_csv(source, "My Shop")
    assert (result.products, result.skipped) == (6, 1)


def test_prices_are_made_up_from_the_barcode_alone(tmp_path: Path) -> None:
    assert imported(tmp_path) == imported(tmp_path)
    prices = {made_up_price(f"{number:014}", "USD").minor for number in range(2000)}
    assert (min(prices), max(prices), len(prices)) == (99, 889, 80)


def test_what_the_table_says_is_kept(tmp_path: Path) -> None:
    text = "name,price,category,stock,unit,aliases\nBananas,0.69,fruit,40,lb,banana; yellow ones\n"
    [product] = parse_shop(imported(tmp_path, text), Path("x")).products
    assert (product.price.minor, product.category, product.stock, product.unit) == (69, "fruit", 40, "lb")
    assert product.aliases == ("banana", "yellow ones")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("brand,size\na,b\n", "one of them must be name"), ("name\n", "there is no product in it"), ("", "must be name")],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ShopFileError, match=sentence):
        imported(tmp_path, text)
