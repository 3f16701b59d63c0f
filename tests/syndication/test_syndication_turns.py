"""Turns: who may ask for what is costly, who waits, and who is refused."""

import threading
import time
from contextlib import ExitStack

import pytest

from feeds.errors import TooSlowError
from feeds.syndication.turns import Turns

TOLD = "too many searches and long feeds were asked for at once"


def test_who_finds_no_turn_in_time_is_refused():
    turns = Turns(at_once=1, patience=0.05)
    with turns.take(), pytest.raises(TooSlowError, match=TOLD), turns.take():
        pass
    with turns.take():
        pass


def test_who_waits_gets_the_turn_that_comes_free():
    turns = Turns(at_once=1, patience=60)
    held = ExitStack()
    held.enter_context(turns.take())
    done = threading.Event()

    def ask():
        with turns.take():
            done.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert not done.wait(0.05)
    held.close()
    thread.join()

    assert done.is_set()


def test_the_lock_and_the_turn_are_waited_for_together():
    turns, lock = Turns(at_once=1, patience=0.2), threading.Lock()
    started = time.monotonic()
    with lock, pytest.raises(TooSlowError, match=TOLD), turns.take(lock):
        pass
    with turns.take(), pytest.raises(TooSlowError, match=TOLD), turns.take(lock):
        pass

    assert time.monotonic() - started >= 0.4
    assert not lock.locked()
    with turns.take(lock):
        assert lock.locked()


def test_who_waits_for_the_same_holds_no_turn():
    turns, lock = Turns(at_once=2, patience=60), threading.Lock()
    with turns.take(lock):
        thread = threading.Thread(target=wait, args=(turns, lock))
        thread.start()
        with turns.take():  # another: at once
            pass
    thread.join()


@pytest.mark.quiet
def test_where_too_many_wait_the_others_are_refused_at_once():
    turns, lock = Turns(at_once=1, waiting=2, patience=60), threading.Lock()
    threads = [threading.Thread(target=wait, args=(turns, lock)) for _ in range(2)]
    with turns.take():
        for thread in threads:
            thread.start()
        while turns._room.acquire(blocking=False):  # until both wait
            turns._room.release()
            time.sleep(0.001)
        started = time.monotonic()
        with pytest.raises(TooSlowError, match=TOLD), turns.take():
            pass
        assert time.monotonic() - started < 1
    for thread in threads:
        thread.join()


def wait(turns, lock):
    with turns.take(lock):
        pass
