"""What cannot be read or made keeps nobody from the rest, and is told where it may be told."""

import pytest
from web_samples import NOW

from feeds.model import Declaration
from feeds.store.entries import find_entry
from feeds.store.notices import list_notices, set_notice
from feeds.store.sources import add_source


@pytest.fixture
def damaged(shelf, store):
    """The key of an entry of which the store holds half, between two that are whole."""
    source = shelf.source(url="https://a.example/feed.xml", category="Towns")
    _, key, _ = shelf.entries(source, 3, categories=("Towns",))
    with store.write() as db:
        number = find_entry(db, key).number
        db.exec_driver_sql("UPDATE versions SET data = '{\"id\":' WHERE entry_number = ?", (number,))
    return key


PATHS = ["/", "/sources/a-paper/", "/categories/towns/", "/search/?q=second", "/api/v1/entries", "/status/"]
FILES = ["rss.xml", "atom.xml", "feed.json", "feed.json?limit=2", "atom.xml?q=second&fold=1"]


@pytest.mark.parametrize("path", PATHS)
def test_an_entry_that_is_damaged_keeps_nobody_from_the_others(client, damaged, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert path == "/status/" or ("Title 1" in answer.text and "Title 3" in answer.text)


@pytest.mark.parametrize("file", FILES)
def test_a_feed_goes_on_without_it_and_the_status_tells_why(client, damaged, file):
    answer = client.get(f"/{file}")

    assert answer.status_code == 200
    assert "Title 1" in answer.text
    [told] = client.get("/api/v1/status").json["quarantined"]
    assert told["key"] == damaged
    assert told["reason"] == "what is stored of it is damaged and cannot be read"


@pytest.mark.parametrize("path", ["/entries/{}/", "/entries/{}/history/", "/api/v1/entries/{}"])
def test_its_own_page_is_there(client, damaged, path):
    assert client.get(path.format(damaged)).status_code == 200


@pytest.mark.parametrize("place", ["source:a-paper", "source:a-paper?limit=3", "archive:1:source:a-paper"])
def test_what_is_said_of_a_feed_ends_when_its_source_is_made_private(client, shelf, store, place):
    source = shelf.source()
    shelf.entries(source, 3)
    with store.write() as db:
        add_source(db, Declaration(source.url, private=True), "file", NOW)
        set_notice(db, f"edition {place} atom.xml", "The feed of A Paper cannot be made.", NOW)
        set_notice(db, "disk", "The disk is full.", NOW)
    with store.write():  # nobody can take it back now
        assert [one["name"] for one in client.get("/api/v1/status").json["notices"]] == ["disk"]
        assert "A Paper" not in client.get("/status/").text
    client.get("/status/")

    with store.read() as db:
        assert [notice.name for notice in list_notices(db)] == ["disk"]


def test_the_status_page_finds_out_what_is_well_again(client, shelf, store):
    shelf.entries(shelf.source(), 3)
    with store.write() as db:
        set_notice(db, "edition all?limit=2 rss.xml", "The feed cannot be made.", NOW)

    assert client.get("/api/v1/status").json["notices"] == []
