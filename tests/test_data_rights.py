"""A customer gets all that is known of them, or is erased: no row, no file and no byte tells of them afterwards."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from commerce.person_tables import IMPERSONAL
from commerce.store import Store
from tests.commandline import Run, runner, typed
from tests.small_shop import StandingClock

ADA, BOB = "15550100", "15550199"
PIN = "8362"
WITH_OTHERS = {"cart_versions": "carts", "confirmations": "quotes"}
"""Tables whose rows go with those of another."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Ada Lovelace and Bob have called, ordered, tried wrong PINs and asked for a person."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    (tmp_path / "config.toml").write_text(
        '[store]\ndatabase = "shop.db"\n[commerce]\npin_challenge = 0\n[voice.recording]\nfolder = "sounds"\n', "utf-8"
    )
    called = runner(monkeypatch, capsys)
    for name, phone in (("Ada Lovelace", ADA), ("Bob", BOB)):
        assert called("customer", "add", name, phone, "--choose-pin").code == 0
        for lines in (
            ("two lattes", "that's all", "yes", "9174", PIN, "goodbye"),
            ("a bagel", "that's all", "yes", "no"),
            ("a mocha", "human"),
        ):
            assert called("chat", "--caller", f"+{phone[0]} {phone[1:4]}-{phone[4:]}", lines=typed(*lines)).code == 0
    (tmp_path / "sounds").mkdir()
    for call in calls(tmp_path):
        (tmp_path / "sounds" / f"{call}.wav").write_bytes(b"RIFF")
    return called


def calls(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "shop.db")) as books:
        return [row[0] for row in books.execute("SELECT DISTINCT call FROM events ORDER BY sequence")]


def number_of(run: Run, phone: str) -> str:
    listed = [json.loads(each) for each in run("customer", "list", "--json").out.replace("}\n{", "}\0{").split("\0")]
    [found] = [each["id"] for each in listed if each["phone"] == phone]
    return str(found)


def content(folder: Path) -> bytes:
    """Every byte of the database and of what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in folder.glob("shop.db*"))


def test_all_that_is_known_is_in_the_export_and_nothing_of_others(run: Run) -> None:
    done = run("customer", "export", ADA, "--out", "ada.zip")
    assert done.code == 0
    with zipfile.ZipFile("ada.zip") as archive:
        assert archive.testzip() is None
        known = json.loads(archive.read("data.json"))
        sounds = [name for name in archive.namelist() if name.startswith("recordings/")]
        whole = archive.read("data.json").decode()
    assert known["customers"][0]["name"] == "Ada Lovelace"
    assert len(known["orders"]) == 1
    assert [each["product"] for each in known["order_lines"]] == ["latte"]
    assert len({each["call"] for each in known["events"]}) == len(sounds) == 3
    assert len(known["tickets"]) == 1
    assert len(known["pin_tries"]) == 2
    assert "argon2" not in whole
    assert PIN not in whole
    for other in (BOB, "Bob", number_of(run, BOB)):
        assert other not in whole
    assert Path("ada.zip").stat().st_mode & 0o077 == 0


def test_an_export_overwrites_nothing(run: Run) -> None:
    assert run("customer", "export", ADA, "--out", "ada.zip").code == 0
    again = run("customer", "export", ADA, "--out", "ada.zip")
    assert again.code == 2
    assert "--out" in again.err


def test_nothing_tells_of_the_erased_and_everything_of_the_others(run: Run, tmp_path: Path) -> None:
    ada, theirs, everyone = number_of(run, ADA), calls(tmp_path)[:3], calls(tmp_path)
    before = content(tmp_path)
    for trace in (ada, ADA, "Ada Lovelace", theirs[1]):
        assert trace.encode() in before
    done = run("customer", "erase", ADA, "--yes")
    assert done.code == 0
    assert "events" in done.out
    after = content(tmp_path)
    for trace in (ada, ADA, "Ada Lovelace", "+1 555-0100", theirs[1], theirs[2]):
        # six digits may stand by chance in a longer hash, or in the fraction of a second
        found = re.search(rb".{0,40}(?<![0-9a-f.])" + re.escape(trace.encode()) + rb"(?![0-9a-f]).{0,40}", after, re.S)
        assert found is None, trace
    assert calls(tmp_path) == everyone[3:]
    assert sorted(path.stem for path in (tmp_path / "sounds").glob("*.wav")) == sorted(everyone[3:])
    assert run("customer", "export", BOB).code == 0
    assert "'15550100'" in run("customer", "erase", ADA, "--yes").err


def test_orders_stay_for_the_books_without_a_person(run: Run) -> None:
    run("customer", "erase", ADA, "--yes")
    orders = [json.loads(line) for line in run("orders", "--json").out.splitlines()]
    assert len(orders) == 2
    assert [each["customer"] is None for each in orders] == [False, True]
    assert {each["total"] for each in orders} == {"8.40"}
    with closing(sqlite3.connect("shop.db")) as books:
        assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_it_is_asked_first_and_orders_under_way_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    done = run("customer", "erase", ADA)
    assert done.code == 1
    assert "under way" in done.err
    assert run("customer", "export", ADA).code == 0


def test_no_table_is_forgotten() -> None:
    """A new table must be said to hold nothing of a person, or be among what erasing counts."""
    store = Store(None, StandingClock())
    with store.transaction():
        tables = {row["name"] for row in store._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        counted = set(store.erase_person("nobody", ()))
    assert tables - set(IMPERSONAL) == counted | set(WITH_OTHERS)
    assert set(WITH_OTHERS.values()) <= counted
