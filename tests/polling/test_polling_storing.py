"""What is written side by side shares a transaction, and each of it is still stored whole or not at all."""

import asyncio
import threading
import time
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import event

from feeds.errors import StoreError
from feeds.model import Declaration
from feeds.polling.storing import MOST_TOGETHER, StoreThread
from feeds.store import sources

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def ends(store):
    """How every transaction ended, in order."""
    found = []
    event.listen(store.engine, "commit", lambda db: found.append("commit"))
    event.listen(store.engine, "rollback", lambda db: found.append("rollback"))
    return found


def subscribe(db, number, fails=False):
    sources.add_source(db, Declaration(f"https://a.example/{number}"), "hand", NOW)
    if fails:
        raise StoreError(f"number {number}")
    return number


def urls(store):
    with store.read() as db:
        return {source.url for source in sources.list_sources(db, ("feed",))}


def carry_out(store, ask):
    """Have `ask(thread)` give what is to be awaited, while the thread is busy; return what comes of it."""

    async def run():
        thread, free = StoreThread(store), threading.Event()
        busy = asyncio.create_task(thread.read(lambda db: free.wait(10)))
        await asyncio.sleep(0.05)
        asked = [asyncio.ensure_future(one) for one in ask(thread)]
        await asyncio.sleep(0.05)
        for one in asked[1::2]:
            if one.get_name() == "unwanted":
                one.cancel()
        free.set()
        results = await asyncio.gather(*asked, return_exceptions=True)
        await busy
        thread.close()
        return results

    return asyncio.run(run())


def test_what_waits_is_committed_together(store, ends):
    results = carry_out(
        store, lambda thread: [thread.write_together(subscribe, n) for n in range(MOST_TOGETHER)]
    )

    assert results == list(range(MOST_TOGETHER))
    assert ends == ["commit", "commit"]  # what kept the thread busy, and all the others
    assert len(urls(store)) == MOST_TOGETHER


def test_no_more_than_so_many_hold_up_other_writers(store, ends):
    carry_out(store, lambda thread: [thread.write_together(subscribe, n) for n in range(MOST_TOGETHER + 1)])

    assert ends == ["commit", "commit", "commit"]


def test_one_that_fails_takes_none_of_the_others_with_it(store, ends):
    results = carry_out(store, lambda thread: [thread.write_together(subscribe, n, n == 1) for n in range(3)])

    assert results[0] == 0
    assert results[2] == 2
    assert str(results[1]) == "number 1"
    assert ends[1:5] == ["rollback", "commit", "rollback", "commit"]
    assert urls(store) == {"https://a.example/0", "https://a.example/2"}


def test_what_nobody_waits_for_any_more_is_not_begun(store):
    def ask(thread):
        yield thread.write_together(subscribe, 0)
        yield asyncio.get_running_loop().create_task(thread.write_together(subscribe, 1), name="unwanted")

    results = carry_out(store, ask)

    assert isinstance(results[1], asyncio.CancelledError)
    assert urls(store) == {"https://a.example/0"}


def test_what_is_read_together_is_read_in_one_transaction(store, ends):
    with store.write() as db:
        subscribe(db, 0)
    ends.clear()
    results = carry_out(
        store, lambda thread: [thread.read_together(sources.list_sources, ("feed",)) for _ in range(5)]
    )

    assert [len(found) for found in results] == [1] * 5
    assert ends == ["commit", "commit"]


def test_all_of_them_wait_once_for_a_store_that_is_locked(store, monkeypatch):
    monkeypatch.setattr(store, "write", partial(store.write, patience=0.3))
    with store.write():
        started = time.monotonic()
        results = carry_out(store, lambda thread: [thread.write_together(subscribe, n) for n in range(10)])
        waited = time.monotonic() - started

    assert ["locked" in str(one) for one in results] == [True] * 10
    assert waited < 2  # one after the other they would wait for three seconds
