"""Knows how many calls are open, whether one more is taken, and what the others hear. Does not know what a call is."""

from __future__ import annotations

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


def busy_prompt(replies: Replies) -> Prompt:
    """What a call hears that is not taken."""
    return Prompt(replies.word(fact("busy")), Listening("pause"), interruptible=False, hang_up=True)
