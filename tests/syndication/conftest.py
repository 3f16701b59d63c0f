"""A store of its own for each test of editions, and the editions of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from syndication_samples import SITE

from feeds.store import Store, open_store
from feeds.syndication.editions import Editions


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'feeds.db'}")
    yield store
    store.close()


@pytest.fixture
def editions(store: Store) -> Editions:
    return Editions(store, lambda: SITE, "1")
