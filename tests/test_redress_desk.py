"""Who packs and answers sees on the command line what comes back and what is complained of, and says what is done."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.commandline import Run, runner, typed

PHONE = "15550100"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A customer of a coffee bar has got two lattes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    called = runner(monkeypatch, capsys)
    pin = re.search(r"PIN (\d+)", called("customer", "add", "Ada", PHONE).out)
    assert pin
    (tmp_path / "pin").write_text(pin[1], "utf-8")
    talk(called, "two lattes", "that's all", "yes", pin[1])
    called("order", "set", order(called)["number"], "delivered")
    return called


def talk(run: Run, *lines: str) -> str:
    done = run("chat", "--caller", f"+{PHONE}", lines=typed(*lines, "goodbye"))
    assert done.code == 0
    return done.out


def pin() -> str:
    return Path("pin").read_text("utf-8")


def order(run: Run) -> dict[str, str]:
    [found] = [json.loads(line) for line in run("orders", "--json").out.splitlines()]
    return found


def test_returns(run: Run) -> None:
    assert "Nothing is to come back" in run("return", "list").out
    assert "Your return is registered" in talk(run, "i want to return something", pin(), "it leaked", "yes")
    number = order(run)["number"]
    [shown] = json.loads(run("order", "show", number).out)["returns"]
    assert (shown["goods"], shown["refund"], shown["reason"]) == (["2 latte, medium"], "8.40", "damaged")
    assert json.loads(run("return", "list", "--json").out) == shown
    assert shown["number"] in run("return", "list").out
    assert run("return", "settle", shown["number"]).out == f"{shown['number']}: settled\n"
    assert "Nothing is to come back" in run("return", "list").out
    assert json.loads(run("return", "list", "--all", "--json").out)["settled"]
    again = run("return", "settle", shown["number"])
    assert again.code == 2
    assert "was settled" in again.err


def test_an_order_without_returns_shows_none(run: Run) -> None:
    assert "returns" not in json.loads(run("order", "show", order(run)["number"]).out)


def test_complaints(run: Run) -> None:
    assert "No complaint waits" in run("complaint", "list").out
    talk(run, "i want to complain", "it was [red]cold[/red]", "yes", pin())
    [waiting] = [json.loads(line) for line in run("complaint", "list", "--json").out.splitlines()]
    assert (waiting["reason"], waiting["caller"], waiting["late"]) == ("quality", f"+{PHONE}", False)
    number = waiting["number"]
    assert "[red]cold" in run("complaint", "list").out
    assert json.loads(run("complaint", "show", number).out)["apology"]["amount"] == 300
    assert run("complaint", "answer", number, "Have another one.").out == f"{number}: answered\n"
    assert "No complaint waits" in run("complaint", "list").out
    assert number in run("complaint", "list", "--all").out
    assert "Have another one." in talk(run, "what about my complaint", "i don't have it", pin())
    for done in (run("complaint", "show", "1"), run("complaint", "answer", number, "x")):
        assert done.code == 2


def test_comments(run: Run) -> None:
    assert "Nobody has told anything" in run("comments").out
    Path("config.toml").write_text("[dialogue]\nask_rating = true\nask_comment = true\n", "utf-8")
    told = ("two lattes", "that's all", "yes", pin(), "goodbye", "five", "the [b]barista[/b] has a lovely voice")
    talk(run, *told)
    [row] = [json.loads(line) for line in run("comments", "--json").out.splitlines()]
    assert (row["rating"], row["said"]) == (5, "the [b]barista[/b] has a lovely voice")
    assert row["call"].startswith("call-")
    assert "[b]barista[/b]" in run("comments").out


def test_what_a_customer_said_goes_with_them(run: Run, tmp_path: Path) -> None:
    talk(run, "i want to return something", pin(), "the lid was broken", "yes")
    talk(run, "i want to complain", "the barista was rude and the foam was cold", "yes", pin())
    run("customer", "export", PHONE, "--out", "ada.zip")
    assert run("customer", "erase", PHONE, "--yes").code == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("voxcart.db*"))
    for words in (b"lid was broken", b"barista was rude"):
        assert words not in kept
    [left] = json.loads(run("order", "show", order(run)["number"]).out)["returns"]
    assert (left["refund"], left["said"]) == ("8.40", "")
