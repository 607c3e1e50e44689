"""Telling people of a ticket, with a real server on the other side."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import structlog

from voxcart import webhook
from voxcart.webhook import WebHook

TICKET = {"ticket": "123456", "cart": {"lines": []}, "turns": [{"said": "Grüß Gott\r\n"}]}


@dataclass
class Desk:
    """Where tickets are told; `answers` are the statuses of the first requests, 200 follows."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    slow_s: float = 0.0


@pytest.fixture
def desk() -> Iterator[Desk]:
    here = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(here.slow_s)
            here.taken.append((dict(self.headers), json.loads(body)))
            self.send_response(here.answers.pop(0) if here.answers else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}/tickets"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "FIRST_PAUSE_S", 0.01)


def soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def test_a_ticket_arrives_as_json_with_the_token(desk: Desk) -> None:
    hook = WebHook(desk.url, "secret")
    hook.send(TICKET)
    hook.close()
    [(headers, body)] = desk.taken
    assert body == TICKET
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Content-Type"] == "application/json"


def test_without_a_token_none_is_sent(desk: Desk) -> None:
    hook = WebHook(desk.url)
    hook.send(TICKET)
    hook.close()
    assert "Authorization" not in desk.taken[0][0]


def test_what_is_not_taken_is_tried_again(desk: Desk) -> None:
    desk.answers = [500, 503]
    hook = WebHook(desk.url, tries=4)
    with structlog.testing.capture_logs() as logs:
        hook.send(TICKET)
        soon(lambda: len(desk.taken) == 3)
        hook.close()
    assert [each["event"] for each in logs] == ["ticket told"]
    assert logs[0]["tries"] == 3


def test_after_so_many_tries_it_is_given_up_and_nothing_of_it_is_logged(desk: Desk) -> None:
    desk.answers = [500] * 9
    hook = WebHook(desk.url, "secret", tries=2)
    with structlog.testing.capture_logs() as logs:
        hook.send(TICKET)
        soon(lambda: logs)
    hook.close()
    assert len(desk.taken) == 2
    assert logs[0]["event"] == "ticket not told"
    assert "500" in logs[0]["reason"]
    assert "secret" not in str(logs)
    assert "Gott" not in str(logs)


def test_nobody_is_waited_for(desk: Desk) -> None:
    desk.slow_s = 0.5
    hook = WebHook(desk.url)
    began = time.monotonic()
    hook.send(TICKET)
    assert time.monotonic() - began < 0.25
    hook.close()
    assert len(desk.taken) == 1


def test_who_does_not_answer_in_time_is_given_up(desk: Desk) -> None:
    desk.slow_s = 0.5
    hook = WebHook(desk.url, timeout_s=0.05, tries=1)
    with structlog.testing.capture_logs() as logs:
        hook.send(TICKET)
        soon(lambda: logs)
    hook.close()
    assert logs[0]["event"] == "ticket not told"


def test_an_address_that_does_not_exist_is_given_up() -> None:
    hook = WebHook("http://127.0.0.1:9/none", tries=1)
    with structlog.testing.capture_logs() as logs:
        hook.send(TICKET)
        soon(lambda: logs)
    hook.close()
    assert logs[0]["event"] == "ticket not told"


def test_too_many_at_once_are_dropped_and_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_WAITING", 2)
    desk.slow_s = 0.2
    hook = WebHook(desk.url)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            hook.send(TICKET)
    hook.close()
    assert len(desk.taken) == 2
    assert [each["reason"] for each in logs if each["event"] == "ticket not told"] == ["too many wait"]
