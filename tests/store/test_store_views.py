"""Views: found by name, touched, and the editions made of them."""

from datetime import timedelta

import pytest
from store_samples import NOW, fresh, placed

from feeds.model import ALL, Feed, View
from feeds.store import site, sources, views

SECOND = timedelta(seconds=1)


def test_everything_is_a_view(shelf, db):
    assert views.find_view(db, "all") == ALL
    assert views.find_view(db, "all", "some name") is None


def test_the_view_of_a_source_tells_what_the_feed_tells_of_itself(shelf, db):
    source = shelf.add_source("https://a.example/feed")
    feed = Feed(title="Title", link="https://a.example/", subtitle="About", language="en")
    sources.update_feed_facts(db, source, feed)

    assert views.find_view(db, "source", source.slug) == View(
        "source", "a-example-feed", "Title", "https://a.example/", "About", "en"
    )


def test_the_owners_name_for_a_source_goes_before_its_title(shelf, db):
    source = shelf.add_source(name="My name")
    sources.update_feed_facts(db, source, Feed(title="Title"))

    assert views.find_view(db, "source", source.slug).title == "My name"


def test_a_view_shows_no_password_in_the_place_of_a_title(shelf, db):
    source = shelf.add_source("https://user:secret@a.example/feed?key=secret&page=1")

    assert views.find_view(db, "source", source.slug).title == "https://a.example/feed?page=1"


def test_a_retired_source_keeps_its_view(shelf, db):
    source = shelf.add_source(name="Name")
    sources.retire(db, source, "gone")

    assert views.find_view(db, "source", "name") is not None


def test_a_category_is_called_what_it_was_first_called(shelf, db):
    shelf.poll(shelf.add_source(), new=[fresh("a", categories=("World News",))])
    shelf.poll(shelf.add_source(), new=[fresh("b", categories=("world news", "經濟"))])

    assert views.find_view(db, "category", "world-news") == View("category", "world-news", "World News")
    assert views.find_view(db, "category", "經濟").title == "經濟"
    assert views.find_view(db, "category", "nothing") is None


def test_a_category_whose_entries_are_all_withdrawn_is_still_there_and_empty(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[fresh("a", categories=("News",))])
    shelf.poll(source, withdrawn=["a"])

    assert views.find_view(db, "category", "news") is not None
    assert views.list_categories(db) == []


def test_a_category_is_there_as_soon_as_a_source_declares_it(shelf, db):
    shelf.add_source(category="Tech")

    assert views.find_view(db, "category", "tech") == View("category", "tech", "Tech")


def test_categories_are_listed_by_title_with_their_numbers(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[fresh("a", categories=("b", "A")), fresh("b", categories=("b",))])

    listed = [(view.title, view.path, count) for view, count in views.list_categories(db)]
    assert listed == [("A", "/categories/a/", 1), ("b", "/categories/b/", 2)]


# --- Revisions and editions -------------------------------------------------------------------------


def test_a_touched_view_has_a_new_revision_and_others_keep_theirs(db):
    assert views.revision(db, "all") == 0
    views.touch(db, ["all", "source:a", "all"], NOW)
    views.touch(db, ["all"], NOW)
    views.touch(db, [], NOW)

    assert [views.revision(db, key) for key in ("all", "source:a", "source:b")] == [2, 1, 0]


def test_an_edition_that_was_never_made_is_none(db):
    assert views.find_edition(db, "all", "atom.xml") is None


def test_the_first_edition_is_dated_in_whole_seconds(db):
    modified = views.record_edition(db, "all", "atom.xml", '"1"', NOW + timedelta(microseconds=999_999))

    assert modified == NOW
    assert views.find_edition(db, "all", "atom.xml") == ('"1"', NOW)


def test_an_edition_of_the_same_bytes_keeps_its_date(db):
    views.record_edition(db, "all", "atom.xml", '"1"', NOW)

    assert views.record_edition(db, "all", "atom.xml", '"1"', NOW + SECOND * 60) == NOW


@pytest.mark.parametrize(("later", "expected"), [(60, 60), (0.5, 1), (0, 1), (-3600, 1)])
def test_the_date_of_an_edition_moves_forward_with_its_bytes(db, later, expected):
    views.record_edition(db, "all", "atom.xml", '"1"', NOW)
    modified = views.record_edition(db, "all", "atom.xml", '"2"', NOW + SECOND * later)

    assert modified == NOW + SECOND * expected
    assert views.find_edition(db, "all", "atom.xml") == ('"2"', modified)


def test_editions_of_other_views_and_formats_are_dated_apart(db):
    views.record_edition(db, "all", "atom.xml", '"1"', NOW)
    views.record_edition(db, "all", "rss.xml", '"2"', NOW + SECOND)
    views.record_edition(db, "source:a", "atom.xml", '"3"', NOW + SECOND * 2)

    assert views.find_edition(db, "all", "atom.xml") == ('"1"', NOW)


# --- The site ---------------------------------------------------------------------------------------


def test_the_site_has_no_id_before_its_first_start(db):
    assert site.find_site_id(db) is None


def test_the_site_id_comes_from_the_first_address_and_never_changes(db):
    first = site.ensure_site(db, "http://www.example.com", NOW)
    second = site.ensure_site(db, "https://elsewhere.example", NOW + SECOND)

    assert first == second == ("2d32a3f1-fac2-52a6-ac52-fe9e87e628ea", NOW)
    assert site.find_site_id(db) == first[0]


@pytest.mark.parametrize("labels", [["tech", "TECH", "Tech"], ["Tech", "tech", "TECH"]])
def test_a_category_has_the_first_of_its_labels_as_its_title_whichever_came_first(shelf, db, labels):
    source = shelf.add_source()
    for label in labels:
        shelf.poll(source, new=[placed(fresh(label, categories=(label,)))])

    assert views.find_view(db, "category", "tech").title == "TECH"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_category_has_the_label_of_its_owner_as_its_title(shelf, db, is_first):
    if is_first:
        shelf.add_source("https://b.example/feed", category="tech")
    shelf.poll(shelf.add_source(), new=[placed(fresh("a", categories=("TECH", "Tech")))])
    if not is_first:
        shelf.add_source("https://b.example/feed", category="tech")
    shelf.add_source("https://c.example/feed", category="Tech")

    assert views.find_view(db, "category", "tech").title == "tech"
