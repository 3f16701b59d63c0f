"""How much of what a poll brings live feeds show."""

from datetime import UTC, datetime, timedelta

from feeds.curation.changes import find_changes, find_hash
from feeds.model import Entry, FreshEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)


def fresh(number, published=None):
    entry = Entry(id=f"urn:x:{number}", title="Title", published=published)
    return FreshEntry(entry, find_hash(entry))


def changes_of(*candidates, previous_poll=BEFORE, **options):
    return find_changes({}, candidates, now=NOW, previous_poll=previous_poll, **options)


def live(changes):
    return [placed.fresh.entry.id for placed in changes.new if not placed.flooded]


def test_twenty_entries_are_no_flood():
    assert len(live(changes_of(*map(fresh, range(20))))) == 20


def test_of_more_entries_the_twenty_newest_are_shown():
    dates = [NOW - timedelta(minutes=number) for number in range(50)]
    changes = changes_of(*(fresh(number, date) for number, date in enumerate(reversed(dates))))

    assert live(changes) == [f"urn:x:{number}" for number in range(30, 50)]


def test_of_more_entries_without_a_date_the_first_twenty_are_shown():
    assert live(changes_of(*map(fresh, range(500)))) == [f"urn:x:{number}" for number in range(20)]


def test_the_first_poll_of_a_source_may_be_a_flood_too():
    assert len(live(changes_of(*map(fresh, range(30)), previous_poll=None))) == 20


def test_a_storm_of_late_arrivals_is_shown_nowhere_and_takes_nobodys_place():
    late = [fresh(number, BEFORE - timedelta(days=number + 1)) for number in range(21)]

    assert live(changes_of(*late, fresh("new"))) == ["urn:x:new"]


def test_a_few_late_arrivals_are_shown_as_they_are_moved_up():
    late = [fresh(number, BEFORE - timedelta(days=number + 1)) for number in range(3)]

    assert len(live(changes_of(*late, fresh("new")))) == 4


def test_parts_of_a_poll_have_twenty_together_and_the_newer_outrun_the_older():
    dates = [NOW - timedelta(minutes=30 - number) for number in range(30)]
    first = changes_of(*(fresh(number, dates[number]) for number in range(15)), front=())
    front = [(placed.position, placed.fresh.entry.id) for placed in first.new]
    second = changes_of(*(fresh(number, dates[number]) for number in range(15, 30)), front=front)

    assert live(first) == [f"urn:x:{number}" for number in range(15)]
    assert len(live(second)) == 15
    assert set(second.outrun) == {f"urn:x:{number}" for number in range(10)}


def test_of_a_first_poll_in_parts_nothing_is_shown_before_its_end_so_that_nothing_is_taken_back():
    first = changes_of(fresh(1), previous_poll=None, front=())
    second = changes_of(*map(fresh, range(2, 40)), previous_poll=None, front=())

    assert live(first) == live(second) == []
    assert first.outrun == second.outrun == ()


def test_late_arrivals_of_a_part_are_shown_until_they_turn_out_to_be_a_storm():
    few = changes_of(fresh(1, BEFORE - timedelta(days=1)), fresh(2), front=())
    front = [(placed.position, placed.fresh.entry.id) for placed in few.new]
    late = [fresh(number, BEFORE - timedelta(days=number)) for number in range(10, 30)]
    storm = changes_of(*late, front=front, late=["urn:x:1"])

    assert few.is_part
    assert live(few) == ["urn:x:1", "urn:x:2"]
    assert live(storm) == []
    assert storm.outrun == ("urn:x:1",)
