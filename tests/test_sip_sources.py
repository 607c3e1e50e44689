"""Who may call: where a call comes from is what the stack saw, not what the caller claims."""

from __future__ import annotations

import logging

import pytest

from tests.telephones import eventually, next_call, open_line, raw_phone
from voice.channels.sip import SipListener, caller_of
from voice.channels.sip_sources import REMEMBERED, Sources
from voice.errors import LineError
from voice.settings import Sip


def received(sources: Sources, address: str, call: str, header: str = "Call-ID", method: str = "INVITE") -> None:
    text = f"RX UDP {address}:5060 -> 192.0.2.1:5060\n{method} sip:shop@192.0.2.1 SIP/2.0\r\n"
    text += f"Via: SIP/2.0/UDP 198.51.100.1\r\n{header}: {call}\r\nContent-Length: 0\r\n\r\nCall-ID: body\r\n"
    sources.emit(logging.LogRecord("baresip.native.sip", logging.DEBUG, "", 0, "%s", (text,), None))


@pytest.mark.parametrize("address", ["192.0.2.10", "10.1.200.3", "[2001:db8::7]"])
def test_allowed_addresses_may_call(address: str) -> None:
    sources = Sources(("192.0.2.10", "10.1.0.0/16", "2001:db8::/32"))
    received(sources, address, "a@b")
    assert sources.allows("a@b")


@pytest.mark.parametrize("address", ["192.0.2.11", "10.2.0.1", "[2001:db9::7]"])
def test_other_addresses_may_not(address: str) -> None:
    sources = Sources(("192.0.2.10", "10.1.0.0/16", "2001:db8::/32"))
    received(sources, address, "a@b")
    assert sources.knows("a@b")
    assert not sources.allows("a@b")


def test_a_call_that_was_not_seen_may_not() -> None:
    assert not Sources(("0.0.0.0/0",)).allows("a@b")


def test_nobody_gets_in_with_the_call_of_another() -> None:
    sources = Sources(("192.0.2.10",))
    received(sources, "192.0.2.10", "a@b")
    received(sources, "203.0.113.9", "a@b")
    assert not sources.allows("a@b")


@pytest.mark.parametrize("header", ["call-id", "CALL-ID ", "i"])
def test_every_way_to_write_the_header_is_known(header: str) -> None:
    sources = Sources(("192.0.2.10",))
    received(sources, "192.0.2.10", "a@b", header)
    assert sources.allows("a@b")


def test_only_invitations_count_and_the_body_is_not_read() -> None:
    sources = Sources(("192.0.2.10",))
    received(sources, "192.0.2.10", "a@b", method="OPTIONS")
    received(sources, "192.0.2.10", "c@d")
    assert not sources.knows("a@b")
    assert not sources.knows("body")


def test_a_flood_does_not_fill_the_memory() -> None:
    sources = Sources(("192.0.2.10",))
    for number in range(REMEMBERED + 10):
        received(sources, "203.0.113.9", f"{number}@b")
    assert not sources.knows("0@b")
    assert sources.knows(f"{REMEMBERED + 9}@b")


def test_a_wrong_address_is_told() -> None:
    with pytest.raises(LineError, match=r"sip\.allow: .*300\.1\.1\.1"):
        SipListener(Sip(allow=("300.1.1.1",)), 1)


@pytest.mark.device
async def test_a_stranger_is_refused() -> None:
    async with open_line(allow=("192.0.2.10",)) as (_, sip), raw_phone(sip) as phone:
        phone.invite()
        await eventually(lambda: 486 in phone.statuses(), "the call is refused")
        assert 200 not in phone.statuses()


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
