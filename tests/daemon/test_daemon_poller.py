"""The poller goes on, whatever goes wrong in one of its tasks."""

import asyncio
import gc
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from daemon_running import Running
from running import free_port
from sqlalchemy import text

from feeds.curation.changes import find_hash
from feeds.daemon import poller as daemon
from feeds.daemon.composing import SEEDS, now
from feeds.errors import StoreCorruptError
from feeds.model import Changes, Declaration, Entry, FreshEntry, Placed, RefreshRequest
from feeds.store import entries, notices, polls, rounds, sources


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path)
    yield running
    running.store.close()


def refuse(db, condition):
    """Let the database refuse such changes of a refresh, as a full disk would."""
    then = "BEGIN SELECT RAISE(ABORT, 'full'); END"
    db.execute(text(f"CREATE TRIGGER full BEFORE UPDATE ON refreshes WHEN {condition} {then}"))


def is_done(running, refresh):
    return lambda poller: running.read(polls.find_refresh, refresh.id).state == "done"


def test_the_end_of_a_refresh_is_recorded_as_soon_as_the_store_takes_it(running, monkeypatch):
    monkeypatch.setattr(daemon, "REST", 0.05)
    refresh = running.write(polls.ask_refresh, RefreshRequest("cli"), now())
    running.write(refuse, "NEW.total > 0 OR NEW.state = 'done'")

    def mend(poller):
        if running.read(polls.find_refresh, refresh.id).state != "running":
            return False
        running.write(lambda db: db.execute(text("DROP TRIGGER full")))
        return True

    running.until(mend, is_done(running, refresh))


def test_a_poll_with_an_unexpected_error_is_tried_again_after_a_rest(running, monkeypatch):
    monkeypatch.setattr(daemon, "REST", 0.05)
    asked = []

    def break_polling(poller):
        async def poll(source, ask=None):
            asked.append(source.slug)
            raise ValueError("a mistake of ours")

        poller.poll = poll
        return True

    running.until(break_polling, lambda poller: len(asked) >= 4)


def test_a_poller_told_to_stop_before_it_has_begun_ends_without_a_warning(running):
    running.until()  # a coroutine nobody has awaited warns on the owner's screen, and here it is an error
    gc.collect()


def test_what_a_poller_that_was_killed_has_put_off_is_taken_up_at_once(running):
    entry = Entry("urn:x:1", title="One")
    changes = Changes(new=(Placed(FreshEntry(entry, find_hash(entry)), now()),), is_first=True)
    source = running.read(sources.find_source_by_url, SEEDS.url)
    running.write(entries.apply_changes, source, changes, now())
    assert running.read(rounds.list_put_off)

    def poll_nothing(poller):
        async def poll(source, ask=None):
            await poller.stop_polling.wait()

        poller.stop_polling, poller.poll = asyncio.Event(), poll
        return True

    running.until(poll_nothing, lambda poller: not running.read(rounds.list_put_off))


def test_what_was_said_of_a_configuration_that_has_been_mended_is_forgotten(running):
    running.write(notices.set_notice, daemon.CONFIG_NOTICE, "it is broken", now())
    running.until(lambda poller: not running.read(notices.list_notices))


def test_a_clock_set_back_does_not_put_the_ticks_off(running, monkeypatch):
    monkeypatch.setattr(daemon, "CLOCK_LOOK", 0.05)
    moved = []
    monkeypatch.setattr(daemon.Job, "reschedule", lambda job, *_, **__: moved.append(job))

    def set_back(poller):
        running.shift -= timedelta(hours=1)
        return moved

    running.until(set_back)


@pytest.fixture
def polled(running):
    """A condition: the poller has asked a source (where nobody answers) at least once."""
    url = f"http://127.0.0.1:{free_port()}/feed"
    source = running.write(sources.add_source, Declaration(url), "hand", now())
    return lambda poller: running.read(sources.find_state, source).last_poll is not None


@pytest.mark.parametrize("how", ["while it runs", "while it does not"])
def test_a_clock_set_back_by_a_year_puts_no_poll_off(running, polled, monkeypatch, how):
    monkeypatch.setattr(daemon, "CLOCK_LOOK", 0.05)
    running.shift = timedelta(days=365)

    def set_back(poller):
        running.shift = timedelta(0)
        return True

    def is_due_within_a_day(poller):
        [source] = running.read(sources.list_sources, ("feed",))
        return running.read(sources.find_state, source).next_poll < now() + timedelta(days=1)

    if how == "while it runs":
        running.until(polled, set_back, is_due_within_a_day)
    else:
        running.until(polled)
        set_back(None)
        running.until(is_due_within_a_day)


def test_an_error_that_every_tick_meets_is_told_once(running, monkeypatch, caplog):
    monkeypatch.setattr(daemon, "TICK", 0.02)
    running.write(polls.ask_refresh, RefreshRequest("cli"), now())
    running.write(refuse, "NEW.state = 'running'")
    questions = []

    def count(poller):
        questions.append(poller)
        return len(questions) > 50

    running.until(count)
    told = [record.getMessage() for record in caplog.records if record.name == daemon.log.name]
    assert len(told) == 1
    assert told[0].endswith("full")


def test_a_damaged_store_is_no_longer_polled(running, polled):
    def damage(poller):
        with closing(sqlite3.connect(running.store.path)) as db, db:
            db.execute("PRAGMA writable_schema = ON")
            db.execute("UPDATE sqlite_schema SET rootpage = 100000 WHERE name = 'sources'")
            version = db.execute("PRAGMA schema_version").fetchone()[0]
            db.execute(f"PRAGMA schema_version = {version + 1}")
        return True

    with pytest.raises(StoreCorruptError, match=r"feeds\.db: .*(malformed|corrupt)"):
        running.until(polled, damage, lambda poller: False)
