"""Knows what somebody is to be told: a status has changed. Knows no wording and no way to tell it. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from commerce.money import Money

Kind: TypeAlias = Literal["order", "return", "complaint", "payment"]
End: TypeAlias = Literal["sent", "nobody", "expired", "given up"]
"""What has become of a notice: told, nobody was there to be told, too old to be told, tried too often."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`id` stays the same however often it is sent. `hooked`, `mailed`: told this way already. `tries`: this one, too.

    `refund` and `way` are those of a return, `total` is that of an order, or with `url` of a payment that is due;
    `customer`, `phone` and `email` are of whom it is for, as far as known.
    """

    id: str
    kind: Kind
    number: str
    state: str
    at: datetime
    tries: int
    hooked: bool
    mailed: bool
    customer: str | None
    phone: str | None
    email: str | None
    refund: Money | None = None
    way: str | None = None
    total: Money | None = None
    url: str | None = None
