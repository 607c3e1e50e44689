"""Knows what a shop sells and on what terms, as an immutable value. Knows no stock level and no database. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from commerce.money import Money
from commerce.pledges import Terms
from commerce.terms import Way


@dataclass(frozen=True, slots=True)
class OptionValue:
    id: str
    name: str
    aliases: tuple[str, ...]
    price: Money
    """Price difference for one unit of the product."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a value ("a little bit of"); does not change the price."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionGroup:
    id: str
    name: str
    choose: Literal["one", "many"]
    required: bool
    default: str | None
    """Value id taken when nothing is said, or None."""
    values: tuple[OptionValue, ...]
    amounts: tuple[Amount, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """`unit` "each" is counted; any other unit ("kg", "lb") is weighed and `price` is for one of it.

    `stock` is the level that a new database starts with; None = not counted.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    category: str
    price: Money
    unit: str = "each"
    pack: str | None = None
    brand: str | None = None
    stock: int | None = None
    max_quantity: int | None = None
    options: tuple[str, ...] = ()
    min_age: int | None = None
    """Whoever buys it must say to be that old."""
    by_voice: bool = True
    """False = the shop has it, and does not sell it on a voice line."""
    traits: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What it is like: ("diet", ("vegan", "gluten free")), ("size", ("41", "42"))."""
    goes_with: tuple[str, ...] = ()
    """Ids of products that may be offered with it, the best first."""


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaqEntry:
    id: str
    questions: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Deal:
    """Of one product or of a category: a `price` for one, or so many percent off. Both days are included."""

    product: str | None = None
    category: str | None = None
    price: Money | None = None
    percent: int = 0
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Coupon:
    """An `amount` off, or so many percent, for goods from the `minimum` on. Both days are included.

    `once`: each customer may use it once, so that whoever uses it must be known.
    """

    code: str
    percent: int = 0
    amount: Money | None = None
    minimum: Money | None = None
    starts: date | None = None
    ends: date | None = None
    once: bool = True


@dataclass(frozen=True, slots=True)
class OpenSpan:
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Zone:
    """Where the shop delivers: `postcodes` in full, or the beginnings of some ("100*")."""

    postcodes: tuple[str, ...]
    name: str
    fee: Money
    minimum_order: Money | None = None
    free_from: Money | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the shop delivers. `slots`: by weekday, Monday first; each can be chosen until `lead_minutes` before it."""

    zones: tuple[Zone, ...]
    slots: tuple[tuple[OpenSpan, ...], ...]
    lead_minutes: int = 60
    days_ahead: int = 2
    holidays: tuple[date, ...] = ()
    pickup: bool = True
    """Whether orders can be fetched at the shop, too."""
    postcode_formats: tuple[str, ...] = ()
    """9 for a digit, A for a letter; () = any."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """One shop. `hours` has seven entries, Monday first; an empty tuple is a closed day; None = hours not stated."""

    name: str
    language: str
    currency: str
    greeting: str
    time_zone: str
    products: tuple[Product, ...]
    groups: tuple[OptionGroup, ...] = ()
    categories: tuple[Category, ...] = ()
    faqs: tuple[FaqEntry, ...] = ()
    hours: tuple[tuple[OpenSpan, ...], ...] | None = None
    delivery: str | None = None
    payment: str | None = None
    ways: tuple[Way, ...] = ()
    """How orders can be paid, in the order in which that is offered; () = nobody is asked."""
    delivers: Delivery | None = None
    """None = the shop does not ask how an order is to be received."""
    minimum_order: Money | None = None
    max_quantity: int = 50
    """Above this a quantity is asked about, not added."""
    deals: tuple[Deal, ...] = ()
    terms: Terms = field(default_factory=Terms)
    coupons: tuple[Coupon, ...] = ()
    by_id: dict[str, Product] = field(init=False, repr=False, compare=False, default_factory=dict)
    group_by_id: dict[str, OptionGroup] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id.update((product.id, product) for product in self.products)
        self.group_by_id.update((group.id, group) for group in self.groups)
