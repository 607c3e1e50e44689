"""Knows how a PIN is tried: counted first, compared after, locked when wrong too often. Knows no hashing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from commerce.challenges import hashes_of_parts, next_question, spelled, write_positions
from commerce.codec import from_json, to_json
from commerce.commands import CheckPin, CountUnclearPin
from commerce.customers import codes_of, phone_digits
from commerce.database import Row
from commerce.errors import CustomerError, KeyReused
from commerce.outcomes import Outcome, PinAccepted, PinLocked, PinRejected, PinUnclear
from commerce.pin import check_new_pin
from commerce.proofs import CheckCode, CodeAccepted
from commerce.second_factor import new_secret, step_of, taken_out
from commerce.till import Till, made_in


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted attempt; `number` counts from one since the last success or lock."""

    check: str
    account: str
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
        counted = _begin(till, command, key, digest)
        if not isinstance(counted, _Try):
            return counted
        parts = till.store.pin_parts(counted.account) if till.settings.pin_challenge else None
    matches = till.hasher.matches(spelled(command.positions, command.pin), counted.pin_hash)
    afterwards = None if parts is None else _questions_after(till, counted.account, command, matches, parts)
    with till.store.transaction():
        if (seen := recall(till, key, digest)) is not None:
            return seen
        outcome = _settle(till, counted, matches)
        if afterwards and isinstance(outcome, PinAccepted):
            afterwards()
        till.store.insert_command(key, digest, to_json(outcome))
        return outcome


def check_code(till: Till, command: CheckCode, key: str) -> Outcome:
    """As `check_pin`, with tries and locks of its own: a right PIN does not forgive wrong codes."""
    digest = till.hasher.digest(to_json(command))
    with till.store.transaction():
        counted = _begin(till, command, key, digest)
        pin = till.store.pin_check(check=command.authorization)
        kept = till.store.second_factor(command.customer)
    if not isinstance(counted, _Try):
        return counted
    secret = taken_out(kept["secret"], till.hasher.pepper) if kept else new_secret()
    step = step_of(secret, command.code, till.clock(), kept["step"] if kept else 0)
    proved = pin is not None and bool(pin["accepted"]) and pin["customer"] == command.customer
    here = pin is not None and pin["call"] == command.call
    with till.store.transaction():
        if (seen := recall(till, key, digest)) is not None:
            return seen
        fresh = step is not None and proved and here and till.store.use_code(command.customer, step)
        outcome: Outcome = _settle(till, counted, fresh)
        if isinstance(outcome, PinAccepted):
            till.store.second_pin_check(command.authorization)
            outcome = CodeAccepted(command.authorization)
        till.store.insert_command(key, digest, to_json(outcome))
        return outcome


def proof(till: Till, customer: str | None, authorization: str | None, key: str) -> Row | None:
    """An accepted PIN of this customer, given in this call and not too long ago; whether it was used is not asked."""
    if not authorization or not customer:
        return None
    check = till.store.pin_check(check=authorization)
    if check is None or not check["accepted"]:
        return None
    stands = timedelta(seconds=till.settings.session_idle_s)
    fresh = till.clock() < datetime.fromisoformat(check["at"]) + stands
    return check if fresh and check["customer"] == customer and made_in(check["call"], key) else None


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
    pin_hash, parts = till.hasher.hash(new), hashes_of_parts(till, new)
    with till.store.transaction():
        till.store.use_pin_check(outcome.authorization)
        till.store.set_pin(outcome.customer, pin_hash)
        till.store.set_pin_parts(outcome.customer, parts)


def _questions_after(
    till: Till, customer: str, command: CheckPin, right: bool, parts: Mapping[str, str]
) -> Callable[[], None] | None:
    """What is to be asked for next time; worked out before the transaction, for hashing takes its time.

    A wrong answer takes about as long.
    """
    if not right:
        till.hasher.matches(command.pin, None)
        return None
    if not command.positions:
        made = {} if parts else hashes_of_parts(till, command.pin)
        return partial(till.store.set_pin_parts, customer, made) if made else None
    following = next_question(till, command.positions, command.pin, parts)
    return partial(till.store.set_pin_question, customer, write_positions(following)) if following else None


def _begin(till: Till, command: CheckPin | CheckCode, key: str, digest: str) -> _Try | Outcome:
    """The counted attempt; or what came of it the first time; or that nothing can be tried now."""
    if (seen := recall(till, key, digest)) is not None:
        return seen
    counted = _count(till, command, key, digest)
    if isinstance(counted, PinLocked):
        till.store.insert_command(key, digest, to_json(counted))
    return counted


def _count(till: Till, command: CheckPin | CheckCode, key: str, digest: str) -> _Try | PinLocked:
    row = till.store.customer(command.customer)
    customer, pin_hash = (row["id"], _hash_asked(till, row, command)) if row else (command.customer, None)
    account = customer if isinstance(command, CheckPin) else codes_of(customer)
    if begun := till.store.pin_check(key=key):
        if begun["digest"] != digest:
            raise KeyReused(f"the key {key!r} was used for another PIN")
        return _Try(begun["id"], account, begun["try"], pin_hash)
    lock = _lock(till, account)
    tries, locks, until = lock.tries, lock.locks, lock.until
    if tries >= till.settings.pin_tries:
        if until is None or until > till.clock():
            return PinLocked(until)
        tries, until = 0, None
    tries += 1
    if tries >= till.settings.pin_tries:
        until = _end_of_lock(till, locks)
        locks += 1
    till.store.set_pin_lock(account, tries, locks, until.isoformat() if until else None)
    check = secrets.token_hex(8)
    values = {"id": check, "key": key, "digest": digest, "customer": account, "call": command.call, "try": tries}
    till.store.insert_pin_check(**values)
    return _Try(check, account, tries, pin_hash)


def _hash_asked(till: Till, row: Row, command: CheckPin | CheckCode) -> str | None:
    """Of the whole PIN, or of the digits that stand to be asked for; None = nobody asked for these."""
    if isinstance(command, CheckCode) or not command.positions:
        whole: str = row["pin_hash"]
        return whole
    written = write_positions(command.positions)
    standing = till.store.pin_question(row["id"]) == written
    return till.store.pin_parts(row["id"]).get(written) if standing else None


def _settle(till: Till, tried: _Try, matches: bool) -> PinAccepted | PinRejected | PinLocked:
    """A right PIN does not open a lock that another try has closed meanwhile."""
    lock = _lock(till, tried.account)
    locked = lock.tries >= till.settings.pin_tries
    accepted = matches and not (locked and tried.number < till.settings.pin_tries)
    kept = _Lock(0, 0, None) if accepted else lock
    until = kept.until.isoformat() if kept.until else None
    till.store.set_pin_lock(tried.account, kept.tries, kept.locks, until)
    till.store.settle_pin_check(tried.check, accepted)
    if accepted:
        return PinAccepted(tried.check, tried.account)
    return PinLocked(lock.until) if locked else PinRejected(till.settings.pin_tries - lock.tries)


def _lock(till: Till, account: str) -> _Lock:
    row = till.store.pin_lock(account)
    if row is None:
        return _Lock(0, 0, None)
    return _Lock(row["tries"], row["locks"], datetime.fromisoformat(row["until"]) if row["until"] else None)


def _end_of_lock(till: Till, locks: int) -> datetime | None:
    """None after the last timed lock: only the operator unlocks."""
    minutes = till.settings.pin_lock_minutes
    return till.clock() + timedelta(minutes=minutes[locks]) if locks < len(minutes) else None
