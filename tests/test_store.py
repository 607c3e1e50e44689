"""The database: durable, versioned, honest about what is wrong with it; the event log keeps one record per event."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import StoreError
from commerce.schema import MIGRATIONS
from commerce.store import Store
from tests.small_shop import StandingClock


def open_store(path: Path | None = None) -> Store:
    return Store(path, StandingClock(), busy_timeout_ms=50)


def pragma(store: Store, name: str) -> object:
    [[value]] = store._database.execute(f"PRAGMA {name}").fetchall()
    return value


def test_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    store = open_store(tmp_path / "deep" / "shop.db")
    kept = {name: pragma(store, name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 50}


def newer_database(path: Path) -> sqlite3.Connection:
    """Written by a version to come; what its connection has written is still in the log beside it."""
    store = open_store(path)
    store.append_event("c", "c/1", "heard", {})
    store.close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.commit()
    return connection


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".lock"}


NEWER = r"written by a newer Voxcart.*Install that version, or name another database"


def test_a_database_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    newer_database(tmp_path / "shop.db").close()
    before = files(tmp_path)
    assert list(before) == ["shop.db"]
    with pytest.raises(StoreError, match=NEWER):
        open_store(tmp_path / "shop.db")
    assert files(tmp_path) == before


def test_a_newer_version_that_only_the_log_tells_of_is_left_alone(tmp_path: Path) -> None:
    connection = newer_database(tmp_path / "shop.db")
    before = {name: content for name, content in files(tmp_path).items() if not name.endswith("-shm")}
    assert before["shop.db-wal"]
    with pytest.raises(StoreError, match=NEWER):
        open_store(tmp_path / "shop.db")
    assert {name: content for name, content in files(tmp_path).items() if not name.endswith("-shm")} == before
    connection.close()


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE songs (name)")
    connection.close()
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"shop\.db: .*(Restore a backup|Check the disk)"):
        open_store(path)


def test_damage_inside_a_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    store = open_store(path)
    for turn in range(200):
        store.append_event("c", f"c/{turn}", "heard", {"words": "x" * 100})
    assert store.fault() is None
    store.close()
    content = bytearray(path.read_bytes())
    content[-4096 * 3 : -4096] = b"\xff" * 4096 * 2
    path.write_bytes(content)
    assert open_store(path).fault() is not None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(tmp_path / "file" / "shop.db")


def test_a_migration_that_was_half_done_is_done_again(tmp_path: Path) -> None:
    """The schema is made in one transaction, so a version of 0 means that there is no table."""
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    store = open_store(path)
    assert pragma(store, "user_version") == len(MIGRATIONS)


def test_two_stores_share_a_file(tmp_path: Path) -> None:
    one, two = open_store(tmp_path / "shop.db"), open_store(tmp_path / "shop.db")
    sequences = [store.append_event("c", f"c/{turn}", "heard", {}) for turn in range(5) for store in (one, two)]
    assert sequences == sorted(set(sequences))
    assert len(one.events("c")) == 10


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "shop.db")

    def lock_and_fail() -> None:
        with store.transaction():
            store.set_pin_lock("ann", 1, 0, None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lock_and_fail()
    with store.transaction():
        assert store.pin_lock("ann") is None


def test_a_busy_database_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "shop.db")
    other = sqlite3.connect(tmp_path / "shop.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process keeps the database busy"):
        store.append_event("c", "c/1", "heard", {})
    other.rollback()
    other.close()
    assert store.append_event("c", "c/1", "heard", {}) == 1


def test_a_database_that_another_process_is_opening_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with FileLock(f"{path}.lock"), pytest.raises(StoreError, match="another process keeps the database busy"):
        open_store(path)
    assert open_store(path).calls() == ()


CONTROL = "\r\n\x00\x1b[2J\x85\u2028\u202e\x7f\"}{','--"


def test_an_event_is_one_record_whatever_is_in_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "shop.db")
    store.append_event(f"call{CONTROL}", CONTROL, "heard", {"words": CONTROL, "ms": 12, CONTROL: [CONTROL]})
    [event] = store.events(f"call{CONTROL}")
    assert (event.turn, event.payload) == (CONTROL, {"words": CONTROL, "ms": 12, CONTROL: [CONTROL]})
    [[stored]] = store._database.execute("SELECT payload FROM events").fetchall()
    assert stored.isascii()
    assert stored.splitlines() == [stored]
    assert stored.replace("\x7f", "").isprintable()


EVENT_STORE = open_store()


@given(st.dictionaries(st.text(max_size=5), st.text() | st.integers(-(2**53), 2**53) | st.none(), max_size=3))
def test_every_payload_comes_back(payload: dict[str, object]) -> None:
    sequence = EVENT_STORE.append_event("c", "c/1", "heard", payload)
    assert EVENT_STORE.events("c")[-1].payload == payload
    assert EVENT_STORE.events("c")[-1].sequence == sequence


def test_calls_are_listed_newest_first() -> None:
    clock = StandingClock()
    store = Store(None, clock)
    for call, turns in (("a", 3), ("b", 1)):
        for turn in range(turns):
            store.append_event(call, f"{call}/{turn}", "heard", {})
            clock.move(seconds=2)
    summaries = store.calls()
    assert [(each.call, each.events) for each in summaries] == [("b", 1), ("a", 3)]
    assert summaries[1].ended - summaries[1].began == timedelta(seconds=4)
