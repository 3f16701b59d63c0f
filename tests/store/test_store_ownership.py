"""One entry that several sources bring, and entries that are not for the public."""

from dataclasses import replace

import pytest
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import ALL, Declaration, View
from feeds.store import entries, sources, views

MINE, OTHER = "https://a.example/feed", "https://a.example/news/feed"


def make_private(shelf, source, private=True):
    door = source.doors[0]
    sources.sync_door(shelf.db, door, [Declaration(source.url, private=private)], shelf.now)
    return shelf.again(source)


def test_an_entry_of_two_sources_is_one_entry_in_the_views_of_both(shelf):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    touched = shelf.poll(second, seen=["a"])

    assert shelf.ids() == shelf.ids(of_source(first)) == shelf.ids(of_source(second)) == ["a"]
    assert f"source:{second.slug}" in touched
    assert shelf.find("a").source == first


@pytest.mark.parametrize("kind", ["new", "modified"])
def test_only_the_first_source_corrects_an_entry(shelf, kind):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    shelf.poll(second, **{kind: [fresh("a", "another wording")], "older": [fresh("a", "older")]})

    assert shelf.find("a").entry.content == "<p>text</p>"
    assert shelf.find("a").versions == 1
    assert shelf.ids(of_source(second)) == ["a"]


def test_only_the_first_source_withdraws_an_entry(shelf):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    shelf.poll(second, seen=["a"])

    assert shelf.poll(second, withdrawn=["a"]) == set()
    assert shelf.ids() == ["a"]
    assert f"source:{second.slug}" in shelf.poll(first, withdrawn=["a"])


def test_a_correction_touches_the_views_of_every_source_that_has_the_entry(shelf):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    shelf.poll(second, seen=["a"])

    touched = shelf.poll(first, modified=[fresh("a", "corrected")])

    assert touched == {"all", f"source:{first.slug}", f"source:{second.slug}"}


def test_a_second_sighting_by_the_same_source_touches_nothing(shelf):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    shelf.poll(second, seen=["a"])

    assert shelf.poll(second, seen=["a"], modified=[fresh("a", "another wording")]) == set()


def test_foreign_entries_are_those_another_source_speaks_for(shelf, db):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    shelf.poll(second, new=["b"])

    known = entries.known_entries(db, ["a", "b", "never seen"], second)
    assert {id: entry.is_foreign for id, entry in known.items()} == {"a": True, "b": False}


def test_where_the_first_source_is_retired_the_second_corrects_the_entry(shelf, db):
    first, second = shelf.add_source(MINE), shelf.add_source(OTHER)
    shelf.poll(first, new=["a"])
    sources.retire(db, first, "gone")
    shelf.poll(second, modified=[fresh("a", "corrected")])
    shelf.poll(second, modified=[fresh("a", "corrected again")])

    assert shelf.find("a").entry.content == "<p>corrected again</p>"
    assert shelf.find("a").versions == 3
    assert shelf.find("a").source.number == first.number


def test_the_entries_of_a_private_source_are_in_no_view(shelf, db):
    source = shelf.add_source(MINE, private=True)
    touched = shelf.poll(source, new=[fresh("a", categories=("Secret",))])

    assert touched == set()
    assert shelf.ids() == shelf.ids(of_source(source)) == shelf.ids(in_category("secret")) == []
    assert entries.find_entry(db, entries.find_key("a")) is None
    assert entries.list_versions(db, entries.find_key("a")) == []
    assert views.find_view(db, "source", source.slug) is None
    assert views.find_view(db, "category", "secret") is None
    assert views.list_categories(db) == []


def test_what_a_private_source_brings_is_hidden_whoever_published_it(shelf, db):
    seeds = shelf.add_source("seeds:", kind="seeds", name="Seeds", private=True)
    publisher = Declaration("https://news.example/", name="News", kind="archive")
    fields = {"publisher": publisher, "categories": ("Secret",)}
    shelf.poll(seeds, new=[fresh("a", **fields)])
    shelf.poll(seeds, modified=[fresh("a", "corrected", **fields)])

    assert shelf.ids() == shelf.ids(View("source", "news")) == []
    assert views.find_view(db, "category", "secret") is None
    assert entries.find_entry(db, entries.find_key("a")) is None


def test_a_source_made_private_takes_its_entries_out_of_every_view(shelf, db):
    source = shelf.add_source(MINE)
    shelf.poll(source, new=[fresh("a", categories=("Secret",))])
    before = {key: views.revision(db, key) for key in ("all", f"source:{source.slug}", "category:secret")}
    source = make_private(shelf, source)

    assert shelf.ids() == shelf.ids(of_source(source)) == shelf.ids(in_category("secret")) == []
    assert entries.count_entries(db, ALL) == 0
    assert views.find_view(db, "category", "secret") is None
    assert {key: views.revision(db, key) for key in before} == {key: old + 1 for key, old in before.items()}


def test_a_source_made_public_again_brings_its_entries_back(shelf, db):
    source = shelf.add_source(MINE)
    shelf.poll(source, new=[fresh("a", categories=("News",))])
    source = make_private(shelf, make_private(shelf, source), private=False)

    assert shelf.ids() == shelf.ids(of_source(source)) == shelf.ids(in_category("news")) == ["a"]


def test_a_poll_that_began_before_its_source_was_made_private_shows_nothing(shelf):
    source = shelf.add_source(MINE)
    make_private(shelf, source)
    shelf.poll(source, new=["a"])

    assert shelf.ids() == []


def test_a_private_source_that_also_brings_a_public_entry_is_not_told(shelf):
    public, private = shelf.add_source(MINE), shelf.add_source(OTHER, private=True)
    shelf.poll(public, new=["a"])

    assert shelf.poll(private, modified=[fresh("a", "for subscribers only")]) == set()
    assert shelf.find("a").entry.content == "<p>text</p>"
    assert shelf.ids(of_source(private)) == []


def test_an_entry_that_came_privately_is_shown_as_the_public_source_words_it(shelf, db):
    private, public = shelf.add_source(MINE, private=True), shelf.add_source(OTHER)
    shelf.poll(private, new=[fresh("a", "for subscribers only")])
    touched = shelf.poll(public, modified=[fresh("a")])

    assert touched == {"all", f"source:{public.slug}"}
    assert shelf.find("a").source == public
    shown = [version.entry.content for version in entries.list_versions(db, entries.find_key("a"))]
    assert shown == ["<p>text</p>"]


def test_an_entry_that_came_privately_with_the_same_words_is_shown_once_a_public_source_has_it(shelf, db):
    private, public = shelf.add_source(MINE, private=True), shelf.add_source(OTHER)
    shelf.poll(private, new=["a"])
    shelf.poll(public, seen=["a"])

    assert shelf.ids() == shelf.ids(of_source(public)) == ["a"]
    assert [version.is_current for version in entries.list_versions(db, entries.find_key("a"))] == [True]


def test_the_category_of_a_source_is_one_of_its_entries_categories(shelf, db):
    source = shelf.add_source(MINE, category="Science & Tech")
    touched = shelf.poll(source, new=[fresh("a", categories=("Space",)), "b"])

    assert "category:science-tech" in touched
    assert shelf.ids(in_category("science-tech")) == ["a", "b"]
    assert shelf.ids(in_category("space")) == ["a"]
    assert shelf.find("a").entry.categories == ("Space",)
    assert views.find_view(db, "category", "science-tech").title == "Science & Tech"


def test_a_corrected_entry_keeps_the_category_of_its_source(shelf):
    source = shelf.add_source(MINE, category="Tech")
    shelf.poll(source, new=[fresh("a", categories=("Tech",))])
    shelf.poll(source, modified=[fresh("a", "corrected")])

    assert shelf.ids(in_category("tech")) == ["a"]


def test_a_source_that_changes_its_category_takes_its_entries_along(shelf, db):
    source = shelf.add_source(MINE, category="Old")
    shelf.poll(source, new=[placed("a", NOW - minutes(1)), fresh("b", categories=("Old",))])
    before = views.revision(db, "category:old")
    sources.add_source(db, Declaration(MINE, category="New"), "hand", NOW)

    assert shelf.ids(in_category("old")) == ["b"]  # says so itself
    assert shelf.ids(in_category("new")) == ["b", "a"]
    assert views.revision(db, "category:old") == before + 1
    assert views.revision(db, "category:new") == 1


def test_an_entry_of_two_sources_is_in_the_categories_of_both(shelf, db):
    first, second = shelf.add_source(MINE, category="One"), shelf.add_source(OTHER, category="Two")
    shelf.poll(first, new=["a"])
    shelf.poll(second, seen=["a"])
    assert shelf.ids(in_category("two")) == ["a"]

    sources.add_source(db, Declaration(MINE, category="Three"), "hand", NOW)
    assert [shelf.ids(in_category(name)) for name in ("one", "two", "three")] == [[], ["a"], ["a"]]


def test_the_category_of_a_private_source_is_not_told_by_what_it_shares_with_a_public_one(shelf, db):
    public, private = shelf.add_source(MINE), shelf.add_source(OTHER, private=True, category="Secret")
    shelf.poll(public, new=["a"])
    shelf.poll(private, seen=["a"])
    shelf.poll(public, modified=[fresh("a", "corrected")])

    assert views.find_view(db, "category", "secret") is None
    assert views.list_categories(db) == []
    assert shelf.ids(in_category("secret")) == []


def test_the_facts_a_feed_tells_of_itself_touch_every_view_that_shows_them(shelf, db):
    from feeds.model import Feed

    source = shelf.add_source(MINE)
    shelf.poll(source, new=[fresh("a", categories=("News",))])
    keys = "all", f"source:{source.slug}", "category:news"
    before = [views.revision(db, key) for key in keys]
    feed = Feed(title="Title", link="https://a.example/", language="en", updated=NOW)
    sources.update_feed_facts(db, source, feed)

    known = shelf.again(source)
    assert (known.title, known.link, known.language, known.updated) == (
        "Title",
        "https://a.example/",
        "en",
        NOW,
    )
    assert [views.revision(db, key) for key in keys] == [old + 1 for old in before]

    sources.update_feed_facts(db, known, replace(feed, updated=NOW + minutes(1)))
    assert shelf.again(source).updated == NOW + minutes(1)
    assert [views.revision(db, key) for key in keys] == [old + 1 for old in before]
