"""Knows what the SIP stack's own trace tells of each call: where it came from, and between which addresses its audio
runs. The stack's events tell only what a message claims."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TypeAlias

LOGGER = "baresip.native.sip"
REMEMBERED = 2000
LAST_PORT = 65_535

Address: TypeAlias = tuple[str, int]

_TOP = re.compile(r"(RX|TX) \S+ \[?([0-9A-Fa-f.:]+?)\]?:\d+ -> [^\n]*\n(\S+) (\S*)")
_CALL_ID = re.compile(r"^(?:call-id|i)[ \t]*:[ \t]*(\S{1,256})(?!\S)", re.IGNORECASE | re.MULTILINE)
_INVITING = re.compile(r"^cseq[ \t]*:[ \t]*\d+[ \t]+(?:invite|ack)\b", re.IGNORECASE | re.MULTILINE)
_REPLACES = re.compile(r"^(?:supported|k)[ \t]*:.*\breplaces\b", re.IGNORECASE | re.MULTILINE)
_CONNECTION = re.compile(r"^c=IN IP4 ([0-9.]{7,15})(?![0-9.])", re.MULTILINE)
_AUDIO = re.compile(r"^m=audio ([0-9]{1,5}) .*?(?=^m=|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Traced:
    """`origins`: every address that sent an INVITE of this call. `theirs` and `ours`: where audio is taken, as the last
    INVITE and the last answer to one say, whoever sent which."""

    origins: set[str] = field(default_factory=set)
    theirs: Address | None = None
    ours: Address | None = None
    is_ours: bool = False
    """An INVITE of ours has not been answered yet."""
    can_replace: bool = False
    """The caller's side knows Replaces (RFC 3891), as its last INVITE says."""


AudioAgreed: TypeAlias = Callable[[int, Address], object]
"""Told when audio was agreed on: our port and the caller's address. Runs in the stack's log thread."""


class Trace(logging.Handler):
    """Reads the trace as long as it listens, and forgets calls but the last ones."""

    def __init__(self, agreed: AudioAgreed = lambda _port, _address: None) -> None:
        super().__init__()
        self._agreed = agreed
        self._calls: OrderedDict[str, Traced] = OrderedDict()

    def listen(self) -> None:
        logger = logging.getLogger(LOGGER)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(self)

    def stop(self) -> None:
        logger = logging.getLogger(LOGGER)
        logger.removeHandler(self)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)

    def of(self, call: str) -> Traced | None:
        return self._calls.get(call)

    def emit(self, record: logging.LogRecord) -> None:
        head, _, body = record.getMessage().replace("\r\n", "\n").partition("\n\n")
        top = _TOP.match(head)
        if top is None or not _INVITING.search(head):
            return
        way, address, first, second = top.groups()
        for call in _CALL_ID.findall(head):
            match way, first:
                case "RX", "INVITE":
                    traced = self._known(call)
                    traced.origins.add(address)
                    traced.can_replace = _REPLACES.search(head) is not None
                    traced.theirs = audio_address(body)
                case "TX", "INVITE":
                    traced = self._known(call)
                    traced.ours, traced.is_ours = audio_address(body), True
                case "RX", _ if second.startswith("2") and (traced := self._known(call)).is_ours:
                    traced.theirs, traced.is_ours = audio_address(body), False
                    self._tell(traced)
                case "TX", _ if second.startswith("2"):
                    traced = self._known(call)
                    traced.ours = audio_address(body)
                    self._tell(traced)
                case "RX", "ACK" if (traced := self._known(call)).theirs is None:  # it was left to us to offer
                    traced.theirs = audio_address(body)
                    self._tell(traced)

    def _known(self, call: str) -> Traced:
        found = self._calls.setdefault(call, Traced())
        self._calls.move_to_end(call)
        while len(self._calls) > REMEMBERED:
            self._calls.popitem(last=False)
        return found

    def _tell(self, traced: Traced) -> None:
        if traced.ours is not None and traced.theirs is not None:
            self._agreed(traced.ours[1], traced.theirs)


def audio_address(sdp: str) -> Address | None:
    """Where a session description wants its audio; None where it wants none."""
    audio = _AUDIO.search(sdp)
    if audio is None:
        return None
    host = _CONNECTION.search(audio[0]) or _CONNECTION.search(sdp)
    port = int(audio[1])
    if host is None or not 0 < port <= LAST_PORT:
        return None
    try:
        address = IPv4Address(host[1])
    except ValueError:
        return None
    return None if address.is_unspecified else (str(address), port)
