"""Fifty callers want the last piece, each call with its own store: one has it, and nobody else is told so."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal
from pathlib import Path

from commerce.commands import PlaceOrder
from tests.small_shop import Caller, StandingClock, open_kiosk
from tests.talk import CHECKOUT, YES, Talk, add
from tests.test_parallel import FORK, together
from voxcart.states import ConfirmingOrder

PROCESSES, CALLS_EACH = 10, 5


def answer_at_once(number: int, database: Path) -> list[object]:
    """Every caller has heard the total; then all of them say yes."""
    return list(asyncio.run(answered(number, database)))


async def answered(number: int, database: Path) -> list[str]:
    talks = [Talk(shop=open_kiosk(database), call=f"call-{number}-{each}") for each in range(CALLS_EACH)]
    for talk in talks:
        await talk.says(add("cake", 1), CHECKOUT)
        assert isinstance(talk.phase, ConfirmingOrder)
    await asyncio.to_thread(READY.wait, 60)
    return list(await asyncio.gather(*(talk.says(YES) for talk in talks)))


READY = FORK.Barrier(PROCESSES)


def test_the_last_piece_is_promised_to_one_caller_of_fifty(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    shop = open_kiosk(database, StandingClock())
    shop.set_stock("cake", Decimal(1))
    answers = Counter(map(kind, together(PROCESSES, answer_at_once, database)))
    assert answers == {"placed": 1, "sold out, not placed": PROCESSES * CALLS_EACH - 1}
    [order] = shop.orders()
    assert [(line.product, line.quantity) for line in order.lines] == [("cake", Decimal(1))]
    with shop.store.transaction():
        assert shop.store.products(shop.till.shop, ("cake",))["cake"][1] == 0
    assert [each.number for each in shop.receipts()] == [order.number]


def kind(answer: object) -> str:
    said = str(answer)
    if "Your order is placed" in said:
        return "placed"
    return "sold out, not placed" if "haven't ordered anything" in said and "out of cake" in said else said


def test_who_was_too_late_can_buy_something_else(tmp_path: Path) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    shop.set_stock("cake", Decimal(1))
    late, first = Talk(shop=open_kiosk(tmp_path / "shop.db"), call="late"), Caller(shop, "first")
    first.add("cake")
    quote = first.confirmed_quote()

    async def go_on() -> str:
        await late.says(add("cake", 1), add("water", 1), CHECKOUT)
        first.say(PlaceOrder(quote.id))
        answer = await late.says(YES)
        await late.says(YES, YES)
        return answer

    assert "out of cake right now. Shall I take it off and order the rest?" in asyncio.run(go_on())
    assert [[line.product for line in order.lines] for order in shop.orders()] == [["water"], ["cake"]]
