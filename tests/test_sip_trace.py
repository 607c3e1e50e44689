"""What is read from the stack's trace: who sent the call, and where audio was agreed on."""

from __future__ import annotations

import logging
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.channels.sip_trace import REMEMBERED, Trace, audio_address

SDP = "v=0\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"


class Told:
    """A trace and what it told."""

    def __init__(self) -> None:
        self.agreed: list[tuple[int, tuple[str, int]]] = []
        self.trace = Trace(lambda port, address: self.agreed.append((port, address)))

    def line(
        self, way: str, start: str, body: str = "", call: str = "a@b", header: str = "Call-ID", **more: str
    ) -> None:
        peer, method = more.get("peer", "198.51.100.7"), more.get("method", "INVITE")
        text = f"{way} UDP {peer}:5060 -> 192.0.2.1:5060\n{start}\r\nVia: SIP/2.0/UDP 203.0.113.1\r\n"
        text += f"{header}: {call}\r\nCSeq: 1 {method}\r\n\r\n{body}"
        self.trace.emit(logging.LogRecord("baresip.native.sip", logging.DEBUG, "", 0, "%s", (text,), None))

    def invite(self, body: str = "", **more: str) -> None:
        self.line("RX", "INVITE sip:shop@192.0.2.1 SIP/2.0", body, **more)

    def origins(self, call: str = "a@b") -> set[str]:
        traced = self.trace.of(call)
        return set() if traced is None else traced.origins


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_call_comes_from_where_the_stack_got_it(told: Told) -> None:
    told.invite()
    assert told.origins() == {"198.51.100.7"}


def test_every_address_that_used_the_call_is_known(told: Told) -> None:
    """Nobody gets in with the Call-ID of another."""
    told.invite()
    told.invite(peer="203.0.113.9")
    assert told.origins() == {"198.51.100.7", "203.0.113.9"}


def test_addresses_of_the_sixth_version_are_read(told: Told) -> None:
    told.invite(peer="[2001:db8::7]")
    assert told.origins() == {"2001:db8::7"}


@pytest.mark.parametrize("header", ["call-id", "CALL-ID ", "i"])
def test_every_way_to_write_the_header_is_known(told: Told, header: str) -> None:
    told.invite(header=header)
    assert told.origins()


def test_only_invitations_and_no_bodies_are_read(told: Told) -> None:
    told.line("RX", "OPTIONS sip:shop@192.0.2.1 SIP/2.0", method="OPTIONS")
    assert told.trace.of("a@b") is None
    told.invite("Call-ID: c@d\r\n", call="e@f")
    assert told.trace.of("c@d") is None


def test_a_flood_does_not_fill_the_memory(told: Told) -> None:
    for number in range(REMEMBERED + 10):
        told.invite(call=f"{number}@b")
    assert told.trace.of("0@b") is None
    assert told.trace.of(f"{REMEMBERED + 9}@b") is not None


def test_nor_do_long_names_of_calls(told: Told) -> None:
    told.invite(call="a" * 257)
    assert told.trace.of("a" * 257) is None
    told.invite(call="a" * 256)
    assert told.origins("a" * 256)


def test_audio_is_agreed_on_with_the_answer(told: Told) -> None:
    told.invite(SDP.format(host="198.51.100.7", port=40_000))
    assert told.agreed == []
    told.line("TX", "SIP/2.0 180 Ringing")
    assert told.agreed == []
    told.line("TX", "SIP/2.0 200 OK", SDP.format(host="192.0.2.1", port=10_002))
    assert told.agreed == [(10_002, ("198.51.100.7", 40_000))]


def test_a_later_invite_counts_when_it_is_answered(told: Told) -> None:
    """One that the stack refuses, because it belongs to no dialog, moves nothing."""
    told.invite(SDP.format(host="198.51.100.7", port=40_000))
    told.line("TX", "SIP/2.0 200 OK", SDP.format(host="192.0.2.1", port=10_002))
    told.invite(SDP.format(host="203.0.113.9", port=50_000))
    told.line("TX", "SIP/2.0 481 Call Does Not Exist")
    assert len(told.agreed) == 1


def test_an_offer_of_ours_is_answered_with_the_acknowledgement(told: Told) -> None:
    told.invite()
    told.line("TX", "SIP/2.0 200 OK", SDP.format(host="192.0.2.1", port=10_002))
    told.line("RX", "ACK sip:shop@192.0.2.1 SIP/2.0", SDP.format(host="198.51.100.7", port=40_000), method="ACK")
    assert told.agreed == [(10_002, ("198.51.100.7", 40_000))]


def test_a_call_of_ours_is_agreed_on_with_its_answer(told: Told) -> None:
    told.line("TX", "INVITE sip:desk@198.51.100.7 SIP/2.0", SDP.format(host="192.0.2.1", port=10_002))
    told.line("RX", "SIP/2.0 180 Ringing")
    assert told.agreed == []
    told.line("RX", "SIP/2.0 200 OK", SDP.format(host="198.51.100.7", port=40_000))
    told.line("RX", "SIP/2.0 200 OK", SDP.format(host="203.0.113.9", port=50_000))
    assert told.agreed == [(10_002, ("198.51.100.7", 40_000))]


def test_an_answer_that_nobody_asked_for_moves_nothing(told: Told) -> None:
    told.invite(SDP.format(host="198.51.100.7", port=40_000))
    told.line("TX", "SIP/2.0 200 OK", SDP.format(host="192.0.2.1", port=10_002))
    told.line("RX", "SIP/2.0 200 OK", SDP.format(host="203.0.113.9", port=50_000))
    assert told.agreed == [(10_002, ("198.51.100.7", 40_000))]


@pytest.mark.parametrize(
    ("sdp", "address"),
    [
        (SDP.format(host="198.51.100.7", port=40_000), ("198.51.100.7", 40_000)),
        ("c=IN IP4 1.1.1.1\nm=video 9 RTP/AVP 99\nm=audio 40 RTP/AVP 0\nc=IN IP4 2.2.2.2\n", ("2.2.2.2", 40)),
        ("c=IN IP4 1.1.1.1\nm=audio 40 RTP/AVP 0\nm=video 9 RTP/AVP 99\nc=IN IP4 2.2.2.2\n", ("1.1.1.1", 40)),
        (SDP.format(host="198.51.100.7", port=40_000).strip(), ("198.51.100.7", 40_000)),
        (SDP.format(host="0.0.0.0", port=40_000), None),
        (SDP.format(host="198.51.100.7", port=0), None),
        (SDP.format(host="198.51.100.7", port=65_536), None),
        (SDP.format(host="198.51.100.7", port="9" * 5000), None),
        (SDP.format(host="999.51.100.7", port=40_000), None),
        (SDP.format(host="198.51.100.7.7", port=40_000), None),
        (SDP.format(host="198", port=40_000), None),
        ("m=audio 40 RTP/AVP 0\n", None),
        ("", None),
    ],
)
def test_the_address_of_audio(sdp: str, address: tuple[str, int] | None) -> None:
    assert audio_address(sdp.replace("\r\n", "\n")) == address


PIECES = st.sampled_from(
    [
        "c=IN IP4 ",
        "m=audio ",
        "m=video ",
        " RTP/AVP 0",
        "\n",
        "\r\n",
        "1.2.3.4",
        "::1",
        "0",
        "65536",
        "\u0661",
        ";",
        "-",
    ]
)


@given(
    host=st.one_of(st.ip_addresses(v=4).map(str), st.text("0123456789.", max_size=20)),
    port=st.one_of(st.integers(60_000, 70_000).map(str), st.text("0123456789\u0661 ", max_size=20)),
    rest=st.lists(PIECES, max_size=9).map("".join),
)
def test_whatever_a_description_says_audio_is_sent_to_an_address_or_nowhere(host: str, port: str, rest: str) -> None:
    if (address := audio_address(f"c=IN IP4 {host}\nm=audio {port} RTP/AVP 0\n{rest}")) is not None:
        assert socket.inet_aton(address[0])
        assert 0 < address[1] < 65_536


@given(
    st.lists(st.one_of(PIECES, st.sampled_from(["RX", "TX", " ", "INVITE", "Call-ID:", "CSeq: 1 ACK"])), max_size=30)
)
def test_whatever_the_trace_says_is_read_or_passed_over(pieces: list[str]) -> None:
    text = "".join(pieces)
    told = Told()
    for body in (text, f"RX UDP 1.2.3.4:5 -> 5.6.7.8:9\nINVITE x\ni: a\nCSeq: 1 INVITE\n{text}\n\n{text}"):
        told.trace.emit(logging.LogRecord("baresip.native.sip", logging.DEBUG, "", 0, "%s", (body,), None))
    assert told.origins("a") == {"1.2.3.4"}


def test_while_it_listens_the_trace_goes_nowhere_else(told: Told) -> None:
    logger = logging.getLogger("baresip.native.sip")
    told.trace.listen()
    assert not logger.propagate
    told.trace.stop()
    assert logger.propagate
    assert told.trace not in logger.handlers
