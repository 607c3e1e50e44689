"""How calls begin and end, on a real stack, against a telephone that can do wrong on purpose."""

from __future__ import annotations

import asyncio

import pytest

from tests.telephones import Taken, eventually, next_call, open_line, raw_phone
from voice.channels.sip import SipListener
from voice.errors import LineError
from voice.settings import Sip

pytestmark = pytest.mark.device


async def test_a_call_is_answered_and_known_by_its_number() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        channel = await next_call(listener)
        assert channel.caller == "+15550100"


async def test_any_user_of_the_address_is_the_shop() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call(user="whoever")
        await next_call(listener)


async def test_the_caller_is_not_invited_again() -> None:
    """The stack would send a second INVITE 100 ms after the answer if its account had video."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await eventually(lambda: len(taken.frames) > 30, "600 ms pass")
        assert phone.requests("INVITE") == []


async def test_the_caller_hangs_up() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await eventually(lambda: taken.frames, "the line runs")
        phone.send("BYE")
        await taken.over()
        await taken.channel.hang_up()
        assert phone.statuses("BYE") == [200]
        assert phone.requests("BYE") == []


async def test_the_shop_hangs_up() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await taken.channel.hang_up()
        await eventually(lambda: phone.requests("BYE"), "a BYE comes")
        phone.answer(phone.requests("BYE")[0])
        await taken.over()


async def test_playing_to_a_caller_who_has_left_ends_at_once() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        playing = asyncio.create_task(taken.channel.play(bytes(32_000 * 60)))
        await eventually(lambda: phone.heard, "the shop speaks")
        phone.send("BYE")
        async with asyncio.timeout(5):
            await playing
            await taken.channel.drain()
        assert taken.channel.flush() == 0


async def test_a_call_given_up_before_the_answer_is_acknowledged_is_not_taken() -> None:
    """BYE in place of ACK."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        phone.invite()
        await eventually(lambda: 200 in phone.statuses(), "the shop answers")
        phone.send("BYE")
        await eventually(lambda: 200 in phone.statuses("BYE"), "the BYE is answered")
        async with raw_phone(sip, "+15550101") as other:
            await other.call()
            assert (await next_call(listener)).caller == "+15550101"


async def test_cancel_after_the_answer_changes_nothing() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        phone.send("CANCEL")
        await eventually(lambda: phone.statuses("CANCEL"), "the CANCEL is answered")
        await eventually(lambda: len(taken.frames) > 10, "the line runs")


async def test_a_call_cancelled_at_once_leaves_the_line_free() -> None:
    async with open_line(most=1) as (listener, sip):
        async with raw_phone(sip) as phone:
            phone.invite()
            phone.send("CANCEL")
            await eventually(lambda: phone.statuses("CANCEL"), "the CANCEL is answered")
            await eventually(lambda: {200, 487} & set(phone.statuses()), "the INVITE is answered")
            if 200 in phone.statuses():  # the answer was faster
                phone.send("ACK")
                phone.send("BYE")
                await eventually(lambda: phone.statuses("BYE"), "the BYE is answered")
        async with raw_phone(sip, "+15550101") as other:
            await other.call()
            while (await next_call(listener)).caller != "+15550101":
                pass


async def test_a_repeated_invite_is_the_same_call() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        phone.invite()
        phone.repeat()
        phone.repeat()
        await eventually(lambda: 200 in phone.statuses(), "the shop answers")
        phone.send("ACK")
        taken = Taken(await next_call(listener))
        await eventually(lambda: len(taken.frames) > 20, "the line runs")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await anext(listener.calls())


async def test_one_call_too_many_hears_the_busy_tone() -> None:
    async with open_line(most=1) as (listener, sip), raw_phone(sip) as phone, raw_phone(sip) as other:
        await phone.call()
        await next_call(listener)
        other.invite()
        await eventually(lambda: 486 in other.statuses(), "the second call is refused")


async def test_options_are_answered() -> None:
    async with open_line() as (_, sip), raw_phone(sip) as phone:
        phone.send("OPTIONS")
        await eventually(lambda: phone.statuses("OPTIONS") == [200], "OPTIONS are answered")


async def test_a_caller_cannot_make_the_shop_call_somebody() -> None:
    """REFER is how a call is handed over; a caller who sends one would ring at the shop's cost."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone, raw_phone(sip) as victim:
        await phone.call()
        taken = Taken(await next_call(listener))
        phone.send("REFER", "", f"Refer-To: <sip:victim@127.0.0.1:{victim.port}>")
        await eventually(lambda: phone.statuses("REFER"), "the REFER is answered")
        frames = len(taken.frames)
        await eventually(lambda: len(taken.frames) > frames + 30, "600 ms pass")
        assert victim.messages == []


async def test_a_caller_who_vanishes_is_let_go() -> None:
    assert 0 < Sip().rtp_timeout_s <= 30
    async with open_line(rtp_timeout_s=1) as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await phone.speak(bytes(3200))
        await taken.over()


async def test_draining_refuses_new_calls_and_lets_those_that_run_finish() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone, raw_phone(sip) as late:
        await phone.call()
        taken = Taken(await next_call(listener))
        await listener.drain()
        late.invite()
        await eventually(lambda: 486 in late.statuses(), "the late call is refused")
        assert [call async for call in listener.calls()] == []
        frames = len(taken.frames)
        await eventually(lambda: len(taken.frames) > frames, "the call goes on")


async def test_an_address_in_use_is_told() -> None:
    async with open_line() as (_, sip):
        other = SipListener(sip, 1)
        with pytest.raises(LineError, match="could not be opened"):
            await other.open()


async def test_a_line_can_be_opened_again() -> None:
    for _ in range(2):
        async with open_line() as (listener, sip), raw_phone(sip) as phone:
            await phone.call()
            await next_call(listener)


async def test_nothing_is_left_when_a_line_closes_in_the_middle_of_a_call() -> None:
    before = asyncio.all_tasks()
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await eventually(lambda: taken.frames, "the line runs")
        taken.task.cancel()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - before - {taken.task} == set()
