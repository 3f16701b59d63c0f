"""Transactions: all or nothing, and one state of the store for every reader."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from store_samples import NOW, Shelf, fresh, placed

from feeds.errors import FeedsError, StoreError
from feeds.model import ALL
from feeds.store import entries, open_store, polls, sources


def add_entry(store, id):
    with store.write() as db:
        shelf = Shelf(db, NOW)
        shelf.poll(shelf.add_source(), new=[id])


def count(store):
    with store.read() as db:
        return entries.count_entries(db, ALL)


def test_a_transaction_that_ends_in_an_exception_stores_nothing(store):
    add_entry(store, "a")

    def break_off():
        with store.write() as db:
            shelf = Shelf(db, NOW)
            source = shelf.add_source()
            shelf.poll(source, new=["b"], modified=[fresh("a", "corrected")], withdrawn=["a"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert count(store) == 1
    with store.read() as db:
        assert Shelf(db, NOW).find("a").versions == 1


def test_a_reader_sees_one_state_while_a_writer_goes_on(store):
    add_entry(store, "a")
    with store.read() as db:
        assert entries.count_entries(db, ALL) == 1
        add_entry(store, "b")
        assert entries.count_entries(db, ALL) == 1

    assert count(store) == 2


def test_a_reader_does_not_see_what_is_not_committed(store):
    with store.write() as db:
        shelf = Shelf(db, NOW)
        shelf.poll(shelf.add_source(), new=["a"])
        assert count(store) == 0

    assert count(store) == 1


def test_writers_wait_for_each_other(store):
    add_entry(store, "0")
    threads = [threading.Thread(target=add_entry, args=(store, f"{n}")) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(store) == 9


def test_what_reads_cannot_write(store):
    with pytest.raises(StoreError, match=r"read-?only"), store.read() as db:
        Shelf(db, NOW).add_source()


def test_our_own_errors_pass_through_unchanged(store):
    with pytest.raises(FeedsError, match=r"^something else$"), store.write():
        raise FeedsError("something else")


def test_a_statement_that_fails_is_told_in_one_line_that_names_the_store(store):
    with pytest.raises(StoreError) as caught, store.read() as db:
        db.exec_driver_sql("SELECT nothing FROM nowhere")

    assert str(caught.value).startswith(f"{store.name}: ")
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_told_and_nothing_is_half_stored(sqlite):
    add_entry(sqlite, "a")

    def fill_up():
        with sqlite.write() as db:
            pages = db.exec_driver_sql("PRAGMA page_count").scalar()
            db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            shelf = Shelf(db, NOW)
            shelf.poll(shelf.add_source(), new=[placed(fresh(f"{n}", "text " * 999)) for n in range(99)])

    with pytest.raises(StoreError, match="database or disk is full"):
        fill_up()
    assert count(sqlite) == 1
    assert sqlite.find_damage() is None


CRASHING = """
import sys
from store_samples import NOW, Shelf
from feeds.model import PollOutcome
from feeds.store import open_store, polls

store, batch = open_store(sys.argv[1]), 0
while True:
    with store.write() as db:
        shelf = Shelf(db, NOW)
        source = shelf.add_source()
        shelf.poll(source, new=[f"{batch}-{n}" for n in range(100)])
        polls.record_poll(db, source, PollOutcome("changed", NOW, NOW, new=100))
    batch += 1
    print(batch, flush=True)
"""


@pytest.mark.parametrize("moment", [0.0, 0.007, 0.019])
def test_a_process_killed_amid_its_transactions_leaves_all_or_nothing_of_each(tmp_path, moment):
    url = f"sqlite:///{tmp_path}/feeds.db"
    process = subprocess.Popen(
        [sys.executable, "-c", CRASHING, url],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    committed = [int(process.stdout.readline()) for _ in range(3)][-1]
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    committed = [committed, *(int(line) for line in process.stdout.read().split())][-1]
    process.wait()
    process.stdout.close()

    store = open_store(url)
    with store.read() as db:
        (source,) = sources.list_sources(db)
        recorded = len(polls.list_polls(db, source, 10_000))
        assert committed <= recorded <= committed + 1
        assert entries.count_entries(db, ALL) == 100 * recorded
        assert sources.count_by_source(db) == {source.number: 100 * recorded}
        for id in (f"{recorded - 1}-99", "0-0"):
            assert len(entries.list_versions(db, entries.find_key(id))) == 1
    assert store.find_damage() is None
    store.close()
