"""Knows how a small web application is served beside the calls, in threads. Knows nothing of what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from voxcart.errors import VoxcartError

App: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]
"""WSGI."""
PATIENCE_S = 10.0


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = PATIENCE_S
    """Who sends nothing for so long is left."""

    def log_message(self, *_: Any) -> None:
        """Who asks is not worth a line."""


@contextmanager
def served(app: App, what: str, address: str, port: int) -> Iterator[int]:
    """As long as this is held; gives the port. `what` names it. Raises VoxcartError where the port cannot be had."""
    try:
        server = make_server(address, port, app, _Server, _Quiet)
    except OSError as error:
        raise VoxcartError(f"The {what} cannot be served at {address}:{port}: {error.strerror}.") from error
    thread = Thread(target=server.serve_forever, name=what, daemon=True)
    thread.start()
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
