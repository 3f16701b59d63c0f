"""Every test of the store runs on both databases: a real file, and a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from store_samples import NOW, Shelf

from feeds.store import Store, open_store
from feeds.store.migrations import REVISION_TABLE


@pytest.fixture(scope="session")
def filled_postgresql(postgresql: Callable[[], str]) -> Iterator[Store]:
    """One database with our tables for all tests; each empties it when it is done."""
    store = open_store(postgresql())
    yield store
    store.close()


def empty(store: Store) -> None:
    """Delete every row; to truncate the tables takes longer, and every statement is planned anew after it."""
    with store.write() as db:
        found = db.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        statements = ["SET LOCAL session_replication_role = replica"]  # in any order
        statements += (f"DELETE FROM {name}" for name in found if name != REVISION_TABLE)
        statements.append("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
        db.exec_driver_sql("; ".join(statements))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, made_store: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        shutil.copy(made_store, tmp_path / "feeds.db")
        store = open_store(f"sqlite:///{tmp_path}/feeds.db")
        yield store
        store.close()
    else:
        store = request.getfixturevalue("filled_postgresql")
        yield store
        empty(store)


@pytest.fixture
def sqlite(tmp_path: Path, made_store: Path) -> Iterator[Store]:
    shutil.copy(made_store, tmp_path / "feeds.db")
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
