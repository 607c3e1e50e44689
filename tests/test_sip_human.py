"""Handing callers over by a real SIP stack to a real telephone program; with fakes for the models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.boards import quick_board, serving
from tests.telephones import eventually, open_line
from tests.test_sip_peers import desk, line_beside
from voice.settings import Sip
from voxcart.config import HumanChoice
from voxcart.serve import Switchboard
from voxcart.softphone import Softphone, softphone

pytestmark = pytest.mark.device


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Switchboard]:
    with quick_board(tmp_path) as board:
        yield board


@asynccontextmanager
async def caller_asks_for_a_person(
    board: Switchboard, folder: Path, answers: str, ring_s: float = 20.0
) -> AsyncIterator[tuple[Softphone, Softphone, Sip]]:
    """(caller, human, line): key 0 is pressed."""
    async with open_line() as (listener, sip), desk(sip, folder, answers) as (human, uri):
        choice = HumanChoice(transfer_to=uri, ring_s=ring_s)
        board = replace(board, config=replace(board.config, human=choice))
        async with serving(board, listener), softphone(line_beside(sip), folder / "caller") as caller:
            await caller.dial(f"sip:shop@{sip.address}:{sip.port};transport=udp")
            await eventually(lambda: caller.seen("CALL_ESTABLISHED"), "it is answered")
            await caller.command("sndcode", "0")
            yield caller, human, sip


def tickets(board: Switchboard) -> list[dict[str, Any]]:
    with board.live.call() as opening, opening.front.shop.store.transaction():
        return list(opening.front.shop.store.tickets())


async def test_the_human_gets_the_caller_and_the_ticket_is_done(board: Switchboard, tmp_path: Path) -> None:
    async with caller_asks_for_a_person(board, tmp_path, "auto") as (_, human, _):
        await eventually(lambda: human.seen("CALL_ESTABLISHED"), "the human has the caller", patience_s=20)
        await eventually(lambda: board.lines.open_calls == 0, "our line is free")
    assert "put you through" in " ".join(board.engines.synthesizer.said)
    [ticket] = tickets(board)
    assert ticket["closed"] is not None


async def test_a_busy_human_leaves_the_caller_with_us(board: Switchboard, tmp_path: Path) -> None:
    async with caller_asks_for_a_person(board, tmp_path, "manual") as (caller, human, _):
        await eventually(lambda: human.seen("CALL_INCOMING"), "it rings", patience_s=20)
        await human.command("hangup")
        said = board.engines.synthesizer.said
        await eventually(lambda: any("nobody can take your call" in each for each in said), "the caller is told")
        assert board.lines.open_calls == 1
        await caller.command("hangup")
        await eventually(lambda: board.lines.open_calls == 0, "our line is free")
    [ticket] = tickets(board)
    assert ticket["closed"] is None


async def test_a_human_who_lets_it_ring_is_given_up(board: Switchboard, tmp_path: Path) -> None:
    async with caller_asks_for_a_person(board, tmp_path, "manual", ring_s=2.0) as (caller, human, _):
        await eventually(lambda: human.seen("CALL_INCOMING"), "it rings", patience_s=20)
        said = board.engines.synthesizer.said
        await eventually(lambda: any("nobody can take your call" in each for each in said), "the caller is told")
        await caller.command("hangup")  # the call to the human, who is still rung at
        await caller.command("hangup")
        await eventually(lambda: board.lines.open_calls == 0, "our line is free")
    assert [each["closed"] for each in tickets(board)] == [None]


async def test_a_caller_who_leaves_while_it_rings_keeps_the_ticket(board: Switchboard, tmp_path: Path) -> None:
    async with caller_asks_for_a_person(board, tmp_path, "manual") as (caller, human, _):
        await eventually(lambda: human.seen("CALL_INCOMING"), "it rings", patience_s=20)
        await caller.command("hangup")
        await caller.command("hangup")
        await eventually(lambda: board.lines.open_calls == 0, "our line is free", patience_s=20)
    assert [each["closed"] for each in tickets(board)] == [None]
