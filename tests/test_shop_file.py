"""A merchant's file becomes a catalogue, or one sentence that says what to mend; every example of the docs loads."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from commerce.catalog import OpenSpan
from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.shop_file import load_shop, parse_shop, slug

ROOT = Path(__file__).parent.parent
SHOPS = ROOT / "commerce" / "shops"
DOCS = (ROOT / "docs" / "shop-file.md").read_text("utf-8")
TEN_LINES = """
name = "Tiny"
currency = "USD"
[[products]]
name = "tea"
price = 2.10
"""


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", DOCS, re.S))
def test_every_example_of_the_docs_loads(block: str) -> None:
    if "[[products]]" not in block and "products =" not in block:
        block += '\n[[products]]\nname = "tea"\nprice = 2\n'
    if "currency =" not in block:
        block = 'currency = "USD"\n' + block
    if not block.startswith("name =") and "\nname =" not in block.split("[", 1)[0]:
        block = 'name = "Example"\n' + block
    if ("[hours]" in block or "[delivery.slots]" in block) and "time_zone" not in block:
        block = 'time_zone = "Europe/Paris"\n' + block
    assert parse_shop(block, Path("docs.toml")).products


def test_the_docs_name_every_key() -> None:
    from commerce import shop_tables

    tables = [
        each for each in vars(shop_tables).values() if isinstance(each, type) and issubclass(each, shop_tables.Table)
    ]
    keys = {field for table in tables for field in table.__struct_fields__}
    assert len(keys) > 30
    assert {key for key in keys if f"`{key}`" not in DOCS} == set()


def test_a_shop_in_ten_lines() -> None:
    shop = parse_shop(TEN_LINES, Path("tiny.toml"))
    assert (shop.name, shop.language, shop.greeting, shop.hours) == ("Tiny", "en", "", None)
    [tea] = shop.products
    assert (tea.id, tea.price, tea.unit, tea.stock, tea.options) == ("tea", Money(210, "USD"), "each", None, ())


@pytest.mark.parametrize(
    ("name", "id_"), [("Iced Mocha", "iced_mocha"), ("Żurek 0,5 l", "żurek_0_5_l"), ("a--b", "a_b")]
)
def test_ids_come_from_names(name: str, id_: str) -> None:
    assert slug(name) == id_


def test_the_coffee_bar_speaks_the_names_of_the_menu() -> None:
    shop = load_shop(SHOPS / "coffee.toml")
    names = {group.id: [value.name for value in group.values] for group in shop.groups}
    assert names["size"] == ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"]
    assert names["roast"] == ["light roast", "medium roast", "dark roast"]
    assert names["shots"] == ["single shot", "double shot", "triple shot"]
    assert {"milk", "whole milk", "skim milk", "almond milk", "soy milk", "cream"} <= set(names["milk"])
    assert names["sugar"] == ["sugar", "brown sugar", "sweetener"]
    amounts = {"some", "a bit of", "a little bit of", "a lot of", "lots of"}
    assert all({amount.name for amount in shop.group_by_id[group].amounts} == amounts for group in ("milk", "sugar"))
    assert not any(group.required for group in shop.groups)
    assert shop.by_id["latte"].options == ("size", "roast", "shots", "milk", "sugar")
    assert len(shop.faqs) >= 8
    assert all(len(entry.questions) >= 3 for entry in shop.faqs)


def test_the_grocery_sells_real_products() -> None:
    shop = load_shop(SHOPS / "grocery.toml")
    assert len([product for product in shop.products if product.brand and product.pack]) >= 300
    assert len([product for product in shop.products if product.brand is None]) >= 20
    assert {"each", "lb"} == {product.unit for product in shop.products}
    assert all(product.category in {each.id for each in shop.categories} for product in shop.products)
    assert all(product.stock is not None for product in shop.products)


def test_options_come_from_the_category_unless_the_product_says_otherwise() -> None:
    shop = parse_shop(
        TEN_LINES.replace("price = 2.10", 'price = 2.10\ncategory = "drinks"')
        + '[[products]]\nname = "water"\nprice = 1\ncategory = "drinks"\noptions = []\n'
        + '[options.size]\nvalues = ["small", "big"]\n[categories.drinks]\noptions = ["size"]\n',
        Path("x"),
    )
    assert [product.options for product in shop.products] == [("size",), ()]


def test_hours_of_a_day_count_before_those_of_the_week() -> None:
    week = """
        daily = "09:00-18:00"
        weekend = ["08:00-12:00", "14:00-24:00"]
        sunday = "closed"
        friday = "18:00-02:00"
    """
    text = TEN_LINES.replace("[[", 'time_zone = "Europe/Paris"\n[[') + f"[hours]\n{week}"
    hours = parse_shop(text, Path("x")).hours
    assert hours is not None
    day = (OpenSpan(time(9), time(18)),)
    saturday = (OpenSpan(time(8), time(12)), OpenSpan(time(14), time(0)))
    assert hours == (day, day, day, day, (OpenSpan(time(18), time(2)),), saturday, ())


def product(line: str) -> str:
    return TEN_LINES + line


WRONG = [
    ("name = ", "shop.toml: this is not valid TOML: Invalid value (at end of document)."),
    ('name = "x"', "top of the file: the key 'currency' is missing."),
    (TEN_LINES.replace("USD", "Dollar"), "the key 'currency': 'Dollar' is not an ISO 4217 currency code; write a code"),
    (TEN_LINES.replace("[[", "greting = 'hi'\n[["), "the key 'greting' is not known here; did you mean 'greeting'?"),
    (TEN_LINES.replace("[[", "max_quantity = 0\n[["), "the key 'max_quantity' must be at least 1."),
    (TEN_LINES.replace("[[", "minimum_order = -1\n[["), "the key 'minimum_order' must not be below 0."),
    (TEN_LINES.replace("[[", "time_zone = 'Paris'\n[["), "the key 'time_zone': there is no 'Paris'; an example is"),
    (
        TEN_LINES.replace("price", "prise"),
        "[[products]] number 1 (tea): the key 'prise' is not known here; did you mean",
    ),
    (TEN_LINES.replace("price = 2.10", ""), "[[products]] number 1 (tea): the key 'price' is missing."),
    (TEN_LINES.replace("2.10", "true"), "the key 'price' must be text in quotes or a whole number, not true."),
    (TEN_LINES.replace("2.10", "2.105"), "the key 'price': 2.105 has more than the 2 decimal places of USD."),
    (TEN_LINES.replace("2.10", "-1"), "[[products]] number 1 (tea): the key 'price' must not be below 0."),
    (TEN_LINES.replace("2.10", "'free'"), "the key 'price': 'free' is not an amount of money such as 4.50."),
    (TEN_LINES.replace('"tea"', '"?"'), "'?' cannot be said: a name or sentence needs letters"),
    (TEN_LINES.replace('"tea"', '"a\\nb"'), "cannot be said"),
    (product("stock = 1.5"), "the key 'stock' must be a whole number, not \"1.5\"."),
    (product("stock = -1"), "the key 'stock' must be at least 0."),
    (
        product('unit = "pound"'),
        "the key 'unit' cannot be 'pound'; it may be 'each', 'kg', 'g', 'lb', 'oz', 'l', 'ml'.",
    ),
    (
        product('options = ["size"]'),
        "the key 'options' names 'size', but there is no such group; write [options.size].",
    ),
    (
        product('options = ["size"]\n[options.sise]\nvalues = ["a"]'),
        "the key 'options' names 'size', but there is no such group; did you mean 'sise'?",
    ),
    (
        product('category = "drink"\n[categories.drinks]'),
        "the key 'category' names 'drink', but there is no [categories.drink]; did you mean 'drinks'?",
    ),
    (product('[[products]]\nname = "Tea"\nprice = 1'), "'tea' is there 2 times; give one of them another name"),
    (product("[options.size]\nvalues = []"), "[options.size]: the key 'values' must name at least one value."),
    (product('[options.size]\nvalues = ["a", "a"]'), "[options.size]: 'a' is there 2 times; every value of a group"),
    (
        product('[options.size]\nvalues = ["a", {name = "b", aliases = ["A"]}]'),
        "[options.size]: 'a' names two values, so a caller could not tell them apart.",
    ),
    (
        product('[options.size]\ndefault = "large"\nvalues = ["larger"]'),
        "the key 'default' names 'large', which is not a value; did you mean 'larger'?",
    ),
    (
        product('[options.size]\nvalues = [{name = "a", prize = 1}]'),
        "[options.size], in 'values': the key 'prize' is not known here; did you mean 'price'?",
    ),
    (
        product('[options.size]\nchoose = "two"\nvalues = ["a"]'),
        "the key 'choose' cannot be 'two'; it may be 'one', 'many'.",
    ),
    (product('[hours]\nmonday = "9-5"'), "[hours] are given, so the key 'time_zone' is needed"),
    (
        TEN_LINES.replace("[[", 'time_zone = "UTC"\n[[') + '[hours]\nmonday = "9-5"',
        "[hours]: the key 'monday': '9-5' is not a time span such as \"07:00-19:00\", nor \"closed\".",
    ),
    (product('[[faq]]\nquestions = []\nanswer = "x"'), "[[faq]] number 1: the key 'questions' must name at least one"),
    (product('[delivery]\ntext = "x"'), "[delivery]: the key 'text' is not known here; known are: note, zones, "),
    ('name = "x"\ncurrency = "USD"\nproducts = []', "there are no products; add at least one [[products]] table."),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=lambda value: None if "\n" in value else value[:40])
def test_an_error_names_file_table_and_key(text: str, sentence: str) -> None:
    with pytest.raises(ShopFileError) as refused:
        parse_shop(text, Path("shop.toml"))
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("shop.toml: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "shop.toml"
    broken.write_bytes(b"\xff\xfe")
    for path in (broken, tmp_path / "missing.toml"):
        with pytest.raises(ShopFileError, match=re.escape(str(path)) + ": cannot be read"):
            load_shop(path)
