"""Knows how events of who moves the money come in over HTTP: signed and small. Knows no order and no signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from commerce.charging import hear_event
from commerce.errors import StoreError
from commerce.payments import PaymentEvent
from voxcart.config import Config
from voxcart.errors import ConfigError
from voxcart.http_server import App, served
from voxcart.live_shop import LiveShop
from voxcart.secret_files import read_secret

MOST_BYTES = 512 * 1024
SIGNATURE = "HTTP_STRIPE_SIGNATURE"

Read = Callable[[bytes, str], PaymentEvent | None]
"""(body, signature) -> the event; None = it is not believed."""
Hear = Callable[[PaymentEvent], None]
"""Raises StoreError where it could not be written down: it comes again."""

logger = structlog.get_logger(__name__)


def event_app(path: str, read: Read, hear: Hear) -> App:
    """200 = heard, perhaps before; 400 = forged; 503 = to be sent again. Nothing else changes anything."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        status = _status(environ, path, read, hear)
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    return app


def _status(environ: dict[str, Any], path: str, read: Read, hear: Hear) -> str:
    if environ.get("PATH_INFO") != path:
        return "404 Not Found"
    if environ.get("REQUEST_METHOD") != "POST":
        return "405 Method Not Allowed"
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isascii() or not length.isdigit():
        return "411 Length Required"
    if int(length) > MOST_BYTES:
        return "413 Content Too Large"
    try:
        body = environ["wsgi.input"].read(int(length))
    except OSError:
        return "408 Request Timeout"
    event = read(body, str(environ.get(SIGNATURE, "")))
    if event is None:
        logger.warning("payment event not believed", bytes=len(body))
        return "400 Bad Request"
    try:
        hear(event)
    except StoreError as error:
        logger.error("payment event not heard", error=str(error))
        return "503 Service Unavailable"
    return "200 OK"


@contextmanager
def events_heard(config: Config, live: LiveShop) -> Iterator[int | None]:
    """As long as this is held, where a port is configured; gives the port. Raises VoxcartError or LineError."""
    chosen = config.payments
    if not chosen.port:
        yield None
        return

    def hear(event: PaymentEvent) -> None:
        with live.call() as opening:
            hear_event(opening.front.shop.till, event)
            if opening.front.payments is not None:
                opening.front.payments.wake()

    app = event_app(chosen.path, _reader(config), hear)
    with served(app, "payment events", chosen.address, chosen.port) as port:
        logger.info("payment events heard", address=chosen.address, port=port, path=chosen.path)
        yield port


def _reader(config: Config) -> Read:
    try:
        from voxcart.stripe_payments import Forged, read_event
    except ImportError as error:
        raise ConfigError("payments.provider needs the SDK. Install it: pip install 'voxcart[payments]'") from error
    chosen = config.payments
    secret = read_secret(config, "payments.webhook_secret_file", chosen.webhook_secret_file)

    def read(body: bytes, signature: str) -> PaymentEvent | None:
        try:
            return read_event(body, signature, secret, chosen.tolerance_s)
        except Forged:
            return None

    return read
