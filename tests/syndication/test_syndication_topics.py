"""The addresses at which feeds are announced: each is one feed, and each feed has one."""

from datetime import UTC, datetime

import pytest
from syndication_samples import SITE

from feeds.model import ALL, Declaration, View
from feeds.store import open_store, sources
from feeds.syndication import FORMATS
from feeds.syndication.addresses import feed_url
from feeds.syndication.topics import find_topic, list_topics, write_links

NOW = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'feeds.db'}")
    with store.write() as db:
        sources.add_source(db, Declaration("https://a.example/", name="早报", category="A & B"), "hand", NOW)
        sources.add_source(db, Declaration("https://b.example/", name="b", private=True), "hand", NOW)
        yield db
    store.close()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("view", [ALL, View("source", "早报"), View("category", "a-b")], ids=str)
def test_every_public_feed_is_found_by_its_address_and_listed_by_its_view(db, view, format):
    url = feed_url(SITE, view, format)
    topic = find_topic(db, SITE, url)

    assert topic is not None
    assert (topic.url, topic.view.key, topic.format) == (url, view.key, format)
    assert url in list_topics(db, SITE, view.key)
    assert len(list_topics(db, SITE, view.key)) == len(FORMATS)


@pytest.mark.parametrize("key", ["source:b", "source:nobody", "category:nothing", "health", "other:b", ""])
def test_what_is_private_or_no_view_has_no_topics(db, key):
    assert list_topics(db, SITE, key) == []


def test_a_private_feed_is_found_by_no_address(db):
    assert find_topic(db, SITE, feed_url(SITE, View("source", "b"), "rss.xml")) is None


def test_links_hold_nothing_that_ends_them():
    header = write_links(["https://h.example/?a=1&b=%C3%BC"], 'https://f.example/ü">,<x')

    assert header == (
        '<https://h.example/?a=1&b=%C3%BC>; rel="hub", <https://f.example/%C3%BC%22%3E,%3Cx>; rel="self"'
    )
