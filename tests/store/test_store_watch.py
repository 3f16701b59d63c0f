"""That something was committed is noticed at once, by whomever and however it was done."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from feeds.errors import StoreError
from feeds.store import open_store

TOUCH = "INSERT INTO views (key, revision) VALUES (?, 1)"


@pytest.fixture
def path(tmp_path, made_store):
    return shutil.copy(made_store, tmp_path / "feeds.db")


@pytest.fixture
def store(path):
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield store


def touch(store, key):
    with store.write() as db:
        db.exec_driver_sql(TOUCH, (key,))


def test_it_stays_equal_while_nothing_is_committed(store):
    before = store.count_changes()
    with store.read() as db:
        db.exec_driver_sql("SELECT count(*) FROM entries").scalar_one()

    assert store.count_changes() == before


def test_what_was_taken_back_is_no_change(store):
    before = store.count_changes()
    with pytest.raises(StoreError):
        touch(store, None)

    assert store.count_changes() == before


def test_every_commit_changes_it(store):
    seen = set()
    for number in range(200):
        touch(store, str(number))
        seen.add(store.count_changes())

    assert len(seen) == 200


def test_a_commit_of_another_process_changes_it(store, path):
    before = store.count_changes()
    program = (
        f"import sqlite3; db = sqlite3.connect({str(path)!r}); db.execute({TOUCH!r}, ('y',)); db.commit()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

    assert store.count_changes() != before


def count_rows(store):
    with store.read() as db:
        return db.exec_driver_sql("SELECT count(*) FROM views").scalar_one()


def test_what_was_read_after_asking_is_what_there_is_as_long_as_the_same_is_told(store):
    known = {}  # what was read when something was told first, by whichever thread
    stop = threading.Event()
    stale = []

    def ask():
        while not stop.is_set():
            seen = count_rows(store)
            told = store.count_changes()
            if told not in known:
                known.setdefault(told, count_rows(store))
            elif seen > known[told]:
                stale.append((told, known[told], seen))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100):
        touch(store, str(number))
    stop.set()
    for thread in threads:
        thread.join()

    assert not stale
    assert len(known) > 1


def test_a_commit_that_was_written_before_it_could_be_seen_changes_it(store, path):
    """A long transaction writes to the log long before its end; so does every one, for a moment."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")  # what does not fit is written
        db.execute("BEGIN")
        log = Path(f"{path}-wal")
        size = log.stat().st_size
        for number in range(2_000):
            db.execute(TOUCH, (f"{number:0100}",))
        assert log.stat().st_size > size
        before = store.count_changes()
        db.execute("COMMIT")

        assert store.count_changes() != before


def test_a_file_that_is_gone_is_an_error_of_the_store(store, path):
    store.close()
    shutil.move(path, f"{path}.away")

    with pytest.raises(StoreError):
        store.count_changes()


def test_postgresql_does_not_tell(postgresql):
    with closing(open_store(postgresql())) as store:
        assert store.count_changes() is None


def test_it_can_be_asked_again_after_it_was_closed(store, path):
    store.count_changes()
    store.close()
    before = store.count_changes()
    with closing(sqlite3.connect(path)) as db:
        db.execute(TOUCH, ("z",))
        db.commit()

    assert store.count_changes() != before
