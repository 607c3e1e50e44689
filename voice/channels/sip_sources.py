"""Knows who may call and whose audio is heard, by address. Does not know how addresses become known."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path

OWN_FILES = Path("/proc/self/fd")


class AllowList:
    """Addresses and networks. Raises ValueError for what is neither."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = [ip_network(each) for each in allowed]

    def __contains__(self, address: object) -> bool:
        return any(ip_address(str(address)) in network for network in self._allowed)


def hear_only(port: int, peer: tuple[str, int]) -> bool:
    """Have the kernel drop what other addresses send to this process's UDP port; whether that could be done.

    The stack takes audio from anybody who finds the port. Its socket is looked for among the open files, as Linux
    shows them.
    """
    if not OWN_FILES.is_dir():
        return False
    done = False
    for path in OWN_FILES.iterdir():
        with suppress(OSError):  # a file that is no socket, or was closed meanwhile
            found = socket.socket(fileno=int(path.name))
            try:
                if found.type == socket.SOCK_DGRAM and found.getsockname()[1] == port:
                    found.connect(peer)
                    done = True
            finally:
                found.detach()
    return done
