"""Knows the boundaries of statements where a test may stop or break the store. Does nothing unless a test asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

Moment: TypeAlias = Literal["before", "after"]
Hook: TypeAlias = Callable[[Moment, str], None]

_hooks: list[Hook] = []


def install(hook: Hook) -> None:
    """Call the hook at every boundary of this process; it may kill the process or raise what sqlite3 would raise."""
    _hooks.append(hook)


def clear() -> None:
    _hooks.clear()


def reach(moment: Moment, statement: str) -> None:
    for hook in _hooks:
        hook(moment, statement)
