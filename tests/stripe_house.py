"""Stripe on this machine, for tests: localstripe in a process of its own, and before it a door that only we can use.

The door adds what localstripe lacks: idempotency keys, no refund above what was charged, no charge of what was let go,
Checkout sessions. It can lose answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2

KEY, SECRET = "sk_test_voxcart", "whsec_voxcart"
GOOD, BROKE = "4242424242424242", "4000000000000341"
"""Cards of Stripe's documentation: one is charged; the other can be saved, and is declined."""
LACKING = "automatic_payment_methods"
"""What localstripe does not know."""
RUN = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Door:
    """`lose_answers`: so many next answers to a POST are lost; `away`: so many questions are refused with 503."""

    inside: str
    url: str = ""
    lose_answers: int = 0
    away: int = 0
    slow_s: float = 0.0
    """How long the next answer takes."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and idempotency key of every POST."""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=20, trust_env=False))

    def ask(self, method: str, path: str, **form: Any) -> dict[str, Any]:
        """As another who has the key: makes customers and cards, looks at payments."""
        answer = self.client.request(method, self.inside + path, data=form or None, headers=AUTHORIZED)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def save_card(self, number: str) -> tuple[str, str]:
        """Names of a new customer and their card."""
        customer = self.ask("POST", "/v1/customers", name="Ann")["id"]
        card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2099", "card[cvc]": "123"}
        method = self.ask("POST", "/v1/payment_methods", type="card", **card)["id"]
        self.ask("POST", f"/v1/payment_methods/{method}/attach", customer=customer)
        return customer, method

    def intents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/v1/payment_intents?limit=100")["data"]
        return found

    def pay(self, session: str) -> tuple[bytes, str]:
        """As a customer who follows a link; the event that tells it, and its signature."""
        found = self.sessions[session]
        customer, method = self.save_card(GOOD)
        form = {"amount": found["amount_total"], "currency": found["currency"], "customer": customer}
        intent = self.ask("POST", "/v1/payment_intents", **form, payment_method=method, confirm="true")
        found |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
        return signed("checkout.session.completed", found)


AUTHORIZED = {"Authorization": f"Bearer {KEY}"}


def signed(kind: str, what: dict[str, Any], secret: str = SECRET, at: int | None = None) -> tuple[bytes, str]:
    """An event as Stripe sends it, and its signature."""
    at = int(time.time()) if at is None else at
    event = {"id": f"evt_{secrets.token_hex(8)}", "object": "event", "type": kind, "data": {"object": what}}
    body = json.dumps(event).encode()
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={at},v1={digest}"


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = self.headers.get("Idempotency-Key", "")
            with door.lock:
                if method == "POST":
                    door.asked.append((urlsplit(self.path).path, key))
                if door.away:
                    door.away -= 1
                    status, answer = 503, b'{"error": {"message": "away"}}'
                else:
                    status, answer = self._once(method, key, body)
                lost = method == "POST" and door.lose_answers > 0
                door.lose_answers -= int(lost)
            slow, door.slow_s = door.slow_s, 0.0
            time.sleep(slow)
            if lost:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _once(self, method: str, key: str, body: bytes) -> tuple[int, bytes]:
            if method != "POST" or not key:
                return self._ask(method, body)
            asked = hashlib.sha256(self.path.encode() + body).hexdigest()
            if key not in door.answers:
                door.answers[key] = (asked, *self._ask(method, body))
            before, status, answer = door.answers[key]
            if before != asked:
                wrong = {"type": "idempotency_error", "message": "another question with the same key"}
                return 400, json.dumps({"error": wrong}).encode()
            return status, answer

        def _ask(self, method: str, body: bytes) -> tuple[int, bytes]:
            path = urlsplit(self.path).path
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            if path.startswith("/v1/checkout/sessions"):
                return self._session(method, path.split("/")[4:], form)
            if path == "/v1/refunds" and method == "POST":
                intent = door.ask("GET", f"/v1/payment_intents/{form['payment_intent']}")
                charge = intent["latest_charge"]
                if int(form["amount"]) > charge["amount"] - charge["amount_refunded"] or not charge["captured"]:
                    return _no("charge_already_refunded")
            if path.endswith("/capture"):
                intent = door.ask("GET", path.removesuffix("/capture"))
                if intent["status"] != "requires_capture":
                    return _no("payment_intent_unexpected_state")
            if path == "/v1/payment_intents" and method == "POST":
                body = urlencode(
                    [pair for pair in parse_qsl(body.decode()) if not pair[0].startswith(LACKING)]
                ).encode()
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if self.headers[name]}
            found = door.client.request(method, door.inside + self.path, content=body, headers=headers)
            return found.status_code, found.content

        def _session(self, method: str, rest: list[str], form: dict[str, str]) -> tuple[int, bytes]:
            if not rest:
                made = f"cs_{secrets.token_hex(6)}"
                door.sessions[made] = {
                    "id": made,
                    "object": "checkout.session",
                    "status": "open",
                    "payment_status": "unpaid",
                    "payment_intent": None,
                    "client_reference_id": form["client_reference_id"],
                    "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
                    "currency": form["line_items[0][price_data][currency]"],
                    "url": f"https://pay.example/{made}",
                }
                return 200, json.dumps(door.sessions[made]).encode()
            if rest[0] not in door.sessions:
                return _no("resource_missing")
            found = door.sessions[rest[0]]
            if rest[1:] == ["expire"]:
                if found["status"] != "open":
                    return _no("session_not_open")
                found |= {"status": "expired"}
            assert method == "POST" or len(rest) == 1
            return 200, json.dumps(found).encode()

    return Handler


def _no(code: str) -> tuple[int, bytes]:
    return 400, json.dumps({"error": {"type": "invalid_request_error", "code": code, "message": code}}).encode()


@contextmanager
def stripe_house() -> Iterator[Door]:
    """localstripe, on this machine only, behind its door."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    door = Door(f"http://127.0.0.1:{port}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(door))
    server.daemon_threads = True
    door.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, name="stripe", daemon=True)
    thread.start()
    try:
        _wait_for(port)
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        door.client.close()
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("localstripe does not come up")
