"""Saved searches: each has a name in addresses for good."""

from store_samples import NOW, fresh, placed

from feeds.model import View
from feeds.store import entries, views
from feeds.store.searches import sync_searches


def slugs(db):
    return {view.title: view.name for view in views.list_searches(db)}


def test_a_saved_search_is_a_view_with_a_name_in_addresses(shelf, db):
    sync_searches(db, {"台灣 選舉": "台灣 選舉", "G20!": "g20"})
    shelf.poll(shelf.add_source(), new=[placed(fresh("a", title="臺灣選舉"), NOW), fresh("b")])

    view = views.find_view(db, "search", "台灣-選舉")
    assert view == View("search", "台灣-選舉", title="台灣 選舉", query="台灣 選舉")
    assert [stored.entry.id for stored in entries.list_entries(db, view, 10)] == ["a"]
    assert views.find_view(db, "search", "g20").query == "g20"
    assert views.find_view(db, "search", "nothing") is None


def test_names_that_look_alike_in_addresses_are_told_apart(db):
    sync_searches(db, {"News": "a", "news!": "b", "NEWS?": "c"})

    assert slugs(db) == {"News": "news", "news!": "news-2", "NEWS?": "news-3"}


def test_a_name_in_addresses_is_kept_through_a_change_and_never_given_to_another(db):
    sync_searches(db, {"News": "a"})
    sync_searches(db, {"News": "b"})
    assert views.find_view(db, "search", "news").query == "b"

    sync_searches(db, {"news": "c"})
    assert slugs(db) == {"news": "news-2"}
    assert views.find_view(db, "search", "news") is None

    sync_searches(db, {"News": "a", "news": "c"})
    assert slugs(db) == {"News": "news", "news": "news-2"}


def test_white_space_around_a_name_makes_no_other(db):
    sync_searches(db, {" News ": "a", "Other": "b"})
    sync_searches(db, {"News": "a"})

    assert slugs(db) == {"News": "news"}


def test_what_is_synchronized_again_changes_nothing(db):
    sync_searches(db, {"News": "a"})
    sync_searches(db, {"News": "a"})

    assert slugs(db) == {"News": "news"}
