"""How do our parsers, and the line, take mutated SIP, SDP and RTP? (CHECKS.md row 19)

`parse`: what the stack's trace and its events bring us is mutated and read, as often as the time allows; anything
raised counts, and so does an address of audio that no socket would take. `wire`: mutated SIP and RTP of a stranger is
sent at a line in a process of its own while a call talks, and then another call follows.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from benchmarks import report
from benchmarks.sip_flood import TALKER, answered_ms, child, line_of, verdict
from benchmarks.sip_load import rss_mib
from tests.telephones import raw_phone
from tests.torture import MESSAGES, SDP, invitation
from voice.audio import hiss
from voice.channels.sip import caller_of
from voice.channels.sip_keys import Presses
from voice.channels.sip_trace import LAST_PORT, LOGGER, Address, Trace
from voice.settings import Sip
from voxcart.phone import at_home

STRANGER = "127.0.8.1"
LONGEST = 65_535
TOKENS = (
    b"<sip:",
    b"sip:",
    b";",
    b"@",
    b"\r\n",
    b"i:",
    b"m=audio 1 RTP/AVP 0\n",
    b"c=IN IP4 1.2.3.4\n",
    b"9",
    b"\0",
    b'"',
)
ANSWER = invitation(1, 9).replace(b"INVITE sip:shop@127.0.0.1 SIP/2.0", b"SIP/2.0 200 OK")
SEEDS = (*MESSAGES.values(), invitation(1, 9), ANSWER, invitation(1, 9).replace(b"INVITE", b"ACK"), SDP.encode())


def mutated(chance: random.Random) -> bytes:
    packet = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(packet) or 1)
        match chance.randrange(5):
            case 0:
                packet[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
            case 1:
                del packet[at : at + chance.randint(1, 40)]
            case 2:
                packet[at:at] = packet[at : at + chance.randint(1, 200)]
            case 3:
                packet[at:at] = chance.choice(TOKENS)
            case _ if chance.random() < 0.02:
                token = chance.choice(TOKENS)
                packet[at:at] = token * (chance.randint(1, LONGEST) // len(token))
    return bytes(packet[:LONGEST])


def mutated_rtp(chance: random.Random) -> bytes:
    """Audio, or a key of RFC 4733, cut or with some bytes changed."""
    kind = chance.choice((0, 8, 9, 101))
    head = struct.pack("!BBHII", 0x80, kind, *(chance.getrandbits(bits) for bits in (16, 32, 32)))
    packet = bytearray(head + chance.randbytes(4 if kind == 101 else 160))
    for _ in range(chance.randint(0, 4)):
        packet[chance.randrange(len(packet))] = chance.randrange(256)
    return bytes(packet[: chance.randint(0, len(packet))])


class Parsers:
    """Everything of ours that reads what a caller sent, once for each packet."""

    def __init__(self) -> None:
        self.raised: Counter[str] = Counter()
        self._trace = Trace(self._agreed)
        self._presses = Presses()

    def read(self, packet: bytes, now: float) -> None:
        text = packet.decode("utf-8", "replace")
        try:
            for way in ("RX", "TX"):
                told = (f"{way} UDP 127.0.0.1:5060 -> 127.0.0.1:5061\n{text}",)
                self._trace.emit(logging.LogRecord(LOGGER, logging.DEBUG, "", 0, "%s", told, None))
            caller_of(text)
            self._presses.down(text[:1], now)
            self._presses.up(now)
        except Exception as error:
            self.raised[repr(error)[:80]] += 1

    def _agreed(self, port: int, address: Address) -> None:
        socket.inet_aton(address[0])
        assert all(0 < each <= LAST_PORT for each in (port, address[1]))


def parse(seconds: float, chance: random.Random) -> dict[str, object]:
    parsers, took = Parsers(), []
    before, until = rss_mib(os.getpid()), time.perf_counter() + seconds
    while time.perf_counter() < until:
        packet = mutated(chance)
        began = time.perf_counter()
        parsers.read(packet, began)
        took.append(time.perf_counter() - began)
    grown = rss_mib(os.getpid()) - before - len(took) * 32 // 2**20
    p50, p99, most = np.percentile(took, (50, 99, 100)) * 1e6
    return {
        "what": "parse",
        "packets": len(took),
        "a_second": round(len(took) / sum(took)),
        "p50_us": round(float(p50)),
        "p99_us": round(float(p99)),
        "max_us": round(float(most)),
        "raised": sum(parsers.raised.values()),
        "rss_mib_more": grown,
        "kinds": dict(parsers.raised),
    }


def strangers_packets(chance: random.Random, where: Sip, rtp_port: int) -> Iterator[tuple[bytes, tuple[str, int]]]:
    while True:
        yield mutated(chance)[:60_000], (where.address, where.port)
        yield mutated_rtp(chance), (where.address, rtp_port)


def shower(chance: random.Random, where: Sip, rtp_port: int, seconds: float) -> tuple[int, int]:
    """How many were sent in that time, and how many answers came."""
    sent, until = 0, time.perf_counter() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((STRANGER, 0))
        wire.setblocking(False)
        for packet, to in strangers_packets(chance, where, rtp_port):
            wire.sendto(packet, to)
            sent += 1
            if time.perf_counter() > until:
                break
        answers = 0
        while _has_more(wire):
            answers += 1
    return sent, answers


def _has_more(wire: socket.socket) -> bool:
    try:
        return bool(wire.recv(65_536))
    except BlockingIOError:
        return False


async def on_the_wire(seconds: float, chance: random.Random) -> dict[str, object]:
    async with child("--serve", "127.0.0.1") as line:
        where = at_home(Sip(), int(await line_of(line)))
        async with raw_phone(where, TALKER) as phone:
            await phone.call_through()
            talking = asyncio.create_task(phone.speak(hiss(8000, -40.0, seed=7) * int(seconds + 2)))
            await asyncio.sleep(1)
            before = rss_mib(line.pid)
            sent, answers = await asyncio.to_thread(shower, chance, where, phone.their_rtp_port, seconds)
            row: dict[str, object] = {"what": "wire", "packets": sent, "a_second": round(sent / seconds)}
            row |= {"answers": answers, "rss_mib_more": rss_mib(line.pid) - before}
            row["next_call_ms"] = await answered_ms(where)
            await talking
            phone.send("BYE")
            return row | await verdict(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="for both halves together")
    parser.add_argument("--seed", type=int, default=4475)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    parsed = parse(options.seconds / 2, chance)
    kinds = parsed.pop("kinds")
    wired = asyncio.run(on_the_wire(options.seconds / 2, chance))
    columns = {**parsed, **wired}
    rows = [{column: row.get(column, "") for column in columns} for row in (parsed, wired)]
    report.write("sip_mutations", rows, seed=options.seed, seconds=options.seconds, kinds_raised=kinds)


if __name__ == "__main__":
    main()
