"""Knows how a shop is joined with who moves its money, and when what is due is done. Knows no way to move any."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from commerce.catalog import Catalog
from commerce.charging import ChargingShop, Executes, pay_due
from commerce.payments import CHARGED, Payments
from commerce.shop import Shop
from commerce.terms import Way
from voxcart.config import Config
from voxcart.connection import Courier
from voxcart.errors import ConfigError
from voxcart.secret_files import read_secret


class PaymentDesk:
    """What one opening of a shop has of it. `shop` carries out commands, and has money held where that is due."""

    def __init__(self, config: Config, payments: Payments, shop: Shop, before: Executes) -> None:
        """`before` is who carries out commands otherwise."""
        pause = timedelta(seconds=config.payments.pause_s)
        self._courier = Courier(partial(pay_due, shop.till, payments, pause), shop.till.clock, "payments")
        self.shop = ChargingShop(before, shop.till, payments, self._courier.wake)

    def wake(self) -> None:
        """There may be something to do."""
        self._courier.wake()

    def close(self) -> None:
        """Before the shop is closed."""
        self._courier.close()


def charged(config: Config) -> frozenset[Way]:
    """The ways to pay that somebody moves money for; a link needs somebody who sends it, too."""
    if not config.payments.provider:
        return frozenset()
    return CHARGED if config.notices.tells else CHARGED - {"link"}


def open_payments(config: Config, catalog: Catalog) -> Payments | None:
    """None where nobody moves money. Raises ConfigError, or LineError for a key that cannot be read."""
    chosen = config.payments
    if not chosen.provider:
        return None
    try:
        from voxcart.stripe_payments import StripePayments
    except ImportError as error:
        raise ConfigError("payments.provider needs the SDK. Install it: pip install 'voxcart[payments]'") from error
    if not StripePayments.can_charge(catalog.currency):
        raise ConfigError(f"payments: amounts in {catalog.currency} are not counted as Stripe counts them.")
    if "link" in catalog.ways and not chosen.thanks_url:
        raise ConfigError("payments.thanks_url is needed for links: customers come there when they have paid.")
    key = read_secret(config, "payments.api_key_file", chosen.api_key_file)
    return StripePayments(key, chosen.api_base, chosen.thanks_url, chosen.timeout_s)
