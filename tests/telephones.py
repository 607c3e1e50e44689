"""Telephones for tests: one of a few lines that can do wrong on purpose, and lines on ports that are free."""

from __future__ import annotations

import asyncio
import random
import re
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from voice.audio import Frame, mulaw_to_pcm, pcm_to_mulaw
from voice.channels import Keys
from voice.channels.live import Listener
from voice.channels.sip import SipChannel, SipListener
from voice.settings import Sip
from voxcart.phone import at_home, free_ports
from voxcart.softphone import until

L = TypeVar("L", bound=Listener)
HOST = "127.0.0.1"
PATIENCE_S = 10.0
PACKET = 160
SDP = (
    "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={direction}\r\n"
)


async def eventually(condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until it is true; fail naming it."""
    assert await until(condition, patience_s), f"waited {patience_s} s in vain: {what}"


@asynccontextmanager
async def opened(listener: L) -> AsyncIterator[L]:
    await listener.open()
    try:
        yield listener
    finally:
        await listener.close()


@asynccontextmanager
async def open_line(most: int = 8, **changes: Any) -> AsyncIterator[tuple[SipListener, Sip]]:
    """A line on this machine; `changes` are settings."""
    settings = replace(at_home(Sip(), free_ports(6)), **changes)
    async with opened(SipListener(settings, most)) as listener:
        yield listener, settings


class Taken:
    """What comes over an answered call, taken as it comes."""

    def __init__(self, channel: SipChannel) -> None:
        self.channel = channel
        self.frames: list[Frame] = []
        self.times: list[float] = []
        self.keys = ""
        self.task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for item in self.channel.frames():
            match item:
                case Frame():
                    self.frames.append(item)
                    self.times.append(perf_counter())
                case Keys(digits):
                    self.keys += digits

    @property
    def pcm(self) -> bytes:
        return b"".join(frame.pcm for frame in self.frames)

    def is_standing(self) -> bool:
        return bool(self.times) and perf_counter() - self.times[-1] > 0.2

    async def over(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.task


async def next_call(listener: SipListener) -> SipChannel:
    async with asyncio.timeout(PATIENCE_S):
        return await anext(listener.calls())


class RawPhone(asyncio.DatagramProtocol):
    """SIP and RTP by hand, over UDP. `messages` is what came back, `rtp` what was heard."""

    def __init__(self, sip: Sip, user: str = "+15550100", host: str = HOST) -> None:
        self.messages: list[str] = []
        self.heard = bytearray()
        self.arrivals: list[tuple[float, bytes]] = []
        """When each packet of audio came, and what was in it."""
        self.dialog = random.Random().randbytes(6).hex()
        self._target = (sip.address, sip.port)
        self._user = user
        self._host = host
        self._their_tag = ""
        self._sequence = 1
        self._version = 1
        self._signal: asyncio.DatagramTransport
        self._media: asyncio.DatagramTransport
        self._their_rtp = (HOST, 0)
        self._timestamp = self._packet = 0
        self.source = random.Random(user).getrandbits(32)
        self._last = b""
        self._route: list[str] = []
        self._remote = ""

    async def plug_in(self) -> RawPhone:
        loop = asyncio.get_running_loop()
        self._signal, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, 0))
        self._media, _ = await loop.create_datagram_endpoint(
            lambda: _Ear(self.heard, self.arrivals), local_addr=(HOST, 0)
        )
        return self

    def unplug(self) -> None:
        self._signal.close()
        self._media.close()

    @property
    def port(self) -> int:
        return int(self._signal.get_extra_info("sockname")[1])

    @property
    def rtp_port(self) -> int:
        return int(self._media.get_extra_info("sockname")[1])

    @property
    def their_rtp_port(self) -> int:
        return self._their_rtp[1]

    def datagram_received(self, data: bytes, _addr: object) -> None:
        text = data.decode("utf-8", "replace")
        self.messages.append(text)
        if found := re.search(r"^To:.*;tag=([^\s;]+)", text, re.M):
            self._their_tag = self._their_tag or found[1]
        if text.startswith("SIP/2.0 200") and (found := re.search(r"^m=audio (\d+)", text, re.M)):
            self._their_rtp = (HOST, int(found[1]))

    def statuses(self, method: str = "INVITE") -> list[int]:
        found = (re.match(r"SIP/2.0 (\d+).*^CSeq: \d+ (\w+)", text, re.M | re.S) for text in self.messages)
        return [int(each[1]) for each in found if each and each[2] == method]

    def requests(self, method: str) -> list[str]:
        return [text for text in self.messages if text.startswith(method + " ")]

    def send(
        self, method: str, body: str = "", *more: str, user: str = "shop", uri: str = "", without: str = ""
    ) -> None:
        """A request; `without`: the name of a header that it lacks. ACK and CANCEL belong to the last INVITE."""
        if method not in ("ACK", "CANCEL"):
            self._sequence += 1
        branch = f"z9hG4bK{self.dialog}{self._sequence}{'a' * (method == 'ACK')}"
        tag = f";tag={self._their_tag}" if self._their_tag and method != "CANCEL" else ""
        lines = [
            f"{method} {uri or self._remote or f'sip:{user}@{self._target[0]}:{self._target[1]}'} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._host}:{self.port};branch={branch};rport",
            f"From: <sip:{self._user}@{HOST}:{self.port}>;tag={self.dialog}",
            f"To: <sip:{user}@{self._target[0]}>{tag}",
            f"Call-ID: {self.dialog}@{HOST}",
            f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:{self._user}@{self._host}:{self.port}>",
            "Max-Forwards: 70",
            *self._route,
            *more,
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        if without:
            lines = [line for line in lines if not line.startswith(without)]
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self._last = text.encode()
        self._signal.sendto(self._last, self._target)

    def repeat(self) -> None:
        """Send the last request again, as if it had been lost."""
        self._signal.sendto(self._last, self._target)

    def answer(self, request: str, status: str = "200 OK") -> None:
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*$", request, re.M)
        text = "\r\n".join([f"SIP/2.0 {status}", *(line.rstrip() for line in kept), "Content-Length: 0", "", ""])
        self._signal.sendto(text.encode(), self._target)

    def invite(self, direction: str = "sendrecv", user: str = "shop", identity: str = "", without: str = "") -> None:
        sdp = SDP.format(port=self.rtp_port, direction=direction, version=self._version)
        self._version += 1
        self.send(
            "INVITE", sdp, *([f"P-Asserted-Identity: {identity}"] if identity else []), user=user, without=without
        )

    async def call(self, user: str = "shop") -> None:
        """Until the shop has answered."""
        self.invite(user=user)
        await eventually(lambda: 200 in self.statuses(), "the shop answers")
        self.send("ACK")

    async def call_through(self) -> None:
        """Through a proxy that stays in between."""
        self.invite()
        await eventually(lambda: 200 in self.statuses(), "the shop answers")
        self.accept()

    def accept(self) -> None:
        """Acknowledge the answer. This and what follows goes the way that a proxy wrote into it."""
        answer = next(text for text in self.messages if text.startswith("SIP/2.0 200"))
        route = [f"Route: {hop.strip()}" for hop in re.findall(r"^Record-Route:(.*)$", answer, re.M)]
        contact = re.search(r"^Contact: *<?([^>\r]+)", answer, re.M)
        self._route, self._remote = route[::-1], contact[1] if contact else ""
        self.send("ACK")

    async def turn(self, direction: str) -> None:
        """Hold ("sendonly") or go on ("sendrecv")."""
        answers = self.statuses().count(200)
        self.invite(direction)
        await eventually(lambda: self.statuses().count(200) > answers, "the change is accepted")
        self.send("ACK")

    def packet(
        self,
        payload: bytes,
        kind: int = 0,
        marker: bool = False,
        lost: bool = False,
        delay_s: float = 0.0,
        times: int = 1,
    ) -> None:
        """One RTP packet of 20 ms; a lost one counts but is not sent."""
        self._packet += 1
        self._timestamp += PACKET if kind == 0 else 0
        if not lost:
            head = struct.pack("!BBHII", 0x80, kind | marker << 7, self._packet & 0xFFFF, self._timestamp, self.source)
            send = partial(self.scribble, head + payload)
            for _ in range(times):
                if delay_s:
                    asyncio.get_running_loop().call_later(delay_s, send)
                else:
                    send()

    def scribble(self, packet: bytes) -> None:
        """Send what may be no audio at all to where audio goes."""
        if not self._media.is_closing():
            self._media.sendto(packet, self._their_rtp)

    def intrude(self, on: RawPhone) -> None:
        """Send audio to where another telephone sends it, with numbers and times far ahead."""
        self._their_rtp = on._their_rtp
        self._packet, self._timestamp = 1000, 160_000

    async def move(self) -> None:
        """Send and take audio at another port from now on."""
        self._media.close()
        make = asyncio.get_running_loop().create_datagram_endpoint
        self._media, _ = await make(lambda: _Ear(self.heard, self.arrivals), local_addr=(HOST, 0))

    async def speak(
        self,
        pcm: bytes,
        lost: Callable[[int], bool] = lambda _number: False,
        delay_s: Callable[[int], float] = lambda _number: 0.0,
        times: int = 1,
    ) -> None:
        """8 kHz audio in real time; packets by their number may be lost or late, and each is sent so many times."""
        encoded, loop = pcm_to_mulaw(pcm), asyncio.get_running_loop()
        began = loop.time()
        for number, at in enumerate(range(0, len(encoded), PACKET)):
            await asyncio.sleep(max(0.0, began + number * 0.02 - loop.time()))
            self.packet(encoded[at : at + PACKET], lost=lost(number), delay_s=delay_s(number), times=times)

    async def press(self, digit: str, ends: int = 3, held_ms: int = 100, late: bool = False) -> None:
        """RFC 4733: the key, its end told `ends` times; `late`: a report of the key comes after its end."""
        event, steps = "0123456789*#ABCD".index(digit), held_ms // 20
        for step in range(1, steps + 1):
            self.packet(struct.pack("!BBH", event, 10, step * PACKET), kind=101, marker=step == 1)
            await asyncio.sleep(0.02)
        for _ in range(ends):
            self.packet(struct.pack("!BBH", event, 0x80 | 10, (steps + 1) * PACKET), kind=101)
        if late:
            self.packet(struct.pack("!BBH", event, 10, steps * PACKET), kind=101)
        self._timestamp += (steps + 3) * PACKET

    @property
    def heard_pcm(self) -> bytes:
        """8 kHz."""
        return mulaw_to_pcm(bytes(self.heard))


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, heard: bytearray, arrivals: list[tuple[float, bytes]]) -> None:
        self._heard = heard
        self._arrivals = arrivals

    def datagram_received(self, data: bytes, _addr: object) -> None:
        if data[1] & 0x7F == 0:
            self._heard += data[12:]
            self._arrivals.append((perf_counter(), data[12:]))


@asynccontextmanager
async def raw_phone(sip: Sip, user: str = "+15550100", host: str = HOST) -> AsyncIterator[RawPhone]:
    """`host`: where its signalling stands; its audio stands at HOST."""
    phone = await RawPhone(sip, user, host).plug_in()
    try:
        yield phone
    finally:
        phone.unplug()
