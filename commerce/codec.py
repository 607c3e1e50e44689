"""Knows how carts, commands and outcomes are written as JSON and read back. Does not know who keeps it. PURE."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce import (
    after,
    cart,
    choosing,
    commands,
    connectors,
    contacts,
    coupons,
    delivery,
    edits,
    money,
    outcomes,
    payments,
    preferences,
    pricing,
    proofs,
    redress,
    restrictions,
    spoken,
    terms,
)

_KIND = "kind"
_KINDS: dict[str, type[Any]] = {
    name: kind
    for module in (
        *(money, cart, edits, proofs, after, redress, contacts, choosing, restrictions, connectors, pricing),
        *(spoken, terms, coupons, delivery, preferences, payments, commands, outcomes),
    )
    for name, kind in vars(module).items()
    if isinstance(kind, type) and is_dataclass(kind)
}
_FIELDS = {kind: tuple(each.name for each in fields(kind)) for kind in _KINDS.values()}
_LEAVES: dict[str, Callable[[str], Any]] = {"Decimal": Decimal, "datetime": datetime.fromisoformat}


def to_json(value: object) -> str:
    """One line of ASCII: control characters are escaped, so a line of a log stays one line."""
    return json.dumps(_plain(value), separators=(",", ":"))


def from_json(text: str) -> Any:
    """What `to_json` was given, with tuples for every sequence."""
    return _rich(json.loads(text))


def _plain(value: object) -> object:
    if (names := _FIELDS.get(type(value))) is not None:
        return {_KIND: type(value).__name__, **{name: _plain(getattr(value, name)) for name in names}}
    match value:
        case Decimal():
            return {_KIND: "Decimal", "text": str(value)}
        case datetime():
            return {_KIND: "datetime", "text": value.isoformat()}
        case tuple() | list():
            return [_plain(each) for each in value]
    return value


def _rich(value: object) -> object:
    match value:
        case list():
            return tuple(_rich(each) for each in value)
        case {"kind": "Decimal" | "datetime" as leaf, "text": str(text)}:
            return _LEAVES[leaf](text)
        case {"kind": str(kind), **rest}:
            return _KINDS[kind](**{str(name): _rich(each) for name, each in rest.items()})
    return value
