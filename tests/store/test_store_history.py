"""The order in which each view's entries came, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import ALL, Changes, Declaration, Placed
from feeds.store import archives, entries, history, sources
from feeds.store.schema import sources as source_rows
from feeds.store.site import ensure_site, is_flooding, note_limit


def waiting(db, view=ALL):
    """Return (ids of the entries that wait, ids of tombstones, number of archive documents)."""
    found = archives.list_waiting(db, view)
    return [one.entry.id for one in found.entries], [one.id for one in found.tombstones], found.archives


def archived(db, view, number):
    archive = archives.find_archive(db, view, number)
    return [one.entry.id for one in archives.read_archive(db, view, archive)]


def flood(count, start=0):
    """New entries of which the twenty newest are shown."""
    places = [NOW - minutes(count - number) for number in range(count)]
    return [
        Placed(fresh(f"f{start + number:03}"), place, flooded=number < count - 20)
        for number, place in enumerate(places)
    ]


def test_what_came_waits_until_a_document_is_full(shelf, db):
    ensure_site(db, "https://feeds.example", NOW)
    note_limit(db, 3)
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b"])
    assert waiting(db) == (["b", "a"], [], 0)

    shelf.poll(source, new=["c", "d"])
    assert waiting(db) == (["d"], [], 1)
    assert archived(db, ALL, 1) == ["c", "b", "a"]
    assert archived(db, of_source(source), 1) == ["c", "b", "a"]


def test_a_correction_and_a_withdrawal_wait_beside_what_is_new(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b"])
    shelf.poll(source, modified=[fresh("a", "second")])
    shelf.poll(source, withdrawn=["b"])

    assert waiting(db) == (["a"], ["b"], 0)


def test_documents_hold_entries_as_they_were(shelf, db):
    ensure_site(db, "https://feeds.example", NOW)
    note_limit(db, 2)
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b"])
    shelf.poll(source, modified=[fresh("a", "second"), fresh("b", "second")])
    shelf.poll(source, withdrawn=["a"])

    first, second = (archives.find_archive(db, ALL, number) for number in (1, 2))
    contents = [
        [one.entry.content for one in archives.read_archive(db, ALL, each)] for each in (first, second)
    ]
    assert contents == [["<p>text</p>"] * 2, ["<p>second</p>"] * 2]
    assert (first.is_last, second.is_last) == (False, True)


def test_a_flood_is_archived_at_once_and_its_newest_wait(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["before"])
    shelf.poll(source, new=flood(75))

    found, _, count = waiting(db)
    assert sorted(found) == [f"f{number:03}" for number in range(55, 75)]
    assert count == 2
    assert archived(db, ALL, 1)[-1] == "before"
    assert len(archived(db, ALL, 1)) + len(archived(db, ALL, 2)) == 56
    live = [one.entry.id for one in entries.list_entries(db, ALL, 1000, only_live=True)]
    assert len(live) == 21
    assert len(entries.list_entries(db, of_source(source), 1000, only_live=True)) == 76


def test_many_corrections_at_once_are_a_flood_too(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(fresh(f"c{number:02}"), NOW - minutes(number)) for number in range(30)])
    shelf.poll(source, modified=[fresh(f"c{number:02}", "second") for number in range(30)])

    assert len(waiting(db)[0]) == 20
    assert len(entries.list_entries(db, ALL, 1000, only_live=True)) == 30


def test_late_arrivals_of_a_part_of_a_poll_wait_unseen_until_they_are_counted(shelf, db):
    source = shelf.add_source()
    late = Placed(fresh("late"), NOW - timedelta(days=9), late=True, flooded=True)
    entries.apply_changes(db, source, Changes(new=(late,), is_part=True), NOW)
    assert waiting(db) == ([], [], 0)

    entries.promote_late(db, ["late"], NOW, 20)
    history.archive_floods(db, NOW)
    assert waiting(db) == (["late"], [], 0)


def test_a_storm_of_late_arrivals_is_archived_at_the_end_of_its_poll(shelf, db):
    source = shelf.add_source()
    late = [
        Placed(fresh(f"l{number:02}"), NOW - timedelta(days=number), late=True, flooded=True)
        for number in range(30)
    ]
    entries.apply_changes(db, source, Changes(new=tuple(late), is_part=True), NOW)
    history.archive_floods(db, NOW)

    assert waiting(db) == ([], [], 1)
    assert len(archived(db, ALL, 1)) == 30
    history.archive_floods(db, NOW)
    assert waiting(db)[2] == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_what_was_shown_until_newer_parts_of_its_poll_took_its_place_is_in_a_document_at_once(
    shelf, db, is_first
):
    ensure_site(db, "https://feeds.example", NOW)
    source = shelf.add_source()

    def poll_part(**changes):
        entries.apply_changes(db, source, Changes(is_part=True, is_first=is_first, **changes), NOW)

    poll_part(new=tuple(flood(20)))
    assert len(entries.list_entries(db, ALL, 1000, only_live=True)) == 20
    poll_part(new=(placed("newer"),), outrun=("f000",))

    assert "f000" not in [one.entry.id for one in entries.list_entries(db, ALL, 1000, only_live=True)]
    assert "f000" in archived(db, ALL, 1)


def test_of_a_first_poll_in_parts_the_newest_are_shown_at_its_end(shelf, db):
    source = shelf.add_source()
    new = [placed(fresh(f"f{number:02}"), NOW - minutes(number)) for number in range(30)]
    some, others = ([replace(one, flooded=True) for one in half] for half in (new[10:], new[:10]))
    shelf.poll(source, new=some, is_first=True)
    entries.surface_first(db, source, 20, NOW)  # and the poll was broken off
    shelf.poll(source, new=others, is_first=True)
    entries.surface_first(db, source, 22, NOW)

    live = [one.entry.id for one in entries.list_entries(db, ALL, 1000, only_live=True)]
    assert live == [f"f{number:02}" for number in (0, 1, *range(10, 30))]


def test_what_a_second_source_brings_is_new_in_its_view_alone(shelf, db):
    first, second = shelf.add_source(), shelf.add_source("https://b.example/feed", category="Late")
    shelf.poll(first, new=["a"])
    shelf.poll(second, seen=["a"])

    assert waiting(db, of_source(second))[0] == ["a"]
    assert waiting(db, in_category("late"))[0] == ["a"]
    rows = db.exec_driver_sql("SELECT view_key, ordinal FROM insertions ORDER BY view_key").all()
    assert [tuple(row) for row in rows] == [
        ("all", 1),
        ("category:late", 1),
        (f"source:{first.slug}", 1),
        (f"source:{second.slug}", 1),
    ]


def test_what_becomes_public_is_archived_and_what_becomes_private_is_in_no_document(shelf, db):
    private = Declaration("https://a.example/feed", private=True)
    source = sources.add_source(db, private, "hand", NOW)
    shelf.poll(source, new=["a"])
    assert waiting(db) == ([], [], 0)

    sources.add_source(db, Declaration("https://a.example/feed"), "hand", NOW)
    assert waiting(db) == ([], [], 1)
    assert archived(db, ALL, 1) == archived(db, of_source(source), 1) == ["a"]

    sources.add_source(db, private, "hand", NOW)
    assert archived(db, ALL, 1) == []


def test_what_a_private_source_has_deleted_is_told_when_another_brings_it(shelf, db):
    ensure_site(db, "https://feeds.example", NOW)
    note_limit(db, 2)
    first, second = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(first, new=["a", "b"])
    shelf.add_source(private=True)
    shelf.poll(first, deleted=["a"])
    shelf.poll(second, new=["c"])
    assert waiting(db) == ([], [], 2)

    shelf.poll(second, seen=["a"])
    assert waiting(db) == ([], ["a"], 2)


def test_a_document_stays_the_same_when_its_source_tells_another_date_of_itself(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=flood(75))
    before = archives.find_archive(db, ALL, 1)
    db.execute(update(source_rows).values(updated=NOW))

    assert archives.find_archive(db, ALL, 1) == before


def test_a_flood_is_looked_for_once(shelf, db):
    ensure_site(db, "https://feeds.example", NOW)
    entries.apply_changes(db, shelf.add_source(), Changes(new=tuple(flood(30)), is_part=True), NOW)
    assert is_flooding(db)
    history.archive_floods(db, NOW)

    assert not is_flooding(db)
    assert waiting(db)[2] == 1


def test_a_source_that_gets_another_category_is_in_the_history_of_that(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    shelf.add_source(category="News")

    assert archived(db, in_category("news"), 1) == ["a"]
    assert waiting(db) == (["a"], [], 0)


def test_what_was_quarantined_is_in_no_document(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=flood(30))
    entries.quarantine(db, "f000", "no link", NOW)

    assert "f000" not in archived(db, ALL, 1)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_entry_that_its_source_has_deleted_is_known_as_such(shelf, db, is_deleted):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    shelf.poll(source, **{"deleted" if is_deleted else "withdrawn": ["a"]})

    known = entries.known_entries(db, ["a"], source)["a"]
    assert (known.withdrawn, known.is_deleted) == (True, is_deleted)
