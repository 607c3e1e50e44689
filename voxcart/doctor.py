"""Knows how to tell whether this machine can take calls, and what to do where it cannot. Repairs nothing itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from commerce.errors import CommerceError
from commerce.payments import CHARGED, FOR_CUSTOMERS
from commerce.store import Store
from nlu.errors import NluError
from voice import models
from voice.errors import VoiceError
from voxcart.build import Front, open_shop, unheard_words
from voxcart.config import Config
from voxcart.connection import ask_each
from voxcart.errors import VoxcartError
from voxcart.payment_desk import charged, open_payments

LEAST_FREE_MIB = 200
YEARS = range(2025, 2100)

State = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: yellow works with a loss, red does not work. `remedy` is empty when nothing is to be done."""

    what: str
    state: State
    found: str
    remedy: str = ""


def examine(config: Config, shop: str | None = None) -> Iterator[Finding]:
    """Every check, as soon as it is known."""
    yield from _models(config)
    try:
        front = open_shop(config, shop, in_memory=True)
    except (CommerceError, NluError, VoxcartError, OSError) as error:
        yield Finding("shop", "red", str(error), "Correct the shop file, or name another one.")
    else:
        yield Finding("shop", "green", f"{front.catalog.name}: {len(front.catalog.products)} products")
        yield _words(config, front)
        yield from _elsewhere(config, front)
        yield from _payments(config, front)
        front.close()
    yield _database(config)
    yield _room(config)
    yield _devices()
    yield _clock()


def _models(config: Config) -> Iterator[Finding]:
    for model in models.known().values():
        if not model.needed:
            continue
        try:
            place = models.locate(model.name, config.voice.models)
        except VoiceError as error:
            yield Finding(f"model {model.name}", "red", str(error), f"voxcart models fetch {model.name}")
        else:
            yield Finding(f"model {model.name}", "green", str(place))


def _words(config: Config, front: Front) -> Finding:
    try:
        lost = unheard_words(config, front)
    except VoiceError:
        return Finding("catalogue words", "red", "cannot be checked without the recogniser", "voxcart models fetch")
    if not lost:
        return Finding("catalogue words", "green", "the recogniser can hear every name")
    shown = ", ".join(sorted(lost)[:8])
    return Finding(
        "catalogue words",
        "yellow",
        f"{len(lost)} words cannot be heard by the first recogniser: {shown}",
        "Give the products an alias of plain words.",
    )


def _elsewhere(config: Config, front: Front) -> Iterator[Finding]:
    """What the merchant has in systems of their own; while one is away callers are told, so the line can be opened."""
    try:
        for kind, trouble in ask_each(config, front.catalog):
            state: State = "red" if trouble and kind == "catalogue" else "yellow" if trouble else "green"
            remedy = (
                "Look at url and token_file in [connectors]; docs/connectors.md has what is asked." if trouble else ""
            )
            yield Finding(f"{kind} elsewhere", state, trouble or "answers", remedy)
    except VoxcartError as error:
        yield Finding("connectors", "red", str(error), "Correct [connectors] in config.toml.")


def _payments(config: Config, front: Front) -> Iterator[Finding]:
    """Ways to pay that nobody can take are not offered."""
    ways = front.catalog.ways
    try:
        open_payments(config, front.catalog)
    except (VoxcartError, VoiceError) as error:
        yield Finding("payments", "red", str(error), "Correct [payments] in config.toml.")
        return
    lost = [way for way in ways if way in CHARGED - charged(config)]
    lost += [way for way in ways if way in FOR_CUSTOMERS and not config.commerce.pin_free_limit and way not in lost]
    if lost:
        remedy = "Set [payments] and, for links, [notices] in config.toml; card and invoice need PINs."
        yield Finding("payments", "yellow", f"not offered: {', '.join(lost)}", remedy)
    elif ways:
        yield Finding("payments", "green", ", ".join(ways))


def _database(config: Config) -> Finding:
    if not config.database.exists():
        return Finding("database", "green", f"{config.database} will be made at the first call")
    try:
        store = Store(config.database, lambda: datetime.now(UTC), config.commerce.busy_timeout_ms)
        try:
            fault = store.fault()
        finally:
            store.close()
    except CommerceError as error:
        return Finding("database", "red", str(error), "Correct what is said, or name another database in config.toml.")
    if fault:
        return Finding("database", "red", f"{config.database} is damaged: {fault}", "Restore it from a backup.")
    return Finding("database", "green", str(config.database))


def _room(config: Config) -> Finding:
    place = next(folder for folder in config.database.parents if folder.is_dir())
    free_mib = shutil.disk_usage(place).free >> 20
    if free_mib < LEAST_FREE_MIB:
        return Finding("disk", "red", f"{free_mib} MiB free in {place}", "Make room: orders could be refused.")
    return Finding("disk", "green", f"{free_mib} MiB free in {place}")


def _devices() -> Finding:
    """Audio devices are only needed to talk at a counter, so their absence is no fault."""
    try:
        from voice.channels.sound_card import devices
    except ImportError:
        remedy = "Only for a microphone at the counter: apt-get install libportaudio2"
        return Finding("audio devices", "yellow", "PortAudio is missing", remedy)
    names = [device.name for device in devices()]
    if not names:
        return Finding("audio devices", "yellow", "none", "Only for a microphone at the counter: connect one.")
    return Finding("audio devices", "green", ", ".join(names[:4]))


def _clock() -> Finding:
    now = datetime.now(UTC)
    if now.year not in YEARS:
        return Finding("clock", "red", f"{now:%Y-%m-%d}", "Set the clock: locks and confirmations depend on it.")
    return Finding("clock", "green", f"{now:%Y-%m-%d %H:%M} UTC")
