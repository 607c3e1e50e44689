"""Knows the settings of what a merchant keeps elsewhere, and which of them cannot be. Asks nobody. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commerce.connectors import KINDS, Kind

Where = Literal["local", "http"]


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """`timeout_s` is for one of `tries`; after `failures` in a row it is left alone for `rest_s`."""

    url: str = ""
    timeout_s: float = 2.0
    tries: int = 2
    pause_ms: float = 200.0
    failures: int = 3
    rest_s: float = 30.0


@dataclass(frozen=True, slots=True)
class ConnectorChoice:
    """Each kind is "local", in this shop's database, or asked over "http"."""

    catalogue: Where = "local"
    stock: Where = "local"
    orders: Where = "local"
    customers: Where = "local"
    url: str = ""
    token_file: str = ""
    timeout_s: float = 2.0
    tries: int = 2
    pause_ms: float = 200.0
    failures: int = 3
    rest_s: float = 30.0
    catalogue_minutes: float = 15.0
    """So often it is asked whether names or products have changed, when calls come in; 0 = only when the shop opens."""
    hand_over_pause_s: float = 5.0
    """After a failure, and twice as long each time, up to ten minutes."""

    @property
    def elsewhere(self) -> frozenset[Kind]:
        return frozenset(kind for kind in KINDS if getattr(self, kind) == "http")

    @property
    def http(self) -> HttpSettings:
        return HttpSettings(self.url, self.timeout_s, self.tries, self.pause_ms, self.failures, self.rest_s)


def wrong_in_connectors(chosen: ConnectorChoice) -> list[tuple[bool, str]]:
    elsewhere = chosen.elsewhere
    return [
        (
            bool(elsewhere) and not chosen.url.startswith(("https://", "http://")),
            "connectors.url must begin with https:// or http://",
        ),
        (
            "stock" in elsewhere and "orders" not in elsewhere,
            'connectors.stock = "http" needs orders = "http": else what is sold here would be counted nowhere',
        ),
        (not 0 < chosen.timeout_s <= 30, "connectors.timeout_s must be above 0, and 30 at most"),
        (chosen.tries not in range(1, 11), "connectors.tries must be 1 to 10"),
        (chosen.pause_ms < 0, "connectors.pause_ms cannot be negative"),
        (chosen.failures < 1, "connectors.failures must be at least 1"),
        (chosen.catalogue_minutes < 0, "connectors.catalogue_minutes cannot be negative"),
        (chosen.rest_s <= 0, "connectors.rest_s must be above 0"),
        (chosen.hand_over_pause_s <= 0, "connectors.hand_over_pause_s must be above 0"),
    ]
