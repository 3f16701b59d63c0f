"""What the configuration says of sources, and what its absence says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.config import SearchSettings, Settings, SourceSettings
from feeds.daemon.composing import prepare_store
from feeds.store import Store, open_store, sources, views

URL = "http://a.example/feed"
DECLARING = Settings(sources=[SourceSettings(url=URL)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    prepare_store(store, DECLARING)
    yield store
    store.close()


def retired(store: Store) -> str | None:
    with store.read() as db:
        source = sources.find_source_by_url(db, URL)
    assert source is not None
    return source.retired


def test_a_source_that_the_file_no_longer_declares_is_retired(store):
    prepare_store(store, Settings())

    assert retired(store) == "no longer declared"


def test_the_searches_of_the_file_are_saved_and_those_it_no_longer_has_are_gone(store):
    searches = [SearchSettings(name="Elections", query="选举")]
    for settings, expected in (
        (Settings(searches=searches), ["elections"]),
        (Settings(), []),
        (Settings(searches=searches), ["elections"]),
    ):
        prepare_store(store, settings)
        with store.read() as db:
            assert [view.name for view in views.list_searches(db)] == expected
    prepare_store(store, Settings(), has_file=False)
    with store.read() as db:
        assert views.find_view(db, "search", "elections") is not None


def test_without_a_file_no_source_is_retired(store):
    prepare_store(store, Settings(), has_file=False)

    assert retired(store) is None


def test_a_source_that_is_declared_again_is_taken_up(store):
    prepare_store(store, Settings())
    prepare_store(store, DECLARING)

    assert retired(store) is None


def test_the_seeds_directory_is_a_source_without_a_file_too(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/other.db")
    prepare_store(store, Settings(), has_file=False)
    with store.read() as db:
        assert [source.slug for source in sources.list_sources(db)] == ["seeds"]
    store.close()
