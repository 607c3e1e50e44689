"""The household on the command line and in the recogniser: who has a list, whose names are listened for."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from commerce.customers import add_customer
from tests.commandline import Run, runner, typed
from voxcart.build import open_mind, open_shop, said_words
from voxcart.config import Config, HouseholdChoice, StoreChoice, load_config
from voxcart.questions import expecting
from voxcart.states import Shopping

PHONE, PIN = "15550100", "4719"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


@pytest.fixture
def home(tmp_path: Path) -> Config:
    return replace(Config(tmp_path), household=HouseholdChoice("home"), store=StoreChoice("shop.db"))


def test_the_list_outlives_the_program(run: Run) -> None:
    run("chat", "--household", "home", lines=typed("put two teas on the list", "bye"))
    assert "two medium teas" in run("chat", "--household", "home", lines=typed("what's on the list", "bye")).out
    assert "nothing on the list" in run("chat", "--household", "office", lines=typed("what's on the list", "bye")).out
    assert "no list on this line" in run("chat", lines=typed("what's on the list", "bye")).out


def test_the_list_is_bought_by_name_and_pin(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    assert run("customer", "add", "Ada", PHONE, "--choose-pin", "--household", "home").code == 0
    assert "home" in run("customer", "list").out
    assert '"household": "home"' in run("customer", "list", "--json").out
    said = ["put a tea on the list", "order the list", "that's all", "yes", "ada", f":keys {PIN}", "bye"]
    done = run("chat", "--household", "home", lines=typed(*said))
    assert "Who is buying" in done.out
    assert "order is placed" in done.out
    assert PIN not in done.out


def test_the_names_of_the_household_are_spelled_for_the_recogniser(home: Config) -> None:
    with closing(open_shop(home, "coffee")) as front:
        add_customer(front.shop.till, "Ksenia Smith", PHONE, PIN, household="home")
        add_customer(front.shop.till, "Wilhelmina", "15550101", PIN, household="office")
        words = said_words(front)
        elsewhere = said_words(replace(front, config=replace(home, household=HouseholdChoice())))
    assert {"ksenia", "smith", "list", "shopping"} <= words
    assert "wilhelmina" not in words
    assert not {"ksenia", "shopping"} & elsewhere


def test_only_a_line_with_a_household_listens_for_the_list(home: Config) -> None:
    with closing(open_shop(home, "coffee")) as front:
        asked = expecting(Shopping())
        at_home = open_mind(front, "call-1", household="home")._tools.phrases(asked.kind, asked.focus)
        by_telephone = open_mind(front, "call-2")._tools.phrases(asked.kind, asked.focus)
    assert "order the list" in at_home
    assert "order the list" not in by_telephone


def test_it_is_read_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[household]\nname = "home"\n', "utf-8")
    assert load_config(file).household.name == "home"
    assert load_config(None).household.name == ""
