"""Knows how many calls are open, whether one more is taken, and what the others hear. Does not know what a call is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from voice.prompt import Listening, Prompt
from voxcart.facts import fact
from voxcart.replies import Replies


class Lines:
    """The calls of one process, from one event loop. At most `most` are open at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Admission] = set()

    @property
    def open_calls(self) -> int:
        return len(self._open)

    def admit(self) -> Admission | None:
        """A place for one more call, to be held with `with` as long as the call lasts; None when all are taken."""
        if len(self._open) >= self._most:
            return None
        admission = Admission(self._open)
        self._open.add(admission)
        return admission


class Admission:
    """A place that is taken from `Lines.admit` to the end of its `with`."""

    def __init__(self, places: set[Admission]) -> None:
        self._places = places

    def __enter__(self) -> Admission:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.discard(self)


class Callers:
    """How often each number has called of late: at most `most` calls of one are taken in `window_s`, 0 = any number.

    A number that is withheld is nobody's, so it is not counted.
    """

    def __init__(self, most: int = 0, window_s: float = 300.0, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._window_s = window_s
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def may_call(self, number: str | None) -> bool:
        """Whether this call is taken, which counts."""
        if not number or not self._most:
            return True
        now = self._clock()
        self._forget(now - self._window_s)
        calls = self._calls.setdefault(number, deque())
        if len(calls) >= self._most:
            return False
        calls.append(now)
        return True

    def _forget(self, before: float) -> None:
        for number, calls in list(self._calls.items()):
            while calls and calls[0] <= before:
                calls.popleft()
            if not calls:
                del self._calls[number]


def refusal(replies: Replies, why: str) -> Prompt:
    """What a caller hears and no more; `why` is the message."""
    return Prompt(replies.word(fact(why)), Listening("pause"), interruptible=False, hang_up=True)
