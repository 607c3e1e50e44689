"""Knows what the event log tells of a call, and what many calls come to. Knows no database and no table. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean, median
from typing import Any

from commerce.event_log import Event

ASKED_FOR = "asked"


@dataclass(frozen=True, slots=True)
class CallStory:
    """What became of one call. Money is in minor units; `resolved_s` counts to the last order, else to the end.

    `step`: the question that was open at the end; `ended`: what the caller did last ("hung up", "goodbye", "silence").
    """

    call: str
    began: datetime
    ended_at: datetime
    caller: str | None = None
    arms: tuple[tuple[str, str], ...] = ()
    """(experiment, the arm of it that the caller was given)."""
    turns: int = 0
    understood: int = 0
    orders: tuple[int, ...] = ()
    resolved_s: float = 0.0
    handed_over: str | None = None
    in_cart: int = 0
    step: str = ""
    ended: str = ""
    gave_up: bool = False
    """The line gave up: nobody spoke any more, or nothing was understood."""
    missed: tuple[str, ...] = ()
    unsold: tuple[str, ...] = ()
    rating: int | None = None
    recommended: tuple[str, ...] = ()
    """Ids of products, once for each time."""
    waits_ms: tuple[float, ...] = ()

    @property
    def abandoned(self) -> bool:
        """Something was chosen and not ordered, and no person took over."""
        return self.in_cart > 0 and self.handed_over is None

    @property
    def completed(self) -> bool:
        """The caller did what they called for, as far as a log can tell: nothing was left open and nobody needed."""
        return self.understood > 0 and not (self.abandoned or self.gave_up or self.handed_over)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the calls of a period come to. Shares are of all conversations; None = there is nothing to divide by."""

    conversations: int
    orders: int
    revenue: int
    completion: float | None
    conversion: float | None
    automation: float | None
    revenue_per_conversation: float | None
    basket: float | None
    resolution_s: float | None
    turns: float | None
    hand_overs: tuple[tuple[str, int], ...]
    abandoned: tuple[tuple[str, str, int], ...]
    """(step, how the call ended, times), most often first."""
    rating: float | None
    ratings: int
    missed: tuple[tuple[str, int], ...]
    unsold: tuple[tuple[str, int], ...]
    recommended: tuple[tuple[str, int], ...]
    """By product id, most often first."""
    wait_ms_p50: float | None
    wait_ms_p95: float | None
    days: tuple[tuple[str, int, int, int], ...]
    """(day, conversations, orders, revenue)."""


# ---- one call ------------------------------------------------------------------------------------------------


def story_of(events: Sequence[Event]) -> CallStory:
    """The events of one call, oldest first; there is at least one."""
    story = CallStory(events[0].call, events[0].at, events[-1].at)
    for event in events:
        match event.kind:
            case "call":
                given = tuple(event.payload.get("arms", {}).items())
                story = replace(story, caller=event.payload.get("caller"), arms=given)
            case "turn":
                story = _after_turn(story, event)
            case "times":
                story = _after_times(story, event.payload)
    if not story.orders:
        story = replace(story, resolved_s=(story.ended_at - story.began).total_seconds())
    return story


def _after_turn(story: CallStory, event: Event) -> CallStory:
    turn = event.payload
    for done in turn.get("did", ()):
        story = _after_outcome(story, done["command"], done["outcome"], event.at)
    heard, reading = turn["heard"], turn.get("reading") or {}
    kind = heard["kind"]
    if kind == "greeting":
        return replace(story, step=turn["phase"])
    open_before = story.step
    step = open_before if turn["phase"] == "Closed" else turn["phase"]
    story = replace(story, step=step, ended=_ending(kind, reading), gave_up=_gave_up(kind, reading, turn["phase"]))
    if kind not in ("speech", "keys"):
        return story
    missed = kind == "speech" and _is_missed(reading)
    return replace(
        story,
        turns=story.turns + 1,
        understood=story.understood + (not missed),
        missed=(*story.missed, heard["text"]) if missed else story.missed,
        unsold=(*story.unsold, *_unsold(reading)),
    )


def _ending(kind: str, reading: Mapping[str, Any]) -> str:
    if reading.get("type") == "Simple" and reading.get("name") == "goodbye":
        return "goodbye"
    return kind


def _gave_up(kind: str, reading: Mapping[str, Any], phase: str) -> bool:
    return phase == "Closed" and (kind == "silence" or (kind == "speech" and _is_missed(reading)))


def _is_missed(reading: Mapping[str, Any]) -> bool:
    return reading.get("type") in (None, "Unclear")


def _unsold(reading: object) -> Iterable[str]:
    """The names of what the shop does not have, wherever they are in the reading."""
    match reading:
        case {"type": "NotSold", "text": str(text)} if text:
            yield text
        case Mapping():
            for part in reading.values():
                yield from _unsold(part)
        case list() | tuple():
            for part in reading:
                yield from _unsold(part)


def _after_outcome(story: CallStory, command: Mapping[str, Any], outcome: Mapping[str, Any], at: datetime) -> CallStory:
    match outcome:
        case {"type": "OrderPlaced", "total": {"minor": int(minor)}}:
            took = (at - story.began).total_seconds()
            return replace(story, orders=(*story.orders, minor), in_cart=0, resolved_s=took)
        case {"type": "TicketOpened"}:
            return replace(story, handed_over=command.get("reason") or ASKED_FOR)
        case {"type": "Recommended", "products": list(products)}:
            return replace(story, recommended=(*story.recommended, *products))
        case {"type": "CallRated", "rating": int(rating)}:
            return replace(story, rating=rating)
        case {"cart": {"lines": list(lines)}} if outcome["type"] != "CartOpened":
            return replace(story, in_cart=len(lines))
        case _:
            return story


def _after_times(story: CallStory, times: Mapping[str, Any]) -> CallStory:
    """From the caller's last sound to the answer's first; only where there was an answer."""
    stages = ("endpoint", "recognise", "second_pass", "understand", "act", "first_audio")
    if times.get("first_audio") is None:
        return story
    return replace(story, waits_ms=(*story.waits_ms, sum(times.get(each) or 0.0 for each in stages)))


# ---- many calls ----------------------------------------------------------------------------------------------


def figures_of(stories: Sequence[CallStory], most: int = 20) -> Figures:
    """`most`: so many of what was missed and of what is not sold. Days are those of the stories' own clock."""
    n = len(stories)
    orders = [minor for each in stories for minor in each.orders]
    ratings = [each.rating for each in stories if each.rating is not None]
    waits = [wait for each in stories for wait in each.waits_ms]
    lost = Counter((each.step, each.ended) for each in stories if each.abandoned)
    return Figures(
        conversations=n,
        orders=len(orders),
        revenue=sum(orders),
        completion=_share(sum(each.completed for each in stories), n),
        conversion=_share(sum(bool(each.orders) for each in stories), n),
        automation=_share(sum(each.handed_over is None for each in stories), n),
        revenue_per_conversation=_share(sum(orders), n),
        basket=_share(sum(orders), len(orders)),
        resolution_s=median(done) if (done := [each.resolved_s for each in stories if each.completed]) else None,
        turns=fmean(each.turns for each in stories) if stories else None,
        hand_overs=_counted(each.handed_over for each in stories if each.handed_over),
        abandoned=tuple((step, ended, times) for (step, ended), times in lost.most_common()),
        rating=fmean(ratings) if ratings else None,
        ratings=len(ratings),
        missed=_counted((text for each in stories for text in each.missed), most),
        unsold=_counted((text for each in stories for text in each.unsold), most),
        recommended=_counted(product for each in stories for product in each.recommended),
        wait_ms_p50=percentile(waits, 50),
        wait_ms_p95=percentile(waits, 95),
        days=_days(stories),
    )


def percentile(values: Sequence[float], share: int) -> float | None:
    """The smallest value that so many percent are not above; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else None


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _counted(things: Iterable[str], most: int | None = None) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(things).most_common(most))


def _days(stories: Iterable[CallStory]) -> tuple[tuple[str, int, int, int], ...]:
    days: dict[str, tuple[int, int, int]] = {}
    for each in stories:
        day = each.began.date().isoformat()
        calls, orders, revenue = days.get(day, (0, 0, 0))
        days[day] = (calls + 1, orders + len(each.orders), revenue + sum(each.orders))
    return tuple((day, *days[day]) for day in sorted(days))
