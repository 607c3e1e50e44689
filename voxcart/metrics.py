"""Knows what is counted of calls, and shows it over HTTP with the line's health. No number tells who called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app

from voice import events
from voice.call import StageTimes
from voxcart.http_server import served

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0)
Troubles: TypeAlias = Callable[[], list[str]]
"""Why no call can come in, one for each line that has trouble."""


class Metrics:
    """The counts of one process."""

    def __init__(self, open_calls: Callable[[], int] = lambda: 0) -> None:
        self.registry = CollectorRegistry()
        self._calls = Counter(
            "voxcart_calls", "Calls that are over, by how they ended.", ["end"], registry=self.registry
        )
        self._turns = Counter(
            "voxcart_turns", "What callers did: speech, keys, silence.", ["heard"], registry=self.registry
        )
        self._stages = Histogram(
            "voxcart_stage_seconds",
            "How long the stages of a turn took.",
            ["stage"],
            registry=self.registry,
            buckets=BUCKETS_S,
        )
        Gauge("voxcart_open_calls", "Calls that run now.", registry=self.registry).set_function(open_calls)

    def watch(self, event: events.CallEvent) -> None:
        match event:
            case events.HeardWords():
                self._turns.labels("speech").inc()
            case events.PressedKeys():
                self._turns.labels("keys").inc()
            case events.SaidNothing():
                self._turns.labels("silence").inc()
            case events.Timed(times):
                self._time(times)
            case events.Ended(end):
                self.ended(end)
            case _:
                pass

    def ended(self, how: str) -> None:
        """`how`: caller, shop, person, refused or failed."""
        self._calls.labels(how).inc()

    def _time(self, times: StageTimes) -> None:
        for stage in fields(times):
            milliseconds = getattr(times, stage.name)
            if milliseconds is not None:
                self._stages.labels(stage.name).observe(milliseconds / 1000)


@contextmanager
def shown(metrics: Metrics, troubles: Troubles, address: str, port: int) -> Iterator[int]:
    """`/metrics` for Prometheus and `/health` (200, or 503 where calls cannot come in); gives the port.

    Raises VoxcartError where the port cannot be had.
    """
    figures = make_wsgi_app(metrics.registry)

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/metrics":
                answer: Iterable[bytes] = figures(environ, start_response)
                return answer
            case "/health":
                found = troubles()
                start_response("503 Service Unavailable" if found else "200 OK", [("Content-Type", "application/json")])
                return [json.dumps({"well": not found, "trouble": found}).encode()]
            case _:
                start_response("404 Not Found", [("Content-Type", "text/plain")])
                return [b"/metrics or /health\n"]

    with served(app, "figures", address, port) as given:
        yield given
