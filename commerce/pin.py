"""Knows how a PIN is hashed, checked and refused as too easy. Does not know whose it is or how often it was tried."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import b64encode
from functools import cache
from pathlib import Path

import argon2
import argon2.low_level

from commerce.errors import CommerceError, PinRefused

MEMORY_KIB = 19 * 1024
PASSES = 2
LENGTHS = range(4, 9)
PEPPER_BYTES = 32
_WEAK = Path(__file__).parent / "weak_pins.txt"


class PinHasher:
    """argon2id over the PIN and a secret that is not in the database."""

    def __init__(self, pepper: bytes) -> None:
        self.pepper = pepper
        self._argon2 = argon2.PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
        self._nobody = _hash_of_nothing()

    def hash(self, pin: str) -> str:
        return self._argon2.hash(self._peppered(pin))

    def matches(self, pin: str, pin_hash: str | None) -> bool:
        """Compares in constant time; without a hash (nobody's PIN) it works just as long and says no."""
        try:
            self._argon2.verify(pin_hash or self._nobody, self._peppered(pin))
        except argon2.exceptions.VerifyMismatchError:
            return False
        return pin_hash is not None

    def digest(self, text: str) -> str:
        """A fingerprint that tells nothing without the pepper."""
        return hmac.digest(self.pepper, b"digest:" + text.encode(), hashlib.sha256).hex()

    def _peppered(self, pin: str) -> bytes:
        return hmac.digest(self.pepper, b"pin:" + pin.encode(), hashlib.sha256)


def _hash_of_nothing() -> str:
    """A hash of the same cost that no PIN has."""
    salt, digest = (b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32))
    return f"$argon2id$v={argon2.low_level.ARGON2_VERSION}$m={MEMORY_KIB},t={PASSES},p=1${salt}${digest}"


def read_pepper(path: Path, may_create: bool) -> bytes:
    """The secret in the file, which only its owner may read. Raises CommerceError with the remedy.

    `may_create`: make it where it is missing; never true once there are PINs that were hashed with it.
    """
    if not path.exists():
        if not may_create:
            raise CommerceError(
                f"{path}: the PIN secret is missing, so no PIN can be checked. Restore it from a backup."
            )
        _create_pepper(path)
    if path.stat().st_mode & 0o077:
        raise CommerceError(f"{path}: others can read the PIN secret. Run: chmod 600 {path}")
    try:
        pepper = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise CommerceError(f"{path}: the PIN secret cannot be read ({error}). Restore it from a backup.") from error
    if len(pepper) < PEPPER_BYTES:
        raise CommerceError(f"{path}: the PIN secret is cut short. Restore it from a backup.")
    return pepper


def _create_pepper(path: Path) -> None:
    """Written whole under another name first: whoever finds the file finds all of it, and only one of two wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(PEPPER_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@cache
def weak_pins() -> frozenset[str]:
    lines = _WEAK.read_text("ascii").splitlines()
    return frozenset(pin for line in lines if not line.startswith("#") for pin in line.split())


def check_new_pin(pin: str) -> None:
    """Raises PinRefused, whose text never repeats the PIN."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in LENGTHS):
        raise PinRefused(f"A PIN has {LENGTHS.start} to {LENGTHS.stop - 1} digits.")
    if pin in weak_pins() or len(set(pin)) == 1:
        raise PinRefused("This PIN is too easy to guess. Avoid years, dates, repeats and runs of digits.")


def random_pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10_000):04}"
        if pin not in weak_pins():
            return pin
