"""What a source says is no more (RFC 6721), through polls of a real server."""

import pytest
from polling_former import store_under_guid
from polling_server import response

from feeds.model import ALL
from feeds.store import archives, entries

FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
<title>F</title><id>urn:x:feed</id><link href="http://a.example/"/><updated>2026-01-01T00:00:00Z</updated>{}</feed>"""
ENTRY = "<entry><id>{0}</id><title>{0} {1}</title><updated>{2}</updated></entry>"
STONE = '<at:deleted-entry ref="{}" when="2026-02-01T00:00:00Z"/>'


def feed_of(*parts):
    return response(body=FEED.format("".join(parts)).encode())


def entry(name, words="", updated="2026-01-01T00:00:00Z"):
    return ENTRY.format(f"urn:x:{name}", words, updated)


@pytest.fixture
def published(here, serve):
    """A source that has been polled, and whose answer a test changes."""

    class Published:
        answer = feed_of(entry("one"), entry("two"))

        def poll(self, *parts):
            self.answer = feed_of(*parts)
            here.pass_time(hours=1)
            [outcome] = here.poll(self.url)
            return outcome

    published = Published()
    published.url = serve(lambda asked: published.answer).url
    here.subscribe(published.url)
    here.poll(published.url)
    return published


def ids(here):
    return sorted(stored.entry.id for stored in here.entries())


def test_a_deleted_entry_is_withdrawn_and_counted(here, published):
    outcome = published.poll(entry("two"), STONE.format("urn:x:one"))

    assert (outcome.kind, outcome.withdrawn) == ("changed", 1)
    assert ids(here) == ["urn:x:two"]
    with here.store.read() as db:
        [stone] = archives.list_waiting(db, ALL).tombstones
    assert (stone.id, stone.when) == ("urn:x:one", here.now)


def test_what_was_deleted_stays_deleted_when_the_source_sends_it_again(here, published):
    published.poll(STONE.format("urn:x:one"))
    outcome = published.poll(entry("one", "again", "2026-02-20T00:00:00Z"), entry("two"))

    assert (outcome.new, outcome.modified) == (0, 0)
    assert ids(here) == ["urn:x:two"]


def test_an_entry_that_is_newer_than_its_tombstone_stays_when_it_leaves_the_window(here, published):
    published.poll(entry("one", "back", "2026-02-20T00:00:00Z"), STONE.format("urn:x:one"))
    outcome = published.poll(entry("two"), STONE.format("urn:x:one"))

    assert outcome.withdrawn == 0
    assert ids(here) == ["urn:x:one", "urn:x:two"]


def test_an_edit_that_the_source_does_not_date_does_not_outlive_its_tombstone(here, published):
    """Its `updated` is then the moment we saw it, which may well be later than the tombstone."""
    published.poll(entry("one", "edited"), entry("two"))
    outcome = published.poll(entry("two"), STONE.format("urn:x:one"))

    assert outcome.withdrawn == 1
    assert ids(here) == ["urn:x:two"]


def test_an_entry_that_leaves_the_window_is_not_deleted(here, published):
    published.poll(entry("three"))

    assert ids(here) == ["urn:x:one", "urn:x:three", "urn:x:two"]


def test_no_source_deletes_what_another_has_brought(here, published, serve):
    other = serve(lambda asked: feed_of(entry("four"), STONE.format("urn:x:one")))
    here.subscribe(other.url)
    [outcome] = here.poll(other.url)

    assert outcome.withdrawn == 0
    assert "urn:x:one" in ids(here)


def test_a_tombstone_that_is_sent_again_changes_nothing(here, published):
    published.poll(entry("two"), STONE.format("urn:x:one"))
    outcome = published.poll(entry("two", ""), STONE.format("urn:x:one"), " ")

    assert outcome.kind == "unchanged"


def test_an_entry_comes_back_from_another_source_only_where_that_speaks_for_it(here, published, serve):
    published.poll(STONE.format("urn:x:one"))
    other = serve(lambda asked: feed_of(entry("one")))
    here.subscribe(other.url)
    here.poll(other.url)

    assert ids(here) == ["urn:x:two"]
    with here.store.read() as db:
        assert entries.find_entry(db, entries.find_key("urn:x:one")).withdrawn


def test_an_entry_whose_id_is_no_iri_is_deleted_by_its_guid(here, published):
    one = ENTRY.format("http://a.example/?x[1]", "", "2026-01-01T00:00:00Z")
    published.poll(one)
    store_under_guid(here, "http://a.example/?x[1]")

    outcome = published.poll(STONE.format("http://a.example/?x[1]"))
    assert outcome.withdrawn == 1
    assert ids(here) == ["urn:x:one", "urn:x:two"]
