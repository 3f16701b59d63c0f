"""That something was committed is noticed at once, by whomever and however it was done."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from feeds.errors import StoreError
from feeds.store import open_store, watch

TOUCH = "INSERT INTO views (key, revision) VALUES (?, 1)"


@pytest.fixture
def path(tmp_path, made_store):
    return shutil.copy(made_store, tmp_path / "feeds.db")


@pytest.fixture
def store(path):
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield store


@pytest.fixture(params=["told by the system", "asked each time"], autouse=True)
def way(request, monkeypatch):
    if request.param == "asked each time":
        monkeypatch.setattr(watch, "_open_news", lambda folder: None)
    return request.param


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


def test_a_commit_is_noticed_by_every_thread(store):
    """Whoever asks after a commit has ended is not told what was told before it began."""
    ended = [0]  # how many commits have
    stop = threading.Event()
    stale = []

    def ask():
        newest = {}  # for each that is told, the last commit that it can stand for: one may be under way
        while not stop.is_set():
            number = ended[0]
            told = store.count_changes()
            if number > newest.setdefault(told, ended[0] + 1):
                stale.append((told, newest[told], number))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 101):
        touch(store, str(number))
        ended[0] = number
    stop.set()
    for thread in threads:
        thread.join()

    assert not stale


def test_a_system_that_tells_nothing_is_found_out(store, way, monkeypatch):
    store.count_changes()
    if way == "told by the system":
        monkeypatch.setattr(store._watch._news, "count", lambda: 0)
    monkeypatch.setattr(watch, "LOOK_AGAIN", 0)
    store.count_changes()
    touch(store, "x")
    before = store.count_changes()

    assert before[0] == "asked"
    touch(store, "y")
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
