"""What callers said in vain is listed; an alias is tried on all that is understood, and written by a person only."""

from __future__ import annotations

from pathlib import Path

import pytest

from commerce.shop_file import load_shop
from tests.commandline import Run, runner, typed
from voxcart.errors import ConfigError
from voxcart.mining import effects, shown
from voxcart.misses import write_alias

SHOP = """# Our little bar; comments stay.
name = "Bar"
currency = "USD"

[[products]]
name = "latte"     # with milk
price = 4.20
aliases = ["caffe latte"]

[[products]]
name = "flat white"
price = 3.90

[[products]]
name = "bagel"
price = 2.40
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """A bar where two callers wanted a milky coffee and one sushi."""
    monkeypatch.chdir(tmp_path)
    Path("bar.toml").write_text(SHOP, "utf-8")
    Path("config.toml").write_text('[shop]\nfile = "bar.toml"\n[store]\ndatabase = "shop.db"\n', "utf-8")
    called = runner(monkeypatch, capsys)
    for line in ("a milky coffee please", "do you have milky coffee", "do you have sushi", "two bagels", "4739 4739"):
        assert called("chat", lines=typed(line)).code == 0
    return called


def test_the_list_names_what_is_wanted_most_first_and_nothing_private(run: Run) -> None:
    shown_rows = run("misses", "list").out
    assert shown_rows.index("milky coffee") < shown_rows.index("sushi")
    assert "4739" not in shown_rows
    assert "bagel" not in shown_rows.split("perhaps")[0]


def test_trying_shows_what_would_be_understood_then(run: Run) -> None:
    done = run("misses", "try", "milky coffee", "latte")
    assert done.code == 0
    assert "a milky coffee please: order -> order: 1 latte" in done.out
    assert "LOST" not in done.out
    assert Path("bar.toml").read_text("utf-8") == SHOP


def test_an_alias_that_takes_something_away_is_not_written(run: Run) -> None:
    for command in ("try", "accept"):
        done = run("misses", command, "flat white", "latte")
        assert done.code == 1
        assert "LOST" in done.out
    assert Path("bar.toml").read_text("utf-8") == SHOP


def test_accepting_writes_the_alias_and_nothing_else(run: Run) -> None:
    assert run("misses", "accept", "milky coffee", "latte").code == 0
    assert Path("bar.toml").read_text("utf-8") == SHOP.replace('["caffe latte"]', '["caffe latte", "milky coffee"]')
    assert run("misses", "accept", "white coffee", "bagel").code == 0
    assert load_shop(Path("bar.toml")).by_id["bagel"].aliases == ("white coffee",)
    assert "# with milk" in Path("bar.toml").read_text("utf-8")
    said = run("chat", lines=typed("two milky coffees")).out
    assert "Two lattes" in said


def test_what_cannot_be_done_is_told(run: Run) -> None:
    unknown = run("misses", "try", "milky coffee", "late")
    assert (unknown.code, "latte" in unknown.err) == (2, True)
    sample = run("misses", "accept", "milky coffee", "latte", "--shop", "coffee")
    assert (sample.code, "sample" in sample.err) == (2, True)


def test_a_file_that_would_be_broken_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bar.toml"
    path.write_text(SHOP, "utf-8")
    for alias, product in (("\x07", "latte"), ("tea", "nothing")):
        with pytest.raises(ConfigError, match="by hand"):
            write_alias(path, alias, product)
        assert path.read_text("utf-8") == SHOP
        assert [each.name for each in tmp_path.iterdir()] == ["bar.toml"]


def test_what_counts_as_lost() -> None:
    latte, tea = {"product": "latte", "quantity": 1}, {"product": "tea", "quantity": 1}
    before = {
        "a": {"intent": "order", "items": [latte]},
        "b": {"intent": "order", "items": [latte]},
        "c": {"intent": None},
        "d": {"intent": "order", "items": []},
        "e": {"intent": "checkout"},
        "f": {"intent": "checkout"},
    }
    after = {
        "a": {"intent": "order", "items": [latte, tea]},
        "b": {"intent": "order", "items": [tea]},
        "c": {"intent": "order", "items": [tea]},
        "d": {"intent": "order", "items": [tea]},
        "e": {"intent": "order", "items": [tea]},
        "f": {"intent": "checkout"},
    }
    found = effects([*before, "a"], before.__getitem__, after.__getitem__)
    assert {each.text: each.harm for each in found} == {"a": False, "b": True, "c": False, "d": False, "e": True}
    assert [each.harm for each in found] == [True, True, False, False, False]
    assert shown(before["c"]) == "not understood"
