"""Which entries a feed withdraws by saying that they are no more (RFC 6721)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.curation.deletions import find_deletions
from feeds.curation.normalize import normalize
from feeds.model import Document, Entry, Feed, KnownEntry, ParsedDeletion, ParsedFeed, Tombstone

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "https://a.example/1"
STONE = Tombstone(ID, NOW)
KNOWN = KnownEntry(ID, "hash", Entry(id=ID))


def test_what_the_source_speaks_for_is_withdrawn():
    assert find_deletions(Feed(deleted=(STONE, STONE)), {ID: KNOWN}) == ((ID,), [])


@pytest.mark.parametrize("change", [{"is_foreign": True}, {"is_deleted": True}])
def test_what_another_speaks_for_or_is_deleted_already_is_not(change):
    assert find_deletions(Feed(deleted=(STONE,)), {ID: replace(KNOWN, **change)})[0] == ()


def test_what_was_never_here_is_not_withdrawn():
    assert find_deletions(Feed(deleted=(STONE,)), {})[0] == ()


@pytest.mark.parametrize(
    ("updated", "is_gone"),
    [(NOW - timedelta(days=1), True), (NOW, True), (NOW + timedelta(days=1), False), (None, True)],
)
def test_of_an_entry_and_its_tombstone_the_later_counts(updated, is_gone):
    entry = Entry(id=ID, updated=updated)
    deleted, brought = find_deletions(Feed(entries=(entry,), deleted=(STONE,)), {ID: KNOWN})

    assert deleted == ((ID,) if is_gone else ())
    assert list(brought) == ([] if is_gone else [entry])


def tombstones_of(guid, when="2026-01-02T03:04:05Z", source="https://a.example/feed"):
    parsed = ParsedFeed("atom", deleted=(ParsedDeletion(guid, when),))
    return normalize(parsed, Document(source, b""), source, source).deleted


@pytest.mark.parametrize("guid", ["https://a.example/1", "https://b.example/1", "tag:b.example,2026:1"])
def test_a_guid_may_have_been_kept_or_hashed_wherever_the_entry_lay(guid):
    first, second = tombstones_of(guid)

    assert first == Tombstone(guid, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert second.id.startswith("urn:uuid:")
    assert second.when == first.when


@pytest.mark.parametrize(("guid", "is_kept"), [("urn:x:1", True), ("1", False)])
def test_a_guid_that_gives_one_id_only_has_one_tombstone(guid, is_kept):
    [stone] = tombstones_of(guid)

    assert (stone.id == guid) == is_kept


def test_a_tombstone_without_a_date_is_older_than_any_entry():
    stone = tombstones_of("https://a.example/1", when="yesterday")[0]
    entry = Entry(id=stone.id, published=NOW)
    feed = Feed(entries=(entry,), deleted=(stone,))

    assert find_deletions(feed, {stone.id: KNOWN})[0] == ()
    assert find_deletions(replace(feed, entries=()), {ID: KNOWN})[0] == (ID,)
