"""The life of files in the seeds directory, poll by poll."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from running import write_seed

from feeds.errors import NotReadError
from feeds.polling.poll import Ask
from feeds.polling.seeds import documents
from feeds.polling.seeds.look import walk
from feeds.store import entries

DAY = 86_400_000  # milliseconds
NEW_YEAR = 1767225600000  # 2026-01-01


def seed(here, name, number=1, *, title=None, timestamp=NEW_YEAR, body="<p>x</p>"):
    path = write_seed(
        here.seeds,
        name,
        title=title or f"T{number}",
        link=f"https://a.example/{number}",
        body=body,
        timestamp=timestamp,
    )
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def test_a_file_becomes_an_entry_with_its_publisher_as_origin(here):
    seed(here, "deep/folder/one.txt")
    outcome = here.poll_seeds()
    [stored] = here.entries()

    assert (outcome.kind, outcome.new) == ("changed", 1)
    assert stored.entry.title == "T1"
    assert stored.position == datetime(2026, 1, 1, tzinfo=UTC)
    assert stored.entry.categories == ("deep", "folder")
    assert (stored.source.kind, stored.source.slug) == ("archive", "a-example")


def test_a_second_look_changes_nothing(here):
    seed(here, "one.txt")
    here.poll_seeds()
    outcome = here.poll_seeds()

    assert (outcome.kind, outcome.new, outcome.modified, outcome.size) == ("unchanged", 0, 0, 0)


def test_a_file_that_is_still_written_waits_until_it_rests(here):
    path = write_seed(here.seeds, "one.txt", title="T1", link="https://a.example/1", body="<p>x</p>")
    os.utime(path, (here.now.timestamp(), here.now.timestamp()))
    started = time.monotonic()
    here.poll_seeds()

    assert here.titles() == ["T1"]
    assert time.monotonic() - started >= 1.0  # half a second of rest for the file, half for the directory


@pytest.mark.parametrize("names", [("a.txt", "b.txt"), ("b.txt", "a.txt")])
def test_of_two_files_with_one_identity_the_newest_timestamp_wins(here, names):
    seed(here, names[0], title="Old", timestamp=NEW_YEAR)
    seed(here, names[1], title="New", timestamp=NEW_YEAR + DAY)
    here.poll_seeds()
    [stored] = here.entries()

    assert stored.entry.title == "New"
    assert stored.versions == 2


def test_when_the_current_version_leaves_the_other_file_speaks_again(here):
    seed(here, "old.txt", title="Old", timestamp=NEW_YEAR)
    newer = seed(here, "new.txt", title="New", timestamp=NEW_YEAR + DAY)
    here.poll_seeds()
    newer.unlink()
    outcome = here.poll_seeds()

    assert here.titles() == ["Old"]
    assert outcome.withdrawn == 0


def test_an_edited_file_corrects_its_entry_and_keeps_the_history(here):
    seed(here, "one.txt", title="Before")
    here.poll_seeds()
    here.pass_time(hours=1)
    seed(here, "one.txt", title="After")
    assert here.poll_seeds().modified == 1
    [stored] = here.entries()
    with here.store.read() as db:
        versions = entries.list_versions(db, stored.key)

    assert stored.entry.updated == here.now
    assert [version.entry.title for version in versions] == ["After", "Before"]


def test_a_file_edited_into_another_article_withdraws_the_one_it_held(here):
    seed(here, "one.txt", 1)
    here.poll_seeds()
    seed(here, "one.txt", 2)
    outcome = here.poll_seeds()

    assert here.titles() == ["T2"]
    assert (outcome.new, outcome.withdrawn) == (1, 1)


def test_two_files_that_exchange_their_articles_withdraw_nothing(here):
    seed(here, "one.txt", 1)
    seed(here, "two.txt", 2)
    here.poll_seeds()
    seed(here, "one.txt", 2)
    seed(here, "two.txt", 1)
    outcome = here.poll_seeds()

    assert sorted(here.titles()) == ["T1", "T2"]
    assert outcome.withdrawn == 0


def test_a_file_that_becomes_unreadable_keeps_its_entry_until_it_is_deleted(here):
    path = seed(here, "one.txt")
    here.poll_seeds()
    path.write_text("no seed any more")
    os.utime(path, (time.time() - 60, time.time() - 60))
    here.poll_seeds()
    assert here.titles() == ["T1"]
    path.unlink()

    assert here.poll_seeds().withdrawn == 1
    assert here.titles() == []


def test_a_renamed_file_is_the_same_entry(here):
    path = seed(here, "one.txt")
    here.poll_seeds()
    before = here.entries()
    path.rename(here.seeds / "two.txt")
    outcome = here.poll_seeds()

    assert here.entries() == before
    assert (outcome.new, outcome.modified, outcome.withdrawn) == (0, 0, 0)


def test_a_deleted_file_withdraws_its_entry_after_two_seconds_and_brings_it_back(here):
    path = seed(here, "one.txt")
    here.poll_seeds()
    [before] = here.entries()
    path.unlink()
    started = time.monotonic()
    assert here.poll_seeds().withdrawn == 1
    assert 2 <= time.monotonic() - started < 4
    assert here.entries() == []
    seed(here, "again.txt")
    here.poll_seeds()
    [after] = here.entries()

    assert (after.key, after.position) == (before.key, before.position)


def test_a_file_that_comes_back_in_time_was_never_gone(here):
    path = seed(here, "one.txt")
    here.poll_seeds()
    hidden = path.rename(here.folder / "hidden")
    threading.Timer(0.7, lambda: hidden.rename(path)).start()
    outcome = here.poll_seeds()

    assert outcome.withdrawn == 0
    assert here.titles() == ["T1"]


def test_most_of_a_folder_vanishing_at_once_must_be_confirmed(here):
    paths = [seed(here, f"disk/{n}.txt", n) for n in range(10)]
    seed(here, "other.txt", 99)
    here.poll_seeds()
    for path in paths[:6]:
        path.unlink()
    assert here.poll_seeds().withdrawn == 0
    assert len(here.titles()) == 11
    assert "6 files vanished" in here.notices()[0]
    started = time.monotonic()
    assert here.poll_seeds().withdrawn == 0
    assert time.monotonic() - started < 1.5  # it is known already, nothing is waited for

    assert here.poll_seeds(Ask(accept_deletions=True)).withdrawn == 6
    assert len(here.titles()) == 5
    assert here.notices() == []


def test_half_of_a_folder_is_believed(here):
    paths = [seed(here, f"disk/{n}.txt", n) for n in range(10)]
    here.poll_seeds()
    for path in paths[:5]:
        path.unlink()

    assert here.poll_seeds().withdrawn == 5


def test_a_moved_folder_is_no_deletion(here):
    for n in range(12):
        seed(here, f"disk/{n}.txt", n)
    here.poll_seeds()
    (here.seeds / "disk").rename(here.seeds / "shelf")
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.withdrawn, here.notices()) == (0, 0, [])
    assert len(here.titles()) == 12


def test_a_missing_directory_withdraws_nothing(here):
    seed(here, "one.txt")
    here.poll_seeds()
    here.seeds.rename(here.folder / "elsewhere")
    outcome = here.poll_seeds()

    assert outcome.kind == "failed"
    assert "there is no such directory; its entries stay" in outcome.error
    assert here.titles() == ["T1"]
    (here.folder / "elsewhere").rename(here.seeds)
    assert here.poll_seeds().kind == "unchanged"
    assert here.notices() == []


def test_up_to_twenty_late_arrivals_are_placed_at_the_previous_poll(here):
    here.poll_seeds()
    previous = here.now
    here.pass_time(hours=1)
    for n in range(20):
        seed(here, f"{n}.txt", n)
    here.poll_seeds()

    places = [stored.position for stored in here.entries()]
    assert (places[0], previous - places[-1]) == (previous, timedelta(microseconds=len(places) - 1))


def test_more_than_twenty_late_arrivals_keep_their_dates(here):
    here.poll_seeds()
    here.pass_time(hours=1)
    for n in range(21):
        seed(here, f"{n}.txt", n)
    here.poll_seeds()

    assert {stored.position for stored in here.entries()} == {datetime(2026, 1, 1, tzinfo=UTC)}


def test_late_arrivals_are_counted_over_the_batches_of_a_poll(here, monkeypatch):
    monkeypatch.setattr("feeds.polling.seeds.documents.BATCH_FILES", 5)
    here.poll_seeds()
    here.pass_time(hours=1)
    for n in range(21):
        seed(here, f"{n}.txt", n)
    here.poll_seeds()

    assert {stored.position for stored in here.entries()} == {datetime(2026, 1, 1, tzinfo=UTC)}


def test_what_is_no_seed_is_listed_with_its_reason_and_stops_nothing(here, monkeypatch):
    monkeypatch.setattr("feeds.polling.seeds.look.LARGEST_SEED", 10_000)
    seed(here, "good.txt")
    (here.seeds / "rubbish.bin").write_bytes(b"\x00\xff" * 50)
    (here.seeds / "empty.txt").touch()
    (here.seeds / "large.txt").write_bytes(b"x" * 10_001)
    (here.seeds / "link.txt").symlink_to(here.seeds / "good.txt")
    os.mkfifo(here.seeds / "pipe")
    (here.seeds / ".hidden").write_text("x")
    (here.seeds / "draft.tmp").write_text("x")
    outcome = here.poll_seeds()
    problems = here.problems()

    assert here.titles() == ["T1"]
    assert problems.keys() == {"rubbish.bin", "empty.txt", "large.txt", "link.txt", "pipe"}
    assert problems["link.txt"] == "a symbolic link is not followed"
    assert problems["pipe"] == "a pipe (FIFO) is not read"
    assert problems["large.txt"] == "larger than 10,000 bytes"
    assert all(problem and "\n" not in problem for problem in problems.values())
    assert all(name in outcome.error for name in problems)


def test_a_file_that_becomes_a_seed_is_read_again(here):
    (here.seeds / "one.txt").write_text("not yet")
    here.poll_seeds()
    seed(here, "one.txt")
    here.poll_seeds()

    assert here.titles() == ["T1"]
    assert here.problems() == {}


def test_a_rehearsal_stores_nothing(here):
    seed(here, "one.txt")

    assert here.poll_seeds(Ask(dry_run=True)).new == 1
    assert here.titles() == []
    assert here.poll_seeds().new == 1


def test_the_directory_is_only_read(here):
    seed(here, "a/one.txt")
    before = {path: path.stat().st_mtime_ns for path in here.seeds.rglob("*")}
    here.poll_seeds()

    assert {path: path.stat().st_mtime_ns for path in here.seeds.rglob("*")} == before


def test_a_file_that_has_changed_since_the_look_is_not_taken_for_it(here):
    path = seed(here, "one.txt")
    [found] = walk(here.seeds, "")
    path.write_text("other")

    with pytest.raises(NotReadError, match="changed while it was read"):
        documents.read_document(here.seeds, found.as_file())
