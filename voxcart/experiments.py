"""Knows who hears which wording in a trial of two, and what may be concluded from it while it runs. PURE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from math import log, sqrt
from typing import Literal, TypeAlias

from voxcart.figures import CallStory

Success: TypeAlias = Literal["ordered", "completed", "automated"]
ERROR = 0.05
"""The interval covers the truth at every look together, not at each, in all but so many trials."""
TIGHTEST_AT = 400
"""The interval is narrowest for about so many callers; it holds for any number."""

MEASURES: Mapping[Success, Callable[[CallStory], bool]] = {
    "ordered": lambda story: bool(story.orders),
    "completed": lambda story: story.completed,
    "automated": lambda story: story.handed_over is None,
}


@dataclass(frozen=True, slots=True)
class Experiment:
    """`[experiments.<name>]`: a message of the replies is worded otherwise for some callers.

    `arms`: the wordings of each arm by its name; an empty list = as it is. The first arm is what others are compared
    with. A wording may hold the placeables of the message that it replaces.
    """

    message: str
    arms: dict[str, list[str]]
    success: Success = "ordered"


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of the first conversation of each caller who was given this arm."""

    name: str
    callers: int
    successes: int

    @property
    def share(self) -> float | None:
        return self.successes / self.callers if self.callers else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """By how much the share of successes of `arm` is above that of the first arm, and between what bounds that is.

    The bounds hold whenever one looks, and however often (confidence sequence).
    """

    arm: str
    difference: float
    low: float
    high: float

    @property
    def is_settled(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Verdict:
    name: str
    success: Success
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...] = field(default=())


def arm_of(experiment: str, arms: Sequence[str], who: str) -> str:
    """The arm of this caller: always the same one, and independent of what they have in other experiments."""
    digest = blake2b(f"{experiment}\0{who}".encode(), digest_size=8).digest()
    return arms[int.from_bytes(digest, "big") % len(arms)]


def arms_of(experiments: Mapping[str, Experiment], who: str) -> dict[str, str]:
    return {name: arm_of(name, list(each.arms), who) for name, each in experiments.items()}


def message_of(experiment: str, arm: str) -> str:
    """The key of the message that an arm says."""
    return f"experiment-{experiment}-{arm}"


def verdicts(stories: Sequence[CallStory], experiments: Mapping[str, Experiment]) -> tuple[Verdict, ...]:
    """Of each experiment. `stories`: oldest first. Somebody who calls again is the same person, so only the first
    conversation of each caller counts."""
    return tuple(_verdict(name, each, stories) for name, each in experiments.items())


def _verdict(name: str, experiment: Experiment, stories: Sequence[CallStory]) -> Verdict:
    succeeded = MEASURES[experiment.success]
    first: dict[str, tuple[str, bool]] = {}
    for story in stories:
        arm = dict(story.arms).get(name)
        if arm in experiment.arms:
            first.setdefault(story.caller or story.call, (arm, succeeded(story)))
    results = {arm: [won for given, won in first.values() if given == arm] for arm in experiment.arms}
    arms = tuple(Arm(arm, len(won), sum(won)) for arm, won in results.items())
    control, *others = arms
    error = ERROR / max(1, len(others))
    return Verdict(name, experiment.success, arms, tuple(compared(control, each, error) for each in others))


def compared(control: Arm, arm: Arm, error: float = ERROR) -> Comparison:
    """Each caller had the same chance of either arm, so 2 (success - 1/2), counted against the first arm, lies between
    -1 and 1 and is on average the difference: a mean with a sub-Gaussian confidence sequence."""
    callers = control.callers + arm.callers
    balance = (2 * arm.successes - arm.callers) - (2 * control.successes - control.callers)
    difference = balance / callers if callers else 0.0
    radius = mixture_radius(callers, error)
    return Comparison(arm.name, difference, max(-1.0, difference - radius), min(1.0, difference + radius))


def mixture_radius(n: int, error: float = ERROR) -> float:
    """Half the width of Robbins' normal-mixture confidence sequence of a mean of n values between -1 and 1.

    Source: Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence sequences, 2021.
    """
    if n == 0:
        return 1.0
    spread = (2 * log(1 / error) + log(2 * log(1 / error) + 1)) / TIGHTEST_AT
    grown = n * spread + 1
    return sqrt(2 * grown / (n * n * spread) * log(sqrt(grown) / error))
