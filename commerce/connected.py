"""Knows what must be asked elsewhere before a command is carried out. Knows no rule of selling, and no way there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice

import structlog

from commerce.after import OVER, CancelOrder, FindLatest, TakeBasket
from commerce.aftercare import LOOKED_AT, follow
from commerce.cart import Cart
from commerce.catalog import Catalog
from commerce.codec import from_json
from commerce.commands import (
    ChangeCart,
    CheckStock,
    Command,
    FindOrder,
    IdentifyCustomer,
    ListToCart,
    PlaceOrder,
    QuoteCart,
)
from commerce.connectors import Connectors, Customers, Kind, Unavailable
from commerce.customers import phone_digits
from commerce.edits import AddLine, CartEdit, ReplaceLine, SetLineQuantity
from commerce.errors import BackEndUnavailable, StoreError
from commerce.money import Money
from commerce.outcomes import CustomerFound, CustomerUnknown, Failed, OrderPlaced, Outcome
from commerce.pricing import CheckPrices
from commerce.shop import Shop
from commerce.substitutes import kin
from commerce.till import NUMBER_DIGITS, Till, read_cart

MOST_KIN = 50
NOTHING = Decimal(0)

logger = structlog.get_logger(__name__)


class ConnectedShop:
    """Carries out commands as the shop does, once prices, stock, customers and orders elsewhere were asked.

    They are asked before the transaction and never in it: nobody else waits for them. What they answer is written
    down first, so the rules of the shop need not know where it came from. Blocking; for several threads.
    """

    def __init__(self, shop: Shop, connectors: Connectors, placed: Callable[[], None] = lambda: None) -> None:
        """`placed` is told that there may be something to hand over."""
        self._shop = shop
        self._till = shop.till
        self._connectors = connectors
        self._placed = placed

    def execute(self, command: Command, key: str) -> Outcome:
        """As `Shop.execute`; Unavailable = what must be asked gave no answer, and nothing has changed."""
        asking: Kind = "customers"
        try:
            if isinstance(command, IdentifyCustomer) and self._connectors.customers:
                return _identify(self._till, self._connectors.customers, command)
            if not self._is_done(key):
                asking = "orders"
                self._follow(command)
                goods = self._goods(command)
                asking = "catalogue"
                prices = self._prices(self._withdrawn(goods) if isinstance(command, CheckStock) else goods)
                asking = "stock"
                levels = None if isinstance(command, CheckPrices) else self._levels(goods)
                self._note(prices, levels)
        except BackEndUnavailable as error:
            logger.warning("not carried out", command=type(command).__name__, asked=asking, reason=str(error))
            return Unavailable(asking)
        except StoreError as error:
            return Failed(str(error))
        outcome = self._shop.execute(command, key)
        if isinstance(command, CancelOrder) or isinstance(outcome, OrderPlaced):
            self._placed()
        return outcome

    def adopt_prices(self, catalog: Catalog) -> None:
        """The prices of a catalogue that was just asked for. Raises StoreError."""
        with self._till.store.transaction():
            for product in catalog.products:
                self._till.store.set_price(self._till.shop, product.id, product.price.minor)
                self._till.store.withdraw(self._till.shop, product.id, withdrawn=False)

    def _is_done(self, key: str) -> bool:
        with self._till.store.transaction():
            return self._till.store.command(key) is not None

    # ---- goods ---------------------------------------------------------------------------------------------------

    def _goods(self, command: Command) -> frozenset[str]:
        """The products whose price and stock count for what is to be done."""
        if not (self._connectors.catalogue or self._connectors.stock):
            return frozenset()
        with self._till.store.transaction():
            return frozenset(concerned(self._till, command)) & self._till.catalog.by_id.keys()

    def _withdrawn(self, goods: frozenset[str]) -> frozenset[str]:
        """Those that were not sold when last asked; perhaps they are again."""
        with self._till.store.transaction():
            return self._till.store.withdrawn(self._till.shop, goods)

    def _prices(self, goods: frozenset[str]) -> dict[str, Money | None] | None:
        """None for what is not sold any more."""
        if not goods or self._connectors.catalogue is None:
            return None
        prices = self._connectors.catalogue.prices(goods)
        return {product: prices.get(product) for product in goods}

    def _levels(self, goods: frozenset[str]) -> tuple[dict[str, Decimal | None], frozenset[str]] | None:
        """And the orders that may not have been counted off when they were told."""
        if not goods or self._connectors.stock is None:
            return None
        with self._till.store.transaction():
            on_their_way = self._till.store.on_their_way(self._till.shop)
        levels = self._connectors.stock.levels(goods)
        return {product: levels.get(product, NOTHING) for product in goods}, on_their_way

    def _note(
        self,
        prices: dict[str, Money | None] | None,
        told: tuple[dict[str, Decimal | None], frozenset[str]] | None,
    ) -> None:
        """Write down both. What is ordered here and not known there yet is not there any more."""
        store, shop = self._till.store, self._till.shop
        with store.transaction():
            for product, price in (prices or {}).items():
                store.withdraw(shop, product, withdrawn=price is None)
                if price is not None:
                    store.set_price(shop, product, price.minor)
            if told is None:
                return
            levels, on_their_way = told
            ours = store.held_in(on_their_way | store.on_their_way(shop))
            for product, level in levels.items():
                there = None if level is None else max(level - ours.get(product, NOTHING), NOTHING)
                store.set_stock(shop, product, there)

    # ---- orders --------------------------------------------------------------------------------------------------

    def _follow(self, command: Command) -> None:
        """What became of the orders that it is about, where they are kept."""
        orders = self._connectors.orders
        if orders is None or not isinstance(command, FindOrder | FindLatest | CancelOrder):
            return
        with self._till.store.transaction():
            numbers = [each for each in _orders_of(self._till, command) if _is_theirs(self._till, each)]
        told = {number: orders.status(number) for number in numbers}
        with self._till.store.transaction():
            for number, status in told.items():
                if status is not None:
                    follow(self._till, number, status)


def _orders_of(till: Till, command: FindOrder | FindLatest | CancelOrder) -> list[str]:
    """Those that something may have become of; of several the newest."""
    if isinstance(command, FindLatest):
        rows = till.store.orders_of(till.shop, command.customer, LOOKED_AT)
        under_way = [row for row in rows if row["status"] not in OVER]
        return [row["number"] for row in under_way[:1]]
    row = till.store.order(till.shop, command.number)
    return [command.number] if row and row["status"] not in OVER else []


def _is_theirs(till: Till, number: str) -> bool:
    """Once it is handed over; before that nobody but this shop knows of it."""
    outgoing = till.store.outgoing(number)
    return bool(outgoing) and all(row["done"] and not row["refused"] for row in outgoing)


def concerned(till: Till, command: Command) -> Iterable[str]:
    """Ids of products whose price or stock the command goes by; what is only taken out of a cart is not asked for.

    To be called inside a transaction.
    """
    match command:
        case ChangeCart(cart, edits):
            kept = read_cart(till, cart)
            named = [_of_edit(till, edit, kept.cart if kept else None) for edit in edits]
            return {product for some in named for product in some}
        case CheckStock(products) | CheckPrices(products):
            return products
        case QuoteCart(cart):
            return _in_cart(till, cart)
        case PlaceOrder(quote):
            row = till.store.quote(quote)
            return _in_cart(till, row["cart"]) if row else ()
        case ListToCart(household):
            row = till.store.shopping_list(till.shop, household)
            return [line.product for line in from_json(row["body"])[0].lines] if row else ()
        case TakeBasket(customer=customer):
            rows = till.store.orders_of(till.shop, customer, LOOKED_AT)
            return {line["product"] for row in rows for line in till.store.order_lines(row["number"])}
        case CancelOrder(number, into=str()):
            return {line["product"] for line in till.store.order_lines(number)}
    return ()


def _in_cart(till: Till, cart: str) -> list[str]:
    kept = read_cart(till, cart)
    return [line.product for line in kept.cart.lines] if kept else []


def _of_edit(till: Till, edit: CartEdit, cart: Cart | None) -> Iterable[str]:
    """With what could be offered in its place."""
    match edit:
        case AddLine(product) if known := till.catalog.by_id.get(product):
            return [product, *(each.id for each in islice(kin(known, till.catalog), MOST_KIN))]
        case ReplaceLine(_, product):
            return [product]
        case SetLineQuantity(line_id) if cart and (line := cart.line(line_id)):
            return [line.product]
    return ()


# ---- customers -------------------------------------------------------------------------------------------------


def _identify(till: Till, customers: Customers, command: IdentifyCustomer) -> CustomerFound | CustomerUnknown:
    """Who is a customer is told elsewhere; how they prove it is kept here, under their telephone number."""
    digits = phone_digits(command.digits)
    patron = customers.find(digits) if len(digits) >= NUMBER_DIGITS else None
    if patron is None:
        return CustomerUnknown()
    try:
        limit = str(Money.parse(patron.limit, till.catalog.currency).decimal) if patron.limit else None
    except ValueError as error:
        raise BackEndUnavailable(f"a customer's limit that is none ({error})") from error
    with till.store.transaction():
        row = till.store.customer(phone_digits(patron.phone))
        if row is None:
            return CustomerUnknown()
        till.store.change_customer(row["id"], {"order_limit": limit})
    return CustomerFound(row["id"])
