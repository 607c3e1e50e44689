"""Databases in the middle of business, on which every command can be tried again and again."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyotp

from commerce.after import CancelOrder, CommentCall, FindLatest, RateCall, TakeBasket
from commerce.choosing import FindProducts, Recommend
from commerce.commands import (
    AddLine,
    CartOpened,
    ChangeCart,
    ChangeList,
    CheckPin,
    CheckStock,
    ClearCart,
    ClearList,
    CloseTicket,
    Command,
    ConfirmQuote,
    CountUnclearPin,
    FindMembers,
    FindOrder,
    IdentifyCustomer,
    ListKnown,
    ListToCart,
    NotePhone,
    OpenCart,
    OpenTicket,
    OrderPlaced,
    PinAccepted,
    PlaceOrder,
    QuoteCart,
    ReadList,
    RedoCart,
    ResumeCart,
    UndoCart,
)
from commerce.contacts import KeepAlert, WithdrawConsent
from commerce.coupons import DropCoupon, UseCoupon
from commerce.customers import add_customer, set_second_factor
from commerce.delivery import FindAddresses, HandoverKept, ReceiveAtShop, ReceiveByDelivery
from commerce.payments import PayBy
from commerce.preferences import ForgetPreferences, KeepPreferences
from commerce.pricing import CheckPrices
from commerce.proofs import AskPin, CheckCode
from commerce.redress import (
    ClaimGoodwill,
    ComplaintOpened,
    FindComplaint,
    FindReturn,
    OpenComplaint,
    ReturnOffered,
    ReturnOrder,
)
from commerce.restrictions import StateAge
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from commerce.terms import Address, Slot
from tests.small_shop import KIOSK, Caller, StandingClock

SETTINGS = CommerceSettings(pin_free_limit="5.00", busy_timeout_ms=200, pin_challenge=2)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PIN, WRONG_PIN = "8362", "9174"
PHONE = "5550100100"
KEY = "buyer/99"
ZONES = """
[delivery]
fee = 1.25
slots = { daily = "17:00-19:00" }
zones = [{ postcodes = ["10001"] }]

[payment]
ways = ["delivery", "invoice"]
"""
CATALOG = parse_shop(f'time_zone = "UTC"\n{KIOSK}{ZONES}', Path("kitchen.toml"))
HOME = Address("10001", "Oak Street", "12")
TONIGHT = StandingClock().time.replace(hour=17)
SLOT = Slot(TONIGHT, TONIGHT.replace(hour=19))
NAMES = [
    *("PlaceOrder", "OpenCart", "ResumeCart", "ChangeCart", "ClearCart", "UndoCart", "RedoCart", "CheckStock"),
    *("QuoteCart", "ConfirmQuote", "IdentifyCustomer", "CheckPin", "CheckPin (wrong)", "CountUnclearPin"),
    *("OpenTicket", "CloseTicket", "NotePhone", "FindOrder", "FindMembers"),
    *("ReadList", "ChangeList", "ClearList", "ListToCart"),
    *(
        "AskPin",
        "CheckCode",
        "FindLatest",
        "TakeBasket",
        "CancelOrder",
        "CancelOrder (to change)",
        "RateCall",
        "StateAge",
        "KeepAlert",
        "KeepPreferences",
        "ForgetPreferences",
        "FindProducts",
        "Recommend",
        "WithdrawConsent",
        "FindReturn",
        "ReturnOrder",
        "ReturnOrder (to exchange)",
        "CheckPrices",
        "CommentCall",
        "OpenComplaint",
        "FindComplaint",
        "ClaimGoodwill",
        "UseCoupon",
        "DropCoupon",
        "ReceiveByDelivery",
        "ReceiveAtShop",
        "FindAddresses",
        "PayBy",
    ),
]


NOT_PUT_OUT = (
    "SELECT number, 'placed' FROM orders UNION ALL SELECT number, 'cancelled' FROM orders WHERE status = 'cancelled'"
    " EXCEPT SELECT number, kind FROM outbox"
)
WRONG_SUMS = (
    "SELECT 1 FROM orders LEFT JOIN order_terms USING (number) WHERE"
    " orders.total + ifnull(discount, 0) - ifnull(fee, 0) <>"
    " (SELECT sum(total) FROM order_lines WHERE number = orders.number)"
)
COUNTS = (
    "count(*) FROM orders",
    "count(*) FROM confirmations WHERE used IS NOT NULL",
    "ifnull(sum(quantity), 0) FROM order_lines JOIN orders USING (number) WHERE product = 'cake' AND status = 'placed'",
    "stock FROM products WHERE id = 'cake'",
    "count(*) FROM orders WHERE status = 'placed'",
)


@dataclass(frozen=True)
class State:
    """How business stands: what the buyer's cart holds, what was ordered before, how many cakes there are in all."""

    name: str
    in_cart: tuple[tuple[str, int], ...]
    ordered_before: int = 0
    cakes: int = 5
    wrong_tries: int = 0
    delivered: int = 1
    """Orders that somebody has received already."""

    @property
    def cakes_wanted(self) -> int:
        return dict(self.in_cart)["cake"]


STATES = [
    State("a cart with a history", (("cake", 3), ("latte", 2))),
    State("a second order", (("cake", 2), ("water", 50)), ordered_before=1, wrong_tries=2),
    State("nearly no stock", (("cake", 1),), cakes=1, wrong_tries=1),
]


@dataclass(frozen=True)
class Kitchen:
    """A closed database with a confirmed quote, an accepted PIN, and another cart that was changed and undone."""

    folder: Path
    state: State
    commands: dict[str, Command]

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """The database in a folder of its own."""
        with scratch() as folder:
            shutil.copytree(self.folder, folder / "run")
            yield folder / "run" / "shop.db"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: a process that is killed loses nothing there either, and it is fast."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def open_kitchen(database: Path) -> Shop:
    """Its orders are handed over elsewhere."""
    store = Store(database, StandingClock(), SETTINGS.busy_timeout_ms)
    return Shop(CATALOG, store, SETTINGS, elsewhere=frozenset({"orders"}))


def prepare(folder: Path, state: State) -> Kitchen:
    shop = open_kitchen(folder / "shop.db")
    customer, _ = add_customer(shop.till, "Ann", PHONE, PIN)
    set_second_factor(shop.till, customer, SECRET)
    shop.set_stock("cake", Decimal(state.cakes))
    buyer, other = Caller(shop, "buyer"), Caller(shop, "other")
    arrived = delivered(shop, buyer, customer)
    for _ in range(state.ordered_before):
        buyer.add("cake", state.cakes_wanted)
        assert isinstance(buyer.say(place(buyer, customer)), OrderPlaced)
    for product, quantity in state.in_cart:
        buyer.add(product, quantity, sure=True)
    order = place(buyer, customer)
    other.say(UseCoupon("other", "CAKE5"))
    for _ in range(state.wrong_tries):
        buyer.say(CheckPin(customer, "buyer", WRONG_PIN))
    other.say(OpenCart("other", PHONE))
    other.say(ChangeList("home", (AddLine("water", Decimal(1)), AddLine("cake", Decimal(9)))))
    other.add("toast", 2)
    other.add("water", 1)
    other.add("cheese", 1)
    other.say(UndoCart("other"))
    assert isinstance(other.say(ReceiveByDelivery("other", HOME, SLOT)), HandoverKept)
    unconfirmed = other.quote().id
    Caller(shop, "again").say(OpenCart("again", PHONE))
    earlier = next((each.number for each in shop.orders() if each.status == "placed"), "999999")
    found = buyer.say(FindReturn(customer, order.authorization or ""))
    assert isinstance(found, ReturnOffered)
    assert found.number == arrived
    opened = buyer.say(OpenComplaint("buyer", "quality", "it was cold"))
    assert isinstance(opened, ComplaintOpened)
    shop.close()
    return Kitchen(
        folder, state, commands(order, customer, unconfirmed, earlier) | redress(found, customer, order, opened.number)
    )


def place(buyer: Caller, customer: str) -> PlaceOrder:
    """The order of what is in the cart, confirmed and with a PIN."""
    assert isinstance(buyer.say(ReceiveByDelivery("buyer", HOME, SLOT)), HandoverKept)
    quote = buyer.confirmed_quote()
    accepted = buyer.say(CheckPin(customer, "buyer", PIN))
    assert isinstance(accepted, PinAccepted)
    return PlaceOrder(quote.id, customer, accepted.authorization)


def delivered(shop: Shop, buyer: Caller, customer: str) -> str:
    """The number of an order of two lattes that has arrived."""
    buyer.add("latte", 2)
    placed = buyer.say(place(buyer, customer))
    assert isinstance(placed, OrderPlaced)
    shop.set_status(placed.number, "delivered")
    return placed.number


def redress(found: ReturnOffered, customer: str, order: PlaceOrder, complaint: str) -> dict[str, Command]:
    proof = order.authorization or ""
    back = ReturnOrder(found.number, customer, proof, found.lines, found.refund, "quality", "they were cold")
    return {
        "FindReturn": FindReturn(customer, proof),
        "ReturnOrder": back,
        "ReturnOrder (to exchange)": replace(back, into="other"),
        "OpenComplaint": OpenComplaint("buyer", "late", "an hour", PHONE, customer, proof),
        "FindComplaint": FindComplaint(complaint, PHONE, customer, proof),
        "ClaimGoodwill": ClaimGoodwill(complaint, customer, proof),
    }


def commands(order: PlaceOrder, customer: str, unconfirmed: str, earlier: str) -> dict[str, Command]:
    proof = order.authorization or ""
    return {
        "PlaceOrder": order,
        "OpenCart": OpenCart("new", PHONE),
        "ResumeCart": ResumeCart("again"),
        "ChangeCart": ChangeCart("other", (AddLine("water", Decimal(2)), AddLine("cake", Decimal(1)))),
        "ClearCart": ClearCart("other"),
        "UndoCart": UndoCart("other"),
        "RedoCart": RedoCart("other"),
        "CheckStock": CheckStock(("cake", "latte")),
        "CheckPrices": CheckPrices(("cake", "latte")),
        "QuoteCart": QuoteCart("buyer", customer),
        "ConfirmQuote": ConfirmQuote(unconfirmed),
        "IdentifyCustomer": IdentifyCustomer(PHONE),
        "CheckPin": CheckPin(customer, "buyer", PIN),
        "CheckPin (wrong)": CheckPin(customer, "buyer", WRONG_PIN),
        "CountUnclearPin": CountUnclearPin(customer, "buyer"),
        "OpenTicket": OpenTicket("buyer", "asked", "{}"),
        "CloseTicket": CloseTicket("100001"),
        "NotePhone": NotePhone("100001", "5550142396"),
        "FindOrder": FindOrder("123456", customer),
        "ReadList": ReadList("home"),
        "ChangeList": ChangeList("home", (AddLine("water", Decimal(2)), AddLine("latte", Decimal(1)))),
        "ClearList": ClearList("home"),
        "ListToCart": ListToCart("home", "other"),
        "FindMembers": FindMembers("home"),
        "AskPin": AskPin(customer),
        "CheckCode": CheckCode(customer, "buyer", proof, code_at(StandingClock()())),
        "FindLatest": FindLatest(customer, proof),
        "TakeBasket": TakeBasket("buyer", customer, proof, "usual"),
        "CancelOrder": CancelOrder(earlier, customer, proof),
        "RateCall": RateCall("buyer", 4),
        "FindProducts": FindProducts(brand="none"),
        "Recommend": Recommend("buyer", customer, proof),
        "KeepPreferences": KeepPreferences(customer, proof, (("diet", "vegan"),), "buyer"),
        "ForgetPreferences": ForgetPreferences(customer, proof, "buyer"),
        "KeepAlert": KeepAlert(("cake", "latte"), PHONE, "other"),
        "WithdrawConsent": WithdrawConsent(PHONE, "other"),
        "CommentCall": CommentCall("buyer", "the soup was lovely"),
        "StateAge": StateAge("other", 18, old_enough=False),
        "UseCoupon": UseCoupon("buyer", "cake5"),
        "DropCoupon": DropCoupon("other"),
        "ReceiveByDelivery": ReceiveByDelivery("other", HOME, SLOT),
        "ReceiveAtShop": ReceiveAtShop("buyer"),
        "FindAddresses": FindAddresses(customer, proof),
        "PayBy": PayBy("other", "delivery"),
        "CancelOrder (to change)": CancelOrder(earlier, customer, proof, "other"),
    }


def code_at(now: datetime) -> str:
    """What the app of the customer of the kitchen shows."""
    return pyotp.TOTP(SECRET).at(now)


def water_held(shop: Shop, key: str) -> Decimal:
    """On the shopping list and in the cart that it goes to: a crash between the two loses none and makes none."""
    known, opened = shop.execute(ReadList("home"), f"{key}/list"), shop.execute(OpenCart("other"), f"{key}/cart")
    assert isinstance(known, ListKnown)
    assert isinstance(opened, CartOpened)
    return known.list.cart.held("water") + opened.cart.held("water")


def check_books(database: Path, state: State) -> int:
    """The number of orders since the state was prepared; the books must balance whatever has happened."""
    with closing(sqlite3.connect(database)) as books:
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        assert books.execute(WRONG_SUMS).fetchall() == []
        assert books.execute(NOT_PUT_OUT).fetchall() == [], "what is ordered waits to be handed over, nothing else does"
        orders, used, sold, stock, standing = (books.execute(f"SELECT {each}").fetchone()[0] for each in COUNTS)
    assert stock + sold == state.cakes * 1000
    assert sold == standing * state.cakes_wanted * 1000
    assert used == orders
    return int(orders) - state.ordered_before - state.delivered


def pin_attempts(database: Path) -> int:
    with closing(sqlite3.connect(database)) as books:
        return int(books.execute("SELECT count(*) FROM pin_checks").fetchone()[0])
