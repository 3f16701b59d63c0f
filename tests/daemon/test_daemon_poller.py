"""The poller goes on, whatever goes wrong in one of its tasks."""

import gc
from datetime import timedelta

import pytest
from daemon_running import Running
from sqlalchemy import text

from feeds.daemon import poller as daemon
from feeds.daemon.composing import now
from feeds.model import RefreshRequest
from feeds.store import notices, polls


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
