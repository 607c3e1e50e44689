"""What the report says is what happened: recomputed by hand from real conversations and from a log written by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.event_log import Event
from nlu.intent import AskUnknown, NotSold, Number, Order, Simple
from tests.commandline import Run, runner, typed
from tests.talk import CHECKOUT, COFFEE, NO, YES, Talk, add
from voice.call import HungUp
from voxcart.earnings import page, rows_of
from voxcart.figures import CallStory, figures_of, percentile, story_of
from voxcart.patience import DialogueSettings

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
BYE, HUMAN = Simple("goodbye"), Simple("human")


def events(talk: Talk, seconds: float = 10.0) -> list[Event]:
    """The log of the talk, its events so many seconds apart."""
    return [
        Event(number, START + timedelta(seconds=seconds * number), call, turn, kind, json.loads(json.dumps(payload)))
        for number, (call, turn, kind, payload) in enumerate(talk.log)
    ]


async def story(*meanings: object, hang_up: bool = False, **settings: object) -> CallStory:
    talk = Talk(settings=DialogueSettings(**settings))
    await talk.greet()
    for meaning in meanings:
        await (talk.silent() if meaning == "silence" else talk.say(None if meaning == "nonsense" else meaning))
    if hang_up:
        await talk.hear(HungUp())
    return story_of(events(talk))


async def test_an_order_is_completed_and_counted() -> None:
    told = await story(add("latte", 2), CHECKOUT, YES, BYE)
    assert told.orders == (840,)
    assert told.completed
    assert not told.abandoned
    assert (told.turns, told.understood) == (4, 4)
    assert told.ended == "goodbye"
    assert told.resolved_s == 40.0, "call, greeting, order, total, yes: the fifth event"


async def test_a_question_answered_is_completed_without_an_order() -> None:
    told = await story(Simple("help"), BYE)
    assert told.completed
    assert told.orders == ()


@pytest.mark.parametrize(
    ("meanings", "step"),
    [
        ((add("latte"),), "Shopping"),
        ((add("latte"), CHECKOUT), "ConfirmingOrder"),
        ((add("tea", 30),), "ConfirmingQuantity"),
    ],
)
async def test_who_hangs_up_with_something_in_the_cart_has_left_at_that_question(
    meanings: tuple[Order, ...], step: str
) -> None:
    told = await story(add("bagel"), *meanings, hang_up=True)
    assert told.abandoned
    assert not told.completed
    assert (told.step, told.ended) == (step, "hung up")


async def test_what_was_taken_out_again_is_not_left() -> None:
    told = await story(add("latte"), Simple("cancel"), YES, BYE)
    assert not told.abandoned
    assert told.completed


async def test_a_person_is_a_hand_over_with_its_reason() -> None:
    told = await story(add("latte"), HUMAN)
    assert told.handed_over == "asked"
    assert not told.abandoned
    assert not told.completed


async def test_silence_and_nonsense_are_no_completion() -> None:
    silent = await story("silence", "silence", "silence", "silence")
    assert silent.gave_up
    assert silent.ended == "silence"
    assert not silent.completed
    lost = await story("nonsense", BYE)
    assert len(lost.missed) == 1
    assert lost.understood == 1


async def test_what_is_not_sold_is_heard_wherever_it_is_said() -> None:
    lost = NotSold("sushi")
    told = await story(AskUnknown(lost), Order((), not_sold=(NotSold("caviar"),)), BYE)
    assert told.unsold == ("sushi", "caviar")


async def test_a_rating_is_read() -> None:
    told = await story(add("latte"), CHECKOUT, YES, BYE, Number(4), ask_rating=True)
    assert told.rating == 4


def test_the_wait_is_the_sum_of_its_stages_where_there_was_an_answer() -> None:
    def event(number: int, **payload: Any) -> Event:
        return Event(number, START, "call-1", f"call-1/{number}", "times", payload)

    said = event(1, endpoint=250.0, recognise=20.0, second_pass=None, understand=5.0, act=10.0, first_audio=15.0)
    cut = event(2, endpoint=250.0, recognise=20.0, second_pass=None, understand=None, act=None, first_audio=None)
    assert story_of([said, cut]).waits_ms == (300.0,)


def told(call: str, day: int, **values: Any) -> CallStory:
    began = START + timedelta(days=day)
    return CallStory(call, began, began + timedelta(seconds=60), understood=1, **values)


BY_HAND = [
    told("a", 0, turns=4, orders=(1000, 500), resolved_s=50.0, rating=5, waits_ms=(100.0, 200.0)),
    told("b", 0, turns=2, resolved_s=20.0, waits_ms=(300.0,)),
    told("c", 1, turns=6, in_cart=2, step="ConfirmingOrder", ended="hung up", unsold=("sushi",)),
    told("d", 1, turns=3, in_cart=1, step="ConfirmingOrder", ended="hung up", unsold=("sushi", "caviar")),
    told("e", 2, turns=5, handed_over="upset", rating=2, missed=("blarg",)),
]


def test_figures_of_a_log_written_by_hand() -> None:
    found = figures_of(BY_HAND)
    assert (found.conversations, found.orders, found.revenue) == (5, 2, 1500)
    assert (found.completion, found.conversion, found.automation) == (2 / 5, 1 / 5, 4 / 5)
    assert (found.revenue_per_conversation, found.basket) == (300.0, 750.0)
    assert (found.resolution_s, found.turns) == (35.0, 4.0)
    assert found.hand_overs == (("upset", 1),)
    assert found.abandoned == (("ConfirmingOrder", "hung up", 2),)
    assert (found.rating, found.ratings) == (3.5, 2)
    assert found.unsold == (("sushi", 2), ("caviar", 1))
    assert found.missed == (("blarg", 1),)
    assert (found.wait_ms_p50, found.wait_ms_p95) == (200.0, 300.0)
    assert found.days == (("2030-05-01", 2, 2, 1500), ("2030-05-02", 2, 0, 0), ("2030-05-03", 1, 0, 0))


def test_nothing_is_no_number() -> None:
    found = figures_of([])
    assert found.completion is None
    assert {value for name, value in rows_of(found, COFFEE) if name == "basket"} == {"-"}
    assert "<svg" not in page(found, COFFEE, "today")


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.integers(1, 100))
def test_percentiles(values: list[float], share: int) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(each <= found for each in values) >= len(values) * share / 100
    assert sum(each < found for each in values) < len(values) * share / 100


# ---- as it is shown ------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Fails for nothing by itself; collects text, tags and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone_and_shows_what_the_table_shows() -> None:
    found = figures_of([*BY_HAND, told("f", 2, unsold=("<script>alert(1)</script>",))])
    shown = Page(page(found, COFFEE, "May"))
    for name, value in rows_of(found, COFFEE):
        assert name in shown.text
        assert value in shown.text
    assert shown.tags.count("svg") == 2
    assert "script" not in shown.tags
    assert [each for each in shown.addresses if not each.startswith("#")] == []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[commerce]\npin_free_limit = ""\n', "utf-8")
    called = runner(monkeypatch, capsys)
    for lines in (("two lattes", "that's all", "yes", "goodbye"), ("a bagel",), ("do you have sushi", "human")):
        assert called("chat", lines=typed(*lines)).code == 0
    return called


def numbers(done: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(done)
    return found


def test_the_command_tells_of_real_conversations(run: Run) -> None:
    found = numbers(run("report", "--json").out)
    assert (found["conversations"], found["orders"], found["revenue"]) == (3, 1, 840)
    assert found["unsold"] == [["sushi", 1]]
    assert [each[:1] for each in found["abandoned"]] == [["Shopping"]]
    table = run("report").out
    assert re.search(r"revenue +\$8\.40", table)
    rows = dict(csv.reader(io.StringIO(run("report", "--csv").out)))
    assert rows["with an order"] == "33.3 %"
    assert run("report", "--html", "r.html").code == 0
    assert "$8.40" in Path("r.html").read_text("utf-8")


def test_only_calls_of_the_period_count(run: Run) -> None:
    assert numbers(run("report", "--json", "--to", "2001-01-01").out)["conversations"] == 0
    assert numbers(run("report", "--json", "--from", "2001-01-01").out)["conversations"] == 3
    assert numbers(run("report", "--json", "--from", "2999-01-01").out)["conversations"] == 0


@pytest.mark.parametrize(
    ("arguments", "remedy"), [(("--from", "yesterday"), "2026-11-01"), (("--html", "nowhere/r.html"), "another file")]
)
def test_what_cannot_be_done_is_told(run: Run, arguments: tuple[str, ...], remedy: str) -> None:
    done = run("report", *arguments)
    assert done.code == 2
    assert remedy in done.err


async def test_no_order_of_the_log_is_lost_or_counted_twice() -> None:
    """Two orders in one call, one of them after a no."""
    told = await story(add("latte"), CHECKOUT, NO, CHECKOUT, YES, add("bagel"), CHECKOUT, YES, BYE)
    assert len(told.orders) == 2
    assert figures_of([told]).revenue == sum(told.orders)
