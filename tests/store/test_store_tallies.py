"""What is counted of much at once: refreshes, categories, everything there is."""

from store_plans import explain_all
from store_samples import NOW, fresh, placed

from feeds.model import PollOutcome, RefreshRequest, SeedFile
from feeds.store import entries, files, refresh_tallies, summary, views
from feeds.store import polls as records
from feeds.store.polls import ask_refresh, end_refresh, start_refresh


def test_a_refresh_is_told_in_numbers_as_its_results_are(shelf, db):
    first = shelf.add_source()
    second = shelf.add_source("https://b.example/feed")
    asked = ask_refresh(db, RefreshRequest("cli"), NOW)
    start_refresh(db, asked.id, 3, NOW)
    changed = PollOutcome("changed", NOW, NOW, new=3, modified=2, withdrawn=1)
    failed = PollOutcome("failed", NOW, NOW, error="HTTP 500")
    for source, outcome in ((first, changed), (second, failed), (second, PollOutcome("held", NOW, NOW))):
        records.record_poll(db, source, outcome, asked.id)
    end_refresh(db, asked.id, NOW)
    tally = refresh_tallies.find_tally(db, asked.id)
    full = records.find_refresh(db, asked.id)

    assert tally is not None
    assert (tally.polled, tally.new, tally.modified, tally.withdrawn) == (3, 3, 2, 1)
    assert (tally.failed, tally.held, tally.request.asked_by, tally.total) == (1, 1, "cli", 3)
    assert (tally.polled, tally.new, tally.failed) == (full.polled, full.new, len(full.failed))
    assert refresh_tallies.list_tallies(db, 5) == [tally]
    assert refresh_tallies.list_results(db, asked.id, "failed", 9) == [(second, failed)]


def test_of_the_results_of_a_refresh_as_many_are_listed_as_are_asked_for(shelf, db):
    source = shelf.add_source()
    asked = ask_refresh(db, RefreshRequest("cli"), NOW)
    for number in range(3):
        records.record_poll(db, source, PollOutcome("changed", NOW, NOW, new=number), asked.id)

    found = refresh_tallies.list_results(db, asked.id, "changed", 2)
    assert [outcome.new for _, outcome in found] == [0, 1]


def test_a_refresh_that_waits_and_one_that_never_was(db):
    asked = ask_refresh(db, RefreshRequest("http"), NOW)
    tally = refresh_tallies.find_tally(db, asked.id)

    assert tally is not None
    assert (tally.state, tally.polled, tally.kinds) == ("queued", 0, {})
    assert refresh_tallies.find_tally(db, "nothing") is None


def test_the_entries_of_a_category_are_counted_to_a_bound(shelf, db, monkeypatch):
    monkeypatch.setattr(views, "MOST_COUNTED", 2)
    source = shelf.add_source()
    shelf.poll(source, new=[placed(fresh(f"{n}", categories=("Many",))) for n in range(5)])
    shelf.poll(source, new=[placed(fresh("few", categories=("Few",)))])

    assert [(view.name, count) for view, count in views.list_categories(db)] == [("few", 1), ("many", 3)]


def test_the_list_of_categories_goes_on_behind_any_name(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(fresh("x", categories=("a", "b", "c", "d")))])

    assert [view.name for view, _ in views.list_categories(db, 2)] == ["a", "b"]
    assert [view.name for view, _ in views.list_categories(db, 2, "b")] == ["c", "d"]
    assert [view.name for view, _ in views.list_categories(db, 2, "bygone")] == ["c", "d"]


def test_what_is_told_of_the_store_is_what_is_in_it_whatever_becomes_of_entries(shelf, db):
    source, secret = shelf.add_source(), shelf.add_source("https://b.example/feed", private=True)
    shelf.poll(source, new=["a", "b", "c", "d"])
    shelf.poll(secret, new=["e"])
    entries.withdraw(db, ["a"], NOW)
    entries.quarantine(db, "b", "no link", NOW)
    told = summary.store_summary(db)

    assert (told["entries"], told["withdrawn"], told["quarantined"]) == (2, 1, 1)
    assert told["entries"] == len(shelf.ids())


def test_what_is_kept_out_is_told_with_its_reason_but_not_of_private_sources(shelf, db):
    source, secret = shelf.add_source(), shelf.add_source("https://b.example/feed", private=True)
    shelf.poll(source, new=["a", "b"])
    shelf.poll(secret, new=["c"])
    for id in ("a", "b", "c"):
        entries.quarantine(db, id, f"{id} has no link", NOW)
    told = [(stored.entry.id, reason) for stored, reason in entries.list_kept_out(db)]

    assert told == [("a", "a has no link"), ("b", "b has no link")]
    assert len(entries.list_kept_out(db, 1)) == 1


def test_what_is_kept_out_is_found_without_going_through_all_entries(sqlite):
    with sqlite.read() as db:
        plans = explain_all(db, lambda: entries.list_quarantined(db))

    assert [step for plan in plans for step in plan] == ["SCAN entries USING INDEX ix_entries_quarantined"]


def test_as_many_problems_of_files_are_told_as_are_asked_for(db):
    files.save_files(db, [SeedFile(f"{n}.txt", 1, 1, n, problem="is empty") for n in range(3)])

    assert files.tell_problems(db, 2) == [("0.txt", "is empty"), ("1.txt", "is empty")]
    assert len(files.tell_problems(db)) == 3
