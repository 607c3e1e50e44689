"""Knows how people are told something over HTTP, of a ticket while the call goes on. Does not know what is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import BoundedSemaphore, Event
from typing import Any

import httpx2
import structlog

MOST_WAITING = 100
FIRST_PAUSE_S = 1.0
LEAVE_S = 3.0

logger = structlog.get_logger(__name__)


class WebHook:
    """Posts each ticket as JSON to one address, in the background and in order, `tries` times until it is taken.

    What is not taken is logged without its content, and dropped: the ticket itself is in the database.
    """

    def __init__(self, url: str, token: str = "", timeout_s: float = 5.0, tries: int = 4) -> None:
        """`token` is sent as a bearer token, where there is one."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._url = url
        self._tries = tries
        self._client = httpx2.Client(headers=headers, timeout=timeout_s, trust_env=False)
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="webhook")
        self._room = BoundedSemaphore(MOST_WAITING)
        self._closing = Event()
        self._sending: set[Future[None]] = set()

    def send(self, ticket: Mapping[str, Any]) -> None:
        """Returns at once."""
        if not self._room.acquire(blocking=False):
            logger.error("ticket not told", ticket=ticket.get("ticket"), reason="too many wait")
            return
        body = json.dumps(ticket, default=str).encode()
        sending = self._sender.submit(self._deliver, body, str(ticket.get("ticket")))
        self._sending.add(sending)
        sending.add_done_callback(self._done)

    def close(self) -> None:
        """What is on its way may arrive, in a few seconds; nothing is tried again."""
        self._closing.set()
        wait(self._sending.copy(), LEAVE_S)
        self._sender.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _done(self, sending: Future[None]) -> None:
        self._sending.discard(sending)
        self._room.release()

    def _deliver(self, body: bytes, ticket: str) -> None:
        reason = "it is closing"
        for number in range(self._tries):
            if number and self._closing.wait(FIRST_PAUSE_S * 2 ** (number - 1)):
                break
            try:
                answer = self._client.post(self._url, content=body, headers={"Content-Type": "application/json"})
                answer.raise_for_status()
            except (httpx2.HTTPError, RuntimeError) as error:  # a client that was closed raises RuntimeError
                reason = _reason(error)
            else:
                logger.info("ticket told", ticket=ticket, tries=number + 1)
                return
        logger.error("ticket not told", ticket=ticket, reason=reason)


def post(url: str, body: Mapping[str, Any], token: str, timeout_s: float, key: str) -> None:
    """Once, as JSON; `key` tells the other side that it has seen this before. Raises OSError that says why not."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx2.Client(headers=headers, timeout=timeout_s, trust_env=False) as client:
            client.post(url, content=json.dumps(body).encode()).raise_for_status()
    except httpx2.HTTPError as error:
        raise OSError(_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
