from __future__ import annotations

import os
import sys
import threading

import pytest

from voice.threads import SWITCH_S, favour_the_loop, in_thread, workers


async def test_work_is_done_in_another_thread() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()


@pytest.mark.parametrize("behind", [3, 7])
def test_workers_come_after_the_event_loop(behind: int) -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    here = priority()
    with workers("test", behind) as pool:
        there = pool.submit(priority).result()
    assert there == (here + behind if sys.platform == "linux" else here)
    assert priority() == here


def test_the_lock_is_given_back_sooner() -> None:
    before = sys.getswitchinterval()
    try:
        favour_the_loop()
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    finally:
        sys.setswitchinterval(before)
