"""Knows who may call and whose audio is heard, by address. Does not know how addresses become known."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, ip_address, ip_network
from pathlib import Path

from voice.errors import LineError

OWN_FILES = Path("/proc/self/fd")
ATTACH_FILTER = 26
"""Linux's SO_ATTACH_FILTER. What follows are instructions of its classic packet filter (linux/filter.h)."""
LOAD_SENDER, KEEP, RECALL, MASK, SKIP_UNLESS_EQUAL, RETURN = 0x20, 0x07, 0x87, 0x54, 0x15, 0x06
SENDER = 0xFFF0_0000 + 12
"""Where the network header has the sender's address."""
NOTHING, WHOLE_PACKET = 0, 0xFFFF_FFFF
_INSTRUCTION = struct.Struct("HBBI")


class AllowList:
    """Addresses and networks. Raises ValueError for what is neither."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = [ip_network(each) for each in allowed]

    def __contains__(self, address: object) -> bool:
        return any(ip_address(str(address)) in network for network in self._allowed)

    def as_filter(self) -> bytes:
        """As a program of the kernel's packet filter; of version 4, as is the address that the stack listens on."""
        program = [(LOAD_SENDER, 0, 0, SENDER), (KEEP, 0, 0, 0)]
        for network in self._allowed:
            if isinstance(network, IPv4Network):
                program += [
                    (RECALL, 0, 0, 0),
                    (MASK, 0, 0, int(network.netmask)),
                    (SKIP_UNLESS_EQUAL, 0, 1, int(network.network_address)),
                    (RETURN, 0, 0, WHOLE_PACKET),
                ]
        return b"".join(_INSTRUCTION.pack(*each) for each in (*program, (RETURN, 0, 0, NOTHING)))


def allow_list(key: str, allowed: Sequence[str]) -> AllowList | None:
    """None where anybody may call. `key`: the setting's name. Raises LineError for what is no address."""
    try:
        return AllowList(allowed) if allowed else None
    except ValueError as error:
        raise LineError(f"{key}: {error}.") from error


def hear_only(port: int, peer: tuple[str, int]) -> bool:
    """Have the kernel drop what other addresses send to this process's UDP port; whether that could be done.

    The stack takes audio from anybody who finds the port.
    """
    done = False
    for found in _own_sockets(port):
        if found.type == socket.SOCK_DGRAM:
            found.connect(peer)
            done = True
    return done


def admit_only(port: int, allowed: AllowList) -> bool:
    """Have the kernel drop what others send to this process's port, UDP or TCP; whether that could be done.

    The stack has read a message when it asks whether its sender may call, and some broken ones it does not survive.
    """
    program = allowed.as_filter()
    code = ctypes.create_string_buffer(program)
    instructions = len(program) // _INSTRUCTION.size
    done = False
    for found in _own_sockets(port):
        found.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HP", instructions, ctypes.addressof(code)))
        done = True
    return done


def _own_sockets(port: int) -> Iterator[socket.socket]:
    """The stack's sockets at that port, found among the open files as Linux shows them."""
    if not OWN_FILES.is_dir():
        return
    for path in OWN_FILES.iterdir():
        with suppress(OSError):  # a file that is no socket, or was closed meanwhile
            found = socket.socket(fileno=int(path.name))
            try:
                if found.family == socket.AF_INET and found.getsockname()[1] == port:
                    yield found
            finally:
                found.detach()
