"""Knows how long what calls leave behind is kept. Does not know what is in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from commerce.shop import utc_now
from commerce.store import Store
from voice.recording import forget_recordings
from voxcart.config import Config

logger = structlog.get_logger(__name__)


def forget_old(config: Config, store: Store, now: datetime) -> None:
    """Drop from the database what is older than configured."""
    events = carts = 0
    if days := config.store.event_log_days:
        events = store.forget_events(now - timedelta(days=days))
    if days := config.store.conversation_days:
        carts = store.forget_conversations(now - timedelta(days=days))
    if events or carts:
        logger.info("old calls forgotten", events=events, carts=carts)


def forget_all(config: Config, store: Store) -> None:
    """From the database, and recordings of calls that were taken."""
    now = utc_now()
    forget_old(config, store, now)
    recording = config.voice.recording
    if recording.keep_days:
        before = now - timedelta(days=recording.keep_days)
        gone = forget_recordings(config.path(recording.folder), before.timestamp())
        if gone:
            logger.info("old recordings deleted", recordings=gone)
