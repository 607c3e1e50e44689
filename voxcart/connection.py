"""Knows how a shop is connected with what the merchant keeps elsewhere, and when orders are handed over there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

import structlog

from commerce.catalog import Catalog
from commerce.connected import ConnectedShop
from commerce.connectors import Connectors, Kind, Listing
from commerce.errors import BackEndRefused, BackEndUnavailable, StoreError
from commerce.listings import with_listings
from commerce.outbox import hand_over
from commerce.shop import Shop
from commerce.till import NUMBER_DIGITS
from voxcart.config import Config
from voxcart.errors import ConfigError
from voxcart.http_connectors import HttpBackEnd

LOOK_S = 60.0
"""Another process may have cancelled an order."""
LEAVE_S = 3.0

logger = structlog.get_logger(__name__)


class Courier:
    """Hands over what waits, in a thread: at once when woken, and again when it is time."""

    def __init__(
        self, deliver: Callable[[], datetime | None], now: Callable[[], datetime], what: str = "orders"
    ) -> None:
        """`deliver` returns when to come again, None = nothing waits."""
        self._deliver = deliver
        self._now = now
        self._what = what
        self._woken = Event()
        self._closing = False
        self._thread = Thread(target=self._run, name=f"courier of {what}", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """What is on its way may arrive, in a few seconds; what waits is handed over by the next one."""
        self._closing = True
        self._woken.set()
        self._thread.join(LEAVE_S)

    def _run(self) -> None:
        while not self._closing:
            self._woken.clear()
            self._woken.wait(self._round())

    def _round(self) -> float:
        """Seconds until the next one."""
        try:
            again = self._deliver()
        except StoreError as error:
            logger.error("not handed over", what=self._what, error=str(error))
            return LOOK_S
        except Exception:
            logger.exception("not handed over", what=self._what)
            return LOOK_S
        return LOOK_S if again is None else min(LOOK_S, max(0.0, (again - self._now()).total_seconds()))


class Connection:
    """What one opening of a shop has elsewhere. `shop` carries out commands, once it has joined."""

    def __init__(self, config: Config, currency: str, token: str) -> None:
        chosen = config.connectors
        self._config = config
        self._back_end = HttpBackEnd(chosen.http, currency, token)
        asked = dict.fromkeys(chosen.elsewhere, self._back_end)
        self._connectors = Connectors(**asked)
        self._listed: tuple[Listing, ...] = ()
        self._courier: Courier | None = None
        self._shop: ConnectedShop | None = None

    @property
    def shop(self) -> ConnectedShop:
        assert self._shop is not None, "it joins when the shop is opened"
        return self._shop

    def listed(self, catalog: Catalog) -> Catalog:
        """With names and prices as they are elsewhere, if they are. Raises BackEndUnavailable."""
        catalogue = self._connectors.catalogue
        if catalogue is None:
            return catalog
        self._listed = catalogue.listings()
        return with_listings(catalog, self._listed)

    def has_changed(self) -> bool:
        """Whether the catalogue is another one than that the shop was opened with. Raises BackEndUnavailable."""
        catalogue = self._connectors.catalogue
        return catalogue is not None and catalogue.listings() != self._listed

    def join(self, shop: Shop) -> None:
        """Raises StoreError."""
        orders, till = self._connectors.orders, shop.till
        if orders is not None:
            pause = timedelta(seconds=self._config.connectors.hand_over_pause_s)
            self._courier = Courier(partial(hand_over, till, orders, pause), till.clock)
        self._shop = ConnectedShop(shop, self._connectors, self._courier.wake if self._courier else lambda: None)
        if self._connectors.catalogue is not None:
            self._shop.adopt_prices(shop.catalog)

    def close(self) -> None:
        """Before the shop is closed."""
        self._back_end.close()
        if self._courier is not None:
            self._courier.close()


def open_connection(config: Config, currency: str) -> Connection | None:
    """None where everything is kept here. Raises ConfigError for a token that cannot be read."""
    if not config.connectors.elsewhere:
        return None
    return Connection(config, currency, _token(config))


def ask_each(config: Config, catalog: Catalog) -> Iterator[tuple[Kind, str]]:
    """Something harmless, of each kind that is kept elsewhere, and why there was no answer; "" = there was one.

    Raises ConfigError.
    """
    back_end = HttpBackEnd(config.connectors.http, catalog.currency, _token(config))
    product, nobody = catalog.products[0].id, "0" * NUMBER_DIGITS
    questions: dict[Kind, Callable[[], object]] = {
        "catalogue": lambda: (with_listings(catalog, back_end.listings()), back_end.prices([product])),
        "stock": lambda: back_end.levels([product]),
        "orders": lambda: back_end.status(nobody),
        "customers": lambda: back_end.find(nobody),
    }
    try:
        for kind in sorted(config.connectors.elsewhere):
            try:
                questions[kind]()
            except (BackEndUnavailable, BackEndRefused) as error:
                yield kind, str(error)
            else:
                yield kind, ""
    finally:
        back_end.close()


def _token(config: Config) -> str:
    name = config.connectors.token_file
    if not name:
        return ""
    path = config.path(name)
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"connectors.token_file {path} cannot be read: {error}.") from error
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(f"connectors.token_file {path} holds no token.")
    return token
