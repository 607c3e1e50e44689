"""Whole calls over a real SIP stack, with fakes for the models: whenever the caller leaves, nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boards import on_the_telephone, quick_board
from tests.telephones import RawPhone, eventually, raw_phone
from voxcart.serve import Switchboard

pytestmark = pytest.mark.device


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Switchboard]:
    with quick_board(tmp_path) as board:
        yield board


async def answered(board: Switchboard, phone: RawPhone) -> None:
    await phone.call()
    await eventually(lambda: board.lines.open_calls, "the call is taken")


def calls(board: Switchboard) -> int:
    with board.live.call() as opening:
        return len(opening.front.shop.store.calls())


def is_clean(board: Switchboard) -> bool:
    with board.live.call() as opening:
        assert not opening.front.shop.orders()
    return board.lines.open_calls == 0 and not board._running


LEAVING = {"at once": 0.0, "before the greeting": 0.05, "while it is spoken": 0.6, "after a key": 1.0}


@pytest.mark.parametrize("after_s", LEAVING.values(), ids=LEAVING.keys())
async def test_whenever_the_caller_hangs_up_the_line_is_free_again(board: Switchboard, after_s: float) -> None:
    before = asyncio.all_tasks()
    async with on_the_telephone(board) as sip, raw_phone(sip) as phone:
        await answered(board, phone)
        await asyncio.sleep(after_s)
        if after_s >= 1:
            await phone.press("9")
            await phone.speak(bytes(1600))
        phone.send("BYE")
        await eventually(lambda: phone.statuses("BYE") == [200], "the BYE is answered")
        await eventually(lambda: is_clean(board), "the line is free")
    assert calls(board) == 1
    assert asyncio.all_tasks() <= before


async def test_a_key_reaches_the_mind(board: Switchboard) -> None:
    """0 asks for a person."""
    async with on_the_telephone(board) as sip, raw_phone(sip) as phone:
        await answered(board, phone)
        await eventually(lambda: len(phone.heard) > 8000, "the greeting is heard")
        await phone.press("0")
        await phone.speak(bytes(4800))
        with board.live.call() as opening:
            store = opening.front.shop.store
            await eventually(lambda: "human" in str(store.events(store.calls()[0].call)), "it is understood")
        phone.send("BYE")
        await eventually(lambda: is_clean(board), "the line is free")


async def test_one_call_more_than_lines_hears_that_they_are_busy(board: Switchboard) -> None:
    async with (
        on_the_telephone(board) as sip,
        raw_phone(sip) as one,
        raw_phone(sip) as two,
        raw_phone(sip, "+15550101") as late,
    ):
        await answered(board, one)
        await two.call()
        await eventually(lambda: board.lines.open_calls == 2, "both lines are taken")
        await late.call()
        await eventually(lambda: late.requests("BYE"), "the shop hangs up")
        late.answer(late.requests("BYE")[0])
        assert "busy" in " ".join(board.engines.synthesizer.said)
        for phone in (one, two):
            phone.send("BYE")
        await eventually(lambda: is_clean(board), "the lines are free")


async def test_a_caller_who_vanishes_frees_the_line(board: Switchboard) -> None:
    async with on_the_telephone(board, rtp_timeout_s=1) as sip, raw_phone(sip) as phone:
        await answered(board, phone)
        await phone.speak(bytes(3200))
        await eventually(lambda: is_clean(board), "the line is free")


async def test_a_line_that_closes_says_goodbye_to_its_callers(board: Switchboard) -> None:
    async with on_the_telephone(board) as sip, raw_phone(sip) as phone:
        await answered(board, phone)
        for task in board._running:
            task.cancel()
        await eventually(lambda: phone.requests("BYE"), "the shop hangs up")
        phone.answer(phone.requests("BYE")[0])
        await eventually(lambda: is_clean(board), "the line is free")
