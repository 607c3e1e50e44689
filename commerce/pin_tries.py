"""Knows how a PIN is tried: counted first, compared after, locked when wrong too often. Knows no hashing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.codec import from_json, to_json
from commerce.commands import CheckPin, CountUnclearPin
from commerce.customers import phone_digits
from commerce.errors import CustomerError, KeyReused
from commerce.outcomes import Outcome, PinAccepted, PinLocked, PinRejected, PinUnclear
from commerce.pin import check_new_pin
from commerce.till import Till


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted attempt; `number` counts from one since the last success or lock."""

    check: str
    customer: str
    number: int
    pin_hash: str | None


@dataclass(frozen=True, slots=True)
class _Lock:
    tries: int
    locks: int
    until: datetime | None


def recall(till: Till, key: str, digest: str) -> Outcome | None:
    """What came of the command with this key. Raises KeyReused if that was another command."""
    seen = till.store.command(key)
    if seen is None:
        return None
    if seen[0] != digest:
        raise KeyReused(f"the key {key!r} was used for another command")
    outcome: Outcome = from_json(seen[1])
    return outcome


def check_pin(till: Till, command: CheckPin, key: str) -> Outcome:
    """Two transactions: the attempt is committed before the PIN is compared, so dying in between is no free try.

    The third try locks as it is counted and unlocks again if it was right. A right and a wrong PIN, a known and an
    unknown customer take the same steps.
    """
    digest = till.hasher.digest(to_json(command))
    with till.store.transaction():
        if (seen := recall(till, key, digest)) is not None:
            return seen
        counted = _count(till, command, key, digest)
        if isinstance(counted, PinLocked):
            till.store.insert_command(key, digest, to_json(counted))
            return counted
    matches = till.hasher.matches(command.pin, counted.pin_hash)
    with till.store.transaction():
        if (seen := recall(till, key, digest)) is not None:
            return seen
        outcome = _settle(till, counted, matches)
        till.store.insert_command(key, digest, to_json(outcome))
        return outcome


def count_unclear(till: Till, command: CountUnclearPin) -> PinUnclear:
    heard = till.store.count_unclear_pin(command.call)
    return PinUnclear(max(0, till.settings.unclear_pin_per_call - heard))


def change_pin(till: Till, digits: str, old: str, new: str) -> None:
    """Raises PinRefused for a bad new PIN, CustomerError if the old one is wrong, which counts as an attempt."""
    check_new_pin(new)
    key = f"pin-change-{secrets.token_hex(8)}"
    outcome = check_pin(till, CheckPin(phone_digits(digits), key, old), key)
    if not isinstance(outcome, PinAccepted):
        why = "it is locked" if isinstance(outcome, PinLocked) else "the old one is wrong"
        raise CustomerError(f"The PIN was not changed: {why}.")
    pin_hash = till.hasher.hash(new)
    with till.store.transaction():
        till.store.use_pin_check(outcome.authorization)
        till.store.set_pin(outcome.customer, pin_hash)


def _count(till: Till, command: CheckPin, key: str, digest: str) -> _Try | PinLocked:
    row = till.store.customer(command.customer)
    customer, pin_hash = (row["id"], row["pin_hash"]) if row else (command.customer, None)
    if begun := till.store.pin_check(key=key):
        if begun["digest"] != digest:
            raise KeyReused(f"the key {key!r} was used for another PIN")
        return _Try(begun["id"], customer, begun["try"], pin_hash)
    lock = _lock(till, customer)
    tries, locks, until = lock.tries, lock.locks, lock.until
    if tries >= till.settings.pin_tries:
        if until is None or until > till.clock():
            return PinLocked(until)
        tries, until = 0, None
    tries += 1
    if tries >= till.settings.pin_tries:
        until = _end_of_lock(till, locks)
        locks += 1
    till.store.set_pin_lock(customer, tries, locks, until.isoformat() if until else None)
    check = secrets.token_hex(8)
    values = {"id": check, "key": key, "digest": digest, "customer": customer, "call": command.call, "try": tries}
    till.store.insert_pin_check(**values)
    return _Try(check, customer, tries, pin_hash)


def _settle(till: Till, tried: _Try, matches: bool) -> PinAccepted | PinRejected | PinLocked:
    """A right PIN does not open a lock that another try has closed meanwhile."""
    lock = _lock(till, tried.customer)
    locked = lock.tries >= till.settings.pin_tries
    accepted = matches and not (locked and tried.number < till.settings.pin_tries)
    kept = _Lock(0, 0, None) if accepted else lock
    until = kept.until.isoformat() if kept.until else None
    till.store.set_pin_lock(tried.customer, kept.tries, kept.locks, until)
    till.store.settle_pin_check(tried.check, accepted)
    if accepted:
        return PinAccepted(tried.check, tried.customer)
    return PinLocked(lock.until) if locked else PinRejected(till.settings.pin_tries - lock.tries)


def _lock(till: Till, customer: str) -> _Lock:
    row = till.store.pin_lock(customer)
    if row is None:
        return _Lock(0, 0, None)
    return _Lock(row["tries"], row["locks"], datetime.fromisoformat(row["until"]) if row["until"] else None)


def _end_of_lock(till: Till, locks: int) -> datetime | None:
    """None after the last timed lock: only the operator unlocks."""
    minutes = till.settings.pin_lock_minutes
    return till.clock() + timedelta(minutes=minutes[locks]) if locks < len(minutes) else None
