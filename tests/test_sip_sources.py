"""Who may call: where a call comes from is what the stack saw, not what the caller claims."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.telephones import Taken, eventually, next_call, open_line, raw_phone
from tests.test_sip_media import chirps, kept
from voice.audio import RATE_HZ, resample, to_pcm, to_samples
from voice.channels.sip import SipListener, caller_of
from voice.channels.sip_sources import AllowList, admit_only, hear_only
from voice.errors import LineError
from voice.settings import Sip


@pytest.mark.parametrize("address", ["192.0.2.10", "10.1.200.3", "2001:db8::7"])
def test_allowed_addresses_may_call(address: str) -> None:
    assert address in AllowList(("192.0.2.10", "10.1.0.0/16", "2001:db8::/32"))


@pytest.mark.parametrize("address", ["192.0.2.11", "10.2.0.1", "2001:db9::7"])
def test_other_addresses_may_not(address: str) -> None:
    assert address not in AllowList(("192.0.2.10", "10.1.0.0/16", "2001:db8::/32"))


def test_only_the_peer_is_heard() -> None:
    ear, peer, stranger = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
    with ear, peer, stranger:
        for each in (ear, peer, stranger):
            each.bind(("127.0.0.1", 0))
        ear.settimeout(5)
        assert hear_only(ear.getsockname()[1], peer.getsockname())
        stranger.sendto(b"no", ear.getsockname())
        peer.sendto(b"yes", ear.getsockname())
        assert ear.recv(10) == b"yes"


def test_a_port_that_is_not_there_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert not hear_only(port, ("127.0.0.1", 9))


def test_a_wrong_address_is_told() -> None:
    with pytest.raises(LineError, match=r"sip\.allow: .*300\.1\.1\.1"):
        SipListener(Sip(allow=("300.1.1.1",)), 1)


def test_only_who_is_allowed_gets_through() -> None:
    ear, listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
    guest, stranger = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with ear, listener, guest, stranger:
        for each, host in ((ear, "127.0.0.1"), (listener, "127.0.0.1"), (guest, "127.0.9.1"), (stranger, "127.0.8.1")):
            each.bind((host, 0))
        listener.listen()
        ear.settimeout(5)
        allowed = AllowList(("10.0.0.0/8", "127.0.9.0/24"))
        assert admit_only(ear.getsockname()[1], allowed)
        assert admit_only(listener.getsockname()[1], allowed)
        stranger.sendto(b"no", ear.getsockname())
        guest.sendto(b"yes", ear.getsockname())
        assert ear.recv(10) == b"yes"
        with socket.create_connection(listener.getsockname(), 5, ("127.0.9.1", 0)):
            pass
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname(), 0.5, ("127.0.8.1", 0))


@pytest.mark.device
@pytest.mark.parametrize("without", ["", "Contact"])
async def test_a_stranger_is_not_even_read(without: str) -> None:
    """The stack would not survive an INVITE without a Contact."""
    async with open_line(allow=("192.0.2.10",)) as (_, sip), raw_phone(sip) as phone:
        phone.invite(without=without)
        await asyncio.sleep(0.5)
        assert phone.messages == []


@pytest.mark.device
async def test_who_is_allowed_is_answered_and_its_word_on_the_caller_counts() -> None:
    async with open_line(allow=("127.0.0.0/8",)) as (listener, sip), raw_phone(sip, "trunk") as phone:
        phone.invite(identity='"Ada" <sip:+15550142@127.0.0.1;user=phone>')
        await eventually(lambda: 200 in phone.statuses(), "the shop answers")
        phone.send("ACK")
        assert (await next_call(listener)).caller == "+15550142"


@pytest.mark.device
async def test_the_identity_that_anybody_asserts_is_not_believed() -> None:
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        phone.invite(identity="<sip:+15550142@127.0.0.1>")
        await eventually(lambda: 200 in phone.statuses(), "the shop answers")
        phone.send("ACK")
        assert (await next_call(listener)).caller == "+15550100"


@pytest.mark.device
@pytest.mark.parametrize(("rtp_from", "share"), [("negotiated", 1.0), ("anywhere", 0.0)])
async def test_audio_of_a_stranger_is_not_heard(rtp_from: str, share: float) -> None:
    """The stack itself would hear nothing but the stranger."""
    async with open_line(rtp_from=rtp_from) as (listener, sip), raw_phone(sip) as phone, raw_phone(sip, "x") as other:
        await phone.call()
        taken = Taken(await next_call(listener))
        await phone.speak(bytes(3200))
        other.intrude(phone)
        said = chirps(1.5, 8000)
        intruding = asyncio.create_task(other.speak(chirps(1.5, 8000)[::-1]))
        await phone.speak(said)
        await intruding
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) == pytest.approx(share, abs=0.3)


@pytest.mark.device
async def test_audio_of_a_stranger_who_knows_the_callers_numbers_is_not_heard() -> None:
    """Nor do its keys count: it takes the source of the audio, and is ahead in numbers and times."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone, raw_phone(sip, "x") as other:
        await phone.call()
        taken = Taken(await next_call(listener))
        await phone.speak(bytes(3200))
        other.intrude(phone)
        other.source = phone.source
        said, intruded = chirps(1.5, 8000), chirps(1.5, 8000)[::-1]
        intruding = asyncio.create_task(other.speak(intruded))
        await phone.speak(said)
        await intruding
        await other.press("9")
        await phone.press("5")
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7
        assert kept(intruded, heard, 800) == 0
        assert taken.keys == "5"


@pytest.mark.device
async def test_the_caller_is_heard_from_where_it_moves() -> None:
    """A new INVITE in the call names another port for audio."""
    async with open_line() as (listener, sip), raw_phone(sip) as phone:
        await phone.call()
        taken = Taken(await next_call(listener))
        await phone.speak(bytes(3200))
        await phone.move()
        await phone.turn("sendrecv")
        said = chirps(1, 8000)
        await phone.speak(said)
        await phone.speak(bytes(4800))
        heard = to_pcm(resample(to_samples(taken.pcm), RATE_HZ, 8000))
        assert kept(said, heard, 800) >= 0.7


@pytest.mark.parametrize(
    ("uri", "caller"),
    [
        ("sip:+15550100@192.0.2.10:5060", "+15550100"),
        ('"Ada" <sip:ada@192.0.2.10>', "ada"),
        ("tel:+15550100", "+15550100"),
        ("sips:100;user=phone@pbx", "100"),
        ("sip:anonymous@anonymous.invalid", None),
        ("sip:192.0.2.10", None),
        ("", None),
    ],
)
def test_the_caller_is_the_user_of_the_address(uri: str, caller: str | None) -> None:
    assert caller_of(uri) == caller
