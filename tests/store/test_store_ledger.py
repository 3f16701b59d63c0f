"""The ledger of seed files, the notices, and the numbers of the status page."""

from dataclasses import replace

import pytest
from store_samples import NOW, fresh, minutes

from feeds.model import SeedFile
from feeds.store import entries, files, notices, summary
from feeds.store.columns import unescape_path

FILE = SeedFile(
    "news/標題.txt",
    size=10,
    mtime_ns=1_714_564_800_123_456_789,
    inode=2**64 - 1,
    sha256="00" * 32,
    entry_ids=("b", "a"),
    rank="0001",
)
BROKEN = SeedFile("broken.txt", 1, 2, 3, problem="no title line", missing_since=NOW)


def ledger(db):
    """Return all that is known, by path."""
    stamps = files.list_stamps(db, "", "", 100_000)
    return files.find_files(db, [unescape_path(stamp.key) for stamp in stamps])


def test_a_file_is_read_back_as_it_was_entered(db):
    files.save_files(db, [FILE, BROKEN])

    assert ledger(db) == {FILE.path: FILE, BROKEN.path: BROKEN}


def test_a_file_is_entered_in_the_place_of_what_was_known_of_its_path(db):
    files.save_files(db, [FILE])
    changed = replace(FILE, size=11, entry_ids=("c",), rank=None, problem="changed")
    files.save_files(db, [BROKEN, FILE, changed])

    assert ledger(db)[FILE.path] == changed
    assert files.files_with_entries(db, ["a", "b", "c"]) == {"c": [changed]}


@pytest.mark.parametrize("path", ["b\udce4r.txt", "100%.txt", "%E4.txt", "%25", "a\nb \\ '\".txt", "😀"])
def test_any_name_a_file_can_have_survives(shelf, db, path):
    file = replace(FILE, path=path)
    files.save_files(db, [FILE, file])
    shelf.poll(shelf.add_source(), new=[fresh("a", path=path)])

    assert ledger(db)[path] == file
    assert entries.known_entries(db, ["a"])["a"].path == path
    files.forget_files(db, [path])
    assert list(ledger(db)) == [FILE.path]


def test_forgotten_files_bring_nothing(db):
    files.save_files(db, [FILE, BROKEN])
    files.forget_files(db, [FILE.path, "never known"])

    assert ledger(db) == {BROKEN.path: BROKEN}
    assert files.files_with_entries(db, ["a"]) == {}


def test_files_are_found_by_what_they_brought(db):
    other = replace(FILE, path="another.txt", entry_ids=("a",))
    files.save_files(db, [FILE, other])

    assert files.files_with_entries(db, ["a", "b", "c"]) == {"a": [other, FILE], "b": [FILE]}
    assert {id for file in ledger(db).values() for id in file.entry_ids} == {"a", "b"}


def test_a_ledger_may_be_longer_than_a_statement_takes_values(db):
    many = [replace(FILE, path=f"{n:04}", entry_ids=(f"id {n}",)) for n in range(1200)]
    files.save_files(db, many)
    files.save_files(db, many)
    assert list(ledger(db).values()) == many
    assert len(files.files_with_entries(db, [f"id {n}" for n in range(1200)])) == 1200

    files.forget_files(db, [file.path for file in many])
    assert ledger(db) == {}


def test_nothing_entered_is_nothing_changed(db):
    files.save_files(db, [])
    files.forget_files(db, [])

    assert ledger(db) == {}


def test_files_with_a_problem_are_listed(db):
    files.save_files(db, [FILE, BROKEN])

    assert files.list_problems(db) == [BROKEN]


# --- Notices ----------------------------------------------------------------------------------------


def test_a_notice_holds_until_it_is_taken_back(db):
    notices.set_notice(db, "seeds", "the folder is missing", NOW)
    notices.set_notice(db, "config", "port: 0", NOW - minutes(1))
    assert notices.list_notices(db) == [
        ("config", "port: 0", NOW - minutes(1)),
        ("seeds", "the folder is missing", NOW),
    ]

    notices.set_notice(db, "seeds", None, NOW)
    notices.set_notice(db, "never set", None, NOW)
    assert [notice.name for notice in notices.list_notices(db)] == ["config"]


def test_a_notice_that_is_said_again_keeps_its_beginning(db):
    notices.set_notice(db, "held", "3 files", NOW)
    notices.set_notice(db, "held", "4 files", NOW + minutes(1))

    assert notices.list_notices(db) == [("held", "4 files", NOW)]


# --- Numbers ----------------------------------------------------------------------------------------


def test_the_summary_counts_what_there_is(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b", "c", "d"])
    shelf.poll(source, withdrawn=["a"])
    entries.quarantine(db, "b", "no link", NOW)
    files.save_files(db, [FILE, BROKEN])

    assert summary.store_summary(db) == {
        "entries": 2,
        "sources": 1,
        "withdrawn": 1,
        "quarantined": 1,
        "seed_files": 2,
        "seed_problems": 1,
    }
