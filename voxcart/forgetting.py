"""Knows how long what calls leave behind is kept. Does not know what is in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from commerce.shop import utc_now
from commerce.store import Store
from voice.recording import forget_recordings
from voxcart.config import Config

logger = structlog.get_logger(__name__)


def forget_old(config: Config, store: Store, now: datetime) -> dict[str, int]:
    """Drop from the database what is older than configured. Returns how many of each are gone."""
    gone = {"events": 0, "carts": 0, "alerts": 0}
    if days := config.store.event_log_days:
        gone["events"] = store.forget_events(now - timedelta(days=days))
    if days := config.store.conversation_days:
        gone["carts"] = store.forget_conversations(now - timedelta(days=days))
    gone["alerts"] = store.forget_alerts(now - timedelta(days=config.contacts.alert_days))
    if any(gone.values()):
        logger.info("old calls forgotten", **gone)
    return gone


def forget_all(config: Config, store: Store) -> dict[str, int]:
    """From the database, and recordings of calls that were taken. Returns how many of each are gone."""
    now = utc_now()
    gone = {**forget_old(config, store, now), "recordings": 0}
    recording = config.voice.recording
    if recording.keep_days:
        before = now - timedelta(days=recording.keep_days)
        gone["recordings"] = forget_recordings(config.path(recording.folder), before.timestamp())
        if gone["recordings"]:
            logger.info("old recordings deleted", recordings=gone["recordings"])
    return gone
