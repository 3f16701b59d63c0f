"""Which source speaks for an entry that several bring in one round."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.curation.changes import find_changes, find_hash
from feeds.curation.claims import ROUND
from feeds.model import Claim, Entry, FreshEntry, KnownEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "http://a.example/1"
DATE = NOW - timedelta(days=3)


def claimed(*, key="http://a.example/a", link=None, id=ID, added=NOW - timedelta(hours=2), **stored):
    """Whether a source takes an entry from `http://a.example/b`."""
    facts = {
        "owner_key": "http://a.example/b",
        "first_seen": NOW - timedelta(minutes=1),
        "is_foreign": True,
        **stored,
    }
    known = KnownEntry(id, "hash", Entry(id), **facts)
    ours = Entry(id, title="Ours", published=DATE)
    changes = find_changes(
        {id: known},
        [FreshEntry(ours, find_hash(ours))],
        now=NOW,
        previous_poll=None,
        claim=Claim(key, added, link),
    )
    assert bool(changes.claimed) != bool(changes.seen)
    assert [placed.position for placed in changes.claimed] in ([], [DATE])
    return bool(changes.claimed)


@pytest.mark.parametrize(
    ("case", "is_taken"),
    [
        pytest.param({}, True, id="the-first-key"),
        pytest.param({"key": "http://a.example/c"}, False, id="the-last-key"),
        pytest.param({"key": "http://c.example/", "owner_key": "http://d.example/"}, True, id="nobodys-site"),
        pytest.param({"owner_key": "http://0.example/"}, True, id="our-site"),
        pytest.param({"key": "http://0.example/"}, False, id="its-owners-site"),
        pytest.param(
            {"key": "http://x.example/", "link": "http://a.example/", "owner_key": "http://0.example/"},
            True,
            id="our-site-by-the-page-of-the-feed",
        ),
        pytest.param(
            {"key": "http://0.example/", "owner_key": "http://1.example/", "owner_link": "http://a.example/"},
            False,
            id="its-owners-site-by-the-page-of-the-feed",
        ),
        pytest.param(
            {"key": "http://0.example/", "link": "http://a.example/"},
            False,
            id="not-by-naming-its-owners-page",
        ),
        pytest.param(
            {"owner_key": "http://0.example/", "owner_link": "http://a.example/"},
            True,
            id="our-site-before-the-page-that-its-owner-names",
        ),
        pytest.param(
            {"id": "tag:a.example,2026:1", "owner_key": "http://0.example/"}, True, id="our-site-in-a-tag"
        ),
        pytest.param({"key": "http://a.example/c", "owner_private": True}, True, id="from-a-private-source"),
        pytest.param({"is_corrected": True}, False, id="corrected-since"),
        pytest.param({"first_seen": NOW - ROUND - timedelta(seconds=1)}, False, id="in-an-earlier-round"),
        pytest.param({"added": NOW}, False, id="before-we-were-declared"),
    ],
)
def test_the_rightful_source_takes_what_another_brought_by_accident(case, is_taken):
    assert claimed(**case) == is_taken


def test_what_is_taken_counts_among_the_twenty_of_the_poll_that_takes_it():
    ids = [f"http://a.example/{number:02}" for number in range(25)]
    entries = [
        Entry(id, title="Ours", published=DATE + timedelta(minutes=number)) for number, id in enumerate(ids)
    ]
    theirs = {"owner_key": "http://a.example/b", "first_seen": NOW - timedelta(minutes=1), "is_foreign": True}
    changes = find_changes(
        {id: KnownEntry(id, "hash", Entry(id), **theirs) for id in (ids[0], ids[24])},
        [FreshEntry(entry, find_hash(entry)) for entry in entries],
        now=NOW,
        previous_poll=None,
        claim=Claim("http://a.example/a", NOW - timedelta(hours=2), None),
    )

    assert [placed.flooded for placed in changes.claimed] == [True, False]
    assert sum(not placed.flooded for placed in changes.new) == 19
