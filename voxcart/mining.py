"""Knows what a new alias would change in what a shop understands. Reads no log and writes no file. PURE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Read: TypeAlias = Callable[[str], Mapping[str, Any]]
"""What `voxcart parse --json` tells of a sentence."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence that would be understood otherwise. `harm`: it was understood before, and some of that is gone."""

    text: str
    before: str
    after: str
    harm: bool


def effects(sentences: Iterable[str], before: Read, after: Read) -> list[Effect]:
    """Each sentence once, those that would lose something first."""
    found = []
    for text in dict.fromkeys(sentences):
        then, now = before(text), after(text)
        if shown(then) != shown(now):
            found.append(Effect(text, shown(then), shown(now), _is_harm(then, now)))
    return sorted(found, key=lambda each: not each.harm)


def shown(read: Mapping[str, Any]) -> str:
    """ "order: 2 latte"; what is not understood is said so."""
    things = "; ".join(" ".join(_parts(each)) for each in read.get("items", ()))
    intent = str(read.get("intent") or "not understood")
    return f"{intent}: {things}" if things else intent


def _parts(item: Mapping[str, Any]) -> Iterable[str]:
    yield str(item.get("quantity"))
    yield str(item.get("product"))
    yield from (str(value) for value in (item.get("options") or {}).values())


def _is_harm(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    things, others = list(then.get("items", ())), list(now.get("items", ()))
    was_lost = then.get("intent") in (None, "ask_unknown") or (then.get("intent") == "order" and not things)
    if was_lost:
        return False
    return then.get("intent") != now.get("intent") or any(each not in others for each in things)
