"""Knows where a shop delivers and what that costs: commands, outcomes, rules. Knows no clock and no store. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from commerce.catalog import Delivery, Zone
from commerce.coupons import plain
from commerce.money import Money
from commerce.terms import Address, Handover, Slot

AS_DIGITS = str.maketrans("OIL", "011")
AS_LETTERS = str.maketrans("01", "OI")


@dataclass(frozen=True, slots=True)
class ReceiveByDelivery:
    """To this address in this slot. `customer` and `authorization`: of a PIN accepted in this call, for an address out
    of that customer's book; any other address is new."""

    cart: str
    address: Address
    slot: Slot
    customer: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiveAtShop:
    """The order will be fetched."""

    cart: str


@dataclass(frozen=True, slots=True)
class FindAddresses:
    """Where orders of this customer went before. `authorization`: of a PIN accepted in this call."""

    customer: str
    authorization: str


@dataclass(frozen=True, slots=True)
class HandoverKept:
    """How the order is received is with the cart now; what was quoted before is void."""

    handover: Handover


@dataclass(frozen=True, slots=True)
class HandoverNeeded:
    """It must be known how the order is received. "late": the slot can no longer be had, the `handover` was that.

    "outside": the shop does not deliver there.
    """

    why: Literal["unasked", "late", "outside"]
    handover: Handover | None = None


@dataclass(frozen=True, slots=True)
class AddressesKnown:
    """Newest first."""

    addresses: tuple[Address, ...]


HandoverCommand: TypeAlias = ReceiveByDelivery | ReceiveAtShop | FindAddresses
HandoverOutcome: TypeAlias = HandoverKept | HandoverNeeded | AddressesKnown


def shape(code: str) -> str:
    """9 for each digit, A for each letter."""
    return re.sub("[0-9]", "9", re.sub("[A-Z]", "A", plain(code)))


def postcode(said: str, terms: Delivery) -> str | None:
    """The postcode that was said, a letter O where only a digit can be taken for zero; None = it is none."""
    code = plain(said)
    if not terms.postcode_formats:
        return code or None
    for form in terms.postcode_formats:
        if len(form) != len(code):
            continue
        pairs = zip(code, form, strict=True)
        fitted = "".join(each.translate(AS_DIGITS if place == "9" else AS_LETTERS) for each, place in pairs)
        if shape(fitted) == form:
            return fitted
    return None


def zone_of(code: str, terms: Delivery) -> Zone | None:
    """The zone with the longest part of the postcode; None = the shop does not deliver there."""
    found = [(len(each), zone) for zone in terms.zones for each in zone.postcodes if _covers(each, plain(code))]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _covers(pattern: str, code: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def fee_of(zone: Zone, goods: Money) -> Money:
    return Money(0, goods.currency) if zone.free_from and goods >= zone.free_from else zone.fee
