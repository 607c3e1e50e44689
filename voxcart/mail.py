"""Knows how one message goes to a mail server. Does not know what is in it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal


@dataclass(frozen=True, slots=True)
class MailServer:
    """`sender` may have a name ("Corner Coffee <shop@example.com>")."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "off"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 10.0

    def send(self, to: str, subject: str, text: str, key: str, at: datetime) -> None:
        """`key` is the message's id, the same whenever it is sent again. Raises OSError."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = format_datetime(at), f"<{key}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with self._connected() as server:
            server.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """smtplib's errors are OSErrors."""
        context = ssl.create_default_context()
        opened = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
            if self.tls == "tls"
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        )
        with opened as server:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server

    @property
    def _domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2]
