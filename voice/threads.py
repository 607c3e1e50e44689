"""Knows where work goes that would hold up the event loop of all calls. Does not know what the work is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_HEARING = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="hearing")
"""Decoders and networks run outside the interpreter's lock; more threads than cores would only wait for each other."""


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of the work, done in a thread while the loop goes on. Work of one call is awaited one by one."""
    return await asyncio.get_running_loop().run_in_executor(_HEARING, lambda: work(*args, **kwargs))
