"""The database fails at every statement of buying with a PIN: it is said, nothing is claimed, and it can be mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from commerce import failpoints
from commerce.settings import CommerceSettings
from nlu import intent
from tests.talk import CHECKOUT, PHONE, PIN, YES, Talk, add

FAILURES = ["database or disk is full", "database is locked", "disk I/O error"]
PIN_ALWAYS = CommerceSettings(pin_free_limit="0.00")


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    yield
    failpoints.clear()


def fail_once(point: int, message: str) -> failpoints.Hook:
    left = iter(range(point))

    def hook(moment: failpoints.Moment, _statement: str) -> None:
        if moment == "before" and next(left, None) is None:
            failpoints.clear()
            raise sqlite3.OperationalError(message)

    return hook


async def asked_for_the_pin() -> Talk:
    talk = Talk(PHONE, commerce=PIN_ALWAYS)
    talk.enrol()
    await talk.says(add("latte", 2), CHECKOUT, YES)
    return talk


@pytest.mark.parametrize("message", FAILURES)
async def test_a_failing_database_is_told_and_the_order_can_still_be_placed(message: str) -> None:
    point = 0
    while True:
        talk = await asked_for_the_pin()
        failpoints.install(fail_once(point, message))
        answer = await talk.says(intent.Digits(PIN))
        failpoints.clear()
        if talk.shop.orders():
            break
        assert "went wrong" in answer
        assert "not placed" in answer
        assert "number is" not in answer
        assert talk.cart == ["two medium lattes"]
        await talk.says(CHECKOUT, YES)
        if not talk.shop.orders():
            await talk.says(intent.Digits(PIN))
        assert len(talk.shop.orders()) == 1
        point += 1
    assert "number is" in answer
    assert point >= 25, "CheckPin has two transactions, PlaceOrder one"
