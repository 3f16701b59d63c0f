"""The database itself: opening it, transactions on it, and what goes wrong with it.

SQLite and PostgreSQL run the same statements; what differs between them is in this module, in `locks`
and in `insert`.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from feeds.errors import StoreCorruptError, StoreError
from feeds.store import locks, upgrade
from feeds.store.migrations import REVISION_TABLE

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

#: A connection inside one transaction; every function of this room takes one first.
Transaction: TypeAlias = Connection

BUSY_SECONDS = 10
CHECKED_AT_OPENING = 20_000_000  # bytes; a larger file is checked page by page as it is read

#: What SQLite says of a file that is damaged or none of its own.
_DAMAGE = ("malformed", "not a database", "database corruption", "unsupported file format")


class Store:
    """One open database; safe to share between threads."""

    def __init__(self, name: str, engine: Engine, path: Path | None) -> None:
        self.name = name  #: its address without a password
        self.path = path  #: the file, on SQLite
        self._engine = engine

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
        with self._translated(), self._engine.connect() as db:
            db = db.execution_options(**options)
            with db.begin():
                yield db

    @contextmanager
    def write(self, patience: float = BUSY_SECONDS) -> Iterator[Transaction]:
        """A transaction that is committed as a whole, or, after an exception, not at all.

        On SQLite another writer is waited for, `patience` seconds at most.
        Raises StoreError, StoreCorruptError.
        """
        with self._translated(), self._engine.connect() as db:
            db = db.execution_options(writes=True, patience=patience)
            with db.begin():
                yield db

    def find_damage(self) -> str | None:
        """Read the whole store once; return what is broken in it, None where all is well (SQLite only)."""
        if not self.is_sqlite:
            return None
        try:
            with self.read() as db:
                verdict = str(db.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
        except StoreCorruptError as error:
            return str(error)
        return None if verdict == "ok" else _first_line(verdict)

    def poller_lock(self) -> AbstractContextManager[None]:
        """Hold the right to poll; raises StoreLockedError if another process does."""
        if self.path is not None:
            return locks.hold_file(_lock_path(self.path), f"sqlite:///{self.path}")
        return locks.hold_advisory(self._engine, self.name)

    def is_poller_running(self) -> bool:
        """Whether some process holds the right to poll."""
        if self.path is not None:
            return locks.is_file_held(_lock_path(self.path))
        with self.read() as db:
            return locks.find_advisory_holder(db) is not None

    def close(self) -> None:
        """Close every connection; a transaction under way keeps its own until it ends."""
        self._engine.dispose()

    def _translated(self) -> AbstractContextManager[None]:
        return _translate(self.name)


def open_store(url: str) -> Store:
    """Open the database at `sqlite:///PATH` or `postgresql://…`, creating and migrating it as needed.

    Raises StoreError, StoreCorruptError.
    """
    address = _parse_url(url)
    if address.get_backend_name() == "sqlite":
        store = _open_sqlite(Path(address.database or "").absolute())
    else:
        store = _open_postgresql(address)
    try:
        with _translate(store.name):
            upgrade.upgrade(store._engine, store.name)
    except StoreError:
        store.close()
        raise
    return store


def insert(db: Transaction, table: Table) -> sqlite.Insert:
    """Return an INSERT that can say ON CONFLICT; both databases spell it alike, SQLAlchemy does not."""
    dialect = importlib.import_module(f"sqlalchemy.dialects.{db.dialect.name}")
    statement: sqlite.Insert = dialect.insert(table)
    return statement


# --- Opening ----------------------------------------------------------------------------------------


def _parse_url(url: str) -> URL:
    expected = "sqlite:///PATH or postgresql://USER@HOST/NAME is expected"
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"store.url is no address of a database; {expected}") from error
    if address.drivername == "sqlite" and address.database not in (None, "", ":memory:"):
        return address
    if address.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return address.set(drivername="postgresql+psycopg")
    raise StoreError(f"{_public_name(address)}: no database that is known here; {expected}")


def _public_name(address: URL) -> str:
    """Return the address without user, password and parameters."""
    return URL.create(
        address.get_backend_name(), host=address.host, port=address.port, database=address.database
    ).render_as_string()


def _open_sqlite(path: Path) -> Store:
    _check_place(path)
    with _translate(str(path)):
        _check_file(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        max_overflow=-1,
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return Store(str(path), engine, path)


def _check_place(path: Path) -> None:
    """Make the folder; say beforehand, and in words, what SQLite would only call "unable to open"."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: the folder cannot be made: {error.strerror}") from error
    if path.exists() and not path.is_file():
        raise StoreError(f"{path}: is not a file")
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise StoreError(f"{place}: is not writable")


def _check_file(path: Path) -> None:
    """Refuse a file that is damaged or another program's before anything is written to it."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if tables and REVISION_TABLE not in tables:
            raise StoreCorruptError(f"{path}: is a database, but not one of feeds")
        if path.stat().st_size <= CHECKED_AT_OPENING:
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise StoreCorruptError(f"{path}: is damaged: {_first_line(verdict)}")
        db.execute("PRAGMA journal_mode = WAL").close()


def _set_up_connection(connection: sqlite3.Connection, _record: object) -> None:
    # FULL: what was committed is there after a power cut, even in WAL mode.
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(db: Connection) -> None:
    # The driver begins nothing by itself (isolation_level None): reads, too, are in a transaction.
    writes = db.get_execution_options().get("writes", False)
    driver = db.connection.driver_connection
    assert driver is not None  # noqa: S101 (a connection that begins is connected)
    if db.info.get("writes") != writes:
        driver.execute(f"PRAGMA query_only = {not writes}").close()
        db.info["writes"] = writes
    patience = db.get_execution_options().get("patience", BUSY_SECONDS)
    if db.info.get("patience", BUSY_SECONDS) != patience:
        driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}").close()
        db.info["patience"] = patience
    # Who is going to write says so at once: a reader that turns writer may find it is too late.
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN").close()


def _open_postgresql(address: URL) -> Store:
    name = _public_name(address)
    try:
        engine = create_engine(address, pool_pre_ping=True)
    except ImportError as error:
        raise StoreError(f"{name}: needs the driver of PostgreSQL: pip install 'feeds[postgres]'") from error
    return Store(name, engine, None)


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


# --- What goes wrong --------------------------------------------------------------------------------


@contextmanager
def _translate(name: str) -> Iterator[None]:
    """Turn what the libraries raise into one line of ours that begins with the store's name."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = _first_line(getattr(error, "orig", None) or error)
        damaged = any(words in reason for words in _DAMAGE)
        raise (StoreCorruptError if damaged else StoreError)(f"{name}: {reason}") from error


def _first_line(words: object) -> str:
    lines = str(words).strip().splitlines() or [type(words).__name__]
    return lines[0].strip()
