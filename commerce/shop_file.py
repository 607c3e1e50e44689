"""Knows how a merchant writes a shop: one TOML file becomes one Catalog. Knows no stock level and no database."""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from commerce.catalog import (
    Amount,
    Catalog,
    Category,
    Deal,
    Delivery,
    FaqEntry,
    OpenSpan,
    OptionGroup,
    OptionValue,
    Product,
)
from commerce.choosing_file import read_traits, with_companions
from commerce.errors import ShopFileError
from commerce.money import Money, minor_digits
from commerce.shop_tables import (
    AmountTable,
    CategoryTable,
    DealTable,
    FaqTable,
    GroupTable,
    HoursTable,
    Place,
    Price,
    ProductTable,
    ShopTable,
    ValueTable,
    nearest,
)
from commerce.shop_terms import read_terms
from commerce.terms_file import read_coupons, read_delivery, read_payment

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


def load_shop(path: Path) -> Catalog:
    """Read a shop file. Raises ShopFileError that names file, table and key in a sentence for a merchant."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ShopFileError(f"{path}: cannot be read: {error}.") from error
    return parse_shop(text, path)


def parse_shop(text: str, path: Path) -> Catalog:
    """The catalogue written in `text`; `path` is only named in errors."""
    try:
        tree = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise ShopFileError(f"{path}: this is not valid TOML: {error}.") from error
    top = Place(path, "top of the file")
    return _Reading(path, top.read(tree, ShopTable), top).catalog()


def slug(name: str) -> str:
    """The id of a name: lower case, everything that is no letter or digit becomes one underscore."""
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    shop: ShopTable
    top: Place

    def catalog(self) -> Catalog:
        shop = self.shop
        self._check_top()
        groups = tuple(self._group(key, raw) for key, raw in shop.options.items())
        categories, options = self._categories()
        products = tuple(self._product(n, raw, groups, options) for n, raw in enumerate(shop.products, start=1))
        if not products:
            raise self.top.fault("there are no products; add at least one [[products]] table")
        products = with_companions(self.path, products)
        _refuse_twins(self._at("[[products]]"), products, "give one of them another name, or an id of its own")
        if not shop.categories:
            categories = {each.category: Category(each.category, _name_of(each.category)) for each in products}
        return Catalog(
            name=shop.name,
            language=shop.language,
            currency=shop.currency,
            greeting=shop.greeting,
            time_zone=shop.time_zone or "UTC",
            products=products,
            groups=groups,
            categories=tuple(each for each in categories.values() if each.id),
            faqs=tuple(self._faq(number, raw) for number, raw in enumerate(shop.faq, start=1)),
            hours=None if shop.hours is None else self._hours(shop.hours),
            delivery=(shop.delivery or {}).get("note"),
            delivers=self._delivers(shop.delivery),
            payment=(shop.payment or {}).get("note"),
            ways=read_payment(self.path, shop.payment),
            minimum_order=None if shop.minimum_order is None else self._minimum(shop.minimum_order),
            max_quantity=shop.max_quantity,
            coupons=read_coupons(self.path, shop.coupons, self._price),
            deals=tuple(self._deal(n, raw, products) for n, raw in enumerate(shop.deals, start=1)),
            terms=read_terms(self.path, shop.returns, shop.complaints, self._price),
        )

    def _at(self, table: str) -> Place:
        return Place(self.path, table)

    def _check_top(self) -> None:
        shop = self.shop
        try:
            minor_digits(shop.currency)
        except ValueError as error:
            raise self.top.fault(f'the key \'currency\': {error}; write a code such as "USD" or "EUR"') from error
        if shop.time_zone is not None and shop.time_zone not in zoneinfo.available_timezones():
            raise self.top.fault(f"the key 'time_zone': there is no {shop.time_zone!r}; an example is \"Europe/Paris\"")
        if shop.hours is not None and shop.time_zone is None:
            raise self.top.fault("[hours] are given, so the key 'time_zone' is needed, for example \"Europe/Paris\"")
        _check_name(self.top, shop.name)
        if shop.max_quantity < 1:
            raise self.top.fault("the key 'max_quantity' must be at least 1")

    def _minimum(self, price: Price) -> Money:
        return self._price(self.top, price, "minimum_order", least=0)

    def _price(self, place: Place, price: Price, key: str = "price", least: int | None = None) -> Money:
        try:
            money = Money.parse(str(price), self.shop.currency)
        except ValueError as error:
            raise place.fault(f"the key {key!r}: {error}") from error
        if least is not None and money.minor < least:
            raise place.fault(f"the key {key!r} must not be below {least}")
        return money

    def _group(self, key: str, raw: Mapping[str, Any]) -> OptionGroup:
        place = self._at(f"[options.{key}]")
        table = place.read(raw, GroupTable)
        values = tuple(self._value(place, each) for each in table.values)
        amounts = tuple(self._amount(place, each) for each in table.amounts)
        if not values:
            raise place.fault("the key 'values' must name at least one value")
        _refuse_twins(place, values, "every value of a group needs a name of its own")
        _refuse_twins(place, amounts, "every amount of a group needs a name of its own")
        _refuse_shared_names(place, values)
        default = next((each.id for each in values if table.default in (each.id, each.name)), None)
        if table.default is not None and default is None:
            known = [each.name for each in values]
            raise place.fault(
                f"the key 'default' names {table.default!r}, which is not a value{nearest(table.default, known)}"
            )
        name = table.name or _name_of(key)
        return OptionGroup(
            key, name, table.choose, table.required, default, values, amounts, _aliases(place, name, table.aliases)
        )

    def _value(self, place: Place, raw: str | dict[str, Any]) -> OptionValue:
        table = ValueTable(raw) if isinstance(raw, str) else place.inside("values").read(raw, ValueTable)
        _check_name(place, table.name)
        price = self._price(place, table.price, f"price of {table.name}")
        return OptionValue(table.id or slug(table.name), table.name, _aliases(place, table.name, table.aliases), price)

    def _amount(self, place: Place, raw: str | dict[str, Any]) -> Amount:
        table = AmountTable(raw) if isinstance(raw, str) else place.inside("amounts").read(raw, AmountTable)
        _check_name(place, table.name)
        return Amount(table.id or slug(table.name), table.name, _aliases(place, table.name, table.aliases))

    def _categories(self) -> tuple[dict[str, Category], dict[str, tuple[str, ...]]]:
        """Categories by id, and the option groups that the products of each take."""
        categories: dict[str, Category] = {}
        options: dict[str, tuple[str, ...]] = {}
        for key, raw in self.shop.categories.items():
            place = self._at(f"[categories.{key}]")
            table = place.read(raw, CategoryTable)
            name = table.name or _name_of(key)
            categories[key] = Category(key, name, _aliases(place, name, table.aliases))
            options[key] = self._known_groups(place, table.options)
        return categories, options

    def _known_groups(self, place: Place, names: Iterable[str]) -> tuple[str, ...]:
        for name in names:
            if name not in self.shop.options:
                hint = nearest(name, list(self.shop.options)) if self.shop.options else f"; write [options.{name}]"
                raise place.fault(f"the key 'options' names {name!r}, but there is no such group{hint}")
        return tuple(dict.fromkeys(names))

    def _product(
        self, number: int, raw: Mapping[str, Any], groups: tuple[OptionGroup, ...], shared: dict[str, tuple[str, ...]]
    ) -> Product:
        name = raw.get("name")
        place = self._at(f"[[products]] number {number}" + (f" ({name})" if isinstance(name, str) else ""))
        table = place.read(raw, ProductTable)
        _check_name(place, table.name)
        category = self._category(place, table.category)
        kind = CategoryTable(**self.shop.categories.get(category, {}))
        for key, given, least in (
            ("stock", table.stock, 0),
            ("max_quantity", table.max_quantity, 1),
            ("min_age", table.min_age, 1),
        ):
            if given is not None and given < least:
                raise place.fault(f"the key {key!r} must be at least {least}")
        options = shared.get(category, ()) if table.options is None else self._known_groups(place, table.options)
        return Product(
            id=table.id or slug(table.name),
            name=table.name,
            aliases=_aliases(place, table.name, table.aliases),
            category=category,
            price=self._price(place, table.price, least=0),
            unit=table.unit,
            pack=table.pack,
            brand=table.brand,
            stock=table.stock,
            max_quantity=table.max_quantity,
            options=tuple(group.id for group in groups if group.id in options),
            min_age=kind.min_age if table.min_age is None else table.min_age,
            by_voice=kind.by_voice if table.by_voice is None else table.by_voice,
            traits=read_traits(place, table.traits),
            goes_with=tuple(table.goes_with),
        )

    def _category(self, place: Place, written: str) -> str:
        category = written if written in self.shop.categories else slug(written)
        if written and self.shop.categories and category not in self.shop.categories:
            hint = nearest(written, self.shop.categories)
            raise place.fault(f"the key 'category' names {written!r}, but there is no [categories.{category}]{hint}")
        return category

    def _faq(self, number: int, raw: Mapping[str, Any]) -> FaqEntry:
        place = self._at(f"[[faq]] number {number}")
        table = place.read(raw, FaqTable)
        if not table.questions:
            raise place.fault("the key 'questions' must name at least one question")
        for text in (*table.questions, table.answer):
            _check_name(place, text)
        return FaqEntry(table.id or slug(table.questions[0]), tuple(table.questions), table.answer)

    def _deal(self, number: int, raw: Mapping[str, Any], products: tuple[Product, ...]) -> Deal:
        place = self._at(f"[[deals]] number {number}")
        table = place.read(raw, DealTable)
        if (table.product is None) == (table.category is None):
            raise place.fault("name either a 'product' or a 'category'")
        if (table.price is None) == (table.percent is None):
            raise place.fault("give either a 'price' or 'percent' off")
        if table.percent is not None and not 0 < table.percent <= 100:
            raise place.fault("the key 'percent' must be from 1 to 100")
        if table.starts and table.ends and table.ends < table.starts:
            raise place.fault(f"it ends on {table.ends}, before it starts")
        known = {each.id for each in products} | {each.name for each in products}
        if table.product is not None and table.product not in known:
            raise place.fault(f"there is no product {table.product!r}{nearest(table.product, sorted(known))}")
        found = next((each.id for each in products if table.product in (each.id, each.name)), None)
        category = None if table.category is None else self._category(place, table.category)
        price = None if table.price is None else self._price(place, table.price, least=0)
        return Deal(found, category, price, table.percent or 0, table.starts, table.ends)

    def _delivers(self, raw: Mapping[str, Any] | None) -> Delivery | None:
        if raw is None:
            return None
        return read_delivery(self.path, raw, self.shop.time_zone, self._price, self._hours)

    def _hours(self, raw: Mapping[str, Any], name: str = "[hours]") -> tuple[tuple[OpenSpan, ...], ...]:
        """A day's own key counts before `weekdays` and `weekend`, those before `daily`; an unnamed day is closed."""
        place = self._at(name)
        table = place.read(raw, HoursTable)
        week = []
        for number, day in enumerate(DAYS):
            shared = "weekdays" if number < 5 else "weekend"
            keys = (key for key in (day, shared, "daily") if getattr(table, key) is not None)
            key = next(keys, None)
            week.append(() if key is None else _spans(place, key, getattr(table, key)))
        return tuple(week)


def _spans(place: Place, key: str, written: str | list[str]) -> tuple[OpenSpan, ...]:
    if written == "closed":
        return ()
    spans = []
    for text in [written] if isinstance(written, str) else written:
        found = _SPAN.fullmatch(text.strip())
        if not found:
            raise place.fault(f'the key {key!r}: {text!r} is not a time span such as "07:00-19:00", nor "closed"')
        opens = time(int(found[1]), int(found[2]))
        spans.append(OpenSpan(opens, time(int(found[3] or 0), int(found[4] or 0))))
    return tuple(sorted(spans, key=lambda span: span.opens))


def _name_of(key: str) -> str:
    return key.replace("_", " ")


def _check_name(place: Place, name: str) -> None:
    if not name.isprintable() or not any(character.isalnum() for character in name):
        raise place.fault(f"{name!r} cannot be said: a name or sentence needs letters and no control characters")


def _aliases(place: Place, name: str, aliases: Iterable[str]) -> tuple[str, ...]:
    kept = {alias.casefold(): alias for alias in reversed(list(aliases)) if alias.casefold() != name.casefold()}
    for alias in kept.values():
        _check_name(place, alias)
    return tuple(reversed(kept.values()))


def _refuse_twins(place: Place, things: Iterable[Product | OptionValue | Amount], remedy: str) -> None:
    for thing_id, count in Counter(thing.id for thing in things).items():
        if count > 1:
            raise place.fault(f"{thing_id!r} is there {count} times; {remedy}")


def _refuse_shared_names(place: Place, values: Iterable[OptionValue]) -> None:
    names = Counter(name.casefold() for value in values for name in {value.name, *value.aliases})
    for name, count in names.items():
        if count > 1:
            raise place.fault(f"{name!r} names two values, so a caller could not tell them apart")
