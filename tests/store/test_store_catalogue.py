"""Every view there is to subscribe to, in one order; and what makes the lists of them stale."""

import pytest
from store_samples import NOW, fresh

from feeds.model import ALL, Declaration, Feed, View
from feeds.store import sources, views
from feeds.store.catalogue import list_kinds, list_views
from feeds.store.revisions import SOURCES
from feeds.store.searches import sync_searches


def keys(db, **asked):
    return [view.key for view in list_views(db, **asked)]


@pytest.fixture
def full(shelf):
    """Three sources, one of them retired, three categories, and a search."""
    for name in ("b", "a", "c"):
        source = shelf.add_source(f"https://{name}.example/feed", name=name)
        shelf.poll(source, new=[fresh(name, categories=(f"News {name}",))])
    sources.retire(shelf.db, source, "gone")
    sync_searches(shelf.db, {"Elections": "选举"})


EVERYTHING = [
    "all",
    "search:elections",
    "source:a",
    "source:b",
    "source:c",
    "category:news-a",
    "category:news-b",
    "category:news-c",
]


@pytest.mark.usefixtures("full")
def test_the_views_are_listed_kind_by_kind_and_by_name(db):
    assert keys(db) == EVERYTHING


@pytest.mark.usefixtures("full")
def test_the_list_continues_behind_any_of_them(db):
    for number, key in enumerate(EVERYTHING):
        assert keys(db, after=key) == EVERYTHING[number + 1 :]
        assert keys(db, after=key, limit=2) == EVERYTHING[number + 1 : number + 3]
    assert keys(db, limit=0) == []


@pytest.mark.usefixtures("full")
def test_the_list_continues_where_one_stood_that_is_gone(db):
    assert keys(db, after="source:bb") == EVERYTHING[4:]
    assert keys(db, after="category:zzz") == []


@pytest.mark.usefixtures("full")
def test_the_views_of_a_kind_begin_behind_a_name_that_none_has(db):
    assert list_kinds(db) == ["all", "search", "source", "category"]
    assert keys(db, after="category:") == EVERYTHING[5:]


def test_a_kind_of_which_there_is_nothing_public_is_none(shelf, db):
    shelf.add_source(private=True, category="Hidden")

    assert list_kinds(db) == ["all"]


@pytest.mark.parametrize("key", ["", "nothing", "nothing:a", "sources:a"])
def test_what_can_be_the_key_of_no_view_is_refused(db, key):
    with pytest.raises(ValueError, match="is not in list"):
        list_views(db, after=key)


def test_each_is_listed_as_it_is_found(shelf, db):
    source = shelf.add_source("https://user:secret@a.example/feed?key=secret", category="World News")
    sources.update_feed_facts(db, source, Feed(link="https://a.example/", subtitle="About", language="en"))

    assert list_views(db) == [
        ALL,
        views.find_view(db, "source", source.slug),
        View("category", "world-news", "World News"),
    ]
    assert "secret" not in str(list_views(db))


def test_nothing_of_a_private_source_is_listed(shelf, db):
    source = shelf.add_source(private=True, category="Hidden")
    shelf.poll(source, new=[fresh("a", categories=("Also hidden",))])

    assert keys(db) == ["all"]


def test_a_category_goes_with_its_last_entry(shelf, db):
    source = shelf.add_source(name="s")
    shelf.poll(source, new=[fresh("a", categories=("News",))])
    shelf.poll(source, withdrawn=["a"])

    assert keys(db) == ["all", "source:s"]


# --- What makes the lists stale ---------------------------------------------------------------------


def declare(shelf, source, **fields):
    sources.sync_door(shelf.db, "config", [Declaration(source.url, **fields)], NOW)


CHANGES = {
    "a new source": lambda shelf, source: shelf.add_source("https://new.example/feed"),
    "a new publisher": lambda shelf, source: sources.ensure_publisher(
        shelf.db, Declaration("https://p.example/"), NOW
    ),
    "a name": lambda shelf, source: declare(shelf, source, name="New"),
    "a category": lambda shelf, source: declare(shelf, source, category="New"),
    "a secret": lambda shelf, source: declare(shelf, source, private=True),
    "retired": lambda shelf, source: sources.retire(shelf.db, source, "gone"),
    "the last door closed": lambda shelf, source: sources.close_door(shelf.db, source, "config", NOW),
    "moved": lambda shelf, source: sources.move(shelf.db, source, "https://b.example/feed"),
    "asked with TLS": lambda shelf, source: shelf.add_source("https://plain.example/feed"),
    "a title of its own": lambda shelf, source: sources.update_feed_facts(shelf.db, source, Feed(title="T")),
}
#: Nothing of this is in a list.
OTHERS = {
    "declared as before": lambda shelf, source: declare(shelf, source),
    "an interval": lambda shelf, source: declare(shelf, source, interval=900),
    "paused": lambda shelf, source: sources.set_paused(shelf.db, source, True),
    "a date of its own": lambda shelf, source: sources.update_feed_facts(shelf.db, source, Feed(updated=NOW)),
    "an entry": lambda shelf, source: shelf.poll(source, new=[fresh("a")]),
}


def is_stale_after(shelf, change):
    shelf.add_source("http://plain.example/feed")
    source = shelf.add_source(door="config")
    before = views.revision(shelf.db, SOURCES)
    change(shelf, source)
    return views.revision(shelf.db, SOURCES) > before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_told_of_sources_makes_the_lists_stale(shelf, change):
    assert is_stale_after(shelf, change)


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS.keys())
def test_what_no_list_tells_does_not(shelf, change):
    assert not is_stale_after(shelf, change)


def test_a_source_that_is_taken_up_again_makes_them_stale(shelf, db):
    source = shelf.add_source()
    sources.close_door(db, source, "hand", NOW)
    before = views.revision(db, SOURCES)
    shelf.add_source(source.url)

    assert views.revision(db, SOURCES) > before
