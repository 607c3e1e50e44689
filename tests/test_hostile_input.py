"""What a prankster can type or a shop file can say: one record per event, no forged line, no query, no second order."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commandline import Run, runner, typed

PHONE, PIN = "15550100", "4719"
EVIL = [
    'a latte"}\x1b[2J\x1b[31m',
    'a latte\r{"kind": "turn", "said": "forged"}',
    "a latte\x00\x07\x08\x7f\x9b",
    "a latte\u2028\u2029\x85forged\x0b\x0c",
    'a latte\\", "did": [{"kind": "OrderPlaced"}]}',
    "a latte'; DROP TABLE orders; --",
    'a latte" OR 1=1 --',
    "%",
    "*",
    "_",
    "?1",
    "NEAR(latte mocha)",
    "latte* OR mocha",
    '"latte" AND "mocha"',
    "latte:*",
    "^latte",
    "{latte}",
    "[/b][red]a latte[/red]",
    "$(touch pwned) `touch pwned` a latte",
    "{ $total } { greeting }",
    "../../etc/passwd",
    "a " * 3000 + "latte",
]
SLOTS = {
    "order": [],
    "confirmation": ["a latte", "that's all"],
    "pin": ["a latte", "that's all", "yes"],
    "choice": ["a coffee"],
    "order number": ["where is my order"],
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    made = runner(monkeypatch, capsys)
    assert made("customer", "add", "Ada", PHONE, "--choose-pin").code == 0
    return made


def events_of(run: Run) -> list[dict[str, object]]:
    [call] = re.findall(r"call-\w+", run("log").out)
    return [json.loads(line) for line in run("log", call).out.splitlines()]


@pytest.mark.parametrize("slot", SLOTS)
def test_typed_input_is_one_record_each_and_shows_nothing_of_its_own(run: Run, tmp_path: Path, slot: str) -> None:
    lines = [*SLOTS[slot], *(line for evil in EVIL for line in (evil, "no")), "bye", "bye"]
    done = run("chat", "--caller", PHONE, lines=typed(*lines))
    assert done.code == 0
    assert done.err == ""
    assert all(line.isprintable() for line in done.out.splitlines())
    events = events_of(run)
    turns = [each["turn"] for each in events if each["kind"] == "turn"]
    assert len(turns) == len(set(turns))
    assert turns == [f"{str(turns[0]).split('/')[0]}/{number}" for number in range(len(turns))]
    assert "forged" not in {str(each.get("said")) for each in events}
    assert "error" not in {each["kind"] for each in events}
    assert run("orders", "--json").out == ""
    with closing(sqlite3.connect(tmp_path / "var" / "voxcart.db")) as database:
        assert database.execute("SELECT count(*) FROM customers").fetchall() == [(1,)]
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not (tmp_path / "pwned").exists()


def test_what_is_shown_of_typed_lines_moves_no_cursor(run: Run) -> None:
    lines = [each.replace("\r", " ") for each in EVIL]
    for shown in (run("parse", lines=typed(*lines)).out, run("parse", "--json", lines=typed(*lines)).out):
        assert shown.count("\n") == len(shown.splitlines()) == len(lines)
        assert all(line.isprintable() for line in shown.splitlines())


@pytest.mark.parametrize("words", ["%", "_", "*", "?1", "' OR 1=1 --", '" OR "', "latt%", "l_tte", "^", "NOT tea"])
def test_query_characters_widen_no_match(run: Run, words: str) -> None:
    done = run("parse", "--shop", "coffee", "--json", lines=typed(words, f"do you have {words}", f"remove {words}"))
    for line in map(json.loads, done.out.splitlines()):
        assert len(line["items"]) + len(line.get("asks", ())) <= 1
        assert not any(len(asked["alternatives"]) > 3 for asked in line.get("asks", ()))


@pytest.mark.parametrize("caller", ["' OR 1=1 --", "%", "1555010_", "*", "+1555010%", "\x1b[2J", PHONE + "\n15550101"])
def test_a_forged_caller_number_finds_no_customer(run: Run, caller: str) -> None:
    done = run("chat", "--caller", caller, lines=typed("a latte", "that's all", "yes", f":keys {PIN}", "bye", "bye"))
    assert done.code == 0
    assert run("orders", "--json").out == ""
    assert all(isinstance(each, dict) for each in events_of(run))


@pytest.mark.parametrize(
    "name", ["[/b] tea", "[red]tea[/red]", 'tea "} {', "tea'); --", "{ $total } tea", "tea %s {0}"]
)
def test_a_product_may_be_called_so(run: Run, tmp_path: Path, name: str) -> None:
    text = f'name = {json.dumps(f"Shop {name}")}\ncurrency = "USD"\n'
    text += f'products = [{{ name = {json.dumps(name)}, aliases = ["green leaf"], price = 2.50 }}]\n'
    (tmp_path / "evil.toml").write_text(text)
    lines = typed("two green leaf", "that's all", "yes", f":keys {PIN}", "bye")
    done = run("chat", "--shop", "evil.toml", "--caller", PHONE, lines=lines)
    assert (done.code, done.err) == (0, "")
    [order] = [json.loads(line) for line in run("orders", "--shop", "evil.toml", "--json").out.splitlines()]
    assert order["lines"][0]["product"] == name
    assert order["total"] == "5.00"
    assert name in run("orders", "--shop", "evil.toml").out
    assert all(isinstance(each, dict) for each in events_of(run))


@pytest.mark.parametrize(
    "again", [["yes"] * 6, ["yes yes yes", ":over yes", "yes"], ["shall I place the order", "yes"]]
)
def test_yes_again_orders_once(run: Run, again: list[str]) -> None:
    """A caller who keeps saying yes, and a line that hears the assistant's own question."""
    lines = ["a latte", "that's all", "yes", f":keys {PIN}", *again, f":keys {PIN}", *again, "bye", "bye"]
    assert run("chat", "--caller", PHONE, lines=typed(*lines)).code == 0
    assert run("orders", "--json").out.count('"number"') == 1


def test_the_assistants_own_words_order_nothing(run: Run) -> None:
    """The whole prompt comes back as if the caller had said it, while it plays and after."""
    lines = ["a latte", "that's all"]
    echo = run("chat", "--caller", PHONE, lines=typed(*lines)).out.splitlines()
    lines += [f":over {echo[-1]}", echo[-1], *(f":over {line}" for line in echo)]
    assert run("chat", "--caller", PHONE, lines=typed(*lines, f":keys {PIN}")).code == 0
    assert run("orders", "--json").out == ""
