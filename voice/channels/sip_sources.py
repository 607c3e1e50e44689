"""Knows from which address each SIP call really came, as the stack's own trace tells it. Decides which may call."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

TRACE = "baresip.native.sip"
REMEMBERED = 2000
_RECEIVED = re.compile(r"RX \S+ \[?([0-9A-Fa-f.:]+?)\]?:\d+ -> .*\r?\nINVITE ")
_CALL_ID = re.compile(r"^(?:call-id|i)[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sources(logging.Handler):
    """The addresses that may call. The stack tells what a message claims, and only its trace where it came from.

    A call that has come from several addresses is allowed if all of them are.
    """

    def __init__(self, allowed: tuple[str, ...]) -> None:
        """Raises ValueError for what is neither an address nor a network."""
        super().__init__()
        self._allowed: list[IPv4Network | IPv6Network] = [ip_network(each) for each in allowed]
        self._seen: OrderedDict[str, set[str]] = OrderedDict()

    def listen(self) -> None:
        trace = logging.getLogger(TRACE)
        trace.setLevel(logging.DEBUG)
        trace.propagate = False
        trace.addHandler(self)

    def stop(self) -> None:
        trace = logging.getLogger(TRACE)
        trace.removeHandler(self)
        trace.propagate = True
        trace.setLevel(logging.NOTSET)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if not (received := _RECEIVED.match(text)):
            return
        for call in _CALL_ID.findall(text.partition("\r\n\r\n")[0]):
            self._seen.setdefault(call, set()).add(received[1])
            self._seen.move_to_end(call)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def knows(self, call: str) -> bool:
        return call in self._seen

    def allows(self, call: str) -> bool:
        """Whether every address that the call came from may call; one that is not known may not."""
        found = self._seen.get(call, set())
        return bool(found) and all(self._is_allowed(each) for each in tuple(found))

    def _is_allowed(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._allowed)
