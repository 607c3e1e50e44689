"""Knows how each order is witnessed: a signed record with the hash of the one before it. Knows no order's rules."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from commerce.errors import CommerceError

Key: TypeAlias = Ed25519PrivateKey
Books: TypeAlias = Mapping[str, Mapping[str, Any]]
FIRST = "0" * 64
"""What stands in place of the hash before the first."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`body` is JSON as it was signed; `hash` is that of `before` and `body` together, in hex, as is `signature`."""

    number: str
    body: str
    before: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first receipt that is not as it was written, by its place in the chain, counted from 1."""

    place: int
    number: str
    what: str


def sign(body: Mapping[str, Any], before: str, key: Key) -> Receipt:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    digest = _digest(before, text)
    return Receipt(str(body["number"]), text, before, digest, key.sign(bytes.fromhex(digest)).hex())


def first_flaw(receipts: Sequence[Receipt], orders: Books, key: Ed25519PublicKey) -> Flaw | None:
    """None = every receipt is as it was signed, follows the one before, and tells what the books tell.

    `orders`: what the books hold, by number, as in the body of a receipt; each must have its receipt. Receipts that
    were cut off together with their orders leave no trace: keep an export elsewhere to find that out.
    """
    before = FIRST
    for place, each in enumerate(receipts, start=1):
        if wrong := _wrong(each, before, orders, key):
            return Flaw(place, each.number, wrong)
        before = each.hash
    witnessed = {each.number for each in receipts}
    missing = next((number for number in orders if number not in witnessed), None)
    return None if missing is None else Flaw(len(receipts) + 1, missing, "the order has no receipt")


def _wrong(receipt: Receipt, before: str, orders: Books, key: Ed25519PublicKey) -> str | None:
    if receipt.before != before:
        return "it does not follow the one before: something was left out or put in"
    if receipt.hash != _digest(before, receipt.body):
        return "its content was changed"
    try:
        key.verify(bytes.fromhex(receipt.signature), bytes.fromhex(receipt.hash))
    except (InvalidSignature, ValueError):
        return "its signature is not of this shop"
    told = json.loads(receipt.body)
    if told["number"] != receipt.number or receipt.number not in orders:
        return "its order is not in the books"
    differing = [name for name, value in orders[receipt.number].items() if told[name] != value]
    return f"the books differ from it in: {', '.join(differing)}" if differing else None


def _digest(before: str, body: str) -> str:
    return sha256(f"{before}\n{body}".encode()).hexdigest()


def new_key() -> Key:
    return Ed25519PrivateKey.generate()


def read_key(path: Path) -> Key:
    """The shop's key, which only its owner may read; made where there is none. Raises CommerceError with the remedy."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(new_key().private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise CommerceError(f"{path}: others can read the key of the receipts. Run: chmod 600 {path}")
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except ValueError as error:
        raise CommerceError(f"{path}: this is no key of receipts ({error}). Restore it from a backup.") from error


def public_key(text: str) -> Ed25519PublicKey:
    """Of its 64 hex digits. Raises CommerceError for anything else."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise CommerceError(f"This is no public key ({error}). Show the right one: voxcart receipt key") from error


def as_lines(receipts: Iterable[Receipt]) -> Iterable[str]:
    """One JSON object a line, to be kept and checked elsewhere."""
    for each in receipts:
        row = {"number": each.number, "before": each.before, "hash": each.hash, "signature": each.signature}
        yield json.dumps(row | {"body": each.body})


def from_lines(lines: Iterable[str]) -> list[Receipt]:
    """Raises CommerceError for what is no receipt."""
    try:
        return [Receipt(**json.loads(line)) for line in lines if line.strip()]
    except (ValueError, TypeError) as error:
        raise CommerceError(f"This is no export of receipts: {error}.") from error
