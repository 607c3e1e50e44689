"""Knows how a command is carried out: once per key, in one transaction. Does not know the rules of each command."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from commerce import (
    advising,
    aftercare,
    baskets,
    bills,
    buying,
    cart_history,
    complaints,
    contacting,
    handovers,
    lists,
    paying,
    returns,
)
from commerce.after import CallCommented, CallRated, CancelOrder, CommentCall, FindLatest, RateCall, Status, TakeBasket
from commerce.catalog import Catalog
from commerce.challenges import ask_pin
from commerce.choosing import FindProducts, Recommend
from commerce.codec import to_json
from commerce.commands import (
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
    ListToCart,
    NotePhone,
    OpenCart,
    OpenTicket,
    PlaceOrder,
    QuoteCart,
    ReadList,
    RedoCart,
    ResumeCart,
    UndoCart,
)
from commerce.connectors import Kind
from commerce.contacts import KeepAlert, WithdrawConsent
from commerce.coupons import DropCoupon, UseCoupon
from commerce.customers import find_members, identify
from commerce.database import Clock
from commerce.delivery import FindAddresses, ReceiveAtShop, ReceiveByDelivery
from commerce.errors import CommerceError, StoreError
from commerce.money import Money
from commerce.outcomes import Failed, Outcome, PhoneNoted, TicketClosed, TicketOpened
from commerce.payments import PayBy
from commerce.pin import PEPPER_BYTES, PinHasher, read_pepper
from commerce.pin_tries import check_code, check_pin, count_unclear, recall
from commerce.preferences import ForgetPreferences, KeepPreferences
from commerce.pricing import CheckPrices
from commerce.proofs import AskPin, CheckCode
from commerce.receipts import Receipt, new_key, read_key
from commerce.redress import ClaimGoodwill, FindComplaint, FindReturn, OpenComplaint, ReturnOrder
from commerce.restrictions import StateAge
from commerce.settings import CommerceSettings
from commerce.shop_file import slug
from commerce.store import Store
from commerce.terms import Way
from commerce.till import Till


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_shop(
    catalog: Catalog,
    database: Path | None,
    settings: CommerceSettings | None = None,
    clock: Clock = utc_now,
    elsewhere: frozenset[Kind] = frozenset(),
    charges: frozenset[Way] = frozenset(),
    texts: bool = True,
    confirms: bool = False,
) -> Shop:
    """The shop on its database; `database` None = in memory. Raises StoreError or CommerceError with the remedy."""
    settings = settings or CommerceSettings()
    store = Store(database, clock, settings.busy_timeout_ms)
    return Shop(catalog, store, settings, elsewhere=elsewhere, charges=charges, texts=texts, confirms=confirms)


class Shop:
    """Carries out commands. May be used by several threads; several processes may share a database."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        settings: CommerceSettings | None = None,
        draw: Callable[[int], int] = secrets.randbelow,
        elsewhere: frozenset[Kind] = frozenset(),
        charges: frozenset[Way] = frozenset(),
        texts: bool = True,
        confirms: bool = False,
    ) -> None:
        """Prices of the catalogue become those of the store, stock only where none was counted yet; old quotes go.

        `draw(n)` picks order and customer numbers: any whole number from 0 to n - 1. What is kept `elsewhere` is not
        asked for here (`ConnectedShop`), but orders wait to be handed over, and prices are those last told. `charges`:
        ways to pay that somebody moves money for (`ChargingShop`); `texts`: links can be sent to telephone numbers;
        `confirms`: orders that are placed are told of.
        """
        settings = settings or CommerceSettings()
        self.catalog = catalog
        self.store = store
        self.till = Till(
            shop=slug(catalog.name),
            catalog=catalog,
            store=store,
            settings=settings,
            clock=store.clock,
            hasher=PinHasher(_pepper(store, settings)),
            pin_free_limit=_limit("pin_free_limit", settings.pin_free_limit, catalog),
            voice_limit=_limit("voice_limit", settings.voice_limit, catalog),
            second_factor_above=_limit("second_factor_above", settings.second_factor_above, catalog),
            draw=draw,
            elsewhere=elsewhere,
            charges=charges,
            texts=texts,
            confirms=confirms,
            receipt_key=read_key(store.path.parent / "receipt.key") if store.path else new_key(),
        )
        with store.transaction():
            products = ((each.id, each.price.minor, each.stock) for each in catalog.products)
            store.seed(self.till.shop, products, keep_prices="catalogue" in elsewhere)
            if "catalogue" not in elsewhere:
                store.withdraw_nothing(self.till.shop)
            buying.forget_expired(self.till)
            store.forget_callers(baskets.resumable_since(self.till))

    def execute(self, command: Command, key: str) -> Outcome:
        """All or nothing. The same key again gives the outcome of the first time; `key` begins with the call id.

        Failed = the database could not do it and nothing has changed, save that a PIN attempt stays counted. Raises
        KeyReused if the key came with another command.
        """
        try:
            if isinstance(command, CheckPin):
                return check_pin(self.till, command, key)
            if isinstance(command, CheckCode):
                return check_code(self.till, command, key)
            digest = self.till.hasher.digest(to_json(command))
            with self.store.transaction():
                if (seen := recall(self.till, key, digest)) is not None:
                    return seen
                outcome = _carry_out(self.till, command, key)
                self.store.insert_command(key, digest, to_json(outcome))
                return outcome
        except StoreError as error:
            return Failed(str(error))

    def orders(self) -> tuple[buying.Order, ...]:
        """Newest first. Raises StoreError."""
        return buying.orders(self.till)

    def receipts(self) -> list[Receipt]:
        """Oldest first. Raises StoreError."""
        with self.store.transaction():
            return self.store.receipts(self.till.shop)

    def books(self) -> dict[str, dict[str, Any]]:
        """What the receipt of each order must tell, but for orders from before there were any. Raises StoreError."""
        return buying.books(self.till)

    def set_status(self, number: str, status: Status) -> None:
        """Moves an order on. Raises CommerceError if there is no such order, or it cannot become that any more."""
        aftercare.set_status(self.till, number, status)

    def set_stock(self, product: str, level: Decimal | None) -> None:
        """None = not counted. Raises CommerceError if there is no such product."""
        with self.store.transaction():
            self._must_exist(product, self.store.set_stock(self.till.shop, product, level))

    def set_price(self, product: str, price: Money) -> None:
        """Until the shop file is read again. Raises CommerceError if there is no such product."""
        with self.store.transaction():
            self._must_exist(product, self.store.set_price(self.till.shop, product, price.minor))

    def close(self) -> None:
        self.store.close()

    def _must_exist(self, product: str, found: bool) -> None:
        if not found:
            raise CommerceError(f"{self.catalog.name} has no product with the id {product!r}.")


def _carry_out(till: Till, command: Command, key: str) -> Outcome:
    match command:
        case OpenCart():
            return baskets.open_basket(till, command)
        case ResumeCart():
            return baskets.resume(till, command)
        case ChangeCart():
            return baskets.change(till, command)
        case ClearCart():
            return baskets.clear(till, command)
        case UndoCart():
            return cart_history.undo(till, command)
        case RedoCart():
            return cart_history.redo(till, command)
        case CheckStock():
            return baskets.check_stock(till, command)
        case CheckPrices():
            return baskets.check_prices(till, command)
        case StateAge():
            return baskets.state_age(till, command)
        case QuoteCart():
            return buying.quote(till, command, key)
        case ConfirmQuote():
            return buying.confirm(till, command)
        case PlaceOrder():
            return buying.place(till, command, key)
        case IdentifyCustomer():
            return identify(till, command)
        case CountUnclearPin():
            return count_unclear(till, command)
        case FindOrder():
            return buying.find_order(till, command, key)
        case ReadList(household):
            return lists.read(till, household)
        case ChangeList():
            return lists.change(till, command)
        case ClearList(household):
            return lists.clear(till, household)
        case ListToCart():
            return lists.to_cart(till, command)
        case FindMembers(household):
            return find_members(till, household)
        case OpenTicket():
            return _open_ticket(till, command)
        case CloseTicket(number):
            till.store.close_ticket(number)
            return TicketClosed(number)
        case NotePhone(ticket, phone):
            till.store.note_phone(ticket, phone)
            return PhoneNoted(ticket)
        case FindLatest():
            return aftercare.find_latest(till, command, key)
        case TakeBasket():
            return aftercare.take_basket(till, command, key)
        case RateCall(call, rating):
            till.store.rate(call, rating)
            return CallRated(rating)
        case CommentCall(call, said):
            till.store.comment(call, said)
            return CallCommented()
        case CancelOrder():
            return aftercare.cancel(till, command, key)
        case FindProducts():
            return advising.find(till, command)
        case Recommend():
            return advising.recommend(till, command, key)
        case KeepPreferences():
            return advising.keep_preferences(till, command, key)
        case ForgetPreferences():
            return advising.forget_preferences(till, command, key)
        case KeepAlert():
            return contacting.keep_alert(till, command)
        case WithdrawConsent():
            return contacting.withdraw(till, command)
        case FindReturn():
            return returns.find_return(till, command, key)
        case ReturnOrder():
            return returns.return_order(till, command, key)
        case OpenComplaint():
            return complaints.open_complaint(till, command, key)
        case FindComplaint():
            return complaints.find_complaint(till, command, key)
        case ClaimGoodwill():
            return complaints.claim_goodwill(till, command, key)
        case UseCoupon():
            return bills.use_coupon(till, command)
        case DropCoupon():
            return bills.drop_coupon(till, command)
        case ReceiveByDelivery():
            return handovers.receive_by_delivery(till, command, key)
        case ReceiveAtShop():
            return handovers.receive_at_shop(till, command)
        case PayBy():
            return paying.pay_by(till, command, key)
        case FindAddresses():
            return handovers.find_addresses(till, command, key)
        case AskPin():
            return ask_pin(till, command)
        case CheckPin() | CheckCode():
            raise TypeError("a PIN is checked in two transactions, not in one")


def _open_ticket(till: Till, command: OpenTicket) -> TicketOpened:
    number = till.new_number("tickets")
    till.store.insert_ticket(number=number, call=command.call, reason=command.reason, summary=command.summary)
    return TicketOpened(number)


def _pepper(store: Store, settings: CommerceSettings) -> bytes:
    if store.path is None:
        return secrets.token_bytes(PEPPER_BYTES)
    with store.transaction():
        has_customers = bool(store.customers())
    return read_pepper(store.path.parent / (settings.pepper_file or "pepper"), may_create=not has_customers)


def _limit(key: str, text: str, catalog: Catalog) -> Money | None:
    try:
        return Money.parse(text, catalog.currency) if text else None
    except ValueError as error:
        raise CommerceError(f"The setting commerce.{key}: {error}.") from error
