"""The line registers at a real registrar, kamailio, stays registered, and is called through it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.registrar import registrar
from tests.telephones import Taken, eventually, next_call, raw_phone
from voice.channels.sip import SipListener
from voice.errors import LineError
from voice.settings import Sip
from voxcart.phone import at_home, free_ports

pytestmark = pytest.mark.device


def registering(port: int) -> Sip:
    return replace(at_home(Sip(), port), transports=("udp",), registrar=f"127.0.0.1:{port + 4}", register_s=60)


async def test_a_registered_line_is_called_through_the_registrar(tmp_path: Path) -> None:
    sip = registering(free_ports(6))
    async with registrar(sip.port + 4, tmp_path) as proxy:
        listener = SipListener(sip, 4, "s3cret")
        await listener.open()
        try:
            assert listener.trouble is None
            await eventually(lambda: proxy.accepted, "the registrar tells")
            assert f"@127.0.0.1:{sip.port}>" in proxy.accepted[0]
            async with raw_phone(replace(sip, port=proxy.port)) as phone:
                await phone.call_through()
                taken = Taken(await next_call(listener))
                await eventually(lambda: len(taken.frames) > 10, "the line runs")
                await taken.channel.hang_up()
                await eventually(lambda: phone.requests("BYE"), "the BYE finds its way back")
                phone.answer(phone.requests("BYE")[0])
                await taken.over()
        finally:
            await listener.close()


async def test_the_registration_is_renewed(tmp_path: Path) -> None:
    sip = replace(registering(free_ports(6)), register_s=2)
    async with registrar(sip.port + 4, tmp_path, expires=2) as proxy:
        listener = SipListener(sip, 4, "s3cret")
        await listener.open()
        try:
            await eventually(lambda: len(proxy.accepted) >= 3, "it is renewed twice")
        finally:
            await listener.close()


async def test_a_line_that_closes_signs_off(tmp_path: Path) -> None:
    sip = registering(free_ports(6))
    async with registrar(sip.port + 4, tmp_path) as proxy:
        listener = SipListener(sip, 4, "s3cret")
        await listener.open()
        await listener.close()
        await eventually(lambda: len(proxy.accepted) == 2, "it signs off")
        async with raw_phone(replace(sip, port=proxy.port)) as phone:
            phone.invite()
            await eventually(lambda: 404 in phone.statuses(), "the registrar does not know it any more")


async def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    sip = registering(free_ports(6))
    async with registrar(sip.port + 4, tmp_path):
        with pytest.raises(LineError, match="401"):
            await SipListener(sip, 4, "wrong").open()


async def test_a_registrar_that_does_not_answer_is_told() -> None:
    sip = registering(free_ports(6))
    with pytest.raises(LineError, match="could not be opened"):
        async with asyncio.timeout(20):
            await SipListener(replace(sip, registrar=f"127.0.0.1:{sip.port + 5}"), 4, "s3cret").open()


@pytest.mark.slow
async def test_a_registrar_that_goes_away_is_trouble(tmp_path: Path) -> None:
    sip = replace(registering(free_ports(6)), register_s=2)
    listener = SipListener(sip, 4, "s3cret")
    try:
        async with registrar(sip.port + 4, tmp_path, expires=2):
            await listener.open()
        await eventually(lambda: listener.trouble, "it is noticed", 40)
    finally:
        await listener.close()
