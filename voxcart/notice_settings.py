"""Knows how customers are told of a change, as settings. Does not know what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """`webhook` receives every notice as JSON; mail goes to customers with an address, where there is a `mail_host`.

    What is not taken is tried again after `retry_s`, then twice that and so on, `tries` times in all; the server looks
    every `every_s`. What is older than `expire_hours` is told to nobody any more.
    """

    webhook: str = ""
    webhook_token_file: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_tls: Literal["starttls", "tls", "off"] = "starttls"
    mail_user: str = ""
    mail_password_file: str = ""
    mail_from: str = ""
    timeout_s: float = 10.0
    tries: int = 8
    retry_s: float = 30.0
    every_s: float = 10.0
    expire_hours: float = 72.0
    confirm: bool = True
    """Whether a word is sent when an order is placed, too."""

    @property
    def tells(self) -> bool:
        return bool(self.webhook or self.mail_host)


def wrong_in_notices(notices: NoticeChoice) -> list[tuple[bool, str]]:
    times = (notices.timeout_s, notices.retry_s, notices.every_s, notices.expire_hours)
    return [
        (
            bool(notices.webhook) and not notices.webhook.startswith(("https://", "http://")),
            "notices.webhook must begin with https:// or http://",
        ),
        (bool(notices.mail_host) and "@" not in notices.mail_from, "notices.mail_from must be an address"),
        (notices.mail_port not in range(1, 65_536), "notices.mail_port must be 1 to 65535"),
        (
            bool(notices.mail_password_file) and notices.mail_tls == "off",
            'notices.mail_tls must not be "off" where a password is sent',
        ),
        (min(times) <= 0, "notices: every time must be above 0"),
        (notices.tries < 1, "notices.tries must be at least 1"),
    ]
