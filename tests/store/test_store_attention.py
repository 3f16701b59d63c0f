"""What the desk asks the store: what waits for somebody, what refreshes brought, what is said by hand."""

from dataclasses import replace

from store_samples import NOW, minutes

from feeds.model import Declaration, PollOutcome, RefreshRequest, SeedFile, SourceState, View
from feeds.store import attention, entries, files, polls, reports, sources
from feeds.store.refresh_tallies import list_tallies

FAILED = SourceState(failures=1, failing_since=NOW, last_error="HTTP 500")


def gone(path, since=NOW, ids=()):
    return SeedFile(path, 1, 2, 3, missing_since=since, entry_ids=ids)


def test_sources_that_bring_nothing_are_listed_the_longest_failing_first(shelf, db):
    made = {name: shelf.add_source(f"https://{name}.example/") for name in ("new", "old", "well", "off")}
    made |= {name: shelf.add_source(f"https://{name}.example/") for name in ("ended", "left")}
    sources.save_state(db, made["new"], FAILED)
    sources.save_state(db, made["old"], replace(FAILED, failing_since=NOW - minutes(9)))
    sources.save_state(db, made["off"], FAILED)
    sources.set_paused(db, made["off"], True)
    sources.retire(db, made["ended"], "410 Gone")
    sources.close_door(db, made["left"], "hand", NOW)
    told = reports.report_these(db, attention.list_failing(db), NOW)

    assert [(report.source.slug, report.health.word) for report in told] == [
        ("ended-example", "gone"),
        ("old-example", "failing"),
        ("new-example", "failing"),
    ]


def test_vanished_files_are_told_by_folder(shelf, db):
    there = SeedFile("a/there.txt", 1, 2, 3, entry_ids=("1",))
    late = NOW + minutes(5)
    files.save_files(db, [there, gone("a/2", late, ("1", "2")), gone("a/1", NOW, ("2",)), gone("top")])

    assert attention.list_held(db) == [
        attention.HeldFolder("", 1, NOW, ["top"]),
        attention.HeldFolder("a", 2, NOW, ["1", "2"]),
    ]
    assert attention.count_held(db) == 3
    assert attention.count_held_entries(db) == 2


def test_of_a_folder_a_few_files_are_named(db):
    files.save_files(db, [gone(f"a/{number:02}") for number in range(30)])
    [folder] = attention.list_held(db)

    assert folder.count == 30
    assert folder.examples == ["00", "01", "02", "03", "04"]


def test_quarantined_entries_are_listed_from_a_place_on_private_ones_too(shelf, db):
    hush = shelf.add_source("https://b.example/", private=True)
    shelf.poll(shelf.add_source(), new=["one", "fine", "two"])
    shelf.poll(hush, new=["three"])
    for id in ("one", "two", "three"):
        entries.quarantine(db, id, f"{id} is no IRI", NOW)
    first = attention.page_quarantined(db, 0, 2)
    rest = attention.page_quarantined(db, first[-1].number, 2)

    assert [(one.title, one.reason, one.private) for one in [*first, *rest]] == [
        ("one", "one is no IRI", False),
        ("two", "two is no IRI", False),
        ("three", "three is no IRI", True),
    ]
    assert attention.count_quarantined(db) == 3


def test_the_log_adds_up_what_each_refresh_brought(shelf, db):
    source = shelf.add_source()
    first = polls.ask_refresh(db, RefreshRequest("cli"), NOW)
    for outcome in (
        PollOutcome("changed", NOW, NOW, new=3, modified=2, withdrawn=1),
        PollOutcome("changed", NOW, NOW, new=1),
        PollOutcome("failed", NOW, NOW, error="HTTP 500"),
        PollOutcome("held", NOW, NOW, error="wait"),
    ):
        polls.record_poll(db, source, outcome, first.id)
    polls.record_poll(db, source, PollOutcome("failed", NOW, NOW))  # by the schedule
    second = polls.ask_refresh(db, RefreshRequest("page", sources=("a",)), NOW)
    newer, older = list_tallies(db, 10)

    assert (newer.id, newer.request, newer.polled, newer.new) == (second.id, second.request, 0, 0)
    assert (older.id, older.polled, older.new, older.modified) == (first.id, 4, 4, 2)
    assert (older.withdrawn, older.failed, older.held) == (1, 1, 1)
    assert list_tallies(db, 1) == [newer]
    assert list_tallies(db, 1, newer.number) == [older]
    assert list_tallies(db, 1, older.number) == []


def test_what_a_door_says_can_be_amended_and_the_rest_stays(shelf, db):
    source = shelf.add_source(name="Name", category="News", interval=600)
    amended = sources.amend(db, source, "hand", {"name": "Other", "private": True}, NOW)

    assert (amended.name, amended.category, amended.interval, amended.private) == ("Other", "News", 600, True)
    assert amended == shelf.again(source)
    assert sources.find_declared(db, source, "hand") == Declaration(
        source.url, name="Other", category="News", interval=600, private=True
    )


def test_amending_moves_entries_into_the_views_they_belong_to_then(shelf, db):
    source = shelf.add_source(category="Old")
    shelf.poll(source, new=["one"])
    sources.amend(db, source, "hand", {"category": "New"}, NOW)

    assert shelf.ids(View("category", "new")) == ["one"]
    assert shelf.ids(View("category", "old")) == []


def test_a_door_that_a_source_does_not_have_says_nothing_of_it(shelf, db):
    source = shelf.add_source(name="Name")

    assert sources.find_declared(db, source, "config") is None
    assert sources.amend(db, source, "config", {"name": "Other"}, NOW) == source
    assert shelf.again(source) == source


def test_amending_leaves_a_source_paused_that_was_paused_by_hand(shelf, db):
    source = shelf.add_source()
    sources.set_paused(db, source, True)

    assert sources.amend(db, shelf.again(source), "hand", {"name": "Other"}, NOW).paused
