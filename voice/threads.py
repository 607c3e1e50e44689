"""Knows where work goes that would hold up the event loop of all calls. Does not know what the work is."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ctypes import CDLL
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

HEARING, SPEAKING, HEARING_AGAIN = 5, 5, 10
"""How much sooner than this work the event loop gets a processor (`nice`)."""
SWITCH_S = 0.0005
ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""
HEAPS = 2


def _yield_to_the_loop(behind: int) -> None:
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + behind)


def workers(name: str, behind: int, threads: int = 1) -> ThreadPoolExecutor:
    """Threads that yield to the event loop wherever the system lets threads differ (Linux)."""
    return ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=partial(_yield_to_the_loop, behind))


_HEARING = workers("hearing", HEARING, os.cpu_count() or 1)
"""Decoders and networks run outside the interpreter's lock; more threads than cores would only wait for each other."""


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of the work, done in a thread while the loop goes on. Work of one call is awaited one by one."""
    return await asyncio.get_running_loop().run_in_executor(_HEARING, lambda: work(*args, **kwargs))


def share_heaps() -> None:
    """Have all threads allocate from few heaps, for the whole process: each of glibc's many keeps what it once needed,
    and every thread that ever decoded has one. To be called before they begin."""
    with suppress(AttributeError, OSError):  # only glibc has it
        CDLL(None).mallopt(ARENA_MAX, HEAPS)


def favour_the_loop() -> None:
    """Have threads give the interpreter's lock back sooner, for the whole process: with forty calls the event loop
    waits for it hundreds of times a second, each time up to this long (benchmarks/capacity.py)."""
    sys.setswitchinterval(SWITCH_S)
