"""One row that nobody can read costs that row alone."""

import pytest
from sqlalchemy import text
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.errors import StoreError
from feeds.model import ALL, RefreshRequest
from feeds.store import entries, polls, search


@pytest.fixture
def damaged(shelf):
    """Three entries; what is stored of `b` breaks off."""
    source = shelf.add_source(name="Paper")
    shelf.poll(
        source,
        new=[placed(fresh(id, categories=("News",)), NOW - minutes(n)) for n, id in enumerate("abc")],
    )
    shelf.db.execute(
        text("""UPDATE versions SET data = '{"id":' WHERE entry_number = :number"""),
        {"number": shelf.find("b").number},
    )
    return source


def test_an_entry_that_is_damaged_is_listed_without_what_it_says(shelf, db, damaged):
    for view in (ALL, of_source(damaged), in_category("news")):
        listed = entries.list_entries(db, view, 10)

        assert [stored.entry.id for stored in listed] == ["a", "b", "c"]
        assert [stored.is_readable for stored in listed] == [True, False, True]


def test_whoever_reads_entries_goes_on(shelf, db, damaged):
    assert [stored.entry.id for stored in entries.search_entries(db, ["text"], 10)] == ["a", "b", "c"]
    assert shelf.find("b").entry.title is None
    assert entries.list_versions(db, entries.find_key("b")) == []
    search.rebuild(db)
    assert [stored.entry.id for stored in entries.search_entries(db, ["text"], 10)] == ["a", "c"]


def test_a_correction_mends_it(shelf, db, damaged):
    entries.quarantine(db, "b", "it is damaged", NOW)
    known = entries.known_entries(db, ["a", "b"], damaged)
    assert (known["a"].entry.title, known["b"].entry.title) == ("a", None)
    shelf.poll(damaged, modified=[fresh("b", "other text")])

    assert shelf.ids() == ["a", "b", "c"]
    assert shelf.find("b").entry.title == "b"
    assert [version.number for version in entries.list_versions(db, entries.find_key("b"))] == [2]


def test_what_else_is_damaged_is_told_in_one_line(store):
    with store.write() as db:
        polls.ask_refresh(db, RefreshRequest("cli"), NOW)
        db.execute(text("UPDATE refreshes SET request = '[1,'"))
    with pytest.raises(StoreError, match="what is stored cannot be read") as caught, store.read() as db:
        polls.list_refreshes(db, 1)

    assert "\n" not in str(caught.value)
