"""A person is called, told about the caller and given them: real stack, real telephones, real voice and ears."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.boards import quick_board
from tests.fakes import FakeSynthesizer
from tests.replacing_phone import replacing_phone
from tests.telephones import eventually
from tests.test_sip_peers import desk, line_beside
from voice.audio import RATE_HZ
from voice.channels.sip import SipListener
from voice.settings import Sip
from voxcart.build import Engines, open_engines
from voxcart.config import Config, HumanChoice, StoreChoice
from voxcart.lines import Lines
from voxcart.live_shop import LiveShop
from voxcart.phone import HOST, at_home, free_ports
from voxcart.serve import Switchboard
from voxcart.softphone import Softphone, softphone

pytestmark = [pytest.mark.device, pytest.mark.audio]


@dataclass(frozen=True)
class Shop:
    """A shop with all its models, for the tests of this file."""

    config: Config
    live: LiveShop
    engines: Engines

    @asynccontextmanager
    async def answering(self, sip: Sip, person: str, ring_s: float = 15.0) -> AsyncIterator[Switchboard]:
        human = HumanChoice(transfer_to=person, ring_s=ring_s, announced=True)
        board = Switchboard(replace(self.config, sip=sip, human=human), self.live, self.engines, Lines(2))
        async with board.answering([SipListener(sip, 8)]):
            yield board

    def heard(self, pcm: bytes) -> str:
        hearing = self.engines.recognizer.listen(())
        hearing.accept(pcm)
        return hearing.finish().text

    def last_ticket(self) -> dict[str, Any]:
        with self.live.call() as opening, opening.front.shop.store.transaction():
            return dict(opening.front.shop.store.tickets()[0])

    @property
    def said(self) -> str:
        """By the fake voice."""
        return " ".join(cast(FakeSynthesizer, self.engines.synthesizer).said)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    config = Config(base=tmp_path_factory.mktemp("briefing"), store=StoreChoice("shop.db"))
    with closing(LiveShop(config, "coffee")) as live:
        with live.call() as opening:
            engines = open_engines(config, opening.front)
        with closing(engines):
            yield Shop(config, live, engines)


@pytest.fixture
def quick_shop(tmp_path: Path) -> Iterator[Shop]:
    """With a fake voice."""
    with quick_board(tmp_path) as board:
        yield Shop(board.config, board.live, board.engines)


@pytest.fixture
def sip() -> Sip:
    return at_home(Sip(), free_ports(8))


def shop_uri(sip: Sip) -> str:
    return f"sip:shop@{sip.address}:{sip.port};transport=udp"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """What the caller and the person hear."""
    made = tmp_path / "caller", tmp_path / "person"
    for each in made:
        each.mkdir()
    return made


def is_loud(path: Path) -> bool:
    pcm = path.read_bytes() if path.exists() else b""
    samples = np.abs(np.frombuffer(pcm[: len(pcm) & ~1], "<i2").astype(np.int32))
    return int(np.count_nonzero(samples > 500)) > RATE_HZ // 4


async def test_the_person_hears_what_the_ticket_holds_and_has_the_caller(
    shop: Shop, sip: Sip, folders: tuple[Path, Path]
) -> None:
    (caller_hears, person_hears), port = folders, sip.port + 6
    async with (
        replacing_phone("person", port, person_hears) as (person, _),
        shop.answering(sip, f"sip:person@{HOST}:{port}") as board,
    ):
        await eventually(lambda: "ready" in person, "the person's telephone is on")
        async with replacing_phone("5550142", sip.port + 2, caller_hears, shop_uri(sip)) as (caller, _):
            await eventually(lambda: "sent on" in caller, "the caller is connected", patience_s=60)
            await eventually(lambda: board.lines.open_calls == 0, "our line is free")
            await eventually(lambda: is_loud(caller_hears / "call2.pcm"), "the caller hears the person")
            await eventually(lambda: is_loud(person_hears / "call2.pcm"), "the person hears the caller")
    told = shop.heard((person_hears / "call1.pcm").read_bytes())
    ticket = shop.last_ticket()
    story = json.loads(ticket["summary"])
    assert ticket["closed"] is not None
    assert (story["caller"], ticket["reason"], story["cart"]["lines"]) == ("5550142", "asked", [])
    assert "person" in told
    assert "five five five zero one four" in told
    assert "nothing in the cart" in told


@asynccontextmanager
async def a_person_is_called(
    shop: Shop, sip: Sip, folders: tuple[Path, Path], answers: str
) -> AsyncIterator[tuple[Switchboard, Softphone, Callable[[], None]]]:
    """(board, the person's telephone, how to have the caller hang up)."""
    async with (
        desk(sip, folders[1], answers) as (person, uri),
        shop.answering(sip, uri) as board,
        replacing_phone("5550142", sip.port + 2, folders[0], shop_uri(sip)) as (_, leave),
    ):
        called = "CALL_INCOMING" if answers == "manual" else "CALL_ESTABLISHED"
        await eventually(lambda: person.seen(called), "the person is called")
        yield board, person, leave


@pytest.mark.parametrize("answers", ["manual", "auto"], ids=["before it answers", "while it is told"])
async def test_a_person_who_hangs_up_leaves_the_caller_with_us(
    quick_shop: Shop, sip: Sip, folders: tuple[Path, Path], answers: str
) -> None:
    async with a_person_is_called(quick_shop, sip, folders, answers) as (board, person, _):
        await person.command("hangup")
        await eventually(lambda: "nobody can take your call" in quick_shop.said, "the caller is told")
        assert board.lines.open_calls == 1
    assert quick_shop.last_ticket()["closed"] is None


@pytest.mark.parametrize("answers", ["manual", "auto"])
async def test_a_caller_who_leaves_meanwhile_frees_the_person(
    quick_shop: Shop, sip: Sip, folders: tuple[Path, Path], answers: str
) -> None:
    async with a_person_is_called(quick_shop, sip, folders, answers) as (board, person, leave):
        leave()
        await eventually(lambda: person.seen("CALL_CLOSED"), "the person's telephone is free")
        await eventually(lambda: board.lines.open_calls == 0, "our line is free")
    assert quick_shop.last_ticket()["closed"] is None


async def test_a_caller_without_replaces_is_handed_over_at_once(
    quick_shop: Shop, sip: Sip, folders: tuple[Path, Path]
) -> None:
    async with (
        desk(sip, folders[1], "auto") as (person, uri),
        quick_shop.answering(sip, uri) as board,
        softphone(line_beside(sip), folders[0]) as caller,
    ):
        await caller.dial(shop_uri(sip))
        await eventually(lambda: caller.seen("CALL_ESTABLISHED"), "it is answered")
        await caller.command("sndcode", "0")
        await eventually(lambda: person.seen("CALL_ESTABLISHED"), "the person has the caller")
        await eventually(lambda: board.lines.open_calls == 0, "our line is free")
    assert quick_shop.last_ticket()["closed"] is not None
    assert "Here they come" not in quick_shop.said
