"""Knows how the database file is opened, migrated and kept whole. Knows no table and no rule of selling."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from filelock import FileLock
from sqlite_utils import Database

from commerce import failpoints
from commerce.errors import StoreError
from commerce.schema import APPLICATION, MIGRATIONS

Row: TypeAlias = dict[str, Any]
Clock: TypeAlias = Callable[[], datetime]
"""The time now, aware, in UTC."""


class _Connection(sqlite3.Connection):
    """A transaction takes the write lock at once: one that reads first could not wait for its turn to write."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        statement = "BEGIN IMMEDIATE" if sql == "BEGIN" else sql
        failpoints.reach("before", statement)
        cursor = super().execute(statement, parameters)
        failpoints.reach("after", statement)
        return cursor


class DatabaseFile:
    """One database file, shared by processes. It may be used by several threads, one at a time."""

    def __init__(self, path: Path | None, clock: Clock, busy_timeout_ms: int = 5000) -> None:
        """`path` None = in memory, gone when closed. Raises StoreError that names the remedy."""
        self.path = path
        self.clock = clock
        self._busy_timeout_ms = busy_timeout_ms
        self._lock = threading.RLock()
        self._abandoned = False
        with self._told(), self._alone():
            version = self._look()
            self._database = self._connect()
            if version < len(MIGRATIONS):
                self._migrate(version)

    def now(self) -> str:
        return self.clock().isoformat()

    def _alone(self) -> AbstractContextManager[object]:
        """Only one process opens the file at a time: SQLite does not wait for its turn to switch to WAL."""
        if self.path is None:
            return nullcontext()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{self.path}.lock", timeout=self._busy_timeout_ms / 1000)

    def _look(self) -> int:
        """The version of the schema. Raises StoreError for a file that is not ours to open; nothing is written to it.

        `immutable` keeps SQLite from making a log beside the file; where there is one already, it must be read.
        """
        if self.path is None or not self.path.exists():
            return 0
        access = "mode=ro" if Path(f"{self.path}-wal").exists() else "immutable=1"
        timeout = self._busy_timeout_ms / 1000
        with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?{access}", timeout, uri=True)) as connection:
            tables, application, version = (
                connection.execute(question).fetchone()[0]
                for question in ("SELECT count(*) FROM sqlite_schema", "PRAGMA application_id", "PRAGMA user_version")
            )
        if tables and application != APPLICATION:
            raise StoreError(f"{self.path} belongs to another program. Name another database in config.toml.")
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self.path} was written by a newer Voxcart (its schema is {version}, this one knows"
                f" {len(MIGRATIONS)}). Install that version, or name another database in config.toml."
            )
        return int(version)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it ends. Raises StoreError where SQLite fails; nothing has changed then."""
        with self._lock, self._told():
            if self._abandoned:
                self._database = self._connect()
                self._abandoned = False
            outermost = not self._database.conn.in_transaction
            try:
                with self._database.atomic():
                    yield
            finally:
                if outermost and self._database.conn.in_transaction:
                    self._abandon()

    def _abandon(self) -> None:
        """A transaction whose rollback failed must not live on: closing the connection ends it."""
        self._database.close()
        self._abandoned = self.path is not None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise StoreError.of(self.path, error) from error

    def _connect(self) -> Database:
        name = str(self.path or ":memory:")
        seconds = self._busy_timeout_ms / 1000
        connection = sqlite3.connect(name, timeout=seconds, check_same_thread=False, factory=_Connection)
        database = Database(connection)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "secure_delete = ON"):
            database.execute(f"PRAGMA {pragma}")
        return database

    def _migrate(self, version: int) -> None:
        if self.path:
            self._database.execute("PRAGMA journal_mode = WAL")
        with self.transaction():
            for statement in (each for migration in MIGRATIONS[version:] for each in migration):
                self._run(statement)
            self._run(f"PRAGMA application_id = {APPLICATION}")
            self._run(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _run(self, sql: str, *values: Any) -> int:
        """The number of rows that changed."""
        return int(self._database.execute(sql, values).rowcount)

    def _rows(self, sql: str, *values: Any) -> list[Row]:
        cursor = self._database.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _row(self, sql: str, *values: Any) -> Row | None:
        return next(iter(self._rows(sql, *values)), None)

    def _insert(self, table: str, **values: Any) -> None:
        marks = ", ".join("?" for _ in values)
        self._run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())

    def fault(self) -> str | None:
        """What SQLite finds damaged in the file, or None."""
        with self._lock, self._told():
            [[found], *_] = self._database.execute("PRAGMA quick_check(1)").fetchall()
        return None if found == "ok" else str(found)
