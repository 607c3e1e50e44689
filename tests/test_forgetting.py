"""What calls leave behind and for how long. Never an order."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce.commands import CloseTicket, OpenTicket, OrderPlaced, PlaceOrder, TicketOpened
from commerce.contacts import KeepAlert
from commerce.restrictions import StateAge
from commerce.shop import Shop
from tests.boards import quick_board
from tests.commandline import runner
from tests.small_shop import Caller, StandingClock, open_kiosk
from tests.telephones import eventually
from voice.recording import forget_recordings
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.serve import Switchboard

DAY = timedelta(days=1)


def count(shop: Shop, table: str) -> int:
    return len(shop.store._rows(f"SELECT * FROM {table}"))


def test_what_a_conversation_left_behind_goes_and_orders_stay() -> None:
    clock = StandingClock()
    shop = open_kiosk(clock=clock)
    buyer, leaver = Caller(shop, "buyer"), Caller(shop, "leaver")
    for caller in (buyer, leaver):
        caller.add("water")
    assert isinstance(buyer.say(PlaceOrder(buyer.confirmed_quote().id)), OrderPlaced)
    done, waits = (leaver.say(OpenTicket("leaver", "asked", "{}")) for _ in range(2))
    assert isinstance(done, TicketOpened)
    assert isinstance(waits, TicketOpened)
    leaver.say(CloseTicket(done.number))
    clock.move(days=30)
    young = Caller(shop, "young")
    young.add("water")

    assert shop.store.forget_conversations(clock() - 31 * DAY) == 0
    assert shop.store.forget_conversations(clock() - 29 * DAY) == 1
    assert {row["id"] for row in shop.store._rows("SELECT id FROM carts")} == {"buyer", "young"}
    assert {row["cart"] for row in shop.store._rows("SELECT cart FROM cart_versions")} == {"buyer", "young"}
    assert [row["number"] for row in shop.store.tickets()] == [waits.number], "somebody still has to call back"
    assert count(shop, "orders") == count(shop, "order_lines") == 1
    assert shop.orders()[0].lines[0].product == "water"
    young.add("water")


def test_the_answer_to_a_young_command_stays() -> None:
    clock = StandingClock()
    shop = open_kiosk(clock=clock)
    Caller(shop, "one").add("water")
    before = count(shop, "commands")
    shop.store.forget_conversations(clock() - DAY)
    assert count(shop, "commands") == before > 0
    clock.move(days=2)
    shop.store.forget_conversations(clock() - DAY)
    assert count(shop, "commands") == 0


def aged(path: Path, days: float) -> Path:
    path.write_bytes(b"sound")
    at = (datetime(2031, 1, 31, tzinfo=UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path


def test_old_recordings_are_deleted_with_their_notes(tmp_path: Path) -> None:
    for name, days in (("call-old", 31), ("call-young", 29), ("holiday", 400)):
        aged(tmp_path / f"{name}.wav", days)
        aged(tmp_path / f"{name}.json", days)
    before = datetime(2031, 1, 1, tzinfo=UTC).timestamp()
    assert forget_recordings(tmp_path, before) == 1
    assert sorted(path.stem for path in tmp_path.glob("*.wav")) == ["call-young", "holiday"]
    assert sorted(path.stem for path in tmp_path.glob("*.json")) == ["call-young", "holiday"]
    assert forget_recordings(tmp_path, before) == 0


def test_where_nothing_was_recorded_there_is_nothing_to_delete(tmp_path: Path) -> None:
    assert forget_recordings(tmp_path / "nowhere", 0.0) == 0


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Switchboard]:
    with quick_board(tmp_path) as board:
        yield board


async def test_a_line_that_runs_forgets(board: Switchboard) -> None:
    folder = board.config.path(board.config.voice.recording.folder)
    folder.mkdir(parents=True)
    old = aged(folder / "call-old.wav", 10_000)
    async with board.answering([]):
        await eventually(lambda: not old.exists(), "the old recording is gone")


async def test_what_cannot_be_forgotten_keeps_nobody_from_calling(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("voxcart.serve.forget_all", fails)
    async with board.answering([]) as arriving:
        await asyncio.sleep(0.05)
        assert arriving == []


def test_the_command_tells_how_many_of_each_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the clock of the machine: what is left there was left long ago."""
    called = runner(monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)
    long_ago = datetime.now(UTC) - 100 * DAY
    with closing(open_shop(load_config(), clock=lambda: long_ago)) as front:
        caller = Caller(front.shop)
        caller.add("latte")
        caller.say(KeepAlert(("latte",), "15550100", "call-1"))
        caller.say(StateAge("call-1", 18, old_enough=True))
        front.shop.store.append_event("call-1", "call-1/1", "turn", {})
    recordings = tmp_path / load_config().voice.recording.folder
    recordings.mkdir(parents=True)
    old = recordings / "call-1.wav"
    old.write_bytes(b"")
    os.utime(old, (long_ago.timestamp(), long_ago.timestamp()))
    (tmp_path / "config.toml").write_text("[voice.recording]\nkeep_days = 30\n", "utf-8")
    told = json.loads(called("forget", "--json").out)
    assert told == {"events": 1, "carts": 1, "alerts": 1, "recordings": 1}
    assert not old.exists()
    assert called("forget").out.strip() == "events: 0, carts: 0, alerts: 0, recordings: 0 removed."
