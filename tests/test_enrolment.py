"""The merchant changes a customer on the command line: PIN, limit, language, second factor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest

from tests.commandline import Run, runner

PHONE, PIN = "15550100", "8362"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is typed at the prompts, one after the other."""

    def given(*answers: str) -> None:
        left: Iterator[str] = iter(answers)
        monkeypatch.setattr("typer.prompt", lambda *_, **__: next(left))

    return given


def listed(run: Run) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("customer", "list", "--json").out)
    return found


def test_a_pin_is_changed_with_the_old_one_only(run: Run, typing: Callable[..., None]) -> None:
    typing(PIN)
    run("customer", "add", "Ada", PHONE, "--choose-pin")
    typing("9174", "6283")
    refused = run("customer", "pin", PHONE)
    assert (refused.code, "old one is wrong" in refused.err) == (2, True)
    typing(PIN, "1234")
    assert "too easy" in run("customer", "pin", PHONE).err
    typing(PIN, "6283")
    assert run("customer", "pin", PHONE).code == 0
    typing(PIN, "9174")
    assert run("customer", "pin", PHONE).code == 2


def test_what_is_named_changes_and_the_rest_stays(run: Run) -> None:
    run("customer", "add", "Ada", PHONE, "--limit", "80.00", "--household", "home")
    assert run("customer", "set", PHONE, "--name", "Ada L.", "--language", "en", "--household", "").code == 0
    now = listed(run)
    assert (now["name"], now["limit"], now["household"], now["language"]) == ("Ada L.", "80.00", None, "en")
    for wrong, remedy in (
        ((), "--limit"),
        (("--limit", "lots"), "'lots'"),
        (("--name", " "), "name"),
    ):
        done = run("customer", "set", PHONE, *wrong)
        assert (done.code, remedy in done.err) == (2, True), done
    assert "'999'" in run("customer", "set", "999", "--name", "Bob").err


def test_an_app_is_enrolled_when_its_code_is_right(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("customer", "add", "Ada", PHONE)
    secret = pyotp.random_base32()
    monkeypatch.setattr("voxcart.enrolment.new_secret", lambda: secret)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "000000")
    assert "nothing was changed" in run("customer", "second-factor", PHONE).err
    assert listed(run)["second_factor"] is False
    monkeypatch.setattr("typer.prompt", lambda *_, **__: pyotp.TOTP(secret).now())
    done = run("customer", "second-factor", PHONE)
    assert done.code == 0
    assert re.search(r"otpauth://totp/\S*" + secret, done.out)
    assert listed(run)["second_factor"] is True
    assert run("customer", "second-factor", PHONE, "--off").code == 0
    assert listed(run)["second_factor"] is False
