"""What first polls bring goes into histories when their round ends, whoever came first; on both databases."""

import pytest
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import ALL, Placed
from feeds.store import archives, rounds, views
from feeds.store.site import ensure_site, note_limit


@pytest.fixture
def two(shelf, db):
    """Two sources; a document holds three insertions."""
    ensure_site(db, "https://feeds.example", NOW)
    note_limit(db, 3)
    return shelf.add_source(), shelf.add_source("https://b.example/feed")


def first_poll(shelf, source, *ids, **changes):
    """Bring entries, called by how many minutes old they are."""
    new = [one if isinstance(one, Placed) else placed(fresh(f"{one}"), NOW - minutes(one)) for one in ids]
    shelf.poll(source, new=new, is_first=True, **changes)


def end_round(db):
    for keys in rounds.list_put_off(db):
        rounds.take_up(db, keys, NOW)


def documents(db, view=ALL):
    """Return the ids in each archive document, the latest first."""
    count = archives.list_waiting(db, view).archives
    found = [archives.find_archive(db, view, number) for number in range(1, count + 1)]
    return [[one.entry.id for one in archives.read_archive(db, view, each)] for each in found]


def waiting(db, view=ALL):
    return [one.entry.id for one in archives.list_waiting(db, view).entries]


@pytest.mark.parametrize("order", [1, -1])
def test_histories_are_the_same_whichever_source_came_first(shelf, db, two, order):
    for source, ids in [(two[0], (1, 3, 5, 7)), (two[1], (2, 4, 6))][::order]:
        first_poll(shelf, source, *ids)
    assert (documents(db), waiting(db)) == ([], [])
    end_round(db)

    assert documents(db) == [["5", "6", "7"], ["2", "3", "4"]]
    assert waiting(db) == ["1"]
    assert documents(db, of_source(two[0])) == [["3", "5", "7"]]
    assert documents(db, of_source(two[1])) == [["2", "4", "6"]]


def test_floods_come_before_everything_else(shelf, db, two):
    flood = [Placed(fresh(f"f{n}"), NOW - minutes(n), flooded=n > 1) for n in range(6)]
    first_poll(shelf, two[0], *flood)
    first_poll(shelf, two[1], 30)
    end_round(db)

    assert documents(db) == [["f3", "f4", "f5"], ["f2"], ["f0", "f1", "30"]]
    assert waiting(db) == []


def test_entries_of_one_moment_are_in_the_order_of_their_view(shelf, db, two):
    for source, id in zip(two, ("b", "a"), strict=True):
        first_poll(shelf, source, placed(fresh(id), NOW))
    first_poll(shelf, two[0], placed(fresh("c"), NOW))
    end_round(db)

    assert documents(db) == [["a", "b", "c"]]


def test_only_what_is_there_at_the_end_of_the_round_is_taken_up_and_as_it_is_then(shelf, db, two):
    first_poll(shelf, two[0], placed(fresh("a", categories=("News",))), *range(1, 5))
    shelf.poll(two[0], modified=[fresh("a", "second", categories=("Sports",))], withdrawn=["2"])
    end_round(db)

    [[*oldest], [*latest]] = documents(db)
    assert "2" not in (*oldest, *latest)
    assert {"1", "3", "4"} <= {*oldest, *latest, *waiting(db)}
    assert documents(db, in_category("news")) == waiting(db, in_category("news")) == []
    assert waiting(db, in_category("sports")) == ["a"]
    assert [stone.id for stone in archives.list_waiting(db, ALL).tombstones] in ([], ["2"])


def test_a_source_that_links_to_an_entry_has_it_in_its_own_view_alone(shelf, db, two):
    first_poll(shelf, two[0], 1)
    end_round(db)
    first_poll(shelf, two[1], seen=("1",))
    end_round(db)

    assert waiting(db) == waiting(db, of_source(two[1])) == ["1"]
    rows = db.exec_driver_sql("SELECT view_key, ordinal FROM insertions ORDER BY view_key").all()
    assert sorted(map(tuple, rows)) == sorted(
        (key, 1) for key in ("all", *(of_source(one).key for one in two))
    )


def test_views_are_told_that_they_have_changed_and_others_are_not(shelf, db, two):
    first_poll(shelf, two[0], 1)
    end_round(db)
    before = {view: views.revision(db, view.key) for view in (ALL, *map(of_source, two))}
    first_poll(shelf, two[1], 2)
    brought = views.revision(db, ALL.key)
    end_round(db)

    assert views.revision(db, ALL.key) == brought + 1
    assert views.revision(db, of_source(two[0]).key) == before[of_source(two[0])]
    end_round(db)
    assert views.revision(db, ALL.key) == brought + 1


def test_much_is_taken_up_in_several_transactions(shelf, db, two, monkeypatch):
    monkeypatch.setattr(rounds, "MOST_TOGETHER", 5)
    first_poll(shelf, two[0], *range(1, 5))
    first_poll(shelf, two[1], 6)
    parts = rounds.list_put_off(db)
    assert parts == [["all"], [of_source(one).key for one in two]]

    rounds.take_up(db, parts[0], NOW)  # and the program is killed
    assert rounds.list_put_off(db) == parts[1:]
    end_round(db)
    assert (documents(db), waiting(db)) == ([["3", "4", "6"]], ["1", "2"])
