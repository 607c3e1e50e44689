"""Knows the settings of who moves the money, and which of them cannot be. Asks nobody. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """`provider` "" = nobody moves money: orders are paid where they are handed over, or later.

    `api_base` is another address of the provider, for trying; "" = its own. Customers who have paid by link come to
    `thanks_url`. Events are received at `address`, `port` (0 = nowhere) and `path`, signed with the secret of the file
    and not older than `tolerance_s`. What gives no answer in `timeout_s` is asked again after `pause_s`, then twice
    that.
    """

    provider: Literal["", "stripe"] = ""
    api_key_file: str = ""
    webhook_secret_file: str = ""
    address: str = "127.0.0.1"
    port: int = 0
    path: str = "/stripe"
    api_base: str = ""
    thanks_url: str = ""
    timeout_s: float = 8.0
    pause_s: float = 5.0
    tolerance_s: int = 300


def wrong_in_payments(chosen: PaymentChoice) -> list[tuple[bool, str]]:
    return [
        (
            bool(chosen.provider) and not chosen.api_key_file,
            "payments.api_key_file is needed where there is a provider",
        ),
        (
            bool(chosen.port) and not (chosen.provider and chosen.webhook_secret_file),
            "payments.port needs a provider and webhook_secret_file: an event is believed by its signature only",
        ),
        (chosen.port not in range(65_536), "payments.port must be 0 to 65535, 0 = nowhere"),
        (not chosen.path.startswith("/"), "payments.path must begin with /"),
        (
            bool(chosen.api_base) and not chosen.api_base.startswith(("https://", "http://")),
            "payments.api_base must begin with https:// or http://",
        ),
        (
            bool(chosen.thanks_url) and not chosen.thanks_url.startswith(("https://", "http://")),
            "payments.thanks_url must begin with https:// or http://",
        ),
        (not 0 < chosen.timeout_s <= 30, "payments.timeout_s must be above 0, and 30 at most"),
        (chosen.pause_s <= 0, "payments.pause_s must be above 0"),
        (not 0 < chosen.tolerance_s <= 3600, "payments.tolerance_s must be 1 to 3600"),
    ]
