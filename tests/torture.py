"""The messages of RFC 4475, invitations by hand, the proxy of docs/kamailio.cfg, and ways to be another sender."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from tests.kamailio import Kamailio, kamailio
from tests.telephones import open_line
from voice.channels.sip import SipListener
from voice.settings import Sip

MESSAGES = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "rfc4475").glob("*.dat"))}
PROXY_CONFIG = Path(__file__).parent.parent / "docs" / "kamailio.cfg"
PROXY_HOST = "127.0.0.2"
DOCUMENTED = ("192.0.2.10:5060", "192.0.2.20:5060")
"""The proxy and the line, as the document has them."""


INVITE = (
    "INVITE sip:shop@127.0.0.1 SIP/2.0\r\nContact: <sip:x@127.0.0.1:{port}>\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n};rport\r\nFrom: <sip:x@127.0.0.1:{port}>;tag={n}\r\n"
    "To: <sip:shop@127.0.0.1>\r\nCall-ID: {n}@x\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
    "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
)
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
)


def invitation(number: int, port: int, sdp: str = SDP) -> bytes:
    return INVITE.format(n=number, port=port, length=len(sdp), sdp=sdp).encode()


@asynccontextmanager
async def guarded(sip: Sip, port: int, folder: Path) -> AsyncIterator[tuple[Sip, Kamailio]]:
    """The line behind the documented proxy: where to call now, and the proxy."""
    text = PROXY_CONFIG.read_text("utf-8")
    for documented, real in zip(DOCUMENTED, (f"{PROXY_HOST}:{port}", f"{sip.address}:{sip.port}"), strict=True):
        assert text.count(documented) == 1
        text = text.replace(documented, real)
    async with kamailio(text, port, folder) as proxy:
        yield replace(sip, address=PROXY_HOST, port=port), proxy


@asynccontextmanager
async def behind_proxy(folder: Path) -> AsyncIterator[tuple[SipListener, Sip, Kamailio]]:
    """A line that allows the documented proxy alone; where to call it, and the proxy."""
    async with (
        open_line(allow=(PROXY_HOST,)) as (listener, sip),
        guarded(sip, sip.port + 4, folder) as (outside, proxy),
    ):
        yield listener, outside, proxy


def send(message: bytes, to: tuple[str, int], transport: str, host: str, wait_s: float) -> bytes:
    """From that address; what came back within that time. A stranger's TCP connection comes about or not.

    Over UDP the sender is at port 5060, where the answer to most of these messages goes.
    """
    if transport == "udp":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((host, 5060))
            wire.sendto(message, to)
            return _heard(wire, wait_s)
    with suppress(OSError), socket.create_connection(to, wait_s, (host, 0)) as wire:
        wire.sendall(message)
        return _heard(wire, wait_s)
    return b""


def _heard(wire: socket.socket, wait_s: float) -> bytes:
    found, until = bytearray(), perf_counter() + wait_s
    while (rest := until - perf_counter()) > 0:
        wire.settimeout(rest)
        try:
            piece = wire.recv(65_536)
        except OSError:
            break
        if not piece and wire.type == socket.SOCK_STREAM:
            break
        found += piece
    return bytes(found)
