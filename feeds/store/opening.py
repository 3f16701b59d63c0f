"""Opening the database: where it lies, whether it is ours and sound, and how its connections are set up."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from feeds.errors import StoreCorruptError, StoreError
from feeds.store.database import BUSY_SECONDS, Store, first_line, translated
from feeds.store.migrations import REVISION_TABLE
from feeds.store.upgrade import upgrade

CHECKED_AT_OPENING = 20_000_000  # bytes; a larger file is checked page by page as it is read


def open_store(url: str, *, reindex: bool = False) -> Store:
    """Open the database at `sqlite:///PATH` or `postgresql://…`, creating and migrating it as needed.

    With `reindex` the search index is made anew. Raises StoreError, StoreCorruptError.
    """
    address = _parse_url(url)
    if address.get_backend_name() == "sqlite":
        store = _open_sqlite(Path(address.database or "").absolute())
    else:
        store = _open_postgresql(address)
    try:
        with translated(store.name):
            upgrade(store.engine, store.name, reindex=reindex)
    except StoreError:
        store.close()
        raise
    return store


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
    with translated(str(path)):
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
                raise StoreCorruptError(f"{path}: is damaged: {first_line(verdict)}")
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
