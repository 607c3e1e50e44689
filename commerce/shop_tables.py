"""Knows the tables and keys of a shop file and says in a sentence what is wrong with one. Knows no catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from commerce.errors import ShopFileError

Price = str | int
"""Decimals reach us as their own text, so that 4.10 stays 4.10."""


class Table(msgspec.Struct):
    """One table of the file; a field without default must be there."""


class ValueTable(Table):
    name: str
    id: str | None = None
    aliases: list[str] = []
    price: Price = 0


class AmountTable(Table):
    name: str
    id: str | None = None
    aliases: list[str] = []


class GroupTable(Table):
    values: list[str | dict[str, Any]]
    name: str | None = None
    aliases: list[str] = []
    choose: Literal["one", "many"] = "one"
    required: bool = False
    default: str | None = None
    amounts: list[str | dict[str, Any]] = []


class CategoryTable(Table):
    name: str | None = None
    aliases: list[str] = []
    options: list[str] = []
    min_age: int | None = None
    by_voice: bool = True


class ProductTable(Table):
    name: str
    price: Price
    id: str | None = None
    aliases: list[str] = []
    category: str = ""
    unit: Literal["each", "kg", "g", "lb", "oz", "l", "ml"] = "each"
    pack: str | None = None
    brand: str | None = None
    stock: int | None = None
    max_quantity: int | None = None
    options: list[str] | None = None
    min_age: int | None = None
    by_voice: bool | None = None
    traits: dict[str, str | list[str]] = {}
    goes_with: list[str] = []


class DealTable(Table):
    product: str | None = None
    category: str | None = None
    price: Price | None = None
    percent: int | None = None
    starts: date | None = None
    ends: date | None = None


class CouponTable(Table):
    code: str
    percent: int | None = None
    amount: Price | None = None
    minimum: Price | None = None
    starts: date | None = None
    ends: date | None = None
    once: bool = True


class FaqTable(Table):
    questions: list[str]
    answer: str
    id: str | None = None


class PaymentTable(Table):
    note: str | None = None
    ways: list[str] = []


class ReturnsTable(Table):
    days: int
    way: Literal["label", "bring"] = "bring"


class ComplaintsTable(Table):
    answer_hours: int = 24
    goodwill: dict[str, Price] = {}


class ZoneTable(Table):
    postcodes: list[str]
    name: str = ""
    fee: Price | None = None
    minimum_order: Price | None = None
    free_from: Price | None = None


class DeliveryTable(Table):
    note: str | None = None
    zones: list[dict[str, Any]] = []
    slots: dict[str, Any] = {}
    fee: Price = 0
    minimum_order: Price | None = None
    free_from: Price | None = None
    lead_minutes: int = 60
    days_ahead: int = 2
    holidays: list[date] = []
    pickup: bool = True
    postcode_format: str | list[str] = []


class HoursTable(Table):
    daily: str | list[str] | None = None
    weekdays: str | list[str] | None = None
    weekend: str | list[str] | None = None
    monday: str | list[str] | None = None
    tuesday: str | list[str] | None = None
    wednesday: str | list[str] | None = None
    thursday: str | list[str] | None = None
    friday: str | list[str] | None = None
    saturday: str | list[str] | None = None
    sunday: str | list[str] | None = None


class ShopTable(Table):
    """The top of the file. Inner tables are read one by one, so that an error can name the one it is in."""

    name: str
    currency: str
    products: list[dict[str, Any]]
    language: str = "en"
    time_zone: str | None = None
    greeting: str = ""
    minimum_order: Price | None = None
    max_quantity: int = 50
    categories: dict[str, dict[str, Any]] = {}
    options: dict[str, dict[str, Any]] = {}
    hours: dict[str, Any] | None = None
    delivery: dict[str, Any] | None = None
    payment: dict[str, Any] | None = None
    faq: list[dict[str, Any]] = []
    deals: list[dict[str, Any]] = []
    returns: dict[str, Any] | None = None
    complaints: dict[str, Any] | None = None
    coupons: list[dict[str, Any]] = []


T = TypeVar("T", bound=Table)

_TYPE_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [brackets]",
    "object": "a table",
    "null": "nothing",
}
_EXPECTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_INVALID = re.compile(r"Invalid enum value '([^']*)'")
_PATH = re.compile(r" - at `\$\.?([^`]*)`")


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a file, as an error names it."""

    file: Path
    table: str

    def fault(self, what: str) -> ShopFileError:
        return ShopFileError(f"{self.file}: {self.table}: {what}" + ("" if what.endswith("?") else "."))

    def inside(self, key: str) -> Place:
        return Place(self.file, f"{self.table}, in {key!r}")

    def read(self, raw: Mapping[str, Any], kind: type[T]) -> T:
        """Decode the table. Raises ShopFileError that names file, table and key."""
        fields = _fields(kind)
        for key in raw:
            if key not in fields:
                raise self.fault(f"the key {key!r} is not known here{nearest(key, fields)}")
        for name, each in fields.items():
            if each.required and name not in raw:
                raise self.fault(f"the key {name!r} is missing")
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            raise self.fault(_in_words(str(error), raw, kind)) from error


@cache
def _fields(kind: type[Table]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {each.name: each for each in msgspec.structs.fields(kind)}


def nearest(word: str, known: Mapping[str, Any] | list[str]) -> str:
    """The end of an error sentence: the name that was probably meant, or all that would do."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are: {', '.join(known)}"


def _in_words(message: str, raw: Mapping[str, Any], kind: type[Table]) -> str:
    path = _PATH.search(message)
    at = path.group(1) if path else ""
    key = f"the key {at!r}" if at else "this"
    if expected := _EXPECTED.search(message):
        kinds = sorted({each for each in expected.group(1).split(" | ") if each != "null"}, reverse=True)
        wanted = " or ".join(_TYPE_WORDS.get(each, each) for each in kinds)
        found = msgspec.json.encode(raw[at]).decode() if at in raw else _TYPE_WORDS.get(expected.group(2))
        return f"{key} must be {wanted}, not {found}"
    if invalid := _INVALID.search(message):
        choices = next((each.type for each in msgspec.structs.fields(kind) if each.name == at), None)
        allowed = ", ".join(repr(choice) for choice in getattr(choices, "__args__", ()))
        return f"{key} cannot be {invalid.group(1)!r}; it may be {allowed}"
    return f"{key}: {_PATH.sub('', message)}"
