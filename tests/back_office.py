"""A merchant's system behind a real HTTP server, which can be slow, down, broken, or talk nonsense."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from commerce.cart import Chosen, Line
from commerce.connectors import OrderCopy, Patron
from commerce.errors import BackEndRefused
from commerce.local_connectors import LocalBackEnd
from commerce.money import Money

Answer = tuple[int, Any]
TOKEN = "s3cret-t0ken"


@dataclass
class Desk:
    """The books, and what goes wrong. `mishaps` are used up one by one, `always` stays; both by the path's first word:

    a status (500), "closed" (no answer), "cut" (half an answer), "garbage", "wrong" (other JSON), "huge", "drip"
    (a byte now and then), "after" (it is done, but the answer is lost). `slow_s` holds up what it names.
    """

    ledger: LocalBackEnd
    url: str = ""
    mishaps: dict[str, list[int | str]] = field(default_factory=dict)
    always: dict[str, int | str] = field(default_factory=dict)
    slow_s: dict[str, float] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> Counter[str]:
        return Counter(f"{method} {path}" for method, path, _ in self.asked)

    def mishap(self, word: str) -> int | str | None:
        waiting = self.mishaps.get(word) or self.mishaps.get("*")
        return waiting.pop(0) if waiting else self.always.get(word, self.always.get("*"))

    def answer(self, method: str, target: str, body: Any) -> Answer:
        parts = urlsplit(target)
        ids = parse_qs(parts.query, keep_blank_values=True).get("id", [])
        match method, [unquote(each) for each in parts.path.strip("/").split("/")]:
            case "GET", ["products"]:
                listed = [
                    {"id": each.id, "name": each.name, "price": str(each.price.decimal), "category": each.category}
                    | {"unit": each.unit, "aliases": list(each.aliases)}
                    for each in self.ledger.listings()
                ]
                return 200, {"currency": "USD", "products": listed}
            case "GET", ["prices"]:
                prices = self.ledger.prices(ids).items()
                return 200, {"currency": "USD", "prices": {product: str(price.decimal) for product, price in prices}}
            case "GET", ["stock"]:
                levels = self.ledger.levels(ids).items()
                return 200, {"stock": {product: None if level is None else str(level) for product, level in levels}}
            case "PUT", ["orders", number]:
                assert body["number"] == number
                return 201, {"reference": f"R-{self.ledger.take(_order(body))}"}
            case "DELETE", ["orders", number]:
                self.ledger.cancel(number)
                return 204, None
            case "GET", ["orders", number]:
                status = self.ledger.status(number)
                return (200, {"status": status}) if status else (404, {"reason": "no such order"})
            case "GET", ["customers"]:
                found = self.ledger.find(parse_qs(parts.query)["number"][0])
                known = {name: getattr(found, name) for name in ("number", "phone", "name", "limit")} if found else None
                return 200, {"customer": known}
        return 404, {"reason": "what?"}


def _order(body: Any) -> OrderCopy:
    lines = tuple(
        Line(
            number,
            each["product"],
            Decimal(each["quantity"]),
            tuple(Chosen(**option) for option in each["options"]),
            Money.parse(each["unit_price"], body["currency"]),
        )
        for number, each in enumerate(body["lines"], start=1)
    )
    who = body["customer"]
    total = Money.parse(body["total"], body["currency"])
    assert [str(line.total.decimal) for line in lines] == [each["total"] for each in body["lines"]]
    patron = Patron(**who) if who else None
    return OrderCopy(body["number"], datetime.fromisoformat(body["placed"]), total, lines, patron, body["payment"])


@contextmanager
def open_desk(ledger: LocalBackEnd) -> Iterator[Desk]:
    desk = Desk(ledger)

    class Clerk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            word = urlsplit(self.path).path.strip("/").split("/")[0]
            desk.asked.append((self.command, self.path, dict(self.headers)))
            desk.bodies.append(json.loads(body) if body else None)
            mishap = desk.mishap(word)
            time.sleep(desk.slow_s.get(word, 0.0))
            if mishap is None or mishap == "after":
                with desk.one_at_a_time:
                    try:
                        status, answer = desk.answer(self.command, self.path, json.loads(body) if body else None)
                    except BackEndRefused as refused:
                        status, answer = 409, {"reason": str(refused)}
                self.hang_up() if mishap else self.reply(status, b"" if answer is None else json.dumps(answer).encode())
            else:
                self.fail(mishap)

        def do_GET(self) -> None:
            self.serve()

        def do_PUT(self) -> None:
            self.serve()

        def do_DELETE(self) -> None:
            self.serve()

        def fail(self, mishap: int | str) -> None:
            match mishap:
                case int():
                    self.reply(mishap, b"<html>trouble</html>")
                case "closed":
                    self.hang_up()
                case "cut":
                    self.reply(200, b'{"stock": {"ca', length=900)
                    self.hang_up()
                case "garbage":
                    self.reply(200, b"\xff\xfe<!doctype html>")
                case "wrong":
                    self.reply(
                        200, b'{"stock": ["cake"], "prices": 3, "customer": 7, "reference": null, "status": "?"}'
                    )
                case "huge":
                    self.reply(200, b" " * 17 * 2**20)
                case "drip":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    drip(lambda: self.wfile.write(b"x"))

        def reply(self, status: int, body: bytes, length: int | None = None) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            """Who does not wait for an answer closes the connection."""

    server = Server(("127.0.0.1", 0), Clerk)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def drip(write: Callable[[], object]) -> None:
    """For three seconds, unless nobody listens any more."""
    try:
        for _ in range(60):
            write()
            time.sleep(0.05)
    except OSError:
        return
