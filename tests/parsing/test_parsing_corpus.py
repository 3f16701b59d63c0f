"""Real feeds, read beside a reader that has seen more of them than we have."""

import warnings

import feedparser
import pytest

from feeds.curation.normalize import normalize
from feeds.model import Document
from feeds.parsing import parse
from feeds.text.urls import is_web_url

URL = "https://a.example/feed"


@pytest.fixture(scope="module")
def pairs(shared):
    """Every feed of the corpus as feedparser reads it and as we do."""
    found = {}
    for path in sorted((shared / "corpus" / "feeds").iterdir()):
        body = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # feedparser's own affairs
            theirs = feedparser.parse(body)
        found[path.name] = (theirs, parse(Document(URL, body)))
    return found


def has_link(entry):
    is_named_by_guid = entry.guid_is_link and is_web_url(entry.guid or "")
    return is_named_by_guid or any(link.rel == "alternate" for link in entry.links)


#: What feedparser calls a field, and whether we have it.
ENTRY_FIELDS = {
    "title": lambda entry: entry.title,
    "link": has_link,
    "id": lambda entry: entry.guid or has_link(entry),
    "published": lambda entry: entry.published,
    "summary": lambda entry: entry.summary or entry.content,
    "content": lambda entry: entry.content,
    "author": lambda entry: entry.authors,
    "tags": lambda entry: entry.categories,
    "comments": lambda entry: entry.comments,
}
FEED_FIELDS = {
    "title": lambda feed: feed.title,
    "subtitle": lambda feed: feed.subtitle,
    "link": lambda feed: feed.links,
    "language": lambda feed: feed.language,
    "image": lambda feed: feed.image,
    "rights": lambda feed: feed.rights,
    "updated": lambda feed: feed.updated,
}


def test_every_feed_has_as_many_entries(pairs):
    theirs = {name: len(feed.entries) for name, (feed, _) in pairs.items()}
    ours = {name: len(feed.entries) for name, (_, feed) in pairs.items()}

    assert len(pairs) >= 30
    assert ours == theirs


@pytest.mark.parametrize("field", ENTRY_FIELDS)
def test_no_entry_lacks_what_feedparser_finds(pairs, field):
    missing = [
        (name, number)
        for name, (theirs, ours) in pairs.items()
        for number, (their, our) in enumerate(zip(theirs.entries, ours.entries, strict=True))
        if their.get(field) and not ENTRY_FIELDS[field](our)
    ]

    assert missing == []


@pytest.mark.parametrize("field", FEED_FIELDS)
def test_no_feed_lacks_what_feedparser_finds(pairs, field):
    missing = [
        name
        for name, (theirs, ours) in pairs.items()
        if dict.get(theirs.feed, field) and not FEED_FIELDS[field](ours)
    ]

    assert missing == []


def test_dates_mean_the_same(pairs):
    different, compared = [], 0
    for name, (theirs, ours) in pairs.items():
        feed = normalize(ours, Document(URL, b""), URL, URL)
        published = {entry.link: entry.published for entry in feed.entries}
        for their in theirs.entries:
            date = published.get(their.get("link"))
            if date and their.get("published_parsed"):
                compared += 1
                if date.timetuple()[:6] != their.published_parsed[:6]:
                    different.append((name, their.published))

    assert different == []
    assert compared > 600
