"""Knows the codes of an authenticator app (TOTP, RFC 6238) as a second factor. Does not know when one is asked for."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from hashlib import sha256

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from commerce.errors import CommerceError
from commerce.proofs import CODE_DIGITS

STEP_S = 30
DRIFT_STEPS = 1
"""A code counts half a minute before and after its time: people read slowly, and clocks differ."""


def new_secret() -> str:
    """As authenticator apps take it, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str, shop: str) -> str:
    """The otpauth:// address that an app reads as a QR code."""
    return pyotp.TOTP(secret, interval=STEP_S, digits=CODE_DIGITS).provisioning_uri(name=name, issuer_name=shop)


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step that the code belongs to, if it is right and later than `after`: a code counts once. None = wrong.

    Takes the same steps for a right and a wrong code.
    """
    totp = pyotp.TOTP(secret, interval=STEP_S, digits=CODE_DIGITS)
    here = int(now.timestamp()) // STEP_S
    steps = range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1)
    right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
    return next((step for step in right if step > after), None)


def locked_away(secret: str, pepper: bytes) -> str:
    """As the database keeps it: of no use without the pepper."""
    return Fernet(_key(pepper)).encrypt(secret.encode()).decode()


def taken_out(kept: str, pepper: bytes) -> str:
    """Raises CommerceError with the remedy."""
    try:
        return Fernet(_key(pepper)).decrypt(kept).decode()
    except InvalidToken as error:
        raise CommerceError(
            "A second factor cannot be read with this PIN secret. Restore the pepper, or enrol the app again."
        ) from error


def _key(pepper: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(pepper, b"second-factor", sha256))
