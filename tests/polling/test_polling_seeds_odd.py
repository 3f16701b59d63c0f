"""What a directory can do to those who watch it: damaged times, locked folders, files that never rest."""

import asyncio
import os
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from polling_rights import locked, ordinary_rights
from running import wait_until, write_seed

from feeds.daemon.composing import SEEDS, open_poller
from feeds.model import ALL
from feeds.polling import worker_process
from feeds.polling.poll import Ask
from feeds.polling.reading import Reader
from feeds.polling.seeds import documents, look, unripe
from feeds.polling.seeds import poll as seeds_poll
from feeds.polling.seeds.watch import Hints
from feeds.store import archives, files

OLD = time.time() - 60


def seed(here, name, number=1):
    path = write_seed(
        here.seeds, name, title=f"T{number}", link=f"https://a.example/{number}", body="<p>x</p>"
    )
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


@pytest.mark.parametrize("mtime", [2**40, 2**34, -(2**40)])
def test_a_damaged_modification_time_is_no_date_and_stops_nothing(here, mtime):
    path = seed(here, "odd.txt")
    path.write_text(path.read_text().partition("\n")[2])
    os.utime(path, (mtime, mtime))
    seed(here, "other.txt", 2)
    here.poll_seeds()

    assert sorted(here.titles()) == ["T1", "T2"]
    assert here.poll_seeds().kind == "unchanged"


def test_what_lies_in_a_folder_that_cannot_be_read_is_not_deleted(here, monkeypatch):
    seed(here, "locked/one.txt", 1)
    gone = seed(here, "open/two.txt", 2)
    here.poll_seeds()
    gone.unlink()
    look = os.scandir

    def refuse(folder):
        if str(folder).rstrip("/").endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return look(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        here.poll_seeds()
        assert here.titles() == ["T1"]
        assert here.problems() == {"locked/": "the folder cannot be read: permission denied"}

    here.poll_seeds()
    assert here.titles() == ["T1"]
    assert here.problems() == {}


def test_folders_that_vanish_one_after_the_other_are_held_and_the_poll_ends(here):
    for number in range(10):
        seed(here, f"a/{number}.txt", number)
        seed(here, f"b/{number}.txt", number + 10)
    here.poll_seeds()
    (here.seeds / "a").rename(here.folder / "a")
    later = threading.Timer(1.0, (here.seeds / "b").rename, (here.folder / "b",))
    later.start()
    started = time.monotonic()
    here.poll_seeds()
    later.join()

    assert time.monotonic() - started < 8
    assert len(here.titles()) == 20
    assert "20 files vanished" in here.notices()[0]


def test_a_file_that_never_rests_does_not_keep_the_poll_from_ending(here, monkeypatch):
    monkeypatch.setattr(seeds_poll, "LONGEST_WAIT", 1.5)
    path = write_seed(here.seeds, "log.txt", title="T1", link="https://a.example/1", body="<p>x</p>")
    seed(here, "two.txt", 2)
    stop = threading.Event()

    def grow():
        while not stop.wait(0.05):
            with path.open("a") as file:
                file.write("x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        here.now = datetime.now(UTC)
        asyncio.run(asyncio.wait_for(_poll(here), 10))
    finally:
        stop.set()
        writer.join()

    assert here.titles() == ["T2"]


async def _poll(here):
    async with open_poller(here.settings, here.store) as poller:
        await poller.poll(here.source(SEEDS.url))


def test_files_that_come_in_for_ever_do_not_keep_the_poll_from_ending(here, monkeypatch):
    monkeypatch.setattr(seeds_poll, "MOST_LOOKS", 5)
    seed(here, "0.txt", 0)
    stop = threading.Event()

    def drop():
        number = 0
        while not stop.wait(0.1):
            number += 1
            seed(here, f"{number}.txt", number)

    writer = threading.Thread(target=drop)
    writer.start()
    try:
        asyncio.run(asyncio.wait_for(_poll(here), 10))
    finally:
        stop.set()
        writer.join()

    assert len(here.titles()) > 2


def test_late_arrivals_are_not_placed_in_the_future_after_the_clock_was_set_back(here):
    here.now += timedelta(days=300)
    seed(here, "one.txt", 1)
    here.poll_seeds()
    here.now -= timedelta(days=300)
    seed(here, "two.txt", 2)
    here.poll_seeds()

    assert here.titles() == ["T2", "T1"]
    assert max(stored.position for stored in here.entries()) <= here.now


def test_the_name_of_a_file_is_one_printable_line(here):
    with open(os.fsencode(here.seeds) + b"/\xffa\n\x1b[2J.txt", "wb") as file:
        file.write(b"no seed")
    outcome = here.poll_seeds()

    assert outcome.error is not None
    assert outcome.error.startswith(r"\xffa\n\x1b[2J.txt: ")


# --- Many files that vanish -------------------------------------------------------------------------


def test_what_lies_in_small_folders_of_a_large_one_is_held_too(here):
    paths = [seed(here, f"disk/{number // 3}/{number}.txt", number) for number in range(12)]
    seed(here, "a.txt", 100)
    here.poll_seeds()
    for path in paths[:9]:
        path.unlink()

    assert here.poll_seeds().withdrawn == 0
    assert "9 files vanished" in here.notices()[0]


def test_files_that_are_deleted_one_by_one_are_judged_together(here):
    paths = [seed(here, f"disk/{number}.txt", number) for number in range(10)]
    here.poll_seeds()

    def delete():
        for path in paths[:8]:
            path.unlink()
            time.sleep(0.4)

    deleting = threading.Thread(target=delete)
    deleting.start()
    outcome = here.poll_seeds()
    deleting.join()

    assert outcome.withdrawn == 0
    assert len(here.titles()) == 10


def test_what_is_held_stays_held_while_others_come_back(here):
    paths = [seed(here, f"disk/{number}.txt", number) for number in range(10)]
    here.poll_seeds()
    for path in paths[:8]:
        path.rename(here.folder / path.name)
    here.poll_seeds()
    for path in paths[:5]:
        (here.folder / path.name).rename(path)

    assert here.poll_seeds().withdrawn == 0
    assert "3 files vanished" in here.notices()[0]
    assert here.poll_seeds(Ask(accept_deletions=True)).withdrawn == 3


def test_copies_of_what_vanishes_are_no_loss(here):
    for number in range(12):
        seed(here, f"disk/{number}.txt", number)
        seed(here, f"copy/{number}.txt", number)
    here.poll_seeds()
    (here.seeds / "disk").rename(here.folder / "disk")

    assert here.poll_seeds().withdrawn == 0
    assert here.notices() == []


# --- Hints: only places are looked at ---------------------------------------------------------------


def test_a_poll_that_is_told_where_looks_only_there(here):
    seed(here, "a.txt", 1)
    seed(here, "b.txt", 2)

    here.poll_hinted("b.txt")
    assert here.titles() == ["T2"]

    here.poll_hinted()
    assert here.titles() == ["T2"]

    here.poll_seeds()
    assert sorted(here.titles()) == ["T1", "T2"]


def test_a_deletion_and_a_return_are_seen_where_they_are_told(here):
    path = seed(here, "a/b.txt", 1)
    seed(here, "c.txt", 2)
    here.poll_seeds()
    path.unlink()
    assert here.poll_hinted("a").withdrawn == 1

    seed(here, "a/b.txt", 1)
    assert here.poll_hinted("a/b.txt").modified == 1
    assert sorted(here.titles()) == ["T1", "T2"]


def test_the_other_version_is_read_again_although_nobody_told_of_it(here):
    seed(here, "a.txt", 1)
    newer = write_seed(
        here.seeds,
        "b.txt",
        title="Newer",
        link="https://a.example/1",
        body="<p>y</p>",
        timestamp=1767225700000,
    )
    os.utime(newer, (time.time() - 60, time.time() - 60))
    here.poll_seeds()
    assert here.titles() == ["Newer"]

    newer.unlink()
    here.poll_hinted("b.txt")
    assert here.titles() == ["T1"]


# --- Which version counts ---------------------------------------------------------------------------


def version(here, name, title, number=1, timestamp=1767225600000):
    path = write_seed(
        here.seeds,
        name,
        title=title,
        link=f"https://a.example/{number}",
        body=f"<p>{title}</p>",
        timestamp=timestamp,
    )
    os.utime(path, (OLD, OLD))
    return path


def shown(here):
    return {stored.entry.link: stored.entry.title for stored in here.entries()}


def test_an_edit_of_a_file_that_was_renamed_is_a_correction(here):
    path = version(here, "latest.txt", "A title that is rather long")
    here.poll_seeds()
    path.rename(here.seeds / "first.txt")
    version(here, "latest.txt", "Second", number=2)
    here.poll_seeds()
    version(here, "first.txt", "Short")

    assert here.poll_seeds().modified == 1
    assert shown(here) == {"https://a.example/1": "Short", "https://a.example/2": "Second"}


def test_when_the_newest_version_was_renamed_and_deleted_the_older_counts(here):
    version(here, "old.txt", "Old")
    version(here, "new.txt", "New", timestamp=1767225700000).rename(here.seeds / "moved.txt")
    here.poll_seeds()
    (here.seeds / "moved.txt").rename(here.seeds / "again.txt")
    here.poll_seeds()
    os.utime(here.seeds / "old.txt", (OLD + 1, OLD + 1))
    here.poll_seeds()
    assert here.titles() == ["New"]

    (here.seeds / "again.txt").unlink()
    here.poll_seeds()
    assert here.titles() == ["Old"]


def test_when_the_file_of_the_newest_version_becomes_another_article_the_older_counts(here):
    version(here, "old.txt", "Old")
    version(here, "new.txt", "New", timestamp=1767225700000)
    here.poll_seeds()
    version(here, "new.txt", "Other", number=2)
    here.poll_seeds()

    assert shown(here) == {"https://a.example/1": "Old", "https://a.example/2": "Other"}


def test_a_file_that_is_moved_into_another_folder_makes_one_version(here):
    path = version(here, "a/one.txt", "One")
    here.poll_seeds()
    (here.seeds / "b").mkdir()
    path.rename(here.seeds / "b" / "one.txt")
    here.poll_seeds()

    [stored] = here.entries()
    assert (stored.entry.categories, stored.versions) == (("b",), 2)


# --- What could not be read, for once ---------------------------------------------------------------


def test_an_edited_file_that_moves_keeps_the_time_of_its_edit(here):
    path = seed(here, "a/one.txt")
    here.poll_seeds()
    here.pass_time(hours=1)
    path.write_text(path.read_text().replace("<p>x</p>", "<p>other</p>"))
    os.utime(path, (OLD, OLD))
    here.poll_seeds()
    [edited] = here.entries()
    assert edited.entry.updated == here.now

    here.pass_time(hours=1)
    (here.seeds / "b").mkdir()
    path.rename(here.seeds / "b/one.txt")
    here.poll_seeds()
    [moved] = here.entries()
    assert (moved.entry.categories, moved.entry.updated) == (("b",), edited.entry.updated)


def test_late_arrivals_are_in_the_order_of_their_dates(here):
    seed(here, "new.txt", 9)
    here.poll_seeds()
    here.pass_time(hours=1)
    for number, year in enumerate((2003, 2001, 2005, 2002, 2004)):
        stamp = int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)
        link = f"https://a.example/late{number}"
        path = write_seed(
            here.seeds, f"{number}.txt", title=str(year), link=link, body="<p>x</p>", timestamp=stamp
        )
        os.utime(path, (OLD, OLD))
    here.poll_seeds()

    assert [title for title in here.titles() if title != "T9"] == ["2005", "2004", "2003", "2002", "2001"]


def test_files_are_read_again_that_no_process_could_be_started_for(here, monkeypatch):
    seed(here, "a.txt")
    with afresh(here), monkeypatch.context() as changed:
        changed.setattr(worker_process.sys, "executable", str(here.folder / "nothing"))
        here.poll_seeds()
    assert "no reading process could be started" in here.problems()["a.txt"]
    assert here.state(SEEDS.url).next_poll == here.now + timedelta(seconds=30)

    here.poll_seeds()
    assert here.problems() == {}
    assert here.titles() == ["T1"]


@contextmanager
def afresh(here):
    """Poll with threads and a reading process of its own."""
    before = here.runner, here.reader
    with asyncio.Runner() as runner:
        here.runner, here.reader = runner, Reader()
        yield
        runner.run(here.reader.__aexit__())
    here.runner, here.reader = before


def test_a_file_is_read_again_once_it_may_be_read(here):
    path = seed(here, "a.txt")
    path.chmod(0)
    with ordinary_rights(), afresh(here):
        here.poll_seeds()
    assert here.problems() == {"a.txt": "permission denied"}
    path.chmod(0o644)
    here.poll_seeds()

    assert here.titles() == ["T1"]


def test_a_place_that_cannot_be_reached_is_not_deleted(here):
    seed(here, "a/one.txt")
    here.poll_seeds()
    (here.seeds / "a").chmod(0)
    with ordinary_rights(), afresh(here):
        assert here.poll_hinted("a/one.txt").withdrawn == 0
    assert "permission denied" in here.problems()["a/"]

    (here.seeds / "a").chmod(0o755)
    here.poll_hinted("a")
    assert here.problems() == {}
    with here.store.read() as db:
        assert [stamp.key for stamp in files.list_stamps(db, "", "", 10)] == ["a/one.txt"]


def test_what_a_poll_has_not_waited_for_is_noted_for_the_next(here, monkeypatch):
    monkeypatch.setattr(seeds_poll, "LONGEST_WRITING", 0.0)
    seed(here, "a.txt")
    hints = Hints()
    here.poll_hinted("a.txt", hints=hints)

    assert hints.take() == ["a.txt"]


def test_a_folder_whose_path_is_too_long_is_told(here):
    deep = here.seeds
    for _ in range(8):
        deep = deep / ("x" * 200)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("x")
    here.poll_seeds()

    [(path, problem)] = here.problems().items()
    assert len(path) > 1500
    assert problem == "the folder lies too deep: its path is too long"


def test_an_entry_in_two_files_is_withdrawn_once(here, monkeypatch):
    monkeypatch.setattr(documents, "BATCH_FILES", 1)
    for name in "ab":
        seed(here, f"{name}.txt")
    here.poll_seeds()
    for name in "ab":
        (here.seeds / f"{name}.txt").unlink()

    assert here.poll_seeds().withdrawn == 1


def test_files_that_were_moved_are_no_loss_to_their_folder(here):
    paths = [seed(here, f"disk/{number:02}.txt", number) for number in range(30)]
    here.poll_seeds()
    (here.seeds / "other").mkdir()
    for path in paths[:16]:
        path.rename(here.seeds / "other" / path.name)

    deleting = threading.Timer(2.6, paths[16].unlink)
    deleting.start()
    outcome = here.poll_seeds()
    deleting.join()
    withdrawn = outcome.withdrawn + here.poll_seeds().withdrawn

    assert withdrawn == 1
    assert here.notices() == []


def test_by_force_every_file_with_a_problem_is_read_again(here, monkeypatch):
    path = seed(here, "a.txt")
    with monkeypatch.context() as changed:
        changed.setattr(look, "LARGEST_SEED", 10)
        here.poll_seeds()
    assert here.problems()
    here.poll_seeds(Ask(force=True))

    assert here.problems() == {}
    assert path.exists()


# --- Files that are being written -------------------------------------------------------------------


@pytest.mark.parametrize("place", ["a.txt", look.EVERYTHING])
def test_a_file_that_is_being_written_is_held_although_its_time_is_old(here, place):
    here.poll_seeds()
    with writing(here):
        here.poll_hinted(place)

    assert versions(here) == {"Whole": 1}


def test_so_is_one_that_is_found_where_nothing_is_watched(here):
    here.poll_seeds()
    with writing(here):
        here.poll_seeds()

    assert versions(here) == {"Whole": 1}


def test_so_is_one_that_comes_during_the_very_first_poll(here):
    version(here, "b.txt", "Before", number=2)
    with writing(here, after=lambda: wait_until(here.titles, 10, "the first look")):
        here.poll_seeds()

    assert versions(here) == {"Before": 1, "Whole": 1}


def test_the_very_first_look_holds_no_old_files(here, monkeypatch):
    monkeypatch.setattr(unripe, "QUIET", 100.0)
    version(here, "a.txt", "Old")
    here.poll_seeds()

    assert here.titles() == ["Old"]


@contextmanager
def writing(here, after=None):
    """Write a file slowly, with an old time all the while."""

    def finish():
        if after:
            after()
            version(here, "a.txt", "Half")
        time.sleep(0.3)
        version(here, "a.txt", "Whole")

    if not after:
        version(here, "a.txt", "Half")
    writer = threading.Thread(target=finish)
    writer.start()
    yield
    writer.join()


def versions(here):
    """How many versions there are of each entry, by title."""
    return {stored.entry.title: stored.versions for stored in here.entries()}


@pytest.mark.parametrize("hints", [None, Hints()])
def test_of_very_many_young_files_each_is_read_in_its_turn(here, hints, monkeypatch):
    monkeypatch.setattr(unripe, "MOST_HELD", 2)
    monkeypatch.setattr(seeds_poll, "MOST_PLACES", 1)
    for number in range(5):
        os.utime(seed(here, f"{number}.txt", number), (here.now.timestamp(), here.now.timestamp()))
    if hints is None:
        here.poll_seeds()
    else:
        here.poll_hinted("0.txt", "1.txt", "2.txt", "3.txt", "4.txt", hints=hints)

    assert len(here.titles()) == 5


# --- Dates and places -------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [0, 1, -1_000_000, 86_400])
def test_the_start_of_a_clock_is_no_date(here, moment):
    path = here.seeds / "a.md"
    path.write_text("# A\n")
    os.utime(path, (moment, moment))
    here.poll_seeds()

    assert here.entries()[0].entry.published is None


def test_a_late_arrival_is_shown_although_its_poll_was_broken_off(here, monkeypatch):
    version(here, "a.txt", "First")
    here.poll_seeds()
    here.pass_time(hours=1)
    version(here, "b.txt", "Late", number=2, timestamp=1500000000000)
    with monkeypatch.context() as changed:
        changed.setattr(seeds_poll.SeedsPoll, "_finish", broken_off)
        with pytest.raises(RuntimeError, match="killed"):
            here.poll_seeds()
    here.poll_seeds()

    assert here.titles() == ["Late", "First"]


def test_a_flood_is_archived_although_its_poll_was_broken_off(here, monkeypatch):
    for number in range(30):
        version(here, f"{number}.txt", f"T{number}", number=number)
    with monkeypatch.context() as changed:
        changed.setattr(seeds_poll.SeedsPoll, "_finish", broken_off)
        with pytest.raises(RuntimeError, match="killed"):
            here.poll_seeds()
    assert len(here.titles()) == 30
    here.poll_seeds()

    with here.store.read() as db:
        archived = archives.find_archive(db, ALL, 1)
        assert len(archived.entries) + len(archives.list_waiting(db, ALL).entries) == 30


async def broken_off(*_, **__):
    raise RuntimeError("killed")


# --- The directory itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [Ask(), Ask(dry_run=True)])
def test_a_directory_that_may_not_be_read_is_told_again_and_again_and_loses_nothing(here, ask):
    seed(here, "a.txt")
    here.poll_seeds()
    with locked(here.seeds), afresh(here):
        outcomes = [here.poll_seeds(ask) for _ in range(2)]
    expected = f"{here.seeds}: cannot be read: permission denied; its entries stay"
    assert [(outcome.kind, outcome.error) for outcome in outcomes] == [("failed", expected)] * 2
    assert here.notices() == (
        [] if ask.dry_run else [expected.replace("its entries stay", "nothing is withdrawn")]
    )
    assert here.titles() == ["T1"]

    assert here.poll_seeds().kind == "unchanged"
    assert (here.problems(), here.notices()) == ({}, [])


def test_so_is_one_of_which_nothing_is_known_yet(here):
    seed(here, "a.txt")
    with locked(here.seeds), afresh(here):
        assert here.poll_seeds().kind == "failed"

    assert here.poll_seeds().new == 1


def test_nobody_needs_a_directory(here):
    here.seeds.rmdir()

    assert here.poll_seeds().error is None


def test_a_directory_that_is_none_is_told(here):
    seed(here, "a.txt")
    here.poll_seeds()
    here.seeds.rename(here.folder / "elsewhere")
    here.seeds.write_text("a file")
    outcome = here.poll_seeds()

    assert outcome.kind == "failed"
    assert outcome.error.endswith("seeds: is no directory; its entries stay")
    assert here.poll_seeds(Ask(dry_run=True)).kind == "failed"


def test_what_is_held_and_turns_up_elsewhere_is_held_no_more(here):
    paths = [seed(here, f"disk/{number}.txt", number) for number in range(10)]
    here.poll_seeds()
    (here.seeds / "disk").rename(here.folder / "disk")
    here.poll_seeds()
    assert here.notices()
    (here.folder / "disk").rename(here.seeds / "other")
    here.poll_seeds()

    assert here.notices() == []
    assert len(here.titles()) == len(paths)


def test_more_problems_than_are_kept_are_counted(here):
    for number in range(250):
        (here.seeds / f"{number:03}.txt").write_text("nothing")
    outcome = here.poll_seeds()

    assert outcome.error.endswith("and 245 more files (feeds status)")
