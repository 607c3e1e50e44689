"""Two wordings of one message: who hears which, that it stays so, and that looking early does not deceive."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from commerce.event_log import Event
from tests.commandline import runner
from tests.talk import CHECKOUT, COFFEE, YES, Talk, add
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.experiments import ERROR, Arm, Experiment, arm_of, compared, mixture_radius, verdicts
from voxcart.figures import CallStory, story_of
from voxcart.mind import ShopMind
from voxcart.replies import Replies

BRIEF = Experiment("ask-else", {"usual": [], "brief": ["Anything more?", "And then?"]})
TRIALS = {"closing": BRIEF}
NUMBERS = [f"+1555{number:07}" for number in range(2000)]
START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def given(arm: str) -> str:
    """A number that is given this arm."""
    return next(each for each in NUMBERS if arm_of("closing", ["usual", "brief"], each) == arm)


def talk_of(caller: str, call: str = "call-1") -> Talk:
    talk = Talk()
    tools = replace(talk.mind._tools, experiments=TRIALS, replies=Replies.load("en", COFFEE, TRIALS))
    talk.mind = ShopMind(call, tools, caller)
    return talk


def test_a_caller_keeps_their_arm_and_both_arms_are_as_frequent() -> None:
    arms = [arm_of("closing", ["usual", "brief"], each) for each in NUMBERS]
    assert arms == [arm_of("closing", ["usual", "brief"], each) for each in NUMBERS]
    assert Counter(arms)["brief"] == pytest.approx(1000, abs=100)
    other = [arm_of("another", ["usual", "brief"], each) for each in NUMBERS]
    assert sum(a == b for a, b in zip(arms, other, strict=True)) == pytest.approx(1000, abs=100), "independent"


async def test_each_arm_hears_its_wordings_in_every_call() -> None:
    for call in ("call-1", "call-2"):
        talk = talk_of(given("brief"), call)
        await talk.greet()
        said = [await talk.say(add("latte")) for _ in range(3)]
        assert said[0].endswith("Anything more?")
        assert said[1].endswith("And then?")
        assert said[2].endswith("Anything more?")
    talk = talk_of(given("usual"))
    await talk.greet()
    assert (await talk.say(add("latte"))).endswith("Anything else?")


async def test_the_arm_is_in_the_log_and_in_the_story() -> None:
    talk = talk_of(given("brief"))
    await talk.greet()
    (payload,) = [payload for _, _, kind, payload in talk.log if kind == "call"]
    assert payload["arms"] == {"closing": "brief"}


def story(caller: str | None, arm: str, ordered: bool, call: str = "") -> CallStory:
    orders = (420,) if ordered else ()
    return CallStory(call or f"of {caller}", START, START, caller=caller, arms=(("closing", arm),), orders=orders)


def test_only_the_first_conversation_of_a_caller_counts() -> None:
    told = [story("a", "usual", False, "1"), story("a", "usual", True, "2"), story("b", "brief", True, "3")]
    told += [story(None, "brief", False, "4"), story(None, "brief", True, "5")]
    (verdict,) = verdicts(told, TRIALS)
    assert verdict.arms == (Arm("usual", 1, 0), Arm("brief", 3, 2)), "without a number each call is another caller"
    (comparison,) = verdict.comparisons
    assert comparison.low < comparison.difference < comparison.high


def test_calls_from_before_the_trial_or_of_an_arm_that_is_gone_do_not_count() -> None:
    told = [CallStory("1", START, START, caller="a", orders=(1,)), story("b", "gone", True)]
    (verdict,) = verdicts(told, TRIALS)
    assert [arm.callers for arm in verdict.arms] == [0, 0]
    assert verdict.arms[0].share is None
    assert (verdict.comparisons[0].low, verdict.comparisons[0].high) == (-1.0, 1.0)


def looked_at_all_along(rng: np.random.Generator, shares: tuple[float, float], callers: int) -> np.ndarray:
    """Whether the interval missed the true difference after each caller."""
    arms = rng.integers(0, 2, callers)
    won = rng.random(callers) < np.take(shares, arms)
    means = np.cumsum((2 * arms - 1) * (2 * won - 1)) / np.arange(1, callers + 1)
    radius = np.array([mixture_radius(n) for n in range(1, callers + 1)])
    return np.abs(means - (shares[1] - shares[0])) > radius


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.1, 0.1), (0.3, 0.5)])
def test_who_looks_after_every_caller_is_deceived_in_few_trials(shares: tuple[float, float]) -> None:
    rng = np.random.default_rng(20)
    deceived = np.mean([looked_at_all_along(rng, shares, 2000).any() for _ in range(400)])
    assert deceived <= ERROR, "an interval for one look would be wrong at some time in far more"


def test_an_interval_for_one_look_would_deceive_who_looks_often() -> None:
    """So that the test above is known to be able to fail."""
    rng = np.random.default_rng(20)
    often = 0
    for _ in range(400):
        signs = rng.choice([-1, 1], 2000)
        means = np.abs(np.cumsum(signs) / np.arange(1, 2001))
        often += bool((means > 1.96 / np.sqrt(np.arange(1, 2001)))[20:].any())
    assert often / 400 > 4 * ERROR


def test_a_real_difference_is_found() -> None:
    found = compared(Arm("usual", 500, 150), Arm("brief", 500, 250))
    assert found.difference == pytest.approx(0.2)
    assert found.is_settled
    assert not compared(Arm("usual", 20, 6), Arm("brief", 20, 10)).is_settled


async def test_the_report_tells_arms_and_interval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called = runner(monkeypatch, capsys)
    settings = (
        '[store]\ndatabase = "shop.db"\n[experiments.closing]\nmessage = "ask-else"\n'
        'arms = { usual = [], brief = ["Anything more?"] }\n'
    )
    path = tmp_path / "config.toml"
    path.write_text(settings, "utf-8")
    config = load_config(path)
    with closing(open_shop(config, "coffee")) as front:
        for arm in ("usual", "brief"):
            mind = ShopMind(f"call-{arm}", front.tools, given(arm))
            await mind.greet()
    (told,) = json.loads(called("report", "--config", path, "--json").out)["experiments"]
    assert told["arms"] == [{"name": name, "callers": 1, "successes": 0} for name in ("usual", "brief")]
    assert told["comparisons"][0]["low"] == -1.0
    assert "closing, brief" in called("report", "--config", path).out
    assert "closing, brief" in called("report", "--config", path, "--csv").out


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('message = "ask-else"\narms = { usual = [] }', "at least two arms"),
        ('message = "disclosure"\narms = { usual = [], other = ["Hi."] }', "must be said as it is"),
        ('message = "ask-else"\narms = { "A B" = [], other = ["Hi."] }', "small letters"),
        ('message = "ask-else"\nforms = {}', "forms"),
        ('message = "ask-else"\narms = { usual = [], other = ["Hi."] }\nsuccess = "luck"', "success"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(lines: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[experiments.closing]\n{lines}\n", "utf-8")
    with pytest.raises(ConfigError, match=told):
        load_config(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("message", "wording", "told"),
    [
        ("ask-nothing", "Hi.", "no message"),
        ("ask-order", "Shall I?", r"\$total"),
        ("ask-else", "{ $total } more?", "none"),
        ("ask-else", "{ broken", "Fluent"),
        ("ask-else", "One.\nother = Two.", "Fluent"),
    ],
)
def test_a_wording_that_cannot_be_said_is_refused(message: str, wording: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Replies.load("en", COFFEE, {"x": Experiment(message, {"a": [], "b": [wording]})})


async def test_a_whole_order_is_placed_in_each_arm() -> None:
    for arm in ("usual", "brief"):
        talk = talk_of(given(arm))
        await talk.greet()
        for meaning in (add("latte"), CHECKOUT, YES):
            await talk.say(meaning)
        assert talk.mind.snapshot()[0] is not None
        assert len(talk.shop.orders()) == 1


def test_the_log_tells_the_story_of_the_caller() -> None:
    begun = Event(1, START, "c", "c/0", "call", {"caller": "+1", "arms": {"closing": "brief"}})
    turn = {"heard": {"kind": "greeting"}, "reading": None, "did": [], "said": "", "phase": "Shopping"}
    told = story_of([begun, Event(2, START + timedelta(seconds=1), "c", "c/0", "turn", turn)])
    assert (told.caller, told.arms) == ("+1", (("closing", "brief"),))
