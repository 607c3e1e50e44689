"""Knows how the program's own log is written: one JSON object per line, to standard error. Knows no event of a call."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

SECRETS = frozenset({"pin", "digits", "pcm"})
"""What is never written, whoever hands it over."""


def configure_logs(verbose: bool = False) -> None:
    """Warnings and errors; with `verbose` also what is merely worth knowing.

    Libraries are held to warnings in any case: at lower levels some of them write what they hear and say.
    """
    as_json: Processor = structlog.processors.JSONRenderer()
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_traceback,
                as_json,
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def without_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop the values that no log may hold."""
    for key in SECRETS & event.keys():
        event[key] = "•••"
    return event


def _without_traceback(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The kind of error only: its text and its source lines may quote a caller."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        event["error"] = found[0].__name__
    return event
