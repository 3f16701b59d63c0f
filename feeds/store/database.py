"""The database itself: transactions on it, and what goes wrong with it.

SQLite and PostgreSQL run the same statements; what differs between them is in this module, in `opening`, in
`locks` and in `search`.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from feeds.errors import StoreCorruptError, StoreError, StoreRefusedError
from feeds.store import locks
from feeds.store.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

#: A connection inside one transaction; every function of this room takes one first.
Transaction: TypeAlias = Connection

BUSY_SECONDS = 10

#: Classes of SQLSTATE (PostgreSQL): data, constraints, limits of the program.
_REFUSALS = ("22", "23", "54")
#: What SQLite says of a file that is damaged or none of its own.
_DAMAGE = ("malformed", "not a database", "database corruption", "unsupported file format")


class Store:
    """One open database; safe to share between threads."""

    def __init__(self, name: str, engine: Engine, path: Path | None) -> None:
        self.name = name  #: its address without a password
        self.path = path  #: the file, on SQLite
        self.engine = engine
        self.written = object()  #: another one after all that this process may have changed
        self._watch = Watch(path) if path else None

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the store and never makes a writer wait.

        Raises StoreError, StoreCorruptError.
        """
        options: dict[str, Any] = {}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._translated(), self.engine.connect() as db:
            db = db.execution_options(**options)
            with db.begin():
                yield db

    @contextmanager
    def write(self, patience: float = BUSY_SECONDS) -> Iterator[Transaction]:
        """A transaction that is committed as a whole, or, after an exception, not at all.

        On SQLite another writer is waited for, `patience` seconds at most.
        Raises StoreError, StoreCorruptError.
        """
        with self._translated(), self.engine.connect() as db:
            db = db.execution_options(writes=True, patience=patience)
            try:
                with db.begin():
                    yield db
            finally:
                self.written = object()

    def count_changes(self) -> object:
        """Return something that stays equal only while nothing is committed.

        None where the database does not tell (PostgreSQL). Raises StoreError, StoreCorruptError.
        """
        if self._watch is None:
            return None
        try:
            return self._watch.count()
        except sqlite3.Error:
            with self._translated():  # it costs as much as the question, and is seldom needed
                raise

    def find_damage(self) -> str | None:
        """Read the whole store once; return what is broken in it, None where all is well (SQLite only)."""
        if not self.is_sqlite:
            return None
        try:
            with self.read() as db:
                verdict = str(db.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
        except StoreCorruptError as error:
            return str(error)
        return None if verdict == "ok" else first_line(verdict)

    def poller_lock(self) -> AbstractContextManager[None]:
        """Hold the right to poll; raises StoreLockedError if another process does."""
        if self.path is not None:
            return locks.hold_file(_lock_path(self.path), f"sqlite:///{self.path}")
        return locks.hold_advisory(self.engine, self.name)

    def is_poller_running(self) -> bool:
        """Whether some process holds the right to poll."""
        if self.path is not None:
            return locks.is_file_held(_lock_path(self.path))
        with self.read() as db:
            return locks.find_advisory_holder(db) is not None

    def close(self) -> None:
        """Close every connection; a transaction under way keeps its own until it ends."""
        self.engine.dispose()
        if self._watch:
            self._watch.close()
        self.written = object()

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.name)


def insert(db: Transaction, table: Table) -> sqlite.Insert:
    """Return an INSERT that can say ON CONFLICT; both databases spell it alike, SQLAlchemy does not."""
    return insert_for(db.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert:
    """Return the INSERT of a dialect by its name, for statements that are made once."""
    statement: sqlite.Insert = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    return statement


def insert_missing(db: Transaction, table: Table) -> sqlite.Insert:
    """Return an INSERT that leaves rows alone that are there already; it is made once."""
    return _make_insert_missing(db.dialect.name, table)


@cache
def _make_insert_missing(dialect: str, table: Table) -> sqlite.Insert:
    return insert_for(dialect, table).on_conflict_do_nothing()


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


# --- What goes wrong --------------------------------------------------------------------------------


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what the libraries raise into one line of ours that begins with the store's name."""
    try:
        yield
    except msgspec.DecodeError as error:
        raise StoreError(f"{name}: what is stored cannot be read: {first_line(error)}") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = first_line(getattr(error, "orig", None) or error)
        if tells_damage(reason):
            raise StoreCorruptError(f"{name}: {reason}") from error
        if _tells_refusal(error):
            raise StoreRefusedError(name, reason) from error
        raise StoreError(f"{name}: {reason}") from error


def _tells_refusal(error: Exception) -> bool:
    """Whether it lies in what was to be stored, not in the database."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state.startswith(_REFUSALS)


def tells_damage(reason: str) -> bool:
    """Whether SQLite says that its file is damaged."""
    return any(words in reason for words in _DAMAGE)


def first_line(words: object) -> str:
    lines = str(words).strip().splitlines() or [type(words).__name__]
    return lines[0].strip()
