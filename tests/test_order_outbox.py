"""What the merchant sees of orders that wait for their own system, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from commerce.local_connectors import LocalBackEnd
from tests.back_office import open_desk
from tests.commandline import Run, runner, typed
from tests.small_shop import KIOSK, open_kiosk

NOWHERE = "http://127.0.0.1:9"
CONFIG = """
[shop]
file = "kiosk.toml"
[commerce]
pin_free_limit = ""
[store]
database = "shop.db"
[connectors]
orders = "http"
pause_ms = 1.0
hand_over_pause_s = 0.01
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kiosk.toml").write_text(KIOSK)
    point_at(tmp_path, NOWHERE)
    return runner(monkeypatch, capsys)


def until(condition: Callable[[], object], run: Run) -> None:
    """A call may be over before all is handed over; the next one goes on with it."""
    for _ in range(20):
        if condition():
            return
        run("chat", lines=typed("hello", "goodbye"))
    pytest.fail("it was not handed over")


def point_at(folder: Path, url: str) -> None:
    (folder / "config.toml").write_text(f'{CONFIG}url = "{url}"\n')


def test_what_waits_is_shown_until_it_is_taken_and_what_was_refused_stays(run: Run, tmp_path: Path) -> None:
    assert "Everything is handed over." in run("order", "outbox").out
    said = run("chat", lines=typed("two cakes", "that's all", "yes", "goodbye")).out
    assert "Your order is placed" in said
    waiting = json.loads(run("order", "outbox", "--json").out)
    assert (waiting["kind"], waiting["refused"]) == ("placed", None)
    assert waiting["number"] in run("order", "outbox").out
    with closing(open_kiosk()) as office, open_desk(LocalBackEnd(office)) as desk:
        point_at(tmp_path, desk.url)
        until(lambda: "Everything is handed over." in run("order", "outbox").out, run)
        assert desk.ledger.taken() == [waiting["number"]]
        desk.always["orders"] = 422
        run("chat", lines=typed("a water", "that's all", "yes", "goodbye"))
        until(lambda: json.loads(run("order", "outbox", "--json").out)["refused"], run)
        assert "order refused" in run("ticket", "list").out
        assert run("ticket", "show", json.loads(run("ticket", "list", "--json").out)["number"]).code == 0


def test_what_the_merchant_cancels_here_is_handed_over_too(run: Run, tmp_path: Path) -> None:
    run("chat", lines=typed("two cakes", "that's all", "yes", "goodbye"))
    number = json.loads(run("order", "outbox", "--json").out)["number"]
    assert run("order", "set", number, "cancelled").code == 0
    with closing(open_kiosk()) as office, open_desk(LocalBackEnd(office)) as desk:
        point_at(tmp_path, desk.url)
        until(lambda: desk.ledger.status(number) == "cancelled", run)
