"""Knows how a merchant's systems are asked over HTTP (docs/connectors.md). Does not know why, nor what is said then."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from decimal import Decimal
from threading import Event, Lock
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
import structlog

from commerce.after import Status
from commerce.connectors import KINDS, Kind, Listing, OrderCopy, Patron
from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.money import Money
from voxcart.breaker import Breaker
from voxcart.connecting import HttpSettings

MOST_BYTES = 16 * 2**20
MOST_AT_ONCE = 16
LEAVE_S = 1.0
IDS_AT_ONCE = 50
MOST_STOCK = Decimal(10) ** 9
REFUSALS = (409, 422)
"""What says no for good; everything else but an answer is trouble that may pass."""
PASSING = (408, 425, 429)

Shape = TypeVar("Shape")
logger = structlog.get_logger(__name__)


class _Product(msgspec.Struct):
    id: str
    name: str
    price: str
    category: str = ""
    unit: str = "each"
    aliases: tuple[str, ...] = ()


class _Products(msgspec.Struct):
    currency: str
    products: tuple[_Product, ...]


class _Prices(msgspec.Struct):
    currency: str
    prices: dict[str, str]


class _Levels(msgspec.Struct):
    stock: dict[str, Decimal | None]


class _Taken(msgspec.Struct):
    reference: str


class _Done(msgspec.Struct):
    pass


class _State(msgspec.Struct):
    status: Status


class _Customer(msgspec.Struct):
    number: str
    phone: str
    name: str
    limit: str = ""


class _Found(msgspec.Struct):
    customer: _Customer | None


class _Trouble(BackEndUnavailable):
    """`again`: another try may help."""

    def __init__(self, kind: Kind, why: str, again: bool) -> None:
        super().__init__(f"{kind} at [connectors] url: {why}. Callers are told, and it is asked again later.")
        self.again = again


class HttpBackEnd:
    """`commerce.connectors`: Catalogue, Stock, Orders and Customers of one shop. Blocks; may be used by many threads.

    Everything it asks can be asked twice with the effect of once, so all of it is tried again, `tries` times, each
    for `timeout_s` from the connection to the last byte. What fails too often rests (`Breaker`), each kind by itself.
    """

    def __init__(
        self, settings: HttpSettings, currency: str, token: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._settings = settings
        self._currency = currency
        self._clock = clock
        self._url = settings.url.rstrip("/")
        self._client = httpx2.Client(headers=headers, timeout=settings.timeout_s, trust_env=False)
        self._workers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="connector")
        self._closing = Event()
        self._lock = Lock()
        self._running: set[Future[Any]] = set()
        closed = Breaker(settings.failures, settings.rest_s)
        self._breakers = dict.fromkeys(KINDS, closed)

    def close(self) -> None:
        """Nothing is tried again; what is on its way may arrive, for a moment."""
        self._closing.set()
        self._workers.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = self._running.copy()
        wait(running, LEAVE_S)
        self._client.close()

    # ---- what is asked -------------------------------------------------------------------------------------------

    def listings(self) -> tuple[Listing, ...]:
        found = self._ask("catalogue", "GET", "/products", _Products)
        return tuple(
            Listing(each.id, each.name, self._money(each.price, found.currency), each.category, each.unit, each.aliases)
            for each in found.products
        )

    def prices(self, products: Collection[str]) -> dict[str, Money]:
        found: dict[str, Money] = {}
        for ids in _some_at_once(products):
            told = self._ask("catalogue", "GET", "/prices", _Prices, params={"id": ids})
            prices = {product: self._money(price, told.currency) for product, price in told.prices.items()}
            found |= {product: price for product, price in prices.items() if product in ids}
        return found

    def levels(self, products: Collection[str]) -> dict[str, Decimal | None]:
        found: dict[str, Decimal | None] = {}
        for ids in _some_at_once(products):
            told = self._ask("stock", "GET", "/stock", _Levels, params={"id": ids})
            found |= {product: _level(level) for product, level in told.stock.items() if product in ids}
        return found

    def take(self, order: OrderCopy) -> str:
        body = msgspec.json.encode(_written(order))
        return self._ask(
            "orders", "PUT", f"/orders/{quote(order.number, safe='')}", _Taken, body, order.number
        ).reference

    def cancel(self, number: str) -> None:
        self._ask("orders", "DELETE", f"/orders/{quote(number, safe='')}", _Done, key=f"{number}/cancelled")

    def status(self, number: str) -> Status | None:
        try:
            return self._ask("orders", "GET", f"/orders/{quote(number, safe='')}", _State).status
        except _Absent:
            return None

    def find(self, digits: str) -> Patron | None:
        found = self._ask("customers", "GET", "/customers", _Found, params={"number": digits}).customer
        return Patron(found.number, found.phone, found.name, found.limit) if found else None

    # ---- how it is asked -----------------------------------------------------------------------------------------

    def _ask(
        self,
        kind: Kind,
        method: str,
        path: str,
        shape: type[Shape],
        body: bytes | None = None,
        key: str = "",
        params: Mapping[str, str | list[str]] | None = None,
    ) -> Shape:
        """Raises BackEndRefused, or BackEndUnavailable after the last try."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        request = self._client.build_request(
            method, self._url + path, params=params or None, content=body, headers=headers
        )
        for number in range(self._settings.tries):
            if number and self._closing.wait(self._settings.pause_ms / 1000 * 2 ** (number - 1)):
                break
            try:
                return self._once(kind, request, shape)
            except _Trouble as trouble:
                if not trouble.again or number + 1 == self._settings.tries:
                    raise
        raise _Trouble(kind, "it is closing", again=False)

    def _once(self, kind: Kind, request: httpx2.Request, shape: type[Shape]) -> Shape:
        """One try, told to the breaker whatever comes of it."""
        with self._lock:
            if not self._breakers[kind].may_ask(self._clock()):
                raise _Trouble(kind, "it failed too often and is left alone for a while", again=False)
            self._breakers[kind] = self._breakers[kind].asked()
        fine = False
        try:
            answer = self._in_time(kind, request, shape)
            fine = True
            return answer
        except (BackEndRefused, _Absent):
            fine = True
            raise
        except _Trouble as trouble:
            logger.warning("back end failed", kind=kind, method=request.method, reason=str(trouble))
            raise
        finally:
            with self._lock:
                before = self._breakers[kind]
                self._breakers[kind] = before.answered() if fine else before.failed(self._clock())
                has_opened = before.open_until is None and self._breakers[kind].open_until is not None
            if has_opened:
                logger.error("back end left alone", kind=kind, seconds=self._settings.rest_s)

    def _in_time(self, kind: Kind, request: httpx2.Request, shape: type[Shape]) -> Shape:
        """In a thread of its own: a server that sends a byte a second keeps that, and no caller."""
        try:
            asking: Future[Shape] = self._workers.submit(self._fetch, kind, request, shape)
        except RuntimeError as error:
            raise _Trouble(kind, "it is closing", again=False) from error
        with self._lock:
            self._running.add(asking)
        asking.add_done_callback(self._over)
        try:
            return asking.result(self._settings.timeout_s)
        except TimeoutError as error:
            asking.cancel()
            raise _Trouble(kind, f"no answer within {self._settings.timeout_s:g} s", again=True) from error

    def _over(self, asking: Future[Any]) -> None:
        with self._lock:
            self._running.discard(asking)

    def _fetch(self, kind: Kind, request: httpx2.Request, shape: type[Shape]) -> Shape:
        try:
            answer = self._client.send(request, stream=True)
            try:
                content = _read(answer)
            finally:
                answer.close()
        except (httpx2.HTTPError, httpx2.StreamError, RuntimeError, OSError) as error:  # RuntimeError: it was closed
            raise _Trouble(kind, str(error).splitlines()[0] if str(error) else type(error).__name__, True) from error
        status = answer.status_code
        if status in REFUSALS:
            raise BackEndRefused(_reason(content) or f"{kind} at [connectors] url: refused ({status})")
        if status == 404 and kind == "orders" and request.method == "GET":
            raise _Absent
        if not 200 <= status < 300:
            raise _Trouble(kind, f"HTTP {status}", again=status >= 500 or status in PASSING)
        try:
            if content is None:
                raise ValueError("too long")
            return msgspec.json.decode(content or b"{}", type=shape)
        except (msgspec.DecodeError, ValueError) as error:
            raise _Trouble(kind, f"an answer that makes no sense ({type(error).__name__})", again=False) from error

    def _money(self, text: str, currency: str) -> Money:
        try:
            price = Money.parse(text, currency)
        except ValueError as error:
            raise _Trouble("catalogue", f"a price that is none ({error})", again=False) from error
        if currency != self._currency or price.minor < 0:
            raise _Trouble("catalogue", f"a price of {text} {currency}", again=False)
        return price


class _Absent(Exception):
    """There is no such order."""


def _read(answer: httpx2.Response) -> bytes | None:
    """None = longer than any answer can be."""
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            return None
    return bytes(content)


def _reason(content: bytes | None) -> str:
    try:
        told: Any = msgspec.json.decode(content or b"")
    except (msgspec.DecodeError, ValueError):
        return ""
    reason = told.get("reason") if isinstance(told, dict) else None
    return "".join(each for each in str(reason or "") if each.isprintable())[:200]


def _level(level: Decimal | None) -> Decimal | None:
    """Below nothing is nothing; what is no number is nothing to be sold."""
    if level is None:
        return None
    return min(max(level, Decimal(0)), MOST_STOCK) if level.is_finite() else Decimal(0)


def _some_at_once(products: Iterable[str]) -> Iterator[list[str]]:
    ids = sorted(set(products))
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield ids[start : start + IDS_AT_ONCE]


def _written(order: OrderCopy) -> dict[str, Any]:
    """As docs/connectors.md has it: amounts and quantities are decimal strings."""
    who = order.customer
    return {
        "number": order.number,
        "placed": order.placed.isoformat(),
        "currency": order.total.currency,
        "total": str(order.total.decimal),
        "customer": {"number": who.number, "phone": who.phone, "name": who.name} if who else None,
        "payment": order.payment,
        "lines": [
            {
                "product": line.product,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price.decimal),
                "total": str(line.total.decimal),
                "options": [
                    {"group": each.group, "value": each.value, "amount": each.amount, "wanted": each.wanted}
                    for each in line.options
                ],
            }
            for line in order.lines
        ],
    }
