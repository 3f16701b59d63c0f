"""One poller per store."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.errors import StoreError, StoreLockedError
from feeds.store import open_store

HOLDING = """
import sys
from feeds.store import open_store
with open_store(sys.argv[1]).poller_lock():
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(sqlite):
    """Another process that holds the lock of the same store."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, f"sqlite:///{sqlite.path}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    yield process
    process.communicate()


def test_a_store_has_one_poller(store):
    with (
        store.poller_lock(),
        pytest.raises(StoreLockedError, match="another poller holds"),
        store.poller_lock(),
    ):
        pass


def test_a_poller_is_seen_to_run(store):
    assert not store.is_poller_running()
    with store.poller_lock():
        assert store.is_poller_running()
        assert store.is_poller_running()
    assert not store.is_poller_running()


def test_the_lock_can_be_taken_again_once_it_is_free(store):
    for _ in range(2):
        with store.poller_lock():
            pass


def test_a_poller_that_fails_leaves_no_lock(store):
    with pytest.raises(ZeroDivisionError), store.poller_lock():
        raise ZeroDivisionError

    assert not store.is_poller_running()


def test_the_other_poller_is_named(sqlite, holder):
    told = f"another poller holds sqlite:///{sqlite.path} (pid {holder.pid})"
    with pytest.raises(StoreLockedError) as caught, sqlite.poller_lock():
        pass

    assert str(caught.value) == told
    assert sqlite.is_poller_running()


def test_the_lock_of_a_killed_poller_is_free(sqlite, holder):
    holder.kill()
    holder.wait()

    assert not sqlite.is_poller_running()
    with sqlite.poller_lock():
        assert Path(f"{sqlite.path}.lock").read_text() == f"{os.getpid()}\n"


def test_a_child_that_outlives_a_killed_poller_does_not_keep_its_lock(sqlite):
    fork = "import os; os.write(1, b'%d\\n' % os.fork())"
    forking = HOLDING.replace("print(flush=True)", fork)
    poller = subprocess.Popen(
        [sys.executable, "-c", forking, f"sqlite:///{sqlite.path}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    child = max(int(poller.stdout.readline()) for _ in range(2))  # the child itself prints 0
    poller.kill()
    poller.wait()

    assert not sqlite.is_poller_running()
    os.kill(child, signal.SIGKILL)
    poller.communicate()


def test_a_child_that_ends_does_not_free_the_lock(sqlite):
    with sqlite.poller_lock():
        forked = os.fork()
        if not forked:
            os._exit(0)
        os.waitpid(forked, 0)
        assert sqlite.is_poller_running()


def test_a_lock_of_one_database_is_none_of_another(postgresql, store):
    other = open_store(postgresql())
    with store.poller_lock():
        assert not other.is_poller_running()
        with other.poller_lock():
            pass
    other.close()


def test_a_lock_file_that_cannot_be_made_is_told(sqlite):
    Path(f"{sqlite.path}.lock").mkdir()

    with pytest.raises(StoreError, match="cannot be locked"), sqlite.poller_lock():
        pass
