"""Telling a person about a caller, with fake lines; tests/test_sip_briefing.py has real ones."""

from __future__ import annotations

import asyncio

import pytest

from commerce.settings import CommerceSettings
from nlu.intent import Digits, Simple
from tests.fakes import FakeChannel, FakeSynthesizer
from tests.talk import PHONE, PIN, REPLIES, YES, Talk, add
from voice.errors import TransferRefused
from voice.handing_over import RINGING, hand_over
from voice.prompt import Transfer
from voice.settings import Speech
from voice.tasks import end
from voxcart.facts import DigitGroups, fact

DESK = Transfer("sip:desk@192.0.2.7", 20.0, announced=True)
TOLD = Transfer("sip:desk@192.0.2.7", 20.0, announced=True, briefing="Ada wants tea.")


class Person(FakeChannel):
    """Somebody who is told about a caller, and takes over or not."""

    def __init__(self, connects: bool = True) -> None:
        super().__init__()
        self.connects = connects
        self.has_caller = False

    async def take_over(self) -> None:
        if not self.connects:
            raise TransferRefused("not connected")
        self.has_caller = True


class Caller(FakeChannel):
    can_announce = True

    def __init__(self, person: Person | None) -> None:
        super().__init__()
        self.takes_over = True
        self.person = person
        self.tones = bytearray()
        self.flushed = 0
        self.has_left = False

    async def consult(self, _uri: str, _ring_s: float) -> Person:
        await asyncio.sleep(0.01)
        if self.person is None:
            raise TransferRefused("busy")
        return self.person

    async def play(self, pcm: bytes) -> None:
        if not self.has_left:
            self.tones += pcm
            await asyncio.sleep(0.001)

    def flush(self) -> int:
        self.flushed += 1
        return 0


async def handed(caller: Caller, transfer: Transfer = TOLD, left: asyncio.Task[None] | None = None) -> FakeSynthesizer:
    voice = FakeSynthesizer()
    left = left or asyncio.create_task(asyncio.sleep(60))
    try:
        await hand_over(caller, transfer, voice, Speech(), left)
    finally:
        await end(left)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    return voice


async def test_the_caller_hears_it_ring_while_the_person_is_told() -> None:
    caller = Caller(Person())
    voice = await handed(caller)
    assert caller.person is not None
    assert caller.person.has_caller
    assert caller.person.hung_up
    assert voice.said == ["Ada wants tea."]
    assert caller.tones.startswith(RINGING)
    assert caller.flushed == 1


@pytest.mark.parametrize("person", [None, Person(connects=False)])
async def test_whoever_does_not_take_over_leaves_the_caller_with_us(person: Person | None) -> None:
    caller = Caller(person)
    with pytest.raises(TransferRefused):
        await handed(caller)
    assert caller.flushed == 1
    assert person is None or person.hung_up


async def test_a_line_that_is_gone_does_not_ring_for_ever() -> None:
    """To play on it takes no time."""
    caller = Caller(Person())
    caller.has_left = True
    with pytest.raises(TransferRefused, match="has left"):
        await handed(caller, left=asyncio.create_task(asyncio.sleep(0)))
    assert caller.person is not None
    assert caller.person.hung_up
    assert not caller.person.has_caller


async def test_a_line_that_cannot_announce_hands_over_at_once() -> None:
    caller = Caller(Person())
    caller.can_announce = False
    voice = await handed(caller)
    assert caller.handed_to == [TOLD.to]
    assert voice.said == []


# ---- what is told ------------------------------------------------------------------------------------------------


async def test_what_is_told_is_what_the_ticket_holds() -> None:
    talk = Talk(transfer=DESK, caller=PHONE)
    await talk.says(add("latte", 2), Simple("human"))
    transfer = talk.last.transfer
    assert transfer is not None
    assert transfer.briefing.startswith("Hello, here is the assistant of")
    assert "They asked for a person" in transfer.briefing
    assert "two" in transfer.briefing
    assert "latte" in transfer.briefing
    assert "Nothing is ordered yet" in transfer.briefing


async def test_no_pin_is_told_to_anybody() -> None:
    talk = Talk(transfer=DESK, caller=PHONE, commerce=CommerceSettings())
    number = talk.enrol()
    await talk.says(add("latte", 2), Simple("checkout"), YES, Digits(PIN))
    assert talk.state.placed is not None
    await talk.says(add("mocha"), Simple("human"))
    transfer = talk.last.transfer
    assert transfer is not None
    assert REPLIES.say((fact("briefing-customer", number=DigitGroups(number)),)) in transfer.briefing
    assert PIN not in transfer.briefing
    assert REPLIES.say((fact("ticket", number=DigitGroups(PIN)),)).split(": ")[1] not in transfer.briefing


REASONS = {
    "not understood": "I did not understand them",
    "upset": "They are not happy",
    "too expensive": "Their order is too large",
    "silence": "They no longer answer me",
    "asked": "They asked for a person",
    "offered": "They asked for a person",
}


@pytest.mark.parametrize(("reason", "said"), REASONS.items())
def test_every_reason_has_its_words(reason: str, said: str) -> None:
    assert said in REPLIES.say((fact("briefing-why", why=reason.replace(" ", "-")),))
