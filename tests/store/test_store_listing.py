"""Views, page by page."""

from datetime import timedelta

import pytest
from store_plans import explain_all
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import ALL, View
from feeds.store import entries, summary

DAY = timedelta(days=1)


@pytest.fixture
def filled(shelf):
    """Twelve entries at four moments, three at each."""
    source = shelf.add_source(name="Source")
    shelf.poll(
        source,
        new=[
            placed(fresh(f"{n:02}", categories=("News",)), NOW - minutes(n // 3)) for n in reversed(range(12))
        ],
    )
    return shelf


VIEWS = [ALL, View("source", "source"), View("category", "news")]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_the_newest_entries_come_first_and_those_of_one_moment_by_id(filled, view):
    assert filled.ids(view) == [f"{n:02}" for n in range(12)]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 12])
def test_page_after_page_gives_every_entry_once(filled, db, view, size):
    seen, after = [], None
    while page := entries.list_entries(db, view, size, after):
        seen += [stored.entry.id for stored in page]
        after = page[-1].position, page[-1].entry.id

    assert seen == [f"{n:02}" for n in range(12)]


def test_an_entry_that_comes_meanwhile_moves_no_page(filled, db):
    page = entries.list_entries(db, ALL, 6)
    filled.poll(filled.add_source(name="Source"), new=[placed("new", NOW + minutes(1))])
    following = entries.list_entries(db, ALL, 6, (page[-1].position, page[-1].entry.id))

    assert [stored.entry.id for stored in following] == [f"{n:02}" for n in range(6, 12)]


def test_moments_are_told_apart_to_the_microsecond(shelf):
    source = shelf.add_source()
    moments = [NOW + timedelta(microseconds=n) for n in (0, 2, 1)]
    shelf.poll(source, new=[placed(f"{n}", moment) for n, moment in enumerate(moments)])

    assert shelf.ids() == ["1", "2", "0"]
    assert shelf.find("1").position == moments[1]


def test_ids_are_ordered_by_code_point_on_every_database(shelf):
    ids = ["Z", "a", "z", "é", "中", "😀"]
    shelf.poll(shelf.add_source(), new=ids[::-1])

    assert shelf.ids() == ids


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_a_view_counts_its_entries(filled, db, view):
    filled.poll(filled.add_source(name="Source"), withdrawn=["00"])

    assert entries.count_entries(db, view) == 11


def test_an_unknown_view_is_empty(shelf, db):
    shelf.poll(shelf.add_source(), new=["a"])

    for view in (View("source", "nowhere"), in_category("nothing")):
        assert entries.list_entries(db, view, 10) == []
        assert entries.count_entries(db, view) == 0


@pytest.mark.parametrize("after", [None, (NOW - minutes(20), "x")], ids=["first page", "later page"])
@pytest.mark.parametrize("kind", ["all", "source", "category"])
def test_a_page_is_a_walk_along_an_index(sqlite, kind, after):
    """No sorting, no scan: what is read is as much as is shown, however large the store is."""
    from store_samples import Shelf

    with sqlite.write() as db:
        shelf = Shelf(db, NOW)
        source = shelf.add_source()
        shelf.poll(
            source, new=[placed(fresh(f"{n}", categories=("News",)), NOW - minutes(n)) for n in range(300)]
        )
        view = {"all": ALL, "source": of_source(source), "category": in_category("news")}[kind]
        plan = explain(db, lambda: entries.list_entries(db, view, 10, after))
        db.exec_driver_sql("ANALYZE")
        analyzed = explain(db, lambda: entries.list_entries(db, view, 10, after))

    table = {"all": "entries", "source": "entry_sources", "category": "entry_categories"}[kind]
    for steps in (plan, analyzed):
        assert any(step.startswith(f"SEARCH {table} USING INDEX ix_{table}_view") for step in steps), steps
        assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps), steps


# --- Posts a day ------------------------------------------------------------------------------------


def test_posts_are_counted_by_days_of_24_hours_from_a_start_on(shelf, db):
    source, other = shelf.add_source(), shelf.add_source("https://b.example/feed")
    start = NOW + minutes(90)
    moments = {
        "before": start - minutes(1),
        "first": start,
        "last of the first": start + DAY - timedelta(microseconds=1),
        "second": start + DAY,
        "fourth": start + 3 * DAY,
        "after": start + 4 * DAY,
        "withdrawn": start,
    }
    shelf.poll(source, new=[placed(fresh(id), moment) for id, moment in moments.items()])
    shelf.poll(source, withdrawn=["withdrawn"])
    shelf.poll(other, new=[placed(fresh("of another"), start)])

    assert summary.count_days(db, source, start, 4) == [2, 1, 0, 1]


def test_counting_posts_reads_nothing_but_the_index_of_their_source(sqlite):
    from store_samples import Shelf

    with sqlite.write() as db:
        shelf = Shelf(db, NOW)
        source = shelf.add_source()
        shelf.poll(source, new=[placed(fresh(f"{n}"), NOW - minutes(n)) for n in range(300)])
        steps = explain(db, lambda: summary.count_days(db, source, NOW - DAY, 30))

    index = "entry_sources USING COVERING INDEX ix_entry_sources_view"
    assert steps[0] == f"SEARCH {index} (source_number=? AND visible=? AND position>? AND position<?)"


def explain(db, ask):
    """The query plan of the first statement that `ask` sends, by whatever way."""
    return explain_all(db, ask)[0]
