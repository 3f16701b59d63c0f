"""Every test of the store runs on both databases: a real file, and a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from store_samples import NOW, Shelf

from feeds.store import Store, open_store


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
