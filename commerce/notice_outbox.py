"""Knows when a notice is sent, sent again, and given up. Knows no way to send it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.database import Row
from commerce.money import Money
from commerce.notices import End, Notice
from commerce.till import Till

LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """After the first failure it is tried again in `pause`, then in twice that, and so on, `tries` times in all.

    What is older than `expires` is told to nobody any more. `sending` is more than one try can take.
    """

    tries: int
    pause: timedelta
    expires: timedelta
    sending: timedelta


def take_notice(till: Till, patience: Patience) -> Notice | None:
    """The next to be sent, which nobody else takes until its try is over. None = nothing is due. Raises StoreError."""
    now = till.clock()
    with till.store.transaction():
        while (row := till.store.next_notice(till.shop, now)) is not None:
            if datetime.fromisoformat(row["at"]) + patience.expires >= now:
                again = now + max(patience.sending, _pause(row["tries"], patience))
                till.store.try_notice(row["id"], again)
                return _notice(row)
            till.store.end_notice(row["id"], "expired")
    return None


def told(till: Till, notice: Notice, ways: tuple[str, ...], end: End | None, patience: Patience) -> None:
    """It was told in these ways just now; `end`: nothing more is to be done. What failed may be given up."""
    with till.store.transaction():
        for way in ways:
            till.store.notice_told(notice.id, way)
        if end is not None:
            till.store.end_notice(notice.id, end)
        elif notice.tries >= patience.tries:
            till.store.end_notice(notice.id, "given up")
        else:
            till.store.postpone_notice(notice.id, till.clock() + _pause(notice.tries - 1, patience))


def _pause(failures: int, patience: Patience) -> timedelta:
    return min(patience.pause * (1 << min(failures, 20)), LONGEST_PAUSE)


def _notice(row: Row) -> Notice:
    refund = None if row["refund"] is None else Money(row["refund"], row["currency"])
    return Notice(
        id=row["id"],
        kind=row["kind"],
        number=row["number"],
        state=row["state"],
        at=datetime.fromisoformat(row["at"]),
        tries=row["tries"] + 1,
        hooked=row["hooked"] is not None,
        mailed=row["mailed"] is not None,
        customer=row["customer"],
        phone=row["phone"],
        email=row["email"],
        refund=refund,
        way=row["way"],
        total=None if row["amount"] is None else Money(row["amount"], row["paid_in"]),
        url=row["url"],
    )
