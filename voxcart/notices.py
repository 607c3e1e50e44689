"""Knows how customers are told that something has changed: what it says, and by which way. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import structlog

from commerce.errors import CommerceError
from commerce.notice_outbox import Patience, take_notice, told
from commerce.notices import Notice
from voxcart.build import Front
from voxcart.config import Config
from voxcart.facts import fact
from voxcart.live_shop import LiveShop
from voxcart.mail import MailServer
from voxcart.notice_settings import NoticeChoice
from voxcart.orders import written
from voxcart.secret_files import read_secret
from voxcart.webhook import post

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Messenger:
    """Sends what is due, one after the other; may be used beside others on the same database."""

    choice: NoticeChoice
    token: str = ""
    mail: MailServer | None = None

    def send_due(self, front: Front, stop: Callable[[], bool] = lambda: False) -> tuple[int, int]:
        """How many were told, and how many have to be tried again or were given up. Raises StoreError."""
        done = failed = 0
        while not stop() and (notice := take_notice(front.shop.till, self._patience)) is not None:
            if self._send(front, notice):
                done += 1
            else:
                failed += 1
        return done, failed

    def _send(self, front: Front, notice: Notice) -> bool:
        """By every way by which it was not told yet. What dies between sending and noting that sends it again."""
        body = message(front, notice)
        ways: dict[str, Callable[[], None]] = {}
        if self.choice.webhook and not notice.hooked:
            ways["webhook"] = lambda: post(self.choice.webhook, body, self.token, self.choice.timeout_s, notice.id)
        if (mail := self.mail) and (to := notice.email) and not notice.mailed:
            ways["mail"] = lambda: mail.send(to, body["subject"], body["text"], notice.id, notice.at)
        by = tuple(way for way, send in ways.items() if _went(notice, way, send))
        is_told = len(by) == len(ways)
        someone = ways or notice.hooked or notice.mailed
        told(front.shop.till, notice, by, ("sent" if someone else "nobody") if is_told else None, self._patience)
        return is_told

    @property
    def _patience(self) -> Patience:
        choice = self.choice
        return Patience(
            tries=choice.tries,
            pause=timedelta(seconds=choice.retry_s),
            expires=timedelta(hours=choice.expire_hours),
            sending=timedelta(seconds=4 * choice.timeout_s),
        )


def _went(notice: Notice, way: str, send: Callable[[], None]) -> bool:
    try:
        send()
    except OSError as error:
        logger.warning("notice not told", notice=notice.id, way=way, tries=notice.tries, error=type(error).__name__)
        return False
    logger.info("notice told", notice=notice.id, way=way, tries=notice.tries)
    return True


def message(front: Front, notice: Notice) -> dict[str, Any]:
    """What is told: a parcel, never what is in it, whoever reads it."""
    refund = "" if notice.refund is None else written(notice.refund, front.catalog)
    total = "" if notice.total is None else written(notice.total, front.catalog)
    match notice.kind:
        case "order":
            text = fact("notice-order", number=notice.number, status=notice.state, total=total)
        case "return":
            text = fact("notice-return", number=notice.number, way=notice.way or "", refund=refund)
        case "payment":
            text = fact("notice-payment", number=notice.number, total=total, url=notice.url or "")
        case "complaint":
            text = fact("notice-complaint", number=notice.number)
    subject = fact("notice-subject", shop=front.catalog.name, kind=notice.kind, number=notice.number)
    return {
        "id": notice.id,
        "shop": front.catalog.name,
        "kind": notice.kind,
        "number": notice.number,
        "state": notice.state,
        "at": notice.at.isoformat(),
        "customer": notice.customer,
        "phone": notice.phone,
        "subject": front.replies.word(subject),
        "text": front.replies.word(text),
    }


def open_messenger(config: Config) -> Messenger:
    """Raises LineError where a file that holds a secret cannot be read."""
    choice = config.notices
    token = read_secret(config, "notices.webhook_token_file", choice.webhook_token_file)
    password = read_secret(config, "notices.mail_password_file", choice.mail_password_file)
    mail = MailServer(
        host=choice.mail_host,
        port=choice.mail_port,
        sender=choice.mail_from,
        tls=choice.mail_tls,
        user=choice.mail_user,
        password=password,
        timeout_s=choice.timeout_s,
    )
    return Messenger(choice, token, mail if choice.mail_host else None)


@contextmanager
def notices_sent(config: Config, live: LiveShop) -> Iterator[None]:
    """In a thread of their own, as long as this is held; where there is a way to tell them."""
    if not config.notices.tells:
        yield
        return
    messenger, closing = open_messenger(config), Event()

    def work() -> None:
        while True:
            with live.call() as opening:
                try:
                    messenger.send_due(opening.front, closing.is_set)
                except CommerceError as error:
                    logger.error("notices not sent", error=str(error))
            if closing.wait(config.notices.every_s):
                return

    sender = Thread(target=work, name="notices")
    sender.start()
    try:
        yield
    finally:
        closing.set()
        sender.join()
