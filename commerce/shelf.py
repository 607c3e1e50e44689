"""Knows whether an edit of a cart can be done: options, quantities, stock, prices. Knows no database. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from commerce.cart import Cart, Chosen, Line, with_line, without_line
from commerce.catalog import Catalog, OptionGroup, Product
from commerce.edits import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.money import Money
from commerce.outcomes import LineGone, OptionMissing, OptionRefused, OutOfStock, QuantityDoubted, Refusal
from commerce.restrictions import NotByPhone

BEYOND_BELIEF = 100
"""This many times the limit of a product is a mishearing whatever the caller says."""
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The shop at one moment. `prices` and `levels` hold at least the products concerned; level None = not counted."""

    catalog: Catalog
    prices: Mapping[str, Money]
    levels: Mapping[str, Decimal | None]

    def product(self, product_id: str) -> Product | None:
        return self.catalog.by_id.get(product_id) if product_id in self.prices else None

    def unit_price(self, product_id: str, options: Iterable[Chosen]) -> Money | None:
        """With the price differences of the options and never below nothing; None = not sold like this."""
        if not (product := self.product(product_id)):
            return None
        price = self.prices[product_id]
        for chosen in options:
            group = self.catalog.group_by_id.get(chosen.group)
            value = next((each for each in group.values if each.id == chosen.value), None) if group else None
            if value is None or chosen.group not in product.options:
                return None
            price += value.price if chosen.wanted else Money(0, price.currency)
        return max(price, Money(0, price.currency))

    def price_of(self, line: Line) -> Money | None:
        return self.unit_price(line.product, line.options)

    def missing(self, cart: Cart) -> tuple[OutOfStock, ...]:
        """What the cart holds beyond the stock, each product once."""
        wanted = {line.product: cart.held(line.product) for line in cart.lines}
        levels = {product: self._level(product) for product in wanted}
        return tuple(
            OutOfStock(product, wanted[product], level)
            for product, level in levels.items()
            if level is not None and wanted[product] > level
        )

    def _level(self, product: str) -> Decimal | None:
        """What is no longer sold by voice is as good as sold out."""
        known = self.catalog.by_id.get(product)
        return Decimal(0) if known is not None and not known.by_voice else self.levels.get(product)


def apply_edit(cart: Cart, edit: CartEdit, shelf: Shelf, new_id: int, sure: bool = False) -> Cart | Refusal:
    """The cart after one edit, or why it cannot be done. `new_id` is for a line that may be needed."""
    if isinstance(edit, AddLine):
        return _set_line(cart, edit, shelf, sure, Line(new_id, edit.product, edit.quantity, (), _nothing(cart)))
    if (line := cart.line(edit.line)) is None:
        return LineGone(edit)
    match edit:
        case RemoveLine(_, None):
            return without_line(cart, line.id)
        case RemoveLine(_, Decimal() as quantity):
            return _take(cart, line, quantity, edit, shelf)
        case SetLineQuantity(_, quantity):
            if quantity == 0:
                return without_line(cart, line.id)
            return _set_line(cart, edit, shelf, sure, replace(line, quantity=quantity))
        case ReplaceLine(_, product, quantity):
            changed = line.quantity if quantity is None else quantity
            return _set_line(cart, edit, shelf, sure, replace(line, product=product, quantity=changed))
    return _set_line(cart, edit, shelf, sure, line)


def _nothing(cart: Cart) -> Money:
    return Money(0, cart.currency)


def _take(cart: Cart, line: Line, quantity: Decimal, edit: RemoveLine, shelf: Shelf) -> Cart | Refusal:
    product = shelf.catalog.by_id[line.product]
    measured = _measured(product, quantity)
    if measured is None:
        return QuantityDoubted(line.product, quantity, edit, possible=False)
    if measured >= line.quantity:
        return without_line(cart, line.id)
    return with_line(cart, replace(line, quantity=line.quantity - measured))


def _set_line(cart: Cart, edit: CartEdit, shelf: Shelf, sure: bool, line: Line) -> Cart | Refusal:
    """Put the line into the cart, if its options, quantity and stock allow it."""
    if (product := shelf.product(line.product)) is None:
        return OutOfStock(line.product, line.quantity, Decimal(0))
    options = _options_after(product, line, edit, shelf)
    if not isinstance(options, tuple):
        return options
    quantity = _measured(product, line.quantity)
    if quantity is None:
        return QuantityDoubted(product.id, line.quantity, edit, possible=False)
    if not product.by_voice:
        return NotByPhone(product.id)
    before = cart.held(product.id)
    wanted = cart.held(product.id, apart_from=line.id) + quantity
    if wanted > before and (refusal := _doubt(product, quantity, wanted, edit, shelf, sure)):
        return refusal
    price = shelf.unit_price(product.id, options)
    assert price is not None
    return with_line(cart, replace(line, quantity=quantity, options=options, unit_price=price))


def _measured(product: Product, quantity: Decimal) -> Decimal | None:
    """What the shop can hand over: whole pieces, or a weight to the thousandth; None = impossible."""
    if not quantity.is_finite() or quantity <= 0 or quantity > Decimal(10) ** 9:
        return None
    if product.unit == "each":
        return quantity if quantity == quantity.to_integral_value() else None
    return quantity.quantize(_THOUSANDTH, ROUND_HALF_UP) or None


def most_of(product: Product, catalog: Catalog) -> int:
    """What is taken without a question."""
    return catalog.max_quantity if product.max_quantity is None else product.max_quantity


def _doubt(
    product: Product, quantity: Decimal, wanted: Decimal, edit: CartEdit, shelf: Shelf, sure: bool
) -> QuantityDoubted | OutOfStock | None:
    limit = most_of(product, shelf.catalog)
    level = shelf.levels.get(product.id)
    if wanted > limit * BEYOND_BELIEF:
        return QuantityDoubted(product.id, quantity, edit, possible=False)
    if quantity > limit and not sure:
        return QuantityDoubted(product.id, quantity, edit, possible=level is None or wanted <= level)
    if level is not None and wanted > level:
        return OutOfStock(product.id, wanted, level)
    return None


def _options_after(
    product: Product, line: Line, edit: CartEdit, shelf: Shelf
) -> tuple[Chosen, ...] | OptionRefused | OptionMissing:
    match edit:
        case AddLine(_, _, options):
            return settle(product, options, shelf.catalog, edit)
        case SetLineOptions(_, options, without):
            kept = [
                each
                for each in line.options
                if (each.group, each.value) not in without
                and not any(_gives_way(each, other, shelf.catalog) for other in options)
            ]
            return settle(product, (*kept, *options), shelf.catalog, edit, fill=False)
        case ReplaceLine(_, _, _, options):
            named = {chosen.group for chosen in options}
            kept = [each for each in line.options if each.group in product.options and each.group not in named]
            return settle(product, (*kept, *options), shelf.catalog, edit)
    return line.options


def settle(
    product: Product, chosen: Iterable[Chosen], catalog: Catalog, edit: CartEdit, fill: bool = True
) -> tuple[Chosen, ...] | OptionRefused | OptionMissing:
    """The options in the order of the shop file, defaults filled in (`fill` false: only where one is required)."""
    by_group: dict[str, dict[str, Chosen]] = {}
    for each in chosen:
        group = catalog.group_by_id.get(each.group) if each.group in product.options else None
        if group is None:
            return OptionRefused(product.id, each)
        values = by_group.setdefault(group.id, {})
        others = any(other.wanted and other.value != each.value for other in values.values())
        if (group.choose == "one" and each.wanted and others) or not _offers(group, each):
            return OptionRefused(product.id, each, tuple(value.id for value in group.values))
        values[each.value] = each
    settled: list[Chosen] = []
    for group in (catalog.group_by_id[group_id] for group_id in product.options):
        values = _filled(group, by_group.get(group.id, {}), fill or group.required)
        if group.required and not any(each.wanted for each in values.values()):
            return OptionMissing(product.id, group.id, edit)
        settled += (values[value.id] for value in group.values if value.id in values)
    return tuple(settled)


def _filled(group: OptionGroup, values: dict[str, Chosen], fill: bool) -> dict[str, Chosen]:
    """The values with the default, unless that was refused; one that is taken says that the others are not."""
    if fill and group.default is not None and not any(each.wanted for each in values.values()):
        values = {group.default: Chosen(group.id, group.default), **values}
    taken = {each.value: each for each in values.values() if each.wanted}
    return taken if taken and group.choose == "one" else values


def _gives_way(old: Chosen, new: Chosen, catalog: Catalog) -> bool:
    if old.group != new.group:
        return False
    return old.value == new.value or (new.wanted and catalog.group_by_id[new.group].choose == "one")


def _offers(group: OptionGroup, chosen: Chosen) -> bool:
    is_amount = chosen.amount is None or any(amount.id == chosen.amount for amount in group.amounts)
    return is_amount and any(value.id == chosen.value for value in group.values)
