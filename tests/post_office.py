"""Who is told of notices: a real web server and a real mail server on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message


@dataclass
class Web:
    """`answers` are the statuses of the first requests, 200 follows; `taken` holds (headers, body) of each."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    slow_s: float = 0.0

    @property
    def ids(self) -> list[str]:
        return [headers["Idempotency-Key"] for headers, _ in self.taken]


@contextmanager
def web_server() -> Iterator[Web]:
    here = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.taken.append((dict(self.headers), json.loads(body)))
            time.sleep(here.slow_s)
            self.send_response(here.answers.pop(0) if here.answers else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}/notices"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox(Message):
    """Takes mail, but refuses the first `refusals` of it."""

    def __init__(self, port: int) -> None:
        super().__init__(EmailMessage)
        self.port = port
        self.refusals = 0
        self.taken: list[EmailMessage] = []

    def handle_message(self, message: EmailMessage) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("the box is full")
        self.taken.append(message_from_bytes(message.as_bytes(), policy=policy.default))


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    box = Mailbox(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
