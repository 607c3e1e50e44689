"""Knows how a table of products becomes a shop file. Does not know how a shop file is read."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.shop_file import slug

CATEGORY_WORDS = Path(__file__).parent / "category_words.txt"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """`text` is the shop file; `skipped` counts rows without a name that can be said."""

    text: str
    products: int
    skipped: int


def import_csv(
    path: Path, shop: str, currency: str = "USD", language: str = "en", category_words: Path = CATEGORY_WORDS
) -> Imported:
    """A shop file from a CSV with the column name and, where it has them, gtin14, brand, size, price, category, stock,

    unit and aliases (divided by semicolons).

    A missing price is made up from the barcode, the same each time; a missing category is guessed from words of the
    name. Raises ShopFileError that names the file and what is wrong.
    """
    rows = _rows(path)
    kept = [row for row in rows if any(letter.isalpha() for letter in row["name"])]
    words = tuple(_category_rules(category_words))
    names = _unique_names(kept)
    tables = [_table(row, name, currency, words) for row, name in zip(kept, names, strict=True)]
    if not tables:
        raise ShopFileError(f"{path}: there is no product in it.")
    head = {"name": shop, "language": language, "currency": currency}
    lines = [*(f"{key} = {_quoted(value)}" for key, value in head.items()), "", "products = ["]
    lines += [f"  {{ {', '.join(f'{key} = {value}' for key, value in table.items())} }}," for table in tables]
    return Imported("\n".join([*lines, "]", ""]), len(tables), len(rows) - len(kept))


def made_up_price(barcode: str, currency: str) -> Money:
    """From 0.99 to 8.89 in steps of ten, by the barcode alone."""
    return Money(99 + 10 * (_draw(barcode) % 80), currency)


def _draw(barcode: str) -> int:
    return int.from_bytes(hashlib.sha256(barcode.encode()).digest()[:4])


def _rows(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if "name" not in (reader.fieldnames or ()):
                raise ShopFileError(f"{path}: the first line must name the columns, and one of them must be name.")
            return [{"name": "", **_filled(row)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ShopFileError(f"{path}: cannot be read: {error}.") from error


def _filled(row: Mapping[str, str | None]) -> Row:
    return {key: text for key, value in row.items() if key and value and (text := _clean(value))}


def _clean(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _unique_names(rows: Iterable[Row]) -> list[str]:
    """The plain name where one product has it, else the brand before it, else the size after it, else a number."""
    rows = list(rows)
    names = [row["name"].lower() for row in rows]
    for longer in (_with_brand, _with_size):
        common = Counter(slug(name) for name in names)
        names = [longer(row, name) if common[slug(name)] > 1 else name for row, name in zip(rows, names, strict=True)]
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[slug(name)] += 1
        if seen[slug(name)] > 1:
            names[place] = f"{name} number {seen[slug(name)]}"
    return names


def _with_brand(row: Row, name: str) -> str:
    brand = row.get("brand", "").lower()
    return name if not brand or brand in name else f"{brand} {name}"


def _with_size(row: Row, name: str) -> str:
    return f"{name} {row['size']}" if "size" in row else name


def _table(row: Row, name: str, currency: str, rules: tuple[tuple[str, re.Pattern[str]], ...]) -> dict[str, str]:
    """Keys and values as TOML writes them."""
    barcode = row.get("gtin14", row["name"])
    aliases = dict.fromkeys([*_listed(row.get("aliases", "")), row["name"].lower(), _with_brand(row, name)])
    texts = {
        "name": name,
        "price": row.get("price") or str(made_up_price(barcode, currency).decimal),
        "category": row.get("category") or _category(row["name"], rules),
        "brand": row.get("brand"),
        "pack": row.get("size"),
        "unit": row.get("unit"),
    }
    table = {key: _quoted(text) for key, text in texts.items() if text}
    spoken = [alias for alias in aliases if alias != name]
    lists = {"aliases": f"[{', '.join(map(_quoted, spoken))}]"} if spoken else {}
    return table | lists | ({"stock": row["stock"]} if row.get("stock") else {})


def _listed(text: str) -> list[str]:
    return [each for part in text.split(";") if (each := part.strip())]


def _category(name: str, rules: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    return next((category for category, pattern in rules if pattern.search(name.lower())), "other")


def _category_rules(path: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            category, _, words = line.partition(":")
            listed = (re.escape(word.strip()) for word in words.split(","))
            yield category.strip(), re.compile(rf"\b(?:{'|'.join(listed)})\b")


def _quoted(text: str) -> str:
    """JSON's quoting is also TOML's, for text without control characters."""
    return json.dumps(text, ensure_ascii=False)
