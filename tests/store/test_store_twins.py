"""Twins in a selection: which entry stands for which, whatever page is read."""

from datetime import timedelta

import pytest
from store_samples import NOW, fresh, in_category, placed

from feeds.model import ALL, Selection
from feeds.store import schema
from feeds.store.marks import are_marks_current, remake_marks
from feeds.store.twins import MOST_TOLD, list_folded

HOUR = timedelta(hours=1)


@pytest.fixture
def folded(db):
    """Return what is shown, with what is folded into it, read in pages of several lengths alike."""

    def fold(view=ALL, **selected):
        whole = pages(db, view, Selection(is_folded=True, **selected), 1000)
        for length in (1, 2, 3):
            assert pages(db, view, Selection(is_folded=True, **selected), length) == whole
        return whole

    return fold


def pages(db, view, selection, length):
    shown, after = {}, None
    while True:
        page = list_folded(db, view, selection, length, after)
        shown |= {
            one.entry.id: [twin.entry.id for twin in page.twins.get(one.number, ())] for one in page.entries
        }
        after = page.last
        if after is None:
            return shown


def put(shelf, **hours):
    """Put entries in, each from a source of its own, named after their letters: (hours ago, link, title)."""
    for id, one in hours.items():
        put_of_one_source(shelf, f"https://{id}.example/feed", **{id: one})


def put_of_one_source(shelf, url="https://a.example/feed", **hours):
    shelf.poll(
        shelf.add_source(url),
        new=[
            placed(fresh(id, id, link=link and f"https://a.example/{link}", title=title), NOW - ago * HOUR)
            for id, (ago, link, title) in hours.items()
        ],
    )


def test_one_page_is_one_entry_the_one_placed_first(shelf, folded):
    put(shelf, new=(1, "a?utm_source=x", "B"), old=(900, "a", "A"), other=(2, "b", "C"))

    assert folded() == {"other": [], "old": ["new"]}


def test_one_title_is_one_entry_within_two_days(shelf, folded):
    put(shelf, late=(0, "c", "TITLE"), second=(1, "b", " title"), first=(49, "a", "Title"))

    assert folded() == {"late": [], "first": ["second"]}


def test_a_column_that_is_called_the_same_every_day_does_not_vanish(shelf, folded):
    put(shelf, **{f"day{n}": (24 * (9 - n), f"{n}", "Today") for n in range(10)})

    shown = folded()
    assert list(shown) == ["day9", "day6", "day3", "day0"]
    assert shown["day3"] == ["day5", "day4"]


@pytest.mark.parametrize("title", ["Episode {}", "The show", None])
def test_a_source_whose_entries_all_lead_to_one_page_does_not_vanish(shelf, folded, title):
    put_of_one_source(
        shelf, **{f"e{n}": (100 * (9 - n), "show", title and title.format(n)) for n in range(10)}
    )

    assert folded() == {f"e{n}": [] for n in reversed(range(10))}


def test_one_source_says_the_same_twice_only_with_one_title_within_two_days(shelf, folded):
    put_of_one_source(shelf, c=(0, "x", "Other"), b=(1, "x", "Title"), a=(2, "x", "Title"))

    assert folded() == {"c": [], "a": ["b"]}


def test_of_a_source_with_many_entries_at_one_page_the_first_goes_by_the_page(shelf, folded):
    put_of_one_source(shelf, **{f"a{n}": (100 - n, "show", f"Episode {n}") for n in range(3)})
    put_of_one_source(
        shelf, "https://b.example/", **{f"b{n}": (90 - n, "show", f"Episode {n}") for n in range(4)}
    )
    put(shelf, other=(1, "show", "A good show"))

    assert folded() == {"b3": [], "a2": ["b2"], "a1": ["b1"], "a0": ["other", "b0"]}


def test_parts_of_a_page_are_stories_of_their_own(shelf, folded):
    put(shelf, c=(0, "now#two", "C"), b=(1, "now#two", "B"), a=(2, "now#one", "A"))

    assert folded() == {"b": ["c"], "a": []}


def test_the_newest_twins_are_told(shelf, folded):
    put(shelf, **{f"e{n:02}": (100 - n, "a", f"{n}") for n in range(MOST_TOLD + 3)})

    assert folded() == {"e00": [f"e{n:02}" for n in range(MOST_TOLD + 2, 2, -1)]}


def test_marks_made_by_other_rules_are_made_anew(shelf, db, folded):
    put(shelf, b=(1, "now#two", "B"), a=(2, "now#one", "A"))
    db.execute(schema.entries.update().values(link_mark=7))
    assert folded() == {"a": ["b"]}

    remake_marks(db)
    assert are_marks_current(db)
    assert folded() == {"b": [], "a": []}


def test_entries_that_lead_to_a_front_page_or_have_no_title_are_no_twins(shelf, folded):
    put(shelf, a=(1, "", None), b=(2, "", None), c=(3, None, None), d=(4, None, None))

    assert list(folded()) == ["a", "b", "c", "d"]


def test_twins_of_twins_are_told_at_the_one_that_stands_for_all(shelf, folded):
    put(shelf, c=(1, "x", "Other"), b=(2, "x", "Title"), a=(3, "y", "Title"))

    assert folded() == {"a": ["c", "b"]}


def test_what_is_not_selected_is_no_twin(shelf, db, folded):
    source = shelf.add_source()
    shelf.poll(
        source,
        new=[
            placed(fresh("new", "1", title="T", categories=("News",), language="en"), NOW),
            placed(fresh("old", "2", title="T", language="fr"), NOW - HOUR),
        ],
    )

    assert folded() == {"old": ["new"]}
    assert folded(in_category("news")) == {"new": []}
    assert folded(language="en") == {"new": []}
    assert folded(since=NOW) == {"new": []}
    shelf.poll(source, withdrawn=["old"])
    assert folded() == {"new": []}


def test_a_corrected_title_makes_no_twin_any_more(shelf, folded):
    source = shelf.add_source()
    shelf.poll(
        source, new=[placed(fresh("new", title="T"), NOW), placed(fresh("old", title="T"), NOW - HOUR)]
    )
    shelf.poll(source, modified=[fresh("new", "corrected", title="Another")])

    assert folded() == {"new": [], "old": []}
